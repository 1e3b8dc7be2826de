"""What an answer shows can be sent back: it is accepted, and changes nothing.

Over every record of the demo world and over generated ones, in each version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

import register_spec as spec
from register_mock.tests.conftest import VERSIONS, Api, make_api, trainee_data

CHILDREN = {"degrees": "degree_id", "placements": "placement_id"}
GENERATED = 30


def sent_back(api: Api, path: str, wanted: int = 200) -> None:
    """Read, PUT and PATCH what was read, and compare."""
    status, read = api.call("GET", path)
    assert status == 200
    for method in ("PUT", "PATCH"):
        status, answer = api.call(method, path, read["data"])
        assert status == wanted, (method, path, read, answer)
        if wanted != 200:
            assert api.call("GET", path) == (200, read)
            continue
        for shown in (answer["data"], api.call("GET", path)[1]["data"]):
            changed = {name for name in shown if shown[name] != read["data"][name]}
            assert changed <= {"updated_at"}
            assert list(shown) == list(read["data"])


def all_sent_back(api: Api, trainee: dict[str, Any]) -> int:
    """Send back a trainee and its children; return how many records that were.

    A locked one is refused, and one on a route that the version has no code for.
    """
    path = f"/trainees/{trainee['trainee_id']}"
    locks = spec.bundle(api.version)["x-lifecycle"]["locks"]
    wanted = 422 if trainee["state"] in {s for lock in locks for s in lock["states"]} else 200
    sent_back(api, path, wanted if trainee["training_route"] else 422)
    for kind, name in CHILDREN.items():
        for child in trainee[kind]:
            sent_back(api, f"{path}/{kind}/{child[name]}", wanted)
    return 1 + sum(len(trainee[kind]) for kind in CHILDREN)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_demo_world(version: str) -> None:
    """All it has, of both providers, in every state."""
    first = make_api(version, seed="demo")
    records, states = 0, set()
    for api in (first, first.other_provider()):
        for stored in api.world.store.all():
            if (
                stored.ukprn == api.world.provider_of(api.token)
                and stored.state != "draft"
                and not stored.is_discarded
            ):
                trainee = api.call("GET", f"/trainees/{stored.id}")[1]["data"]
                records += all_sent_back(api, trainee)
                states.add(trainee["state"])
    assert records > 200
    assert len(states) == 6


@pytest.mark.parametrize("version", VERSIONS)
def test_generated_trainees(version: str) -> None:
    """Each field that no rule looks at with any of its values, or without one."""
    api, chance = make_api(version), Random(24)
    schemas = spec.bundle(version)["components"]["schemas"]
    rules = json.dumps(spec.bundle(version)["x-rules"])
    ruled = {name for name in schemas["TraineeFields"]["properties"] if f'"{name}"' in rules}
    for number in range(GENERATED):
        data = trainee_data(version, last_name=f"Roe {number}")
        found = values(schemas["TraineeFields"]["properties"], chance, set(data))
        data |= {name: value for name, value in found.items() if name not in ruled}
        data["degrees_attributes"] = [*degrees(schemas["DegreeFields"]["properties"], chance)]
        data["placements_attributes"] = [{"urn": "100001"}, {"name": "Nursery", "postcode": "A"}]
        status, answer = api.call("POST", "/trainees", data)
        assert status == 201, (data, answer)
        assert all_sent_back(api, answer["data"]) == 6


def values(fields: dict[str, Any], chance: Random, kept: set[str]) -> dict[str, Any]:
    """A value for about half of the fields that may have any of their list or form."""
    fixed = {"hesa_id", "email", "last_name", "itt_aim", "trainee_start_date", "itt_start_date"}
    found: dict[str, Any] = {}
    for name, field in fields.items():
        forms = [field, *field.get("anyOf", [])]
        codes = [code for form in forms for code in form.get("enum", []) if code]
        if name in fixed or (name not in kept and chance.random() < 0.5):
            continue
        if codes:
            found[name] = chance.choice(codes)
        elif any(form.get("format") == "date" for form in forms):
            found[name] = a_date(chance)
        elif "maxLength" in field and "x-code-list" not in field and name not in kept:
            found[name] = "7" * chance.randint(1, field["maxLength"])
    return found


def a_date(chance: Random) -> str:
    return (date(1990, 1, 1) + timedelta(days=chance.randrange(12_000))).isoformat()


def degrees(fields: dict[str, Any], chance: Random) -> Iterator[dict[str, Any]]:
    """A UK degree, one from abroad, and one with a year as number."""

    def code(name: str) -> Any:
        forms = [fields[name], *fields[name].get("anyOf", [])]
        return chance.choice([c for form in forms for c in form.get("enum", []) if c])

    uk = {name: code(name) for name in ("grade", "uk_degree", "institution")}
    yield {"subject": code("subject"), "graduation_year": a_date(chance), **uk}
    yield {"subject": code("subject"), "graduation_year": 2001, "country": "GB", **uk}
    abroad = {"country": chance.choice(["FR", "US"]), "non_uk_degree": code("non_uk_degree")}
    yield {"subject": code("subject"), "graduation_year": "1999", **abroad}


YEARS: list[tuple[Any, int | None]] = [
    (2015, 2015),
    (2015.0, 2015),
    ("2015", 2015),
    ("2015-12-31", 2015),
    (1000, 1000),
    (9999, 9999),
    (999, None),
    (10000, None),
    (15, None),
    (-2015, None),
    (2015.5, None),
    (True, None),
    ("0999", None),
    ("0999-01-01", None),
    ("2015.0", None),
    ([2015], None),
    (10**30, None),
]


def test_a_year_of_four_digits(api: Api) -> None:
    """As text or as number; the duplicate rule knows it in either form."""
    degree = {"subject": "100425", "country": "FR", "non_uk_degree": "051"}
    for number, (year, shown) in enumerate(YEARS):
        path = f"/trainees/{api.created(last_name=f'Roe {number}')['trainee_id']}/degrees"
        outcome = api.call("POST", path, {**degree, "graduation_year": year})
        if shown is None:
            assert api.messages(outcome) == ["Graduation year is invalid"], year
            continue
        assert outcome[0] == 201, year
        assert outcome[1]["data"][0]["graduation_year"] == shown
        for again in (shown, str(shown), f"{shown}-06-01"):
            assert api.call("POST", path, {**degree, "graduation_year": again})[0] == 409
