"""A wrong control call is told what was wrong and what would be right; nothing changes."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.tests.controlling import NEWEST, A, Controlled, controlled, trainee_data

RECORD = {"provider": A, "version": NEWEST, "data": {}, "state": "draft"}

# method, path, body, status, code, what the sentence has to say
WRONG: list[tuple[str, str, Any, int, str, list[str]]] = [
    ("POST", "/worlds", {"name": "a b"}, 400, "invalid_value", ["'a b'", "letters, digits"]),
    ("POST", "/worlds", {"seed": "full"}, 400, "invalid_value", ["'full'", "demo, empty"]),
    ("POST", "/worlds", {"reading": "loud"}, 400, "invalid_value", ["'loud'", "documented"]),
    ("POST", "/worlds", {"random_seed": -1}, 400, "invalid_value", ["-1", "from 0"]),
    (
        "POST",
        "/worlds",
        {"nam": "x"},
        400,
        "unknown_key",
        ["'nam'", "name, reading, switched_on, seed"],
    ),
    ("POST", "/worlds", {"name": "default"}, 409, "name_taken", ["default"]),
    ("POST", "/worlds", [], 400, "invalid_value", ["object"]),
    ("GET", "/worlds/nope", None, 404, "unknown_world", ["'nope'", "default"]),
    ("DELETE", "/worlds/nope", None, 404, "unknown_world", ["'nope'", "default"]),
    ("DELETE", "/worlds/default", None, 409, "world_needed", ["reset"]),
    ("POST", "/reset", {"seed": "full"}, 400, "invalid_value", ["demo, empty"]),
    ("POST", "/snapshots/a%20b", None, 400, "invalid_value", ["letters, digits"]),
    ("POST", "/snapshots/nope/restore", None, 404, "unknown_snapshot", ["'nope'", "none"]),
    ("PUT", "/clock", {"now": "tomorrow"}, 400, "invalid_value", ["'tomorrow'", "2025-10-15T09"]),
    ("PUT", "/clock", {"now": "2025-10-15"}, 400, "invalid_value", ["2025-10-15T09:00:00Z"]),
    ("PUT", "/clock", {"now": "1025-10-15T09:00:00Z"}, 400, "invalid_value", ["1900 and 2199"]),
    ("PUT", "/clock", {"frozen": "yes"}, 400, "invalid_value", ["frozen", "boolean"]),
    ("PUT", "/clock", {}, 400, "missing_key", ["now, frozen"]),
    ("PUT", "/clock", None, 400, "missing_body", ["JSON object"]),
    ("POST", "/clock/advance", {"days": -1}, 400, "invalid_value", ["-1", "from 0"]),
    ("POST", "/clock/advance", {"hours": 1}, 400, "unknown_key", ["'hours'", "seconds, days"]),
    ("POST", "/clock/advance", {"days": 1, "seconds": 1}, 400, "missing_key", ["give one of"]),
    ("POST", "/providers", {"name": "x"}, 400, "missing_key", ["'ukprn'", "10000571"]),
    ("POST", "/providers", {"name": "x", "ukprn": "1"}, 400, "invalid_value", ["eight digits"]),
    ("POST", "/providers", {"name": "x", "ukprn": A}, 409, "name_taken", [A]),
    ("DELETE", "/providers/10009999", None, 404, "unknown_provider", ["10009999", A]),
    ("POST", "/providers/10009999/tokens", {"status": "active"}, 404, "unknown_provider", [A]),
    ("POST", f"/providers/{A}/tokens", {"status": "old"}, 400, "invalid_value", ["active, exp"]),
    (
        "POST",
        f"/providers/{A}/tokens",
        {"status": "active", "expires_on": "1/2/2026"},
        400,
        "invalid_value",
        ["a date such as 2025-10-15"],
    ),
    ("POST", "/schools", {"urn": "100000", "name": "x"}, 409, "name_taken", ["100000"]),
    (
        "POST",
        "/schools",
        {"urn": "100011", "name": "x", "postcode": "123456789"},
        400,
        "invalid_value",
        ["postcode", "up to 8"],
    ),
    ("POST", "/partners", {"ukprn": "10000001", "name": "x"}, 409, "name_taken", ["10000001"]),
    ("GET", "/trainees?state=lost", None, 400, "invalid_value", ["'lost'", "draft, submitted"]),
    ("GET", "/trainees?provider=12345678", None, 404, "unknown_provider", [A]),
    ("GET", "/trainees?status=x", None, 400, "unknown_parameter", ["'status'", "provider, state"]),
    ("POST", "/trainees", {**RECORD, "version": "v1"}, 400, "invalid_value", [NEWEST]),
    ("POST", "/trainees", {**RECORD, "state": "lost"}, 400, "invalid_value", ["trn_received"]),
    ("POST", "/trainees", {**RECORD, "provider": "12345678"}, 404, "unknown_provider", [A]),
    ("POST", "/trainees", {**RECORD, "details": {"x": 1}}, 400, "unknown_key", ["trn, defer_date"]),
    (
        "POST",
        "/trainees",
        {**RECORD, "details": {"trn": "1234567"}},
        400,
        "invalid_value",
        ["no way leads to draft with trn"],
    ),
    (
        "POST",
        "/trainees",
        {**RECORD, "state": "awarded", "data": trainee_data(), "details": {"awarded_at": "now"}},
        400,
        "invalid_value",
        ["details.awarded_at", "2025-10-15T09:00:00Z"],
    ),
    ("POST", "/trainees/nope/events", {"event": "award"}, 404, "unknown_trainee", ["'nope'"]),
    ("PUT", "/settings", {"trn": {"mode": "slow"}}, 400, "invalid_value", ["manual, after"]),
    ("PUT", "/settings", {"speed": 1}, 400, "unknown_key", ["trn, award, rate_limit"]),
    ("PUT", "/settings", {"rate_limit": {"requests": 0}}, 400, "invalid_value", ["from 1"]),
    ("POST", "/faults", {"effect": {"kind": "boom"}}, 400, "invalid_value", ["fail_after_commit"]),
    ("POST", "/faults", {"effect": {}}, 400, "missing_key", ["'kind'", "drop"]),
    ("POST", "/faults", {"effect": {"kind": "delay"}}, 400, "missing_key", ["'seconds'"]),
    ("DELETE", "/faults/nope", None, 404, "unknown_fault", ["'nope'"]),
    ("GET", "/requests?limit=many", None, 400, "invalid_value", ["limit", "integer"]),
    ("GET", "/requests/nope", None, 404, "unknown_request", ["'nope'"]),
    ("GET", "/tea", None, 404, "unknown_call", ["GET /_mock/tea", "GET /_mock/health"]),
    ("PATCH", "/clock", {}, 404, "unknown_call", ["PATCH /_mock/clock"]),
    ("GET", "/trainees/nope/none", None, 404, "unknown_call", ["/events"]),
    ("GET", "", None, 404, "unknown_call", ["GET /_mock/health"]),
]


@pytest.fixture(scope="module")
def mock() -> Controlled:
    return controlled()


@pytest.mark.parametrize(("method", "path", "body", "status", "code", "words"), WRONG)
def test_a_wrong_call_is_told_what_would_be_right(
    mock: Controlled,
    method: str,
    path: str,
    body: Any,
    status: int,
    code: str,
    words: list[str],
) -> None:
    before = mock.world.content()
    answered, content = mock.ask(method, path, body)
    assert (answered, content["error"]) == (status, code), content
    for word in words:
        assert word in content["detail"]
    after = mock.world.content()
    assert (after.ids, after.settings, after.clock, after.providers, after.registers) == (
        before.ids,
        before.settings,
        before.clock,
        before.providers,
        before.registers,
    )
    assert len(mock.world.store) == 0
    assert len(mock.app.extensions["register_mock"].all()) == 1


def test_an_unknown_world_is_404_for_every_call_about_a_world(mock: Controlled) -> None:
    status, content = mock.ask("GET", "/clock", world="nowhere")
    assert (status, content["error"]) == (404, "unknown_world")
    assert "default" in content["detail"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[1", b"NaN", b'{"a":1}x', b"\x00"])
def test_a_body_that_is_no_json_is_400(mock: Controlled, body: bytes) -> None:
    answer = mock.app.test_client().put("/_mock/clock", data=body)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "malformed_json"


def test_a_body_that_is_too_large_is_400(mock: Controlled) -> None:
    answer = mock.app.test_client().put("/_mock/clock", data=b'{"now":"' + b"2" * 2_000_000)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "too_large")


def test_events_say_which_are_legal(mock: Controlled) -> None:
    mock = controlled()
    wanted = {"provider": A, "version": NEWEST, "data": trainee_data()}
    trainee_id = mock.done("POST", "/trainees", wanted)["trainee_id"]
    path = f"/trainees/{trainee_id}/events"
    for body in ({"event": "graduate"}, {}):
        status, content = mock.ask("POST", path, body)
        assert status == 400
        assert "possible in submitted_for_trn: receive_trn, discard" in content["detail"]
    status, content = mock.ask("POST", path, {"event": "award"})
    assert (status, content["error"], content["state"]) == (
        409,
        "illegal_event",
        "submitted_for_trn",
    )
    assert content["detail"].endswith("possible are receive_trn, discard")
    status, content = mock.ask("POST", path, {"event": "receive_trn", "trn": "12"})
    assert (status, content["error"]) == (400, "invalid_value")
    assert "seven digits" in content["detail"]
    mock.done("POST", path, {"event": "discard"})
    status, content = mock.ask("POST", path, {"event": "receive_trn"})
    assert (status, content["state"]) == (409, "submitted_for_trn")
