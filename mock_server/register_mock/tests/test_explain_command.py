"""`register-mock explain` and `register-mock requests`: what people read."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import requests
from click.testing import CliRunner, Result

from register_mock.client import Control, ControlError, Request
from register_mock.commands.cli import main
from register_mock.tests.conftest import trainee_data
from register_mock.tests.live import NEWEST, Live, on_werkzeug


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with on_werkzeug() as live:
        post = {"data": trainee_data(NEWEST, sex="Q", last_name="[bold]\x1b[31mX")}
        requests.post(f"{live.api}/trainees", json=post, headers=live.headers, timeout=5)
        requests.get(f"{live.api}/trainee/[red]", headers=live.headers, timeout=5)
        requests.get(f"{live.api}/info", headers=live.headers, timeout=5)
        big = json.dumps({"data": {"first_names": "x" * 5_000}})
        requests.post(f"{live.api}/trainees", data=big, headers=live.headers, timeout=5)
        yield live


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words, env={"COLUMNS": "120"})


def test_explain_is_one_screen(live: Live) -> None:
    result = run("explain", "req-000001", "--url", live.url)
    assert result.exit_code == 0, result.output
    for words in (
        f"req-000001  POST /api/{NEWEST}/trainees  422 Unprocessable",
        "create_trainee",
        "sex is not included in the list",
        '"Q"',
        "10, 11, 12",
        "Trainee object",
        f"{NEWEST}#/components/schemas/",
        "Authorization: Bearer mock_",
        "more lines: --full shows them",
    ):
        assert words in result.output
    assert live.token not in result.output
    assert "\x1b" not in result.output
    assert len(result.output.splitlines()) <= 45


EVIL = "x\x1b]0;title\x07\x9b31m\u202e\x7f\r"


def hostile_entry() -> Request:
    """An entry as somebody in the mock's place may write it: escapes in every text."""
    message = {"headers": {EVIL: EVIL}, "is_kept": True, "body": EVIL}
    source = dict.fromkeys(("document", "title", "note", "pointer"), EVIL)
    reason = {"rule": EVIL, "field": EVIL, "sent": EVIL, "allowed": [EVIL], "message": EVIL}
    names = ("id", "method", "path", "query", "operation", "version", "provider")
    row = dict.fromkeys(names, EVIL * 3) | {
        "time": "2025-10-15T09:00:00Z",
        "status": 422,
        "faults": [],
        "began_ms": 1.0,
        "duration_ms": 1.0,
        "trainee": None,
        "explanation": [{**reason, "source": source}, {**reason, "sent": [EVIL], "source": None}],
        "request": message,
        "response": {**message, "body": {EVIL: [EVIL]}},
    }
    return Request.of(row)


@pytest.mark.parametrize("words", [("explain", "x"), ("explain", "x", "--full"), ("requests",)])
def test_nothing_that_was_sent_reaches_the_terminal_as_an_escape(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Control, "request", lambda self, name: hostile_entry())
    monkeypatch.setattr(Control, "requests", lambda self, **_: [hostile_entry()])
    output = run(*words).output
    assert "\\x1b]0;title" in output
    assert "\\u202e" in output
    assert {char for char in output if not char.isprintable()} <= {"\n"}


def test_a_refusal_that_is_quoted_is_written_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Control, name: str) -> Request:
        raise ControlError(404, "unknown_request", EVIL, {})

    monkeypatch.setattr(Control, "request", refuse)
    assert run("explain", "x").output == (
        "register-mock: x\\x1b]0;title\\x07\\x9b31m\\u202e\\x7f\\r\n"
    )


def test_full_shows_bodies_to_their_end(live: Live) -> None:
    result = run("explain", "req-000001", "--full", "--url", live.url)
    assert "more lines" not in result.output
    assert "degrees_attributes" in result.output
    assert "[bold]" in result.output


def test_requests_are_lines_with_their_reasons(live: Live) -> None:
    result = run("requests", "--url", live.url)
    assert result.exit_code == 0, result.output
    heads = [line for line in result.output.splitlines() if line.startswith("req-")]
    assert [line.split()[0] for line in heads] == [f"req-00000{n}" for n in range(1, 5)]
    assert "200 OK GET" in heads[2]
    assert "inclusion sex sent" in result.output
    assert "/trainee/[red]" in heads[1]


def test_requests_takes_filters(live: Live) -> None:
    result = run("requests", "--url", live.url, "--status", "404", "--since", "req-000001")
    assert [line[:10] for line in result.output.splitlines() if line[:4] == "req-"] == [
        "req-000002"
    ]


def test_full_shows_lists_to_their_end(live: Live) -> None:
    post = {"data": trainee_data(NEWEST, nationality="zz")}
    requests.post(f"{live.api}/trainees", json=post, headers=live.headers, timeout=5)
    short = run("explain", "last", "--url", live.url).output
    whole = run("explain", "last", "--full", "--url", live.url).output
    assert " more" in next(each for each in short.splitlines() if "allowed" in each)
    (allowed,) = (each for each in whole.splitlines() if "allowed" in each)
    assert len(allowed.rpartition("allowed ")[2].split(", ")) > 200
    assert "nationality/" in short


def test_last_is_the_newest_request(live: Live) -> None:
    asked = requests.get(f"{live.api}/info?last", headers=live.headers, timeout=5)
    shown = run("explain", "last", "--url", live.url).output
    assert shown.startswith(asked.headers["X-Mock-Request-Id"])
    requests.post(f"{live.url}/_mock/worlds", json={"name": "quiet"}, timeout=5)
    quiet = run("explain", "last", "--world", "quiet", "--url", live.url)
    assert (quiet.exit_code, quiet.output.count("\n")) == (2, 1)
    assert "world quiet was not asked anything yet" in quiet.output


def test_piped_lines_are_not_wrapped(live: Live) -> None:
    asked = requests.get(f"{live.api}/info?{'x' * 150}", headers=live.headers, timeout=5)
    name = asked.headers["X-Mock-Request-Id"]
    for words in (("explain", name), ("requests", "--since", "req-000001")):
        lines = run(*words, "--url", live.url).output.splitlines()
        assert any(name in each and "x" * 150 in each for each in lines)
        assert all(each == each.rstrip() for each in lines)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "req-000099"), "there is no request 'req-000099'"),
        (("explain", "../worlds"), "there is no"),
        (("requests", "--world", "nowhere"), "there is no world 'nowhere'"),
        (("requests", "--status", "7"), "status"),
        (("requests", "--since", "yesterday"), "2025-10-15T09:00:00Z"),
    ],
)
def test_what_the_mock_refuses_is_said(live: Live, words: tuple[str, ...], said: str) -> None:
    result = run(*words, "--url", live.url)
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert said in result.output


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9", "register-mock serve"),
        ("nonsense", "such as http://127.0.0.1:4010"),
        ("http://[", "such as"),
        ("ftp://x", "such as"),
    ],
)
def test_no_server_is_one_line_and_exit_code_2(url: str, said: str) -> None:
    for words in (("explain", "req-000001"), ("requests",), ("requests", "--follow")):
        result = run(*words, "--url", url)
        assert (result.exit_code, result.output.count("\n")) == (2, 1)
        assert said in result.output


def test_follow_prints_what_comes_and_begins_anew_after_a_reset() -> None:
    with on_werkzeug() as live:
        command = [sys.executable, "-m", "register_mock.commands.cli", "requests", "--follow"]
        with subprocess.Popen(
            [*command, "--url", live.url], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            try:
                for _ in range(2):
                    requests.get(f"{live.api}/info", headers=live.headers, timeout=5)
                assert [process.stdout.readline()[:10] for _ in range(2)] == [
                    "req-000001",
                    "req-000002",
                ]
                requests.post(f"{live.url}/_mock/reset", json={}, timeout=5)
                time.sleep(0.7)
                requests.get(f"{live.api}/info", headers=live.headers, timeout=5)
                assert process.stdout.readline()[:10] == "req-000001"
            finally:
                process.kill()
