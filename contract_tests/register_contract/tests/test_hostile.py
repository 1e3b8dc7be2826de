"""A hostile or broken target: its answers become findings or a sentence, and its text is harmless.

Every run here is the command as a person gives it, with reports; each report is looked through for
the tokens and for characters that a terminal would obey.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from register_contract.cli import main
from register_contract.target.mock_process import running_mock
from register_contract.tests.hostile import JSON, Asked, Reply, Script, hostile, info, spoiling

TOKEN = "sEcReT-9dc7ce70c0ae2373d5eb"
SECOND = "oThEr-cab4e67a1527a1de8e4b"
EVIL = "x\x1b]0;title\x07\x9b31m\u202e\x7f"
DEEP = b'{"data":' + b"[" * 5000 + b"]" * 5000 + b"}"
HALF = b'{"data":[{"trainee_id":"\\ud800"}]}'


@dataclass(frozen=True)
class Ran:
    """What a run left: exit code, terminal, and the text of its reports and scripts."""

    code: int
    output: str
    page: str
    junit: str
    scripts: tuple[str, ...]

    def is_harmless(self) -> bool:
        """Whether no report holds a token, a trace or a character that is obeyed."""
        texts = [self.output, self.page, self.junit, *self.scripts]
        parts = (TOKEN, SECOND, TOKEN[8:20], SECOND[7:20], "Traceback")
        found = [part for part in parts if any(part in text for text in texts)]
        odd = {char for text in texts for char in text if not char.isprintable()} - {"\n"}
        assert (found, odd) == ([], set()), self.output
        return True


def run(base: str, folder: Path, *words: str) -> Ran:
    said = ["run", base, "--api-version", "v2026.1", "--seed", "1", "--report", str(folder)]
    said += ["--no-known-drift"]
    result = CliRunner().invoke(main, [*said, *words], env={"COLUMNS": "200"})
    paths = [path for path in folder.rglob("*") if path.is_file()]
    files = {path.name: path.read_text(encoding="utf-8") for path in paths}
    if "junit.xml" in files:
        ET.fromstring(files["junit.xml"])
    page, junit = files.get("report.html", ""), files.get("junit.xml", "")
    scripts = tuple(text for name, text in files.items() if name.endswith(".sh"))
    assert bool(scripts) == ("What failed" in page)
    return Ran(result.exit_code, result.output, page, junit, scripts)


def run_with_tokens(base: str, folder: Path, *words: str) -> Ran:
    return run(base, folder, "--token", TOKEN, "--second-token", SECOND, *words)


def at(part: str, reply: Reply) -> Script:
    """Answers ``reply`` where the path has ``part``, and like a target elsewhere."""
    return lambda asked: reply if part in asked.path else info(asked)


def dated(date: str) -> Reply:
    return Reply(b'{"status":"ok"}', headers={**JSON, "Date": date})


def echoing(asked: Asked) -> Reply:
    """Answers with what it was told, in a header and where a report cuts the body."""
    told = asked.headers.get("Authorization", "")
    body = json.dumps({"padding": "x" * 350, "told": told}).encode()
    return Reply(body, 500, {**JSON, "X-Told": told})


def moved(asked: Asked) -> Reply:
    told = asked.headers.get("Authorization", "")
    return Reply(b"", 302, {"Location": f"https://h.example/\x1b[31m?t={told}"})


WORLD = b"""{"name": "x", "reading": "documented", "seed": "empty", "now": "2025-10-15T09:00:00Z",
    "providers": [{"name": "A", "ukprn": "10000571", "tokens": []}]}"""


def health(**said: Any) -> Reply:
    """What the mock answers about its health, but for what is said."""
    told = {
        "status": "ok",
        "worlds": 1,
        "versions": ["v2026.1"],
        "apis": [],
        "now": "2025-10-15T09:00:00Z",
    }
    return Reply(json.dumps({**told, **said}).encode())


def mock_without(body: bytes) -> Script:
    """A control API whose health is fine and whose worlds are not."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/_mock/health":
            return health()
        return Reply(body) if asked.path.startswith("/_mock") else info(asked)

    return answer


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (at("/info", dated("banana")), "the header Date 'banana', which is no date"),
        (at("/info", dated("Fri, 31 Dec 9999 23:59:59 GMT")), "no date of today"),
        (at("/health", health(versions=7)), "health unlike the mock"),
        (at("/health", health(versions=[None])), "health unlike the mock"),
        (at("/health", health(versions=[])), "it serves none"),
        (mock_without(b"[]"), "POST /_mock/worlds: http://"),
        (mock_without(b'{"name": "x", "providers": [{"tokens": 1}, 2]}'), "is not a mock of this"),
        (mock_without(WORLD), "POST /_mock/worlds: no provider with a token"),
        (at("/info", Reply(b"[" * 100_000)), "nested deeper than 100 levels"),
        (at("/info", Reply(b'{"status": "\\ud800"}')), "half of a surrogate pair"),
        (at("/info", Reply(EVIL.encode(), 503)), "is failing"),
        (echoing, "is failing"),
        (moved, "redirects to https://h.example/"),
    ],
)
def test_whatever_is_wrong_at_first_is_one_sentence(
    script: Script, words: str, tmp_path: Path
) -> None:
    with hostile(script) as base:
        ran = run_with_tokens(base, tmp_path)
    assert ran.code == 2, ran.output
    assert words in ran.output
    assert len(ran.output.splitlines()) == 1
    assert ran.is_harmless()


@pytest.mark.parametrize(
    "address", ["http://h\u00fc..de:1", "http://127.0.0.1:99999", "http://[::1"]
)
def test_an_address_that_is_none_is_one_sentence(address: str, tmp_path: Path) -> None:
    ran = run_with_tokens(address, tmp_path)
    assert (ran.code, len(ran.output.splitlines())) == (2, 1), ran.output
    assert ran.is_harmless()


def listing(body: bytes, status: int = 200) -> Script:
    """A target to read from whose list is ``body``."""
    return lambda asked: Reply(body, status) if "/trainees" in asked.path else info(asked)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (listing(DEEP), "answers 200 with a body that is nested deeper than 100 levels"),
        (listing(HALF), "with a body in which half of a surrogate pair stands alone"),
        (listing(b'{"data": NaN}'), "with a body that is not JSON"),
        (listing(b'{"data": 7}'), "data is a number and has to be array"),
        (listing(b'{"data": [null, {"trainee_id": 5, "degrees": 1}]}'), "data[] is null"),
        (listing(b'{"error": "Unauthorized"}', 401), "answers 401 instead of 200"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_finding(
    script: Script, words: str, tmp_path: Path
) -> None:
    with hostile(script) as base:
        ran = run_with_tokens(base, tmp_path, "--only", "page_size or reading_operations")
    assert ran.code == 1, ran.output
    assert words in ran.output
    assert "keeps the contract" not in ran.output
    assert "errors in the suite" not in ran.output
    assert "What failed" in ran.page
    assert ran.is_harmless()


def test_a_target_that_repeats_the_token_and_sends_escapes(tmp_path: Path) -> None:
    """In body, header and status, in every report; and it is still told apart from a good one."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/info"):
            return info(asked)
        told = asked.headers.get("Authorization", "") + EVIL
        body = json.dumps({"data": [told] * 9, EVIL: told}, ensure_ascii=False).encode()
        return Reply(body, headers={"Content-Type": f"application/json{TOKEN}\x1b[31m"})

    with hostile(answer) as base:
        ran = run_with_tokens(base, tmp_path, "--only", "lists or unknown_route")
    assert ran.code == 1, ran.output
    assert ran.is_harmless()
    for text in (ran.output, ran.page, ran.junit):
        assert "\\x1b" in text
        assert "$TOKEN" in text


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock whose answers are spoiled on their way."""
    with running_mock() as base:
        yield base


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":null}',
        pytest.param(b'{"data":[null,1]}', marks=pytest.mark.nightly),
        pytest.param(DEEP, marks=pytest.mark.nightly),
        HALF,
    ],
    ids=["null", "list", "deep", "half a pair"],
)
def test_no_trainee_where_one_is_due_is_a_finding(body: bytes, mock: str, tmp_path: Path) -> None:
    def spoil(asked: Asked, reply: Reply) -> Reply:
        shown = asked.method == "GET" and "/trainees/" in asked.path
        return replace(reply, body=body) if shown and reply.status == 200 else reply

    with hostile(spoiling(mock, spoil)) as base:
        only = "career and award or updates or show_trainee and (twice or once or nothing)"
        ran = run(base, tmp_path, "--only", only)
    assert ran.code == 1, ran.output
    assert "errors in the suite" not in ran.output
    assert "show_trainee" in ran.output
    assert "an answer that breaks the contract ended the test (AttributeError)" in ran.output
    assert ran.is_harmless()


def test_a_control_api_that_breaks_is_a_sentence_too(mock: str, tmp_path: Path) -> None:
    """In the middle of a run it is an error, told without a trace."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/_mock/trainees":
            return Reply(b'{"trainee_id": 7}', 201)
        return spoiling(mock, lambda asked, reply: reply)(asked)

    with hostile(answer) as base:
        ran = run(base, tmp_path, "--only", "happens_once and defer")
    assert ran.code == 2, ran.output
    assert "the control API fails: POST /_mock/trainees: " in ran.output
    assert "trainee_id: not a text" in ran.output
    assert ran.is_harmless()
