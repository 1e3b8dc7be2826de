"""The placements of the deployed reading: what the service takes, refuses and shows."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.tests.deployed import NEWER, OLDEST, VERSIONS, Deployed, said, shared


@pytest.fixture(params=VERSIONS)
def api(request: pytest.FixtureRequest) -> Deployed:
    """Each version."""
    return shared(request.param)


SCHOOL = "100000"


def placed(api: Deployed, found: str, data: dict[str, Any]) -> tuple[int, Any]:
    return api.call("POST", f"/trainees/{found}/placements", data)


def test_fields_of_a_placement(api: Deployed) -> None:
    """Errors in the order of urn, name, postcode."""
    found = api.trainee()
    wrong = {"urn": "12345", "name": "N", "postcode": "nowhere"}
    urn, postcode = ("urn", "postcode") if api.version == NEWER else ("Urn", "Postcode")
    assert said(placed(api, found, wrong)) == [
        f"{urn} is invalid",
        f"{postcode} Enter a valid postcode (for example, BN1 1AA)",
    ]
    name = {OLDEST: "Name", NEWER: "name"}[api.version]
    for data in ({"urn": "999999"}, {"postcode": "AB1 2CD"}, {"urn": "900020"}):
        assert said(placed(api, found, data)) == [f"{name} can't be blank"]


@pytest.mark.parametrize("postcode", ["A", "AB1", "ab1 2", "AB12CD", "OX1   1AA", "GIR 0AA"])
def test_postcodes_that_are_taken(api: Deployed, postcode: str) -> None:
    """Parts of one too, in any case; kept as they are sent."""
    status, shown = placed(api, api.trainee(), {"name": "N" * 300, "postcode": postcode})
    assert (status, shown["data"]["postcode"]) == (201, postcode)


def test_a_school_gives_name_postcode_and_address(api: Deployed) -> None:
    """What is sent with it is dropped."""
    sent = {"urn": SCHOOL, "name": "Mine", "postcode": "OX1 1AA"}
    shown = placed(api, api.trainee(), sent)[1]["data"]
    assert (shown["name"], shown["postcode"]) == ("Ashdown Primary School", "AB1 2CD")
    assert shown["address"] == f"URN {SCHOOL}, Ashdown, AB1 2CD"
    assert list(shown) == [
        "urn", "name", "address", "postcode", "created_at", "updated_at", "placement_id",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "address"),
    [
        ({"urn": "137523"}, "URN 137523"),
        ({"postcode": "AB1 2CD"}, "AB1 2CD"),
        ({}, None),
        ({"urn": "900010", "postcode": "AB1 2CD"}, None),
    ],
)
def test_addresses_without_a_school(
    api: Deployed, sent: dict[str, Any], address: str | None
) -> None:
    shown = placed(api, api.trainee(), {"name": "N", **sent})[1]["data"]
    assert shown["address"] == address


def test_placements_may_repeat(api: Deployed) -> None:
    found = api.trainee()
    assert [placed(api, found, {"urn": SCHOOL})[0] for _ in range(2)] == [201, 201]


def changed(api: Deployed, first: dict[str, Any], data: dict[str, Any]) -> tuple[int, Any]:
    """Send an update of a new placement."""
    found = api.trainee()
    status, made = placed(api, found, first)
    assert status == 201, made
    path = f"/trainees/{found}/placements/{made['data']['placement_id']}"
    return api.call("PATCH", path, data)


def test_an_update_leaves_the_school(api: Deployed) -> None:
    """Update: without the URN of a school nothing is left of the placement."""
    name = {OLDEST: "Name", NEWER: "name"}[api.version]
    wanted = [f"{name} can't be blank"]
    for data in ({"postcode": "AB1 2CD"}, {"urn": None, "name": None, "postcode": None},
                 {"urn": "999999"}):  # fmt: skip
        assert said(changed(api, {"urn": SCHOOL}, data)) == wanted
    status, answer = changed(api, {"urn": SCHOOL}, {"name": "Mine"})
    shown = answer["data"]
    assert (status, shown["name"], shown["urn"], shown["postcode"]) == (200, "Mine", None, None)
    status, answer = changed(api, {"urn": SCHOOL}, {"urn": "999999", "name": "X"})
    assert (status, answer["data"]["address"]) == (200, "URN 999999")


def test_an_update_comes_to_a_school(api: Deployed) -> None:
    """Update: its own name and postcode are gone then, and do not come back."""
    status, answer = changed(api, {"name": "Mine", "postcode": "OX1 1AA"}, {"urn": SCHOOL})
    shown = answer["data"]
    assert (status, shown["name"], shown["postcode"]) == (200, "Ashdown Primary School", "AB1 2CD")
    assert changed(api, {"urn": SCHOOL}, {"urn": SCHOOL, "name": "Mine"})[0] == 200


def test_an_update_without_a_school_is_partial(api: Deployed) -> None:
    """Update; special URNs belong to no school."""
    first = {"name": "Mine", "urn": "900020", "postcode": "OX1 1AA"}
    status, answer = changed(api, first, {"name": "Other"})
    shown = answer["data"]
    assert (status, shown["urn"], shown["postcode"]) == (200, "900020", "OX1 1AA")
    assert shown["address"] is None


def test_what_is_no_plain_value_is_not_sent(api: Deployed) -> None:
    """Parameters that are permitted are scalars."""
    status, answer = placed(api, api.trainee(), {"name": "N", "urn": ["1"], "postcode": {"a": 1}})
    assert (status, answer["data"]["urn"], answer["data"]["postcode"]) == (201, None, None)
