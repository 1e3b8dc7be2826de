"""The state machine through the public API: what fires, what is refused, what is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import register_spec as spec
from register_mock.tests.conftest import VERSIONS, Api

DEFER = {"defer_date": "2025-06-17", "defer_reason": "Away"}
RECOMMEND = {"qts_standards_met_date": "2025-06-17"}
WITHDRAW = {
    "trigger": "provider",
    "future_interest": "no",
    # The older and the newer name; an unknown key is ignored.
    "withdraw_date": "2025-03-05",
    "withdrawal_date": "2025-03-05",
    "reasons": ["unacceptable_behaviour"],
}
ACTIONS = {
    "defer_trainee": ("defer", DEFER, 200),
    "recommend_for_qts": ("recommend-for-qts", RECOMMEND, 202),
    "withdraw_trainee": ("withdraw", WITHDRAW, 200),
}
STATES = list(spec.bundle(VERSIONS[-1])["x-lifecycle"]["states"])


def in_state(api: Api, state: str) -> str:
    """Return the id of a new trainee that was brought to a state by its ordinary events."""
    ways: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "submitted_for_trn": [],
        "trn_received": [("receive_trn", {})],
        "recommended_for_award": [("receive_trn", {}), ("recommend_for_award", RECOMMEND)],
        "withdrawn": [("withdraw", WITHDRAW)],
        "deferred": [("defer", DEFER)],
        "awarded": [("receive_trn", {}), ("recommend_for_award", RECOMMEND), ("award", {})],
    }
    trainee_id: str = api.created(last_name=f"Doe {state}")["trainee_id"]
    for event, inputs in ways[state]:
        trainee = api.world.store.get(trainee_id)
        assert trainee is not None
        assert api.world.fire(event, trainee, inputs) is not None
    return trainee_id


@pytest.mark.parametrize("action", list(ACTIONS))
@pytest.mark.parametrize("state", [state for state in STATES if state != "draft"])
def test_every_action_in_every_state(api: Api, state: str, action: str) -> None:
    """The table says what each action does in each state."""
    lifecycle = spec.bundle(api.version)["x-lifecycle"]
    event = next(row for row in lifecycle["events"].values() if row["cause"] == action)
    path, data, status = ACTIONS[action]
    trainee_id = in_state(api, state)
    got, answer = api.call("POST", f"/trainees/{trainee_id}/{path}", data)
    origins = {origin for edge in event["edges"] for origin in edge["from"]}
    after = api.call("GET", f"/trainees/{trainee_id}")[1]["data"]
    if state in origins:
        assert got == status
        assert answer["data"]["state"] == event["edges"][0]["to"] == after["state"]
    else:
        row = spec.bundle(api.version)["x-sentences"]["answers"][event["refusal"]]
        assert (got, answer) == (row["status"], row["body"])
        assert after["state"] == state


def test_a_trn_arrives_after_its_delay(api: Api) -> None:
    """Not a moment before 60 seconds of the world's clock, and at its own time."""
    path = f"/trainees/{api.created()['trainee_id']}"
    api.world.clock.advance(timedelta(seconds=59))
    assert api.call("GET", path)[1]["data"]["state"] == "submitted_for_trn"
    api.world.clock.advance(timedelta(hours=1))
    trainee = api.call("GET", path)[1]["data"]
    assert trainee["state"] == "trn_received"
    assert len(trainee["trn"]) == 7
    assert trainee["updated_at"] == "2025-10-15T09:01:00.000Z"


def test_an_award_follows_a_recommendation(api: Api) -> None:
    """The award comes after its delay and dates from the outcome date."""
    path = f"/trainees/{in_state(api, 'trn_received')}"
    _, answer = api.call("POST", f"{path}/recommend-for-qts", RECOMMEND)
    assert answer["data"]["recommended_for_award_at"] == "2025-10-15T09:00:00Z"
    assert answer["data"]["outcome_date"] == "2025-06-17"
    api.world.clock.advance(timedelta(seconds=60))
    trainee = api.call("GET", path)[1]["data"]
    assert trainee["state"] == "awarded"
    assert trainee["awarded_at"] == "2025-06-17T00:00:00.000Z"


@pytest.mark.parametrize("state", ["deferred", "withdrawn"])
def test_a_trn_that_comes_late_is_kept_and_moves_nothing(api: Api, state: str) -> None:
    """A deferred or withdrawn trainee gets its TRN and stays what it is."""
    path = f"/trainees/{in_state(api, state)}"
    api.world.clock.advance(timedelta(seconds=60))
    trainee = api.call("GET", path)[1]["data"]
    assert trainee["state"] == state
    assert trainee["trn"] is not None


def test_a_withdrawal_writes_its_fields(api: Api) -> None:
    """Date, trigger, interest, reasons in both keys, and the text of another reason."""
    path = f"/trainees/{in_state(api, 'trn_received')}"
    reasons = ["had_to_withdraw_trainee_another_reason", "mandatory_reasons"]
    data = {**WITHDRAW, "reasons": reasons, "another_reason": "Moved"}
    trainee = api.call("POST", f"{path}/withdraw", data)[1]["data"]
    assert trainee[api.named("withdrawal_date")] == "2025-03-05"
    assert trainee["withdrawal_trigger"] == "provider"
    assert trainee["withdrawal_future_interest"] == "no"
    assert trainee["withdrawal_reasons"] == reasons
    assert trainee.get("withdraw_reasons", reasons) == reasons
    assert trainee["withdrawal_another_reason"] == "Moved"


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"withdrawal_date": None}, ["Withdraw date Choose a withdrawal date"]),
        ({"withdrawal_date": " "}, ["Withdraw date Choose a withdrawal date"]),
        ({"withdrawal_date": "5 March"}, ["Withdraw date is invalid"]),
        ({"reasons": []}, ["Reasons can't be blank"]),
        ({"reasons": ["trainee_workload_issues"]}, ["Reasons is not included in the list"]),
        ({"reasons": ["unheard_of"]}, ["Reasons is not included in the list"]),
        (
            {"reasons": ["had_to_withdraw_trainee_another_reason"]},
            ["Another reason can't be blank"],
        ),
        (
            {"trigger": "nobody", "future_interest": "perhaps"},
            ["Trigger is not included in the list", "Future interest is not included in the list"],
        ),
    ],
)
def test_a_withdrawal_is_checked(api: Api, changes: Any, messages: list[str]) -> None:
    """The fields of a withdrawal, together, before the state."""
    path = f"/trainees/{in_state(api, 'awarded')}/withdraw"
    sent = {api.named(name): value for name, value in changes.items()}
    assert api.messages(api.call("POST", path, {**WITHDRAW, **sent})) == messages


def test_undoing_a_withdrawal_and_reinstating(api: Api) -> None:
    """Outside events lead back to the state before, and to a TRN timer when one is missing."""
    world = api.world
    trainee_id = in_state(api, "withdrawn")
    trainee = world.store.get(trainee_id)
    assert trainee is not None
    undone = world.fire("undo_withdrawal", trainee, {})
    assert undone is not None
    assert undone.state == "submitted_for_trn"
    shown = api.call("GET", f"/trainees/{trainee_id}")[1]["data"]
    assert shown[api.named("withdrawal_date")] is None
    assert shown["withdrawal_reasons"] is None

    deferred = world.store.get(in_state(api, "deferred"))
    assert deferred is not None
    back = world.fire("reinstate", deferred, {})
    assert back is not None
    assert (back.state, back.fields["reinstate_date"]) == ("submitted_for_trn", "2025-10-15")
    world.clock.advance(timedelta(seconds=60))
    path = f"/trainees/{back.id}"
    assert api.call("GET", path)[1]["data"]["state"] == "trn_received"


def test_a_discarded_trainee_is_gone(api: Api) -> None:
    """It cannot be shown or changed, is not listed, and is no duplicate."""
    trainee_id = api.created()["trainee_id"]
    trainee = api.world.store.get(trainee_id)
    assert trainee is not None
    assert api.world.fire("discard", trainee, {}) is not None
    assert api.call("GET", f"/trainees/{trainee_id}")[0] == 404
    assert api.call("GET", "/trainees?academic_cycle=2022")[0] == 404
    assert api.create()[0] == 201


def test_an_event_without_an_edge_changes_nothing(api: Api) -> None:
    """The record is the same and the caller is told."""
    trainee = api.world.store.get(in_state(api, "trn_received"))
    assert trainee is not None
    for event in ("award", "receive_trn", "reinstate", "undo_withdrawal", "submit_for_trn"):
        assert api.world.fire(event, trainee, {}) is None
    assert api.world.store.get(trainee.id) is trainee
