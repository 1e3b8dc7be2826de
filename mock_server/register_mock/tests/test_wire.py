"""What goes out over WSGI: one piece, with its length, and nothing where HTTP allows nothing."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from register_mock.contract.envelopes import Answer
from register_mock.tests.controlling import Controlled, controlled
from register_mock.wire import sent

Said = dict[str, Any]


def said(answer: Answer, method: str = "GET") -> Said:
    """Return status, headers and body of an answer as a server is given them."""
    found: Said = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        found.update(status=status, headers=dict(headers))

    found["body"] = b"".join(sent(answer, {"REQUEST_METHOD": method}, start_response))
    return found


def test_an_answer_has_its_type_and_length() -> None:
    found = said(Answer(422, b"{}", headers=(("X-Mock-Request-Id", "1"),)))
    assert found["status"].startswith("422 ")
    assert found["headers"] == {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": "2",
        "X-Mock-Request-Id": "1",
    }
    assert found["body"] == b"{}"


def test_head_says_the_length_and_has_no_body() -> None:
    found = said(Answer(200, b"[1]"), "HEAD")
    assert found["headers"]["Content-Length"] == "3"
    assert found["body"] == b""


@pytest.mark.parametrize("status", [204, 304])
def test_without_a_body_there_is_no_length(status: int) -> None:
    found = said(Answer(status, b"never sent"))
    assert "Content-Length" not in found["headers"]
    assert found["body"] == b""


def test_a_status_nobody_knows_is_sent_all_the_same() -> None:
    assert said(Answer(599, b""))["status"] == "599 UNKNOWN"


def test_a_fault_of_ours_is_a_500_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where Flask, which would have made one of it, is not asked."""
    mock: Controlled = controlled()

    def fail() -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(mock.world, "fire_due", fail)
    with caplog.at_level(logging.ERROR, "register_mock"):
        answer = mock.app.test_client().get("/api/v2025.0/info", base_url="http://localhost:4010")
    assert answer.status_code == 500
    assert answer.json == {"error": "Internal server error"}
    assert "a mistake" in caplog.text
