"""Recorded traffic: its answers are held to the contract, and nothing is sent."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import requests

from register_contract.target.mock_process import running_mock
from register_contract.tests.command import register_contract
from register_spec import bundle

API = "/api/v2026.1"
Entry = dict[str, Any]


@pytest.fixture(scope="module")
def log() -> dict[str, Any]:
    """What a client of the mock did, as the mock exports it; the mock is gone since."""
    document = bundle("v2026.1", "documented")
    content = document["paths"]["/trainees"]["post"]["requestBody"]["content"]
    examples = content["application/json"]["examples"].values()
    body = deepcopy(next(iter(examples))["value"])
    with running_mock() as base:
        world = requests.get(f"{base}/_mock/worlds/default", timeout=30).json()
        token = world["providers"][0]["tokens"][0]["token"]

        def ask(method: str, path: str, data: Any = None) -> requests.Response:
            return requests.request(
                *(method, base + path),
                json=data,
                headers={"Authorization": f"Bearer {token}"},
                timeout=30,
            )

        made = ask("POST", f"{API}/trainees", body).json()["data"]["trainee_id"]
        ask("POST", f"{API}/trainees", body)
        ask("POST", f"{API}/trainees", {"data": {**body["data"], "sex": "77"}})
        ask("GET", f"{API}/trainees/{made}")
        ask("GET", f"{API}/trainees?page=0")
        ask("PUT", f"{API}/trainees/{made}", {"data": {"first_names": "Ann"}})
        ask("GET", f"{API}/nothing")
        ask("GET", "/api/v2025.0/info")
        found: dict[str, Any] = ask("GET", "/_mock/requests.har").json()
    return found


def entry(log: dict[str, Any], method: str, status: int) -> Entry:
    """The first entry with a method and a status."""
    rows: list[Entry] = log["log"]["entries"]
    return next(
        row
        for row in rows
        if (row["request"]["method"], row["response"]["status"]) == (method, status)
    )


def held(log: Any, folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and output of a run with that archive."""
    path = folder / "traffic.har"
    path.write_text(log if isinstance(log, str) else json.dumps(log))
    done = register_contract("run", "--from-har", str(path), *words)
    return done.returncode, done.stdout + done.stderr


def test_what_keeps_the_contract_is_kept_as_far_as_recorded(
    log: dict[str, Any], tmp_path: Path
) -> None:
    code, told = held(log, tmp_path)
    assert code == 0, told
    assert "ok   create_trainee: 3 checks" in told
    assert "GET /nothing" in told
    assert "1 of the requests" in told
    assert "6 of the" in told
    assert "answers that this contract documents" in told


def test_a_lost_field_is_found_and_comes_with_what_repeats_it(
    log: dict[str, Any], tmp_path: Path
) -> None:
    changed = deepcopy(log)
    content = entry(changed, "GET", 200)["response"]["content"]
    body = json.loads(content["text"])
    del body["data"]["sex"]
    content["text"] = json.dumps(body)
    report = tmp_path / "report"
    words = ("--no-known-drift", "--report", str(report), "--export", "hurl")
    code, told = held(changed, tmp_path, *words)
    assert (code, "show_trainee (200) lacks the field data.sex" in told) == (1, True), told
    (script,) = (report / "repeat").glob("*.sh")
    # The trainee has to be made first.
    assert script.read_text().count("# POST /api/v2026.1/trainees") == 1
    assert len(list((report / "repeat").glob("*.hurl"))) == 1
    assert "1 finding" in (report / "junit.xml").read_text()


def test_what_should_have_been_refused_is_found(log: dict[str, Any], tmp_path: Path) -> None:
    changed = deepcopy(log)
    entry(changed, "POST", 422)["response"] = entry(changed, "POST", 201)["response"]
    code, told = held(changed, tmp_path, "--no-known-drift")
    assert code == 1, told
    assert "create_trainee with what was recorded answers 201 instead of 422" in told


def test_what_should_have_been_accepted_is_found(log: dict[str, Any], tmp_path: Path) -> None:
    changed = deepcopy(log)
    entry(changed, "POST", 201)["response"] = entry(changed, "POST", 422)["response"]
    code, told = held(changed, tmp_path, "--no-known-drift")
    assert code == 1, told
    assert "create_trainee with what was recorded answers 422 instead of 201" in told


def test_no_token_is_shown(log: dict[str, Any], tmp_path: Path) -> None:
    changed = deepcopy(log)
    for row in changed["log"]["entries"]:
        for header in row["request"]["headers"]:
            if header["name"].lower() == "authorization":
                header["value"] = "Bearer a-very-secret-token"
    row = entry(changed, "GET", 200)["response"]
    row["content"]["text"] = '{"data": "a-very-secret-token"}'
    code, told = held(changed, tmp_path, "--no-known-drift", "--report", str(tmp_path / "r"))
    assert code == 1, told
    files = [path for path in (tmp_path / "r").rglob("*") if path.is_file()]
    texts = [told, *(path.read_text() for path in files)]
    assert len(texts) > 5
    assert not [text for text in texts if "very-secret" in text]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("[]", "it has no list under log.entries"),
        (
            '{"log": {"entries": [{}]}}',
            "entry 0 of log.entries cannot be read (it has no 'request'",
        ),
        ('{"log": {"entries": []}}', "has 0 requests, and none below /api/v2026.1"),
    ],
)
def test_what_is_no_archive_is_told(text: str, words: str, tmp_path: Path) -> None:
    code, told = held(text, tmp_path)
    assert code == 2
    assert words in told


@pytest.mark.parametrize(
    ("words", "said"), [(("http://h",), "URL (http://h)"), (("--seed", "3"), "--seed (3)")]
)
def test_what_is_about_requests_is_refused(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    code, told = held("{}", tmp_path, *words)
    assert code == 2
    assert f"--from-har sends nothing, so {said} says nothing" in told
