"""The rate limit: off by default; fixed windows of the world's clock, per world and token."""

from __future__ import annotations

from typing import Any

from register_mock.tests.conftest import Api
from register_mock.tests.test_journal import client, last


def limit(api: Api, requests: int = 3, seconds: int = 60, world: str = "default") -> None:
    wanted = {"rate_limit": {"enabled": True, "requests": requests, "seconds": seconds}}
    answer = client(api).put("/_mock/settings", json=wanted, headers={"X-Mock-World": world})
    assert answer.status_code == 200, answer.json


def ask(api: Api, token: str | None = None, world: str = "default") -> Any:
    headers = {"X-Mock-World": world}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return client(api).get(f"/api/{api.version}/info", headers=headers)


def statuses(api: Api, times: int, token: str | None = None) -> list[int]:
    return [ask(api, token or api.token).status_code for _ in range(times)]


def to(api: Api, now: str) -> None:
    client(api).put("/_mock/clock", json={"now": now, "frozen": True})


def test_it_is_off_by_default(newest: Api) -> None:
    assert statuses(newest, 120) == [200] * 120


def test_the_request_too_many_is_told_when_to_come_back(api: Api) -> None:
    limit(api)
    to(api, "2025-10-15T09:00:17.500Z")
    assert statuses(api, 3) == [200] * 3
    answer = ask(api, api.token)
    assert (answer.status_code, answer.text) == (429, "Retry later\n")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Retry-After"] == "43"
    assert answer.headers["X-Mock-Request-Id"] == "req-000004"
    (reason,) = last(api)["explanation"]
    assert (reason["rule"], reason["sent"], reason["allowed"]) == ("too_many_requests", 4, 3)


def test_windows_begin_at_whole_minutes_of_the_worlds_clock(newest: Api) -> None:
    limit(newest)
    to(newest, "2025-10-15T09:00:59.999Z")
    assert statuses(newest, 4) == [200, 200, 200, 429]
    assert ask(newest, newest.token).headers["Retry-After"] == "1"
    client(newest).post("/_mock/clock/advance", json={"seconds": 1})
    assert statuses(newest, 4) == [200, 200, 200, 429]
    to(newest, "1950-01-01T00:00:00Z")
    assert statuses(newest, 4) == [200, 200, 200, 429]
    assert ask(newest, newest.token).headers["Retry-After"] == "60"


def test_tokens_count_apart_and_strangers_together(newest: Api) -> None:
    limit(newest)
    other = newest.other_provider().token
    assert statuses(newest, 3) + statuses(newest, 3, other) == [200] * 6
    assert [ask(newest, token).status_code for token in (None, "a", "b", "c")] == [401] * 3 + [429]
    assert ask(newest, newest.token).status_code == 429


def test_worlds_count_apart(newest: Api) -> None:
    client(newest).post("/_mock/worlds", json={"name": "two", "seed": "empty"})
    limit(newest)
    limit(newest, world="two")
    assert [ask(newest, world="two").status_code for _ in range(4)] == [401] * 3 + [429]
    assert statuses(newest, 3) == [200] * 3


def test_reset_forgets_the_count_and_the_setting(newest: Api) -> None:
    limit(newest)
    assert statuses(newest, 4)[-1] == 429
    client(newest).post("/_mock/reset", json={})
    assert statuses(newest, 5) == [200] * 5


def test_every_public_call_counts(newest: Api) -> None:
    limit(newest)
    newest.create()
    newest.call("GET", "/nothing")
    newest.call("GET", "/trainees?page=x")
    assert newest.call("GET", "/info")[0] == 429
    answer = client(newest).get(
        "/api/v0/nothing", headers={"Authorization": f"Bearer {newest.token}"}
    )
    assert (answer.status_code, answer.text) == (429, "Retry later\n")
