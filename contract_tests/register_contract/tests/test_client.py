"""Calls by name: retries when asked to wait, giving up when nobody answers, lines to paste."""

from __future__ import annotations

import subprocess
import time

import pytest
from flask import Flask, Response, jsonify, request

from register_contract.target.client import Client, LostTargetError, Wire
from register_contract.target.transport import GuardedSession
from register_contract.tests.places import PLACE
from register_contract.tests.serving import hanging_up, served


def wire(base: str, waits: list[float] | None = None, timeout: float = 5) -> Wire:
    session = GuardedSession(base, writes=True)
    return Wire(session, base, timeout, sleep=(waits if waits is not None else []).append)


def echo() -> Flask:
    app = Flask("echo")
    app.add_url_rule("/<path:path>", "any", lambda path: path)
    return app


def test_a_limited_request_is_sent_again_when_the_target_says() -> None:
    app, calls = Flask("limited"), []

    @app.get("/api/v/info")
    def info() -> Response:
        calls.append(1)
        if len(calls) == 1:
            return Response("Retry later\n", 429, {"Retry-After": "12"})
        return jsonify(status="ok")

    waits: list[float] = []
    with served(app) as base:
        exchange = Client(wire(base, waits), PLACE, "t").call("GET", "/info")
    assert exchange.status == 200
    assert waits == [13]


def test_a_target_that_answers_no_more_is_lost() -> None:
    waits: list[float] = []
    with served(echo()) as base:
        client = Client(wire(base, waits), PLACE, "t")
        for _ in range(3):
            client.call("GET", "/info")
    with pytest.raises(LostTargetError) as caught:
        client.call("GET", "/info", query={"per_page": 1})
    assert str(caught.value) == (
        f"{base} stopped answering after 4 requests, the last was GET /api/v/info?per_page=1: "
        f"connection refused"
    )
    assert len(waits) > 2  # it was given time to come back


def test_one_lost_answer_is_not_a_lost_target() -> None:
    app = echo()

    @app.get("/api/v/slow")
    def slow() -> str:
        time.sleep(1)
        return "late"

    with served(app) as base:
        client = Client(wire(base, timeout=0.2), PLACE, "t")
        client.call("GET", "/info")
        for _ in range(6):
            assert "within 0.2 seconds" in client.call("GET", "/slow").failure


def test_who_never_answered_is_no_lost_target() -> None:
    with hanging_up() as base:
        assert "closed the connection" in Client(wire(base), PLACE, "t").call("GET", "/").failure


def test_paths_and_bodies_are_sent_as_meant() -> None:
    app, seen = Flask("echo"), []

    @app.route("/<path:path>", methods=["GET", "POST"])
    def any_path(path: str) -> str:
        seen.append((request.method, request.environ["RAW_URI"], request.get_data()))
        return "ok"

    with served(app) as base:
        client = Client(wire(base), PLACE, "t")
        client.call("GET", "/x/{trainee_id}", path={"trainee_id": "../a b"})
        client.call("POST", "/x", json_body={"data": {"last_name": "Zoë"}})
        client.call("GET", "/x", query={"per_page": ["100", "1"]})
    assert seen[0][1] == "/api/v/x/..%2Fa%20b"
    assert seen[1][2] == '{"data": {"last_name": "Zoë"}}'.encode()
    assert seen[2][1].endswith("per_page=100&per_page=1")


@pytest.mark.parametrize(
    "body", [b'{"a": "it\'s"}', b"\xca\x15[%s\\0\x00'", b'{"a": "$HOME `x`"}', b""]
)
def test_a_pasted_line_sends_the_same_bytes(body: bytes) -> None:
    app, seen = Flask("echo"), []

    @app.post("/api/v/x")
    def take() -> str:
        seen.append((request.headers["Authorization"], request.get_data()))
        return "ok"

    with served(app) as base:
        exchange = Client(wire(base), PLACE, "t").call("POST", "/x", raw_body=body)
        line = exchange.curl().replace("curl -i", "curl -s")
        subprocess.run(["sh", "-c", f"TOKEN=t; {line}"], check=True, capture_output=True)
    assert seen[0] == seen[1] == ("Bearer t", body)
