"""What the suite predicts where fields depend on each other, on what was stored, on the time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.choices import bare, looked_at
from register_contract.oracle.contract import Contract
from register_contract.oracle.fields import FieldRules
from register_contract.oracle.moments import is_moment, moment_of
from register_contract.oracle.rules import rule_breaks
from register_contract.suite.strategies.boundaries import ABSENT
from register_contract.suite.strategies.combinations import Combinations
from register_contract.suite.strategies.moments import WRONG, forms

TODAY = date(2026, 2, 10)
UK = {"grade": "02", "uk_degree": "083", "institution": "0117"}
ANY = {"subject": "100425", "graduation_year": "2015"}


@pytest.fixture(scope="module", params=spec.versions())
def contract(request: pytest.FixtureRequest) -> Contract:
    return Contract(request.param, spec.bundle(request.param))


def refused(
    contract: Contract, schema: str, data: Any, operation: str = "", before: Any = None
) -> list[str]:
    rules = FieldRules(contract, TODAY)
    found = rules.problems(contract.schema(schema), data, operation, before)
    return [problem.sentence for problem in found]


@pytest.mark.parametrize("country", ["XF", "XG", "XH", "XI", "XK", "GB"])
def test_a_uk_degree_needs_its_fields(contract: Contract, country: str) -> None:
    lacks = [f"{label} can't be blank" for label in ("Grade", "Uk degree", "Institution")]
    data = {**ANY, "country": country, "non_uk_degree": "051"}
    assert refused(contract, "DegreeRequest", data) == lacks
    nested = contract.operations["create_trainee"].examples["documented"]["value"]["data"]
    nested = {**nested, "degrees_attributes": [data, {**ANY, **UK}]}
    assert refused(contract, "TraineeRequest", nested) == lacks
    assert refused(contract, "DegreeRequest", {**data, **UK}) == []


@pytest.mark.parametrize(
    ("schema", "data", "wanted"),
    [
        (
            "DegreeRequest",
            {**ANY, **UK, "country": "France"},
            ["Country is not included in the list"],
        ),
        ("PlacementRequest", {"urn": 5}, ["Urn is invalid"]),
        ("PlacementRequest", {"postcode": "AB1"}, ["Name can't be blank"]),
    ],
)
def test_a_wrong_value_has_no_echo(
    contract: Contract, schema: str, data: Any, wanted: list[str]
) -> None:
    assert refused(contract, schema, data) == wanted


def test_a_schema_without_its_conditions(contract: Contract) -> None:
    """What has none stays the same object; what has some keeps everything else."""
    assert bare(contract, contract.schema("Cleared")) is contract.schema("Cleared")
    whole = contract.schema("DegreeRequest")
    assert "country" in looked_at(whole["allOf"][1])
    cut = bare(contract, whole)
    assert cut["required"] == whole["required"]
    assert contract.validator(cut).is_valid({**ANY, "country": "FR"})
    assert not contract.validator(whole).is_valid({**ANY, "country": "FR"})


def test_rules_bind_changes() -> None:
    newest = Contract(spec.versions()[-1], spec.bundle(spec.versions()[-1]))
    example = newest.operations["create_trainee"].examples["documented"]["value"]["data"]
    old = {**example, "itt_start_date": "2015-01-01"}
    wrong = ["Trainee start date is invalid"]

    def update(**changes: Any) -> list[str]:
        return refused(newest, "TraineeRequest", {**old, **changes}, "patch_trainee", old)

    assert refused(newest, "TraineeRequest", old, "create_trainee") == wrong
    assert update(email="new@example.com") == []
    assert update(trainee_start_date="2015-01-01") == []
    assert update(itt_start_date="2015-01-02") == wrong
    assert update(trainee_start_date="2015-01-02") == wrong
    assert update(itt_start_date="soon") == ["Itt start date is invalid"]
    assert update(itt_start_date="2026-05-01") == []


def test_a_moment_in_every_form() -> None:
    for moment in (
        datetime(2024, 12, 31, 23, 59, 59, 999_000, UTC),
        datetime(2020, 2, 29, tzinfo=UTC),
    ):
        for words, text in forms(moment).items():
            assert moment_of(text) == moment, words
            assert is_moment(text), words
    for text in (*WRONG, "9999-366", "2024-01-01T24:01", "2024-01-01T10:00:61"):
        assert not is_moment(text), text
    for text in ("0000-02-29", "0001-01-01T00:00+10:00", "9999-12-31T24:00", "2024-01-01T24"):
        assert is_moment(text), text


def test_combinations_have_each_value_of_each_field(contract: Contract) -> None:
    made = Combinations(contract, contract.schema("DegreeRequest"), {**ANY, **UK}, Random(1))
    countries = {each.values["country"] for each in made.all(10_000)}
    assert {"XF", "XG", "XH", "XI", "XK", "GB", ABSENT} < countries
    assert len(countries) == 9
    assert set(made.values) == {"country", "non_uk_degree", *UK}
    assert len(made.all(10_000)) == 9 * 2**4
    assert len(made.all(10)) == 10
    some = made.all(10_000)[0]
    assert some.over(ANY) == ANY
    assert some.over({}, absent=None) == dict.fromkeys(made.values)
    assert some.words == "without country, grade, uk_degree, non_uk_degree, institution"


PARTNER = {"urn": "123456", "ukprn": "10000001"}


@pytest.fixture(scope="module")
def deployed() -> Contract:
    found = Contract("v2025.0", spec.bundle("v2025.0", "deployed"))
    found.registers = lambda: {"partners": [PARTNER], "schools": []}
    return found


@pytest.mark.parametrize(
    ("kept", "said", "is_wrong"),
    [
        ({}, {"ukprn": "junk"}, True),
        ({}, {"urn": "", "ukprn": "junk"}, False),  # of the first that was sent nothing is known
        ({}, {"urn": "junk", "ukprn": PARTNER["ukprn"]}, True),
        (PARTNER, {"ukprn": "junk"}, True),  # what was stored before was not sent
        (PARTNER, {}, False),
        ({"ukprn": "junk"}, {}, True),
    ],
)
def test_of_a_partner_the_first_that_is_sent_counts(
    deployed: Contract, kept: dict[str, str], said: dict[str, str], is_wrong: bool
) -> None:
    def named(keys: dict[str, str]) -> dict[str, str]:
        return {deployed.public(f"training_partner_{key}"): keys[key] for key in keys}

    record = {name: value for name, value in named({**kept, **said}).items() if value}
    broken = rule_breaks(deployed, "patch_trainee", record, TODAY, sent=named(said))
    found = {row["field"] for row, *_ in broken if row["field"].startswith("training_partner")}
    assert bool(found) is is_wrong
