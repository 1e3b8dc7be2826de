"""Deferring, withdrawing and recommending in the deployed reading."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.tests.deployed import NEWER, OLDEST, VERSIONS, Deployed, said, shared

WITHDRAW = {
    "trigger": "provider",
    "future_interest": "no",
    "withdraw_date": "2025-10-05",
    "reasons": ["unacceptable_behaviour"],
}
DATES = ["2025-10-05", "20251005", "2025-W40-7", "2025-278", "25278", "2025-10-05T10:30:00Z",
         "20251005T103000+0100"]  # fmt: skip


@pytest.fixture(params=VERSIONS)
def api(request: pytest.FixtureRequest) -> Deployed:
    """Each version."""
    return shared(request.param)


def withdrawn(api: Deployed, data: dict[str, Any], found: str | None = None) -> tuple[int, Any]:
    return api.call("POST", f"/trainees/{found or api.trainee()}/withdraw", data)


@pytest.mark.parametrize("day", DATES)
def test_forms_of_dates(api: Deployed, day: str) -> None:
    """Any form of ISO 8601; the time is dropped."""
    deferred = api.call("POST", f"/trainees/{api.trainee()}/defer", {"defer_date": day})
    assert (deferred[0], deferred[1]["data"]["defer_date"]) == (200, "2025-10-05")
    status, answer = withdrawn(api, {**WITHDRAW, "withdraw_date": day})
    assert (status, answer["data"]["withdraw_date"]) == (200, "2025-10-05")
    path = f"/trainees/{api.trainee('trn_received')}/recommend-for-qts"
    status, answer = api.call("POST", path, {"qts_standards_met_date": day})
    assert (status, answer["data"]["outcome_date"]) == (202, "2025-10-05")


@pytest.mark.parametrize("day", ["2025-10", "05/10/2025", "2025-10-32", "2025-W40", "tomorrow"])
def test_what_is_no_date(api: Deployed, day: str) -> None:
    """Full dates only."""
    assert len(said(withdrawn(api, {**WITHDRAW, "withdraw_date": day}))) == 1
    assert api.call("POST", f"/trainees/{api.trainee()}/defer", {"defer_date": day})[0] == 422


def test_the_order_of_errors_of_a_withdrawal(api: Deployed) -> None:
    """All of them together; without a right trigger the reasons are those of a trainee."""
    wrong = {"reasons": ["mandatory_reasons", "trainee_chose_to_withdraw_another_reason"]}
    found = [message.split(" ")[0].lower() for message in said(withdrawn(api, wrong))]
    old, new = (
        "withdraw reasons trigger future another",
        ("withdraw_date reasons trigger future_interest another_reason"),
    )
    assert found == {OLDEST: old, NEWER: new}[api.version].split()
    assert len(said(withdrawn(api, {**WITHDRAW, "trigger": "x", "reasons": ["x"]}))) == 2
    trainee = {**WITHDRAW, "trigger": "x", "reasons": ["trainee_workload_issues"]}
    assert len(said(withdrawn(api, trainee))) == 1


@pytest.mark.parametrize(
    ("reasons", "shown"),
    [
        (["unacceptable_behaviour", "unacceptable_behaviour"], ["unacceptable_behaviour"]),
        ([None, "did_not_make_progress"], ["did_not_make_progress"]),
    ],
)
def test_reasons_that_stand_twice(api: Deployed, reasons: list[Any], shown: list[str]) -> None:
    """Duplicates collapse, and null is dropped from lists."""
    status, answer = withdrawn(api, {**WITHDRAW, "reasons": reasons})
    assert (status, answer["data"]["withdraw_reasons"]) == (200, shown)


@pytest.mark.parametrize("reasons", [None, [], [None], "unacceptable_behaviour", {"a": 1}])
def test_no_reasons(api: Deployed, reasons: Any) -> None:
    (message,) = said(withdrawn(api, {**WITHDRAW, "reasons": reasons}))
    assert message.endswith("Choose one or more reasons why the trainee withdrew from the course")


def test_another_reason_that_nobody_asked_for(api: Deployed) -> None:
    """It is stored and shown."""
    status, answer = withdrawn(api, {**WITHDRAW, "another_reason": "Mine"})
    assert (status, answer["data"]["withdrawal_another_reason"]) == (200, "Mine")
    later = withdrawn(api, {**WITHDRAW, "withdraw_date": "2027-01-01"})
    assert later[0] == 200


def test_safeguarding_concerns() -> None:
    """Of v2025.0 since November 2025; not of v1.0-pre."""
    new, old = shared(NEWER), shared(OLDEST)
    data = {**WITHDRAW, "reasons": ["safeguarding_concerns"], "trigger": "trainee"}
    assert said(withdrawn(new, data)) == ["safeguarding_concern_reasons Enter the concerns"]
    status, answer = withdrawn(new, {**data, "safeguarding_concern_reasons": "Mine"})
    assert (status, answer["data"]["withdrawal_safeguarding_concern_reasons"]) == (200, "Mine")
    assert len(said(withdrawn(old, data))) == 1
    status, answer = withdrawn(old, {**WITHDRAW, "safeguarding_concern_reasons": "Mine"})
    assert status == 200
    assert "withdrawal_safeguarding_concern_reasons" not in answer["data"]


def test_a_deferral_overwrites_its_reason(api: Deployed) -> None:
    """At most 500 characters; of any date."""
    path = f"/trainees/{api.trainee()}/defer"
    long = said(api.call("POST", path, {"defer_date": "2025-10-05", "defer_reason": "x" * 501}))
    assert [message.split(" ", 1)[1] for message in long] == [
        {OLDEST: "reason ", NEWER: ""}[api.version] + "is too long (maximum is 500 characters)"
    ]
    status, answer = api.call("POST", path, {"defer_date": "2040-01-01", "defer_reason": "Ill"})
    assert (status, answer["data"]["defer_reason"]) == (200, "Ill")


def test_the_other_path_of_a_recommendation(api: Deployed) -> None:
    """It is not bound to a version, but v1.0-pre is older."""
    path = f"/trainees/{api.trainee('trn_received')}/update-qts-or-eyts-status"
    status, _ = api.call("POST", path, {"qts_standards_met_date": "2025-10-05"})
    assert status == {OLDEST: 404, NEWER: 202}[api.version]


def test_the_label_of_the_date_in_v1() -> None:
    """`QTS` in capitals."""
    api = shared(OLDEST)
    path = f"/trainees/{api.trainee('trn_received')}/recommend-for-qts"
    assert said(api.call("POST", path, {"qts_standards_met_date": None})) == [
        "QTS standards met date can't be blank"
    ]
    assert said(api.call("POST", path, {"qts_standards_met_date": "soon"})) == [
        "QTS standards met date is invalid"
    ]


def test_placements_of_each_route() -> None:
    """Two, by the route's own name; both placements of one trainee count."""
    api = shared(NEWER)
    for route, name in (("03", "school_direct_salaried"), ("11", "provider_led_undergrad")):
        found = api.trainee("trn_received", training_route=route, placements_attributes=[])
        path = f"/trainees/{found}/recommend-for-qts"
        assert said(api.call("POST", path, {"qts_standards_met_date": "2025-10-05"})) == [
            f"placements must be at least 2 for the {name} training route"
        ]
