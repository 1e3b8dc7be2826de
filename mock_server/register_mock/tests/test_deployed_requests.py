"""What a reading has on request only, and what a request alone says of disabilities."""

from __future__ import annotations

from typing import Any

import pytest

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.tests.conftest import Api
from register_mock.tests.test_deployed_trainee import deployed, made, updated

NEWEST = "v2026.1"
VERSIONS = spec.versions()
INITIATIVE = "initiative_lost_by_an_update"
DIVERSITY = "diversity_lost_by_an_update"
PHASE = "phase_lost_by_an_update"


def world(version: str, *switched: str) -> Api:
    """Return a version in a fresh world of the deployed reading, with deviations switched on."""
    api = deployed(version)
    asked = {"reading": "deployed", "seed": "empty", "switched_on": switched}
    answer = api.client.post("/_mock/worlds", json=asked)
    assert answer.status_code == 201, answer.json
    shown: Any = answer.json
    assert shown["reading"] == "deployed"
    assert shown["switched_on"] == sorted(switched)
    token = shown["providers"][0]["tokens"][0]["token"]
    return Api(api.client, api.worlds, version, token)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("switched", [(), (INITIATIVE,), (DIVERSITY, INITIATIVE)], ids=len)
def test_an_update_takes_away_what_is_switched_on(version: str, switched: tuple[str, ...]) -> None:
    api = world(version, *switched)
    trainee = made(api, training_initiative="009", ethnicity="120", disability1=None)
    assert trainee["diversity_disclosure"] == "diversity_disclosed"
    after = updated(api, trainee, first_names="Ada")
    assert after["training_initiative"] == (None if INITIATIVE in switched else "009")
    told = "not_disclosed" if DIVERSITY in switched else "disclosed"
    assert after["diversity_disclosure"] == f"diversity_{told}"
    again = updated(api, trainee, training_initiative="009", ethnicity="120")
    assert again["training_initiative"] == "009"
    assert again["diversity_disclosure"] == "diversity_disclosed"


@pytest.mark.parametrize(("switched", "phase"), [((), "primary"), ((PHASE,), "secondary")], ids=len)
def test_the_phase_after_an_update(switched: tuple[str, ...], phase: str) -> None:
    api = world(NEWEST, *switched)
    ages = {"course_age_range": "13914", "course_subject_1": "100511", "course_subject_2": None}
    trainee = made(api, **ages)
    assert trainee["course_education_phase"] == "primary"
    assert updated(api, trainee, first_names="Ada")["course_education_phase"] == phase
    assert updated(api, trainee, course_age_range="13914")["course_education_phase"] == "primary"


def test_a_switch_of_another_version_is_none_of_this_one() -> None:
    rows = spec.bundle("v2025.0", f"deployed+{PHASE}")["x-drift"]
    assert PHASE not in rows
    assert rows[INITIATIVE]["reproduced"] is False


def test_the_ledger_tells_which_switch_is_on() -> None:
    off = spec.bundle(NEWEST, "deployed")["x-drift"][INITIATIVE]
    on = spec.bundle(NEWEST, f"deployed+{INITIATIVE}")["x-drift"][INITIATIVE]
    assert (off["on_request"], off["reproduced"]) == (True, False)
    assert (on["on_request"], on["reproduced"]) == (True, True)


def test_a_switch_that_is_not_there() -> None:
    told = f"reading deployed has no 'speed' to switch on; there are {INITIATIVE}, "
    with pytest.raises(spec.SpecError, match=told):
        spec.bundle(NEWEST, "deployed+speed")
    with pytest.raises(spec.SpecError, match="documented has no 'speed' to switch on; there are n"):
        spec.bundle(NEWEST, "documented+speed")
    with pytest.raises(spec.SpecError, match=told):
        create_app(Options(seed="empty", reading="deployed+speed"))
    client: Any = deployed(NEWEST).client
    wrong = client.post("/_mock/worlds", json={"reading": "deployed", "switched_on": ["speed"]})
    assert wrong.status_code == 400
    assert INITIATIVE in str(wrong.json)
    asked = {"reading": "documented", "switched_on": [INITIATIVE]}
    other = client.post("/_mock/worlds", json=asked)
    assert (other.status_code, other.json["error"]) == (400, "wrong_reading")


def test_a_server_is_started_with_a_switch() -> None:
    app = create_app(Options(seed="empty", reading=f"deployed+{INITIATIVE}"))
    client: Any = app.test_client()
    assert client.get("/_mock/worlds/default").json["switched_on"] == [INITIATIVE]
    assert client.get("/").status_code == 200
    made_without = client.post("/_mock/worlds", json={"reading": "deployed"}).json
    assert made_without["switched_on"] == []


# --- What a request alone says -------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("first", "sent", "shown", "told"),
    [
        ({"disability1": "55"}, {"disability2": "95"}, ["55", "95"], "no_disability"),
        ({"disability1": "55"}, {"disability2": "98"}, ["55", "98"], "disability_not_provided"),
        ({"disability1": "95"}, {"disability2": "57"}, ["95", "57"], "disabled"),
        ({"disability1": "55"}, {"disability1": ""}, None, "disability_not_provided"),
        ({"disability1": "95"}, {"disability2": "95", "disability3": "95"}, None, "disabled"),
        ({"disability1": "55"}, {"first_names": "Ada"}, ["55"], "disabled"),
        ({"disability1": "99"}, {"first_names": "Ada"}, ["99"], "disability_not_provided"),
    ],
    ids=str,
)
def test_disclosure_goes_by_what_is_sent(
    version: str, first: Any, sent: Any, shown: list[str] | None, told: str
) -> None:
    api = deployed(version)
    trainee = made(api, **{"disability1": None, "disability2": None, **first})
    after = updated(api, trainee, **sent)
    assert after["disability_disclosure"] == told
    if shown is not None:
        assert [after[f"disability{n}"] for n in range(1, len(shown) + 1)] == shown
    later = updated(api, trainee, first_names="Bea")
    assert later["disability_disclosure"] == told


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ({"nationality": "~"}, None),
        ({"nationality": "FR", "sex": "~"}, None),
        ({"sex": "~"}, "GB"),
        ({"nationality": None, "sex": "~"}, "GB"),
    ],
    ids=str,
)
def test_a_refused_nationality_is_gone(version: str, sent: Any, left: str | None) -> None:
    api = deployed(version)
    trainee = made(api, nationality="GB")
    path = f"/trainees/{trainee['trainee_id']}"
    assert api.call("PUT", path, sent)[0] == 422
    _, after = api.call("GET", path)
    assert after == {**trainee, "nationality": left}
