"""Trainees in any state, and the events from outside."""

from __future__ import annotations

from typing import Any

import pytest

import register_spec as spec
from register_mock.tests.conftest import named
from register_mock.tests.controlling import NOW, A, Controlled, controlled, trainee_data

STATES = list(spec.bundle(spec.versions()[-1])["x-lifecycle"]["states"])
# Which fields a state has a value in.
WRITTEN = {
    "submitted_for_trn": ["submitted_for_trn_at"],
    "trn_received": ["submitted_for_trn_at", "trn"],
    "recommended_for_award": ["trn", "recommended_for_award_at", "outcome_date"],
    "awarded": ["trn", "recommended_for_award_at", "outcome_date", "awarded_at"],
    "deferred": ["submitted_for_trn_at", "trn", "defer_date"],
    "withdrawn": ["submitted_for_trn_at", "trn", "withdrawal_date", "withdrawal_reasons"],
    "draft": [],
}


@pytest.fixture
def mock() -> Controlled:
    return controlled()


def make(mock: Controlled, version: str = spec.versions()[-1], **wanted: Any) -> Any:
    body = {"provider": A, "version": version, "data": trainee_data(version), **wanted}
    return mock.done("POST", "/trainees", body)


def refusal(mock: Controlled, **wanted: Any) -> Any:
    version = spec.versions()[-1]
    body = {"provider": A, "version": version, "data": trainee_data(version), **wanted}
    status, content = mock.ask("POST", "/trainees", body)
    assert status == 422, content
    assert len(mock.world.store) == 0
    return content


def fire(mock: Controlled, trainee_id: str, event: str, **more: Any) -> str:
    body = {"event": event, **more}
    state: str = mock.done("POST", f"/trainees/{trainee_id}/events", body)["state"]
    return state


@pytest.mark.parametrize("version", spec.versions())
@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_made(mock: Controlled, version: str, state: str) -> None:
    made = make(mock, version, state=state)
    assert made["state"] == made["data"]["state"] == state
    for name in WRITTEN[state]:
        assert made["data"][named(version, name)], name
    assert made["data"]["created_at"] == made["data"]["updated_at"] == NOW
    if state == "draft":
        assert made["data"]["submitted_for_trn_at"] is None


def test_without_a_state_it_is_as_created(mock: Controlled) -> None:
    made = make(mock)
    assert made["state"] == "submitted_for_trn"
    token = mock.world.providers[A].tokens[0].token
    status, shown = mock.public("GET", f"/trainees/{made['trainee_id']}", token)
    assert (status, shown["data"]) == (200, made["data"])


def test_ids_come_in_the_order_sent(mock: Controlled) -> None:
    data = trainee_data()
    data["placements_attributes"] = [{"urn": "100002"}, {"urn": "100001"}, {"name": "Abroad"}]
    data["degrees_attributes"] = [
        {**data["degrees_attributes"][0], "graduation_year": year} for year in ("2011", "2010")
    ]
    made = make(mock, data=data)
    shown = {each["placement_id"]: each["name"] for each in made["data"]["placements"]}
    assert [shown[id_] for id_ in made["placements"]] == [
        "Cedar Grove Academy",
        "Birchwood School",
        "Abroad",
    ]
    years = {each["degree_id"]: each["graduation_year"] for each in made["data"]["degrees"]}
    assert [years[id_] for id_ in made["degrees"]] == [2011, 2010]


def test_details_are_written(mock: Controlled) -> None:
    details = {"trn": "7654321", "outcome_date": "2025-06-30", "awarded_at": "2025-07-02"}
    data = make(mock, state="awarded", details=details)["data"]
    assert (data["trn"], data["outcome_date"], data["awarded_at"]) == (
        "7654321",
        "2025-06-30",
        "2025-07-02T00:00:00.000Z",
    )
    details = {"defer_date": "2025-09-30", "defer_reason": "Moved away"}
    data = make(mock, state="deferred", details=details)["data"]
    assert (data["defer_date"], data["defer_reason"]) == ("2025-09-30", "Moved away")
    # A withdrawal after a deferral: the way leads through both.
    data = make(mock, state="withdrawn", details=details)["data"]
    assert (data["defer_date"], data["withdrawal_date"]) == ("2025-09-30", "2025-10-15")


def test_details_of_a_withdrawal_have_the_names_of_the_version(mock: Controlled) -> None:
    details = {
        "withdrawal_date": "2025-10-01",
        "trigger": "trainee",
        "future_interest": "yes",
        "reasons": ["trainee_chose_to_withdraw_another_reason"],
        "another_reason": "Won a lottery",
    }
    data = make(mock, state="withdrawn", details=details)["data"]
    assert data["withdrawal_date"] == "2025-10-01"
    assert data["withdrawal_reasons"] == details["reasons"]
    # What is missing fits what was sent.
    data = make(mock, state="withdrawn", details={"trigger": "trainee"})["data"]
    assert data["withdrawal_reasons"]
    data = make(mock, state="withdrawn", details={"reasons": details["reasons"]})["data"]
    assert data["withdrawal_reasons"] == details["reasons"]


def test_a_trainee_can_be_kept_without_a_trn(mock: Controlled) -> None:
    for state in ("deferred", "withdrawn"):
        assert make(mock, state=state, details={"trn": None})["data"]["trn"] is None


def test_a_draft_may_be_incomplete_but_not_wrong(mock: Controlled) -> None:
    assert make(mock, state="draft", data={})["data"]["first_names"] is None
    data = {**trainee_data(), "first_names": ""}
    assert len(make(mock, state="draft", data=data)["degrees"]) == 1
    data = {"sex": "44", "last_name": "x" * 61}
    content = controlled()
    refused = refusal(content, state="draft", data=data)
    assert refused["response"]["errors"] == [
        "last_name is too long (maximum is 60 characters)",
        "sex is not included in the list",
    ]


def test_refusals_are_passed_on(mock: Controlled) -> None:
    refused = refusal(mock, data={**trainee_data(), "first_names": ""})
    assert refused["error"] == "refused"
    assert refused["response"] == {
        "message": "Validation failed: 1 error prohibited this trainee from being saved",
        "errors": ["first_names can't be blank"],
    }
    details = {"trigger": "provider", "reasons": ["does_not_want_to_become_a_teacher"]}
    refused = refusal(mock, state="withdrawn", details=details)
    assert refused["response"]["errors"][0]["message"] == "Reasons is not included in the list"


def test_duplicates_are_allowed(mock: Controlled) -> None:
    assert make(mock)["trainee_id"] != make(mock)["trainee_id"]


def test_timers_run_for_made_trainees(mock: Controlled) -> None:
    waiting = make(mock)["trainee_id"]
    recommended = make(mock, state="recommended_for_award")["trainee_id"]
    mock.done("POST", "/clock/advance", {"seconds": 60})
    states = {
        each["trainee_id"]: each["state"] for each in mock.done("GET", "/trainees")["trainees"]
    }
    assert states == {waiting: "trn_received", recommended: "awarded"}


def test_a_whole_career(mock: Controlled) -> None:
    mock.done("PUT", "/settings", {"trn": {"mode": "manual"}, "award": {"mode": "manual"}})
    token = mock.world.providers[A].tokens[0].token
    trainee_id = mock.public("POST", "/trainees", token, trainee_data())[1]["data"]["trainee_id"]
    path = f"/trainees/{trainee_id}"
    mock.public("POST", f"{path}/defer", token, {"defer_date": "2025-10-15"})
    assert fire(mock, trainee_id, "receive_trn", trn="1234567") == "deferred"
    assert fire(mock, trainee_id, "reinstate", reinstate_date="2025-10-20") == "trn_received"
    shown = mock.public("GET", path, token)[1]["data"]
    assert (shown["trn"], shown["reinstate_date"]) == ("1234567", "2025-10-20")
    withdrawal = {
        "withdrawal_date": "2025-10-15",
        "trigger": "trainee",
        "future_interest": "no",
        "reasons": ["trainee_workload_issues"],
    }
    assert mock.public("POST", f"{path}/withdraw", token, withdrawal)[0] == 200
    assert fire(mock, trainee_id, "undo_withdrawal") == "trn_received"
    assert mock.public("GET", path, token)[1]["data"]["withdrawal_date"] is None
    met = {"qts_standards_met_date": "2025-10-14"}
    assert mock.public("POST", f"{path}/recommend-for-qts", token, met)[0] == 202
    assert fire(mock, trainee_id, "award") == "awarded"
    assert mock.public("GET", path, token)[1]["data"]["awarded_at"] == "2025-10-14T00:00:00.000Z"
    assert fire(mock, trainee_id, "discard") == "awarded"
    assert mock.public("GET", path, token)[0] == 404
    assert mock.done("GET", "/trainees")["trainees"][0]["discarded"] is True


def test_reinstating_without_a_trn_waits_for_one_again(mock: Controlled) -> None:
    trainee_id = make(mock, state="deferred", details={"trn": None})["trainee_id"]
    assert fire(mock, trainee_id, "reinstate") == "submitted_for_trn"
    mock.done("POST", "/clock/advance", {"seconds": 60})
    assert mock.done("GET", "/trainees")["trainees"][0]["state"] == "trn_received"


def test_the_way_follows_the_table(tampered: Any) -> None:
    def without_trn(document: dict[str, Any]) -> None:
        events = document["x-lifecycle"]["events"]
        events["recommend_for_award"]["edges"][0]["from"] = ["submitted_for_trn"]

    api = tampered(without_trn)
    body = {
        "provider": A,
        "version": api.version,
        "data": trainee_data(),
        "state": "awarded",
        "details": {"trn": None},
    }
    answer = api.client.post("/_mock/trainees", json=body)
    assert answer.status_code == 201
    assert answer.json["data"]["trn"] is None


def withdrawn(api: Any) -> Any:
    body = {"provider": A, "version": api.version, "data": trainee_data(), "state": "withdrawn"}
    return api.client.post("/_mock/trainees", json=body)


def test_a_guard_on_what_was_sent_does_not_bind(tampered: Any) -> None:
    def guarded(document: dict[str, Any]) -> None:
        edge = document["x-lifecycle"]["events"]["withdraw"]["edges"][0]
        edge["when"] = {"value": "email", "is": "blank"}

    answer = withdrawn(tampered(guarded))
    assert (answer.status_code, answer.json["state"]) == (201, "withdrawn")


def test_defaults_are_the_table_s_and_rules_bind_them(tampered: Any) -> None:
    def early(document: dict[str, Any]) -> None:
        defaults = document["x-lifecycle"]["events"]["withdraw"]["defaults"]
        date = next(name for name in defaults if name.startswith("withdraw"))
        defaults[date] = {"constant": "2025-09-02"}
        defaults["future_interest"] = {"constant": "unknown"}

    def ruled(document: dict[str, Any]) -> None:
        early(document)
        document["x-rules"]["interest"] = {
            "operations": ["withdraw_trainee"],
            "field": "future_interest",
            "must": {"value": "future_interest", "equals": "yes"},
        }

    assert withdrawn(tampered(early)).json["data"]["withdrawal_date"] == "2025-09-02"
    refused = withdrawn(tampered(ruled))
    assert refused.status_code == 422
    assert refused.json["detail"].startswith("withdraw_trainee refuses this: Future interest ")


def test_details_have_the_name_of_the_call_or_of_the_trainee(mock: Controlled) -> None:
    for name in ("qts_standards_met_date", "outcome_date"):
        data = make(mock, state="awarded", details={name: "2025-06-30"})["data"]
        assert data["outcome_date"] == "2025-06-30"
    data = make(mock, state="trn_received", details={"reinstate_date": "2025-10-01"})["data"]
    assert (data["reinstate_date"], data["defer_date"]) == ("2025-10-01", "2025-10-15")
