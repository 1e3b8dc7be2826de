"""The scripts that repeat a finding: whole, small, and safe whatever the target sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request

from register_contract.target.client import Client, Wire
from register_contract.target.exchange import Exchange
from register_contract.target.history import History, Setting
from register_contract.target.transport import GuardedSession
from register_contract.tests.places import PLACE
from register_contract.tests.repeating import repeat
from register_contract.tests.serving import served, unused_port
from register_contract.verdict.finding import Breach
from register_contract.verdict.results import Judge

TOKEN = "a-very-secret-token"


def register(seen: list[tuple[str, str, bytes]]) -> Flask:
    """A target without a control API; each record gets an id of its own."""
    app = Flask("register")

    @app.route("/api/v/<path:path>", methods=["GET", "POST", "PUT"])
    def any_path(path: str) -> Response:
        seen.append((request.headers.get("Authorization", ""), request.full_path, request.data))
        answer = jsonify(data={"name": "x, {", "trainee_id": f"made-by-target-{len(seen)}"})
        answer.status_code = 201 if request.method == "POST" else 200
        return answer

    return app


def client(base: str) -> Client:
    wire = Wire(GuardedSession(base, writes=True), base, timeout=5)
    wire.history.setting = Setting(base, secrets={"TOKEN": TOKEN}, nonce="26101112")
    wire.history.begin()
    return Client(wire, PLACE, TOKEN)


def script_of(api: Client, exchange: Exchange, folder: Path, **words: Any) -> Path:
    """The script of a finding in ``exchange``."""
    judge = Judge(1, {}, api.wire.history)
    usual = {"rule": "r", "sentence": "it is wrong", "expected": "e", "got": "g"}
    judge.saw([Breach(**{**usual, **words})], exchange, "show_trainee")
    ((example,),) = (finding.examples for finding in judge.findings.values())
    path = folder / example.file
    path.write_text(example.script, encoding="utf-8")
    return path


def test_it_makes_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    seen: list[tuple[str, str, bytes]] = []
    with served(register(seen)) as base:
        api = client(base)
        api.call("POST", "/trainees", json_body={"data": {"last_name": "Other26101112"}})
        body = {"data": {"last_name": "O'Neill26101112"}}
        made = api.call("POST", "/trainees", json_body=body).data["trainee_id"]
        api.call("GET", "/trainees/{id}", path={"id": made})
        api.call("PUT", "/trainees/{id}", path={"id": made}, json_body={"data": {"a": 1}})
        shown = api.call("GET", "/trainees/{id}", path={"id": made})
        script = script_of(api, shown, tmp_path)
        del seen[:]
        done = repeat(script, TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    assert [path for _, path, _ in seen] == [
        "/api/v/trainees?",
        "/api/v/trainees/made-by-target-1?",
        "/api/v/trainees/made-by-target-1?",
    ]
    assert {token for token, _, _ in seen} == {f"Bearer {TOKEN}"}
    name = json.loads(seen[0][2])["data"]["last_name"]
    assert name.startswith("O'Neill")
    assert name != "O'Neill26101112", "a name that the run has sent is a duplicate"
    assert "made-by-target-3" in done.stdout
    text = script.read_text()
    assert TOKEN not in text
    assert "The contract wants: e" in done.stderr


def test_it_says_what_it_lacks(tmp_path: Path) -> None:
    with served(register([])) as base:
        api = client(base)
        made = api.call("POST", "/trainees", json_body={}).data["trainee_id"]
        shown = api.call("GET", "/trainees/{id}", path={"id": made})
        script = script_of(api, shown, tmp_path)
    without = repeat(script)
    assert without.returncode != 0
    assert "a token of the target is needed in TOKEN" in without.stderr
    nobody = repeat(script, f"http://127.0.0.1:{unused_port()}", TOKEN="t")
    assert nobody.returncode == 2
    assert "POST /api/v/trainees: no answer from http://127.0.0.1" in nobody.stderr


def test_a_record_of_an_earlier_test_is_made_again(tmp_path: Path) -> None:
    """A list shows what other tests made; of these the one that matters is made."""
    seen: list[tuple[str, str, bytes]] = []
    with served(register(seen)) as base:
        api = client(base)
        for name in ("Ann", "Bob", "Cyd"):
            made = api.call("POST", "/trainees", json_body={"data": {"last_name": name}})
            api.wire.history.begin()
        listed = api.call("GET", "/trainees")
        script = script_of(api, listed, tmp_path, about=("made-by-target-2",))
        del seen[:]
        assert repeat(script, TOKEN=TOKEN).returncode == 0
    assert made.status == 201
    assert [json.loads(body)["data"]["last_name"] for _, _, body in seen if body] == ["Bob"]
    assert seen[-1][1] == "/api/v/trainees?"


@pytest.mark.parametrize(("rule", "made"), [("status.wrong", 1), ("field.sentence", 0)])
def test_a_change_that_was_refused_without_reason_is_made_too(rule: str, made: int) -> None:
    """It may have been done all the same, and then what follows builds on it."""
    judge = Judge(1, {})
    judge.history.begin()
    refused = Exchange("PUT", "http://h/made-by-target", {}, b'{"a": 1}', 422)
    first = Exchange("POST", "http://h/x", {}, b"{}", 201, {}, b'{"trainee_id": "made-by-target"}')
    last = Exchange("GET", "http://h/made-by-target", {}, None, 200)
    for exchange in (first, refused, last):
        judge.history.note(exchange)
    judge.saw([Breach(rule, "it is refused", "200", "422")], refused, "update_trainee")
    assert judge.history.leading_to(last) == [first, refused][: 1 + made]


def test_a_mock_that_is_gone_is_asked_for(tmp_path: Path) -> None:
    elsewhere = f"http://127.0.0.1:{unused_port()}"
    with served(register([])) as base:
        api = client(base)
        api.wire.history.setting = Setting(base, elsewhere, hint="Start a mock with: it's $easy")
        made = api.call("POST", "/trainees", json_body={}).data["trainee_id"]
        exchange = api.call("GET", "/trainees/{id}", path={"id": made})
        script = script_of(api, exchange, tmp_path)
        done = repeat(script)
        assert done.returncode == 2
        assert f"no answer from {elsewhere}. Start a mock with: it's $easy" in done.stderr
        assert repeat(script, base).returncode == 0


def test_large_answers_are_not_kept() -> None:
    history = History()
    for size in (10, 10_000_000):
        body = b'{"trainee_id": "made-by-target"}' + b" " * size
        history.note(Exchange("POST", "http://h/x", {}, b"{}", 201, {}, body))
    last = Exchange("GET", "http://h/made-by-target", {}, None, 200, {}, b"x" * 10_000_000)
    history.note(last)
    assert len(history.leading_to(last)) == 1
    assert sum(len(exchange.body) for exchange in history.leading_to(last)) < 100


def test_what_a_target_sends_stays_a_comment(tmp_path: Path) -> None:
    evil = "x\n touch pwned; $(touch pwned) `touch pwned` ' \" \x1b[31m"
    with served(register([])) as base:
        api = client(base)
        exchange = api.call("POST", "/x", raw_body=b"\xff'%s$(touch pwned)\\")
        words = {"sentence": evil, "expected": evil + TOKEN, "source": evil}
        script = script_of(api, exchange, tmp_path, **words)
        done = repeat(script, TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in script.read_text()
    assert TOKEN not in script.read_text()
    assert not list(tmp_path.glob("**/pwned"))
    assert not Path("pwned").exists()


def test_bytes_that_are_no_text_arrive_as_they_were(tmp_path: Path) -> None:
    seen: list[tuple[str, str, bytes]] = []
    with served(register(seen)) as base:
        api = client(base)
        body = b'{"a\x00\xff": "%d 26101112 \\n \'"}'
        exchange = api.call("POST", "/x", raw_body=body)
        repeat(script_of(api, exchange, tmp_path), TOKEN=TOKEN)
    first, second = (data for _, _, data in seen)
    assert first == body
    assert second[: body.index(b"26101112")] == body[: body.index(b"26101112")]
    assert second.endswith(b" \\n '\"}")
