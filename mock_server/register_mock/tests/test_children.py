"""Placements and degrees: their fields, their duplicates, what they do to the trainee."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from register_mock.tests.conftest import Api, make_api, missing_data

UK = {
    "subject": "100425",
    "graduation_year": "2015-01-01",
    "grade": "02",
    "uk_degree": "083",
    "institution": "0117",
}
ABROAD = {"subject": "100425", "graduation_year": "2015", "country": "FR", "non_uk_degree": "051"}


@pytest.fixture
def path(api: Api) -> str:
    """The path of a new trainee without placements and degrees."""
    bare = api.created(degrees_attributes=None, placements_attributes=None)
    return f"/trainees/{bare['trainee_id']}"


def test_a_degree_lives(api: Api, path: str) -> None:
    """Create answers an array of one, show and list the same; delete answers the trainee."""
    assert api.call("GET", f"{path}/degrees") == (200, {"data": []})
    status, answer = api.call("POST", f"{path}/degrees", {**UK, "country": "GB"})
    assert status == 201
    [degree] = answer["data"]
    assert degree["graduation_year"] == 2015
    assert degree["country"] is None
    assert degree["institution_uuid"] == "1271f34a-2887-e711-80d8-005056ac45bb"
    own = f"{path}/degrees/{degree['degree_id']}"
    assert api.call("GET", own) == (200, {"data": degree})
    assert api.call("GET", f"{path}/degrees") == (200, {"data": [degree]})
    status, answer = api.call("PATCH", own, {"grade": "03"})
    assert (status, answer["data"]["grade"]) == (200, "03")
    assert answer["data"]["grade_uuid"] != degree["grade_uuid"]
    status, answer = api.call("DELETE", own)
    assert (status, answer["data"]["degrees"]) == (200, [])
    assert api.messages(api.call("GET", own)) == ["Degree(s) not found"]


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        ({**UK, "grade": None}, ["Grade can't be blank"]),
        ({**UK, "uk_degree": ""}, ["Uk degree can't be blank"]),
        ({**UK, "institution": None, "country": "XF"}, ["Institution can't be blank"]),
        ({**ABROAD, "non_uk_degree": None}, ["Non uk degree can't be blank"]),
        ({**ABROAD, "country": None}, ["Country can't be blank"]),
        ({**UK, "subject": "1"}, ["Subject is not included in the list"]),
        ({**UK, "graduation_year": "15"}, ["Graduation year is invalid"]),
        ({**UK, "graduation_year": "2015-13-01"}, ["Graduation year is invalid"]),
        ({**UK, "country": "Q9"}, ["Country is not included in the list"]),
    ],
)
def test_a_degree_is_checked(api: Api, path: str, data: Any, messages: list[str]) -> None:
    """UK degrees need grade, type and institution; others country and type."""
    outcome = api.call("POST", f"{path}/degrees", data)
    assert outcome[0] == 422
    assert api.messages(outcome)[:1] == messages


def test_a_degree_needs_data(api: Api, path: str) -> None:
    outcome = api.call("POST", f"{path}/degrees", {})
    assert (outcome[0], api.messages(outcome)) == (422, [missing_data(api.version)])


def test_a_degree_becomes_foreign_and_back(api: Api, path: str) -> None:
    """The country decides; what belongs to the other kind goes."""
    created = api.call("POST", f"{path}/degrees", UK)[1]["data"][0]
    own = f"{path}/degrees/{created['degree_id']}"
    abroad = api.call("PUT", own, {"country": "FR", "non_uk_degree": "051"})[1]["data"]
    assert (abroad["country"], abroad["non_uk_degree"]) == ("FR", "051")
    assert (abroad["uk_degree"], abroad["institution"], abroad["uk_degree_uuid"]) == (None,) * 3
    back = {"country": "XF", "uk_degree": "083", "institution": "0117"}
    home = api.call("PUT", own, back)[1]["data"]
    assert (home["country"], home["non_uk_degree"], home["uk_degree"]) == (None, None, "083")


def test_a_degree_is_there_once(api: Api, path: str) -> None:
    """On create and on update; the institution is no key, the year of a date is."""
    first = api.call("POST", f"{path}/degrees", UK)[1]["data"][0]
    again = {**UK, "institution": "0116", "graduation_year": "2015"}
    status, answer = api.call("POST", f"{path}/degrees", again)
    assert (status, answer["data"]) == (409, [first])
    assert answer["errors"] == [{"error": "Conflict", "message": "This is a duplicate degree"}]
    second = api.call("POST", f"{path}/degrees", {**UK, "grade": "01"})[1]["data"][0]
    own = f"{path}/degrees/{second['degree_id']}"
    status, answer = api.call("PUT", own, {"grade": "02"})
    assert (status, answer["data"]) == (409, [first])
    assert api.call("GET", own)[1]["data"]["grade"] == "01"
    assert api.call("PUT", own, {"grade": "01"})[0] == 200


def test_a_placement_lives(api: Api, path: str) -> None:
    """Its address is made of urn and postcode; a known school fills what was not sent."""
    status, answer = api.call("POST", f"{path}/placements", {"name": "Nursery"})
    assert (status, answer["data"]["address"]) == (201, None)
    status, answer = api.call("POST", f"{path}/placements", {"urn": "100001"})
    placement = answer["data"]
    assert (placement["name"], placement["postcode"]) == ("Birchwood School", "BN1 1AA")
    assert placement["address"] == "URN 100001, BN1 1AA"
    own = f"{path}/placements/{placement['placement_id']}"
    status, answer = api.call("PUT", own, {"name": "Own name", "postcode": "OX1 1AA"})
    assert (status, answer["data"]["address"]) == (200, "URN 100001, OX1 1AA")
    assert api.call("GET", own)[1] == answer
    assert len(api.call("GET", f"{path}/placements")[1]["data"]) == 2
    status, answer = api.call("DELETE", own)
    assert [each["name"] for each in answer["data"]["placements"]] == ["Nursery"]
    assert api.messages(api.call("DELETE", own)) == ["Placement(s) not found"]


def test_a_placement_needs_urn_or_name(api: Api, path: str) -> None:
    """On create, and after an update too."""
    assert api.messages(api.call("POST", f"{path}/placements", {"postcode": "AB1 2CD"})) == [
        "Name can't be blank"
    ]
    placement = api.call("POST", f"{path}/placements", {"name": "Nursery"})[1]["data"]
    own = f"{path}/placements/{placement['placement_id']}"
    assert api.messages(api.call("PUT", own, {"name": ""})) == ["Name can't be blank"]
    assert api.call("PUT", own, {"name": "", "urn": "123456"})[0] == 200


@pytest.mark.parametrize(("version", "status"), [("v1.0-pre", 409), ("v2025.0", 201)])
def test_a_urn_twice(version: str, status: int) -> None:
    """Only v1.0-pre knows duplicate placements (decision 5)."""
    api = make_api(version)
    path = f"/trainees/{api.created()['trainee_id']}/placements"
    first = api.call("POST", path, {"urn": "343452", "name": "A"})[1]["data"]
    got, answer = api.call("POST", path, {"urn": "343452", "name": "B"})
    assert got == status
    if status == 409:
        assert answer["data"] == [first]
        assert answer["errors"][0]["message"] == "Urn has already been taken"
    other = api.call("POST", path, {"name": "No urn"})
    assert other[0] == 201
    assert api.call("POST", path, {"name": "No urn"})[0] == 201


def test_a_child_of_another_trainee_is_not_found(api: Api, path: str) -> None:
    """The parent is looked for first, then the child among its own."""
    degree = api.call("POST", f"{path}/degrees", UK)[1]["data"][0]["degree_id"]
    other = api.created(last_name="Roe")["trainee_id"]
    assert api.messages(api.call("GET", f"/trainees/{other}/degrees/{degree}")) == [
        "Degree(s) not found"
    ]
    assert api.messages(api.call("GET", f"/trainees/none/degrees/{degree}")) == [
        "Trainee(s) not found"
    ]


def test_a_change_of_a_child_is_a_change_of_the_trainee(api: Api, path: str) -> None:
    """`updated_at` moves, so that `since` finds it."""
    api.world.clock.advance(timedelta(hours=1))
    api.call("POST", f"{path}/degrees", UK)
    assert api.call("GET", path)[1]["data"]["updated_at"] == "2025-10-15T10:00:00.000Z"
