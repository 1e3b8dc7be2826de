"""What a target that is none is told: one sentence, exit code 2, no trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from flask import Flask, Response, jsonify, request

from register_contract.cli import main
from register_contract.target.client import Wire, why_no_answer
from register_contract.target.options import settle
from register_contract.target.target import Target, UnusableTargetError, connect
from register_contract.target.transport import GuardedSession
from register_contract.tests.places import NEWEST
from register_contract.tests.serving import hanging_up, served, unused_port
from register_spec import versions

VERSIONS = versions()


def answering(answer: Callable[[], Response]) -> Flask:
    app = Flask("target")
    app.before_request(answer)
    return app


def probe(base: str, *, token: str | None = "t", timeout: float = 5.0) -> str:
    options = settle(version=VERSIONS[-1], url=base, token=token, timeout=timeout)
    with pytest.raises(UnusableTargetError) as caught:
        connect(options, NEWEST, base, VERSIONS)
    sentence = str(caught.value)
    assert base in sentence
    assert "\n" not in sentence
    return sentence


def html() -> Response:
    return Response("<h1>Sign in</h1>", 200, content_type="text/html")


def moved() -> Response:
    return Response("", 301, headers={"Location": "https://other.example/"})


def unauthorized() -> Response:
    answer = jsonify(error="Unauthorized")
    answer.status_code = 401
    return answer


def not_found() -> Response:
    answer = jsonify(errors=[{"error": "NotFound", "message": "Not found"}])
    answer.status_code = 404
    return answer


def failing() -> Response:
    return Response('{"error":"x"}', 503, content_type="application/json")


def limited() -> Response:
    return Response("Retry later\n", 429, content_type="text/plain")


def another_api() -> Response:
    return jsonify(hello="world")


def slow() -> Response:
    time.sleep(1.5)
    return another_api()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (html, "HTML page"),
        (moved, "redirects to https://other.example/"),
        (unauthorized, "does not accept the token"),
        (not_found, "does not know version v2026.1"),
        (failing, "is failing"),
        (limited, "refuses more requests for now"),
        (another_api, "unlike the Register API"),
    ],
)
def test_what_answers_but_is_no_target(answer: Callable[[], Response], words: str) -> None:
    with served(answering(answer)) as base:
        assert words in probe(base)


def test_nobody_answers() -> None:
    assert "connection refused" in probe(f"http://127.0.0.1:{unused_port()}")


def test_it_hangs_up() -> None:
    with hanging_up() as base:
        assert "closed the connection" in probe(base)


def test_it_takes_too_long() -> None:
    with served(answering(slow)) as base:
        assert "within 0.3 seconds" in probe(base, timeout=0.3)


def test_a_token_is_needed() -> None:
    with served(answering(unauthorized)) as base:
        assert "--token" in probe(base, token=None)


def test_a_second_token_is_tried() -> None:
    def answer() -> Response:
        good = request.headers.get("Authorization") == "Bearer good"
        return jsonify(status="ok") if good else unauthorized()

    with served(answering(answer)) as base:
        options = settle(version=VERSIONS[-1], url=base, token="good", second_token="bad")
        with pytest.raises(UnusableTargetError, match="--second-token"):
            connect(options, NEWEST, base, VERSIONS)


def test_the_command_says_one_sentence_and_stops_with_2() -> None:
    with served(answering(html)) as base:
        result = CliRunner().invoke(main, ["run", base, "--token", "t"])
    assert result.exit_code == 2, result.output
    assert "HTML page" in result.output
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "http://h", "--api-version", "v9"], "there are v1.0-pre, v2025.0, v2026.1"),
        (["run", "nonsense"], "not an address"),
        (["run", "http://h", "--rate", "much"], "write 90/m"),
        (["run", "http://h", "--timeout", "0"], "--timeout 0 is no time to wait; give seconds"),
        (["run", "http://h", "--timeout", "nan"], "--timeout nan is no time to wait"),
        (["run", "http://h", "--only", "and and"], "--only 'and and' cannot be read; write names"),
        (["run", "http://h", "--report", "/dev/null/x"], "--report /dev/null/x cannot be written"),
        (["run", "http://h", "--report", "/dev/null"], "--report /dev/null cannot be written"),
        (["spec", "v9"], "v9"),
    ],
)
def test_wrong_usage_stops_with_2(words: list[str], told: str) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert told in result.output
    assert "Traceback" not in result.output
    if "--" in told:
        assert len(result.output.strip().splitlines()) == 1


def test_a_run_of_no_test_says_so(tmp_path: Path) -> None:
    words = ["run", "http://h", "--only", "nosuch", "--report", str(tmp_path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert "--only 'nosuch' matches no test" in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert '<h1 class="open">' in (tmp_path / "report.html").read_text()


def test_a_run_that_only_reads_asks_for_a_token() -> None:
    with served(answering(unauthorized)) as base:
        result = CliRunner().invoke(main, ["run", base, "--profile", "read-only"])
    assert result.exit_code == 2
    assert "give one by --token or REGISTER_TOKEN" in result.output
    assert "control API" not in result.output


def test_https_is_not_spoken_on_an_http_port() -> None:
    with served(answering(another_api)) as base:
        sentence = probe(base.replace("http://", "https://"))
    assert "it does not speak TLS there" in sentence
    assert "write http:// for https://" in sentence


def test_a_certificate_that_is_not_accepted_is_told_apart() -> None:
    error = requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")
    assert why_no_answer(error, 1) == "its TLS certificate is not accepted"


def test_the_clock_of_a_target_goes_on() -> None:
    """A run that takes hours passes midnight."""
    late, wire = (
        datetime(2026, 7, 31, 23, 59, tzinfo=UTC),
        Wire(GuardedSession("http://x", writes=False), "http://x", 1),
    )
    hour_ago = time.monotonic() - 3600
    target = Target(wire, NEWEST, VERSIONS[-1], "documented", False, late, read_at=hour_ago)
    assert target.present.date() == date(2026, 8, 1)
    assert target.now == late
