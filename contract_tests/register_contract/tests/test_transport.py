"""Where requests leave: nothing unsafe gets out, and the pace is kept."""

from __future__ import annotations

import pytest
import requests
from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from register_contract.target.ending import RunEndedError
from register_contract.target.transport import GuardedSession, Pace, UnsafeRequestError
from register_contract.tests.serving import served


def _recording() -> tuple[Flask, list[str]]:
    app, seen = Flask("recording"), []

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def any_path(path: str) -> Response | str:
        seen.append(f"{request.method} /{path} {request.headers.get('Authorization', '')}".strip())
        return redirect("/elsewhere") if path == "moved" else "ok"

    return app, seen


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_read_only_session_sends_nothing_that_writes(method: str) -> None:
    app, seen = _recording()
    with served(app) as base:
        session = GuardedSession(base, writes=False)
        with pytest.raises(UnsafeRequestError, match="--profile full"):
            session.request(method, f"{base}/x", timeout=5)
    assert seen == []


def test_a_session_leaves_its_target_for_nobody() -> None:
    app, seen = _recording()
    with served(app) as base, served(app) as other:
        session = GuardedSession(base, writes=True)
        with pytest.raises(UnsafeRequestError, match="not the target"):
            session.get(f"{other}/x", timeout=5)
        with pytest.raises(UnsafeRequestError, match="not the target"):
            session.get("https://register.example.org/x", timeout=5)
    assert seen == []


def test_redirects_are_not_followed() -> None:
    app, seen = _recording()
    with served(app) as base:
        answer = GuardedSession(base, writes=False).get(f"{base}/moved", timeout=5)
    assert answer.status_code == 302
    assert seen == ["GET /moved"]


def test_a_netrc_file_does_not_replace_the_token(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    app, seen = _recording()
    with served(app) as base:
        GuardedSession(base, writes=False).get(
            f"{base}/x", headers={"Authorization": "Bearer mine"}, timeout=5
        )
        requests.get(f"{base}/plain", timeout=5)
    assert seen[0] == "GET /x Bearer mine"
    assert "Basic" in seen[1], "without the guard, requests takes the file's credentials"


def test_the_pace_spaces_requests() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    pace = Pace(60 / 90, clock=lambda: now[0], sleep=sleep)
    for _ in range(100):
        pace.wait()
        now[0] += 0.1
    assert sum(slept) + 10 >= 99 * 60 / 90 - 0.1
    assert len(slept) == 99
    within = [0.0]
    Pace(None, clock=lambda: 0.0, sleep=within.append).wait()
    assert within == [0.0]


def test_no_more_requests_leave_than_the_run_may_send() -> None:
    app, seen = _recording()
    with served(app) as base:
        session = GuardedSession(base, writes=False, max_requests=2)
        for _ in range(2):
            session.get(f"{base}/x", timeout=5)
        with pytest.raises(RunEndedError, match="no more than 2 requests"):
            session.get(f"{base}/x", timeout=5)
        session.lift_limits()  # to clean up
        session.get(f"{base}/x", timeout=5)
    assert len(seen) == 3
