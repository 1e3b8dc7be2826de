"""A token is never shown whole: not in the journal, by `explain` or `requests`, or in logs."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

import register_spec as spec
from register_mock.commands.cli import main
from register_mock.request.masking import (
    is_secret,
    scrubbed,
    shown_credentials,
    shown_header,
    shown_query,
    shown_token,
)
from register_mock.tests.conftest import Api, trainee_data
from register_mock.tests.live import NEWEST, as_served, on_werkzeug, raw
from register_mock.tests.test_serve import refused
from register_mock.world.tokens import token_for

OWN = token_for("default", "10000571")
SHORT = ("a", "ab", "abc12", "s3cr3t", "1234567890")


@pytest.mark.parametrize("token", [*SHORT, "x" * 11, "x" * 19, OWN, "y" * 500])
def test_at_most_half_of_a_token_is_shown(token: str) -> None:
    shown = shown_token(token)
    assert shown.endswith("…")
    assert token.startswith(shown[:-1])
    assert len(shown) - 1 <= min(10, len(token) // 2)


def test_nothing_is_made_of_nothing() -> None:
    assert shown_token("") == ""
    assert shown_credentials("") == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (f"Bearer {OWN}", f"Bearer {OWN[:10]}…"),
        ("Bearer s3cr3t", "Bearer s3c…"),
        ("bearer   s3cr3t", "bearer s3c…"),
        ("Basic YTpi", "Basic YT…"),
        ("Bearer", "Bearer"),
        ("Bearer ", "Bearer"),
        ("s3cr3t", "s3c…"),
        ("s3cr3t and more", "s3cr3t …"),
        ("Bearer:s3cr3t", "Bearer…"),
    ],
)
def test_of_credentials_the_scheme_is_shown(value: str, shown: str) -> None:
    assert shown_header("Authorization", value) == shown
    assert shown_header("Proxy-Authorization", value) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Cookie", "sid=s3cr3t; theme=dark", "sid=s3c…; theme=da…"),
        ("Cookie", "s3cr3t", "s3c…"),
        ("X-Api-Key", "s3cr3t", "s3c…"),
        ("X-Auth-Token", "s3cr3t", "s3c…"),
        ("Referer", "http://localhost/?token=s3cr3t&page=2", "http://localhost/?token=s3c…&page=2"),
        ("X-Mock-World", "default", "default"),
        ("Accept", "text/html;q=0.9", "text/html;q=0.9"),
        ("Idempotency-Key", "abc", "abc"),
    ],
)
def test_headers_are_shown_by_their_name(name: str, value: str, shown: str) -> None:
    assert shown_header(name, value) == shown


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("token=s3cr3t", "token=s3c…"),
        ("page=2&access_token=s3cr3t&per_page=5", "page=2&access_token=s3c…&per_page=5"),
        ("%74oken=s3cr3t;api-key=s3cr3t", "%74oken=s3c…;api-key=s3c…"),
        ("TOKEN=s3cr3t=", "TOKEN=s3c…"),
        ("accessToken=s3cr3t&key=s3cr3t", "accessToken=s3c…&key=s3c…"),
        ("token=&token&=x&&page=2", "token=&token&=x&&page=2"),
        ("status=awarded&page=%ff", "status=awarded&page=%ff"),
    ],
)
def test_a_query_is_shown_but_for_its_secrets(query: str, shown: str) -> None:
    assert shown_query(query) == shown


def test_no_field_or_parameter_of_the_documents_is_taken_for_a_secret() -> None:
    for version in spec.versions():
        assert not [name for name in names(spec.bundle(version)) if is_secret(name)]


def names(node: Any) -> set[str]:
    """Return the names of all properties and parameters below a node of a document."""
    found: set[str] = set()
    if isinstance(node, dict):
        found |= set(node.get("properties", {}))
        found |= {node["name"]} if "in" in node and "name" in node else set()
    if isinstance(node, (dict, list)):
        inner = node.values() if isinstance(node, dict) else node
        return found.union(*map(names, inner))
    return found


@pytest.mark.parametrize("form", [OWN, OWN.replace("_", "%5F"), OWN.replace("_", "\\u005f")])
def test_tokens_of_the_server_are_known_wherever_they_stand(form: str) -> None:
    text = scrubbed(f'{{"notes": "my token is {form}."}}'.encode()).decode()
    assert form not in text
    assert json.loads(text)["notes"].startswith("my token is mock")


def test_neither_journal_nor_commands_show_a_token() -> None:
    with on_werkzeug() as live:
        path = f"/api/{NEWEST}/trainees"
        token = live.token
        body = b'{"data": {"first_names": "%s"}}' % token.encode()
        for secret in (*SHORT[2:], token):
            for header in (
                "Authorization: Bearer",
                "Authorization:",
                "Cookie: session=1; t=x; id=",
            ):
                head = f"{header} {secret}" if header[-1] != "=" else f"{header}{secret}"
                send(live.port, f"{path}?token={secret}&page=2", head)
            send(live.port, path, f"Proxy-Authorization: Basic {secret}", f"X-Api-Key: {secret}")
        send(live.port, f"{path}/{token}?q={token}", f"Referer: http://x/?apikey={SHORT[4]}")
        send(live.port, path, f"Authorization: Bearer {token}", body=body)
        client = CliRunner()
        said = [
            client.invoke(main, ["requests", "--limit", "100", "--url", live.url]).output,
            *(
                client.invoke(main, ["explain", f"req-{n:06d}", "--full", "--url", live.url]).output
                for n in range(1, 19)
            ),
        ]
    assert all("req-0000" in each for each in said)
    for secret in (*SHORT[2:], token):
        assert secret not in "".join(said)
    assert "page=2" in said[0]
    assert token[:10] in said[0]


def send(port: int, target: str, *headers: str, body: bytes = b"") -> None:
    lines = [f"POST {target} HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
    lines += [*headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    assert raw(port, "\r\n".join(lines).encode() + body, seconds=20)


@pytest.mark.parametrize("place", ["stage", "pipeline"])
def test_a_fault_of_the_mock_is_logged_without_a_token(
    newest: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a fault")

    if place == "stage":
        monkeypatch.setattr(newest.world.store, "get", fail)
    else:
        monkeypatch.setattr("register_mock.request.pipeline._first", fail)
    with caplog.at_level(logging.ERROR, "register_mock"):
        status, _ = newest.call("GET", f"/trainees/{newest.token}?token={newest.token}")
    assert status == 500
    assert newest.token[:10] in caplog.text
    assert newest.token not in caplog.text


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_the_control_token_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTER_MOCK_CONTROL_TOKEN", "only-for-me")
    with as_served(tmp_path) as live:
        assert run("requests", "--url", live.url).exit_code == 0
        found = run("explain", "req-000001", "--url", live.url)
        assert "there is no request" in found.output
        monkeypatch.delenv("REGISTER_MOCK_CONTROL_TOKEN")
        refusal = run("requests", "--url", live.url)
        assert "give it with --control-token" in refusal.output


def test_a_wrong_control_token_in_the_environment_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REGISTER_MOCK_CONTROL_TOKEN", "s3cr3t")
    said = refused("--port", "0")
    assert "--control-token: give at least 8" in said
    assert "s3cr3t" not in said


def test_no_sentence_quotes_what_is_personal(tmp_path: Path) -> None:
    words = ("--as", "deployed", "--mask-personal-data", "--record", str(tmp_path / "kept.har"))
    wrong = {name: f"secret{name}" for name in ("sex", "nationality", "ethnicity")}
    told = ""
    with as_served(tmp_path, *words) as live:
        for version in spec.versions():
            told += requests.post(
                f"{live.url}/api/{version}/trainees",
                json={"data": {**trainee_data(version), **wrong}},
                headers=live.headers,
                timeout=5,
            ).text
        journal = requests.get(f"{live.url}/_mock/requests", timeout=5).text
    assert "secretsex" in told, "the client is told"
    assert "***" in journal
    assert "secret" not in journal
    assert "secret" not in (tmp_path / "kept.har").read_text(encoding="utf-8")
