"""What no client should send gets a 4xx from both servers, and leaves no trace in the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from register_mock.tests.hostile import KINDS, request
from register_mock.tests.live import Live, as_served, on_werkzeug, raw, status_of

LEAST_REQUESTS = 200


@pytest.fixture(scope="module", params=["werkzeug", "served"])
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    serving = (
        on_werkzeug()
        if request.param == "werkzeug"
        else as_served(Path(tmp_path_factory.mktemp("served")))
    )
    with serving as live:
        yield live
    said = "\n".join(live.log)
    assert "Traceback" not in said, said


def test_there_are_enough_of_them() -> None:
    assert sum(len(list(make("token"))) for make in KINDS.values()) >= LEAST_REQUESTS


@pytest.mark.parametrize("kind", KINDS)
def test_a_malformed_request_is_refused(live: Live, kind: str) -> None:
    wrong = {}
    for name, sent in KINDS[kind](live.token):
        status = status_of(raw(live.port, sent))
        if status is None or not 400 <= status < 500:
            wrong[name] = status
    assert wrong == {}
    _is_unharmed(live)


def _is_unharmed(live: Live) -> None:
    """The mock still answers, has made nothing, and can show what it was sent."""
    assert requests.get(f"{live.api}/info", headers=live.headers, timeout=5).ok
    made = requests.get(f"{live.url}/_mock/trainees", timeout=5)
    assert made.json() == {"total": 0, "trainees": []}
    journal = requests.get(f"{live.url}/_mock/requests", timeout=10)
    assert journal.status_code == 200
    assert journal.json()["total"] > 0
    assert live.token not in journal.text


def test_a_client_in_the_middle_of_sending_sees_the_answer(live: Live) -> None:
    body = b'{"data": {"first_names": "' + b"x" * 10_000_000 + b'"}}'
    headers = {**live.headers, "Content-Type": "application/json"}
    answer = requests.post(f"{live.api}/trainees", data=body, headers=headers, timeout=10)
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["error"] == "PayloadTooLarge"
    assert answer.headers["X-Mock-Request-Id"]


def test_a_body_in_chunks_is_read(live: Live) -> None:
    headers = {**live.headers, "Content-Type": "application/json"}
    pieces = iter([b'{"data": {"first_names"', b': ""}', b"}"])
    answer = requests.post(f"{live.api}/trainees", data=pieces, headers=headers, timeout=5)
    assert answer.status_code == 422
    assert "first_names can't be blank" in answer.json()["errors"]


def test_expect_continue_is_answered(live: Live) -> None:
    path = f"{live.api.removeprefix(live.url)}/trainees"
    sent = request("POST", path, live.token, b'{"data": 1}', (b"Expect: 100-continue",))
    answer = raw(live.port, sent)
    assert answer.startswith(b"HTTP/1.1 100")
    assert status_of(answer) == 422
