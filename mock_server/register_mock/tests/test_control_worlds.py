"""Worlds, snapshots, time, providers and tokens, told by the control API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from register_mock.config import Options
from register_mock.tests.controlling import NEWEST, NOW, A, B, Controlled, controlled, trainee_data


@pytest.fixture
def mock() -> Controlled:
    return controlled()


def token_of(world: dict[str, Any], place: int = 0) -> str:
    token: str = world["providers"][place]["tokens"][0]["token"]
    return token


def test_the_empty_seed_is_what_it_promises(mock: Controlled) -> None:
    world = mock.done("GET", "/worlds/default")
    assert [provider["ukprn"] for provider in world["providers"]] == [A, B]
    assert [len(provider["tokens"]) for provider in world["providers"]] == [1, 1]
    schools = mock.done("GET", "/schools")["schools"]
    assert [school["urn"] for school in schools] == [str(urn) for urn in range(100000, 100010)]
    partners = mock.done("GET", "/partners")["partners"]
    assert [(each["urn"], each["ukprn"]) for each in partners] == [
        (str(130000 + n), str(10000001 + n)) for n in range(4)
    ]
    assert mock.done("GET", "/trainees")["trainees"] == []


def test_worlds_are_apart(mock: Controlled) -> None:
    other = mock.done("POST", "/worlds", {"name": "other"})
    default = mock.done("GET", "/worlds/default")
    assert token_of(other) != token_of(default)
    assert mock.public("POST", "/trainees", token_of(other), trainee_data())[0] == 201
    assert mock.done("GET", "/trainees")["trainees"] == []
    assert len(mock.done("GET", "/trainees", world="other")["trainees"]) == 1
    mock.done("PUT", "/clock", {"now": "2030-01-01T00:00:00Z", "frozen": True}, world="other")
    assert mock.done("GET", "/clock")["now"] == NOW
    mock.done("DELETE", "/worlds/other")
    assert mock.public("GET", "/info", token_of(other))[0] == 401
    again = mock.done("POST", "/worlds", {"name": "other"})
    assert again == other


def test_a_world_without_a_name_gets_a_free_one(mock: Controlled) -> None:
    names = {mock.done("POST", "/worlds")["name"] for _ in range(3)}
    assert len(names) == 3


def test_reset_goes_back_and_starts_the_ids_again(mock: Controlled) -> None:
    token = token_of(mock.done("GET", "/worlds/default"))
    first = mock.public("POST", "/trainees", token, trainee_data())
    mock.done("PUT", "/settings", {"award": {"seconds": 5}, "rate_limit": {"enabled": True}})
    mock.done("POST", "/clock/advance", {"days": 3})
    mock.done("POST", "/faults", {"effect": {"kind": "drop"}, "match": {"provider": A}})
    mock.done("POST", "/reset")
    assert mock.done("GET", "/faults") == {"faults": []}
    assert mock.done("GET", "/requests")["total"] == 0
    assert mock.done("GET", "/settings")["award"] == {"mode": "after", "seconds": 60}
    assert mock.public("POST", "/trainees", token, trainee_data()) == first


def test_reset_begins_at_the_first_moment_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the world has run since: like a world that is made now."""
    passed = [datetime(2030, 1, 1, tzinfo=UTC)]
    monkeypatch.setattr("register_mock.world.clock._real", lambda: passed[-1])
    mock = controlled(frozen=False)
    passed.append(passed[0] + timedelta(days=300))
    assert mock.done("GET", "/clock")["now"] > "2026-08-01"
    assert mock.done("POST", "/reset")["now"] == NOW
    assert mock.done("POST", "/worlds", {"name": "fresh"})["now"] == NOW
    assert mock.done("GET", "/clock") == {"now": NOW, "frozen": False}


def test_reset_to_another_seed_holds_until_the_next_reset(mock: Controlled) -> None:
    assert mock.done("POST", "/reset", {"seed": "demo"})["seed"] == "demo"
    assert len(mock.done("GET", "/trainees")["trainees"]) > 100
    assert mock.done("POST", "/reset")["seed"] == "empty"
    assert mock.done("GET", "/trainees")["trainees"] == []


def test_a_snapshot_brings_everything_back(mock: Controlled) -> None:
    token = token_of(mock.done("GET", "/worlds/default"))
    mock.public("POST", "/trainees", token, trainee_data())
    mock.done("POST", "/snapshots/one")
    before = mock.done("GET", "/trainees")
    mock.done("POST", "/clock/advance", {"seconds": 60})
    after = mock.done("GET", "/trainees")
    assert after["trainees"][0]["state"] == "trn_received"
    for _ in range(2):
        mock.done("POST", "/snapshots/one/restore")
        assert mock.done("GET", "/trainees") == before
        mock.done("POST", "/clock/advance", {"seconds": 60})
        assert mock.done("GET", "/trainees") == after
    assert mock.ask("POST", "/snapshots/two/restore")[0] == 404
    assert mock.ask("POST", "/snapshots/one/restore", world="other")[0] == 404


def test_the_default_world_stays(mock: Controlled) -> None:
    assert mock.ask("DELETE", "/worlds/default")[0] == 409
    assert mock.ask("GET", "/worlds/default")[0] == 200


def test_a_discarded_provider_keeps_its_ukprn_until_a_reset(mock: Controlled) -> None:
    mock.done("DELETE", f"/providers/{B}")
    status, content = mock.ask("POST", "/providers", {"name": "Again", "ukprn": B})
    assert (status, content["error"]) == (409, "name_taken")
    assert "was discarded" in content["detail"]
    mock.done("POST", "/reset")
    assert [each["ukprn"] for each in mock.done("GET", "/providers")["providers"]] == [A, B]


def test_the_clock_goes_anywhere(mock: Controlled) -> None:
    for now in ("1999-12-31T23:59:59.999Z", "2150-01-01T00:00:00.000Z"):
        clock = mock.done("PUT", "/clock", {"now": now, "frozen": True})
        assert clock == {"now": now, "frozen": True}
    assert mock.done("PUT", "/clock", {"frozen": False})["frozen"] is False
    assert mock.done("PUT", "/clock", {"now": None})["now"] < "2150"
    assert mock.done("PUT", "/clock", {"frozen": True})["frozen"] is True
    assert mock.done("GET", "/clock") == mock.done("GET", "/clock")


def test_due_events_fire_in_order_at_their_own_time(mock: Controlled) -> None:
    token = token_of(mock.done("GET", "/worlds/default"))
    trainee_id = mock.public("POST", "/trainees", token, trainee_data())[1]["data"]["trainee_id"]
    mock.done("POST", "/clock/advance", {"seconds": 59})
    assert mock.public("GET", f"/trainees/{trainee_id}", token)[1]["data"]["trn"] is None
    mock.done("POST", "/clock/advance", {"seconds": 100})
    shown = mock.public("GET", f"/trainees/{trainee_id}", token)[1]["data"]
    assert (shown["state"], shown["updated_at"]) == ("trn_received", "2025-10-15T09:01:00.000Z")


def test_a_manual_trn_does_not_come_by_itself(mock: Controlled) -> None:
    token = token_of(mock.done("GET", "/worlds/default"))
    trainee_id = mock.public("POST", "/trainees", token, trainee_data())[1]["data"]["trainee_id"]
    mock.done("PUT", "/settings", {"trn": {"mode": "manual"}})
    mock.done("POST", "/clock/advance", {"days": 400})
    assert mock.public("GET", f"/trainees/{trainee_id}", token)[1]["data"]["trn"] is None


def test_a_token_lives_until_the_day_it_expires_on(mock: Controlled) -> None:
    body = {"status": "active", "expires_on": "2025-10-17"}
    token = mock.done("POST", f"/providers/{A}/tokens", body)["token"]
    statuses = []
    for _ in range(3):
        statuses.append(mock.public("GET", "/info", token)[0])
        mock.done("POST", "/clock/advance", {"days": 1})
    assert statuses == [200, 200, 401]
    shown = mock.done("GET", "/providers")["providers"][0]["tokens"][1]
    assert shown == {"token": token, "status": "expired", "expires_on": "2025-10-17"}


def test_reset_keeps_the_tokens_of_the_seeds_providers(mock: Controlled) -> None:
    """CONTROL.md: reset keeps the tokens."""
    body = {"status": "active"}
    given = mock.done("POST", f"/providers/{A}/tokens", body)["token"]
    dead = mock.done("POST", f"/providers/{A}/tokens", {"status": "revoked"})["token"]
    first = token_of(mock.done("POST", "/reset"))
    assert [mock.public("GET", "/info", token)[0] for token in (first, given, dead)] == [
        200,
        200,
        401,
    ]
    other = mock.done("POST", f"/providers/{A}/tokens", body)["token"]
    assert len({first, given, dead, other}) == 4


def test_control_calls_need_the_control_token_when_there_is_one() -> None:
    client = controlled(control_token="hunter22-hunter22").app.test_client()
    for headers in ({}, {"Authorization": "Bearer nope"}, {"Authorization": "hunter22-hunter22"}):
        for path in ("/_mock/health", "/_mock/nowhere"):
            answer = client.get(path, headers=headers)
            assert answer.status_code == 401
            assert answer.json is not None
            assert set(answer.json) == {"error", "detail"}
    good = {"Authorization": "Bearer hunter22-hunter22"}
    assert client.get("/_mock/health", headers=good).status_code == 200
    assert client.get("/_mock/nowhere", headers=good).status_code == 404
    assert "mock_" not in client.get("/").text


def test_a_new_world_is_as_the_server_was_started() -> None:
    mock = controlled(random_seed=9)
    assert Options().random_seed != 9
    first = mock.done("POST", "/worlds", {"name": "one"})
    assert (first["reading"], first["seed"], first["now"]) == ("documented", "empty", NOW)
    wanted = {"provider": A, "version": NEWEST, "data": trainee_data()}
    made = mock.done("POST", "/trainees", wanted)
    assert mock.done("POST", "/trainees", wanted, world="one") == made
    mock.done("POST", "/worlds", {"name": "two", "random_seed": 8})
    assert mock.done("POST", "/trainees", wanted, world="two") != made
