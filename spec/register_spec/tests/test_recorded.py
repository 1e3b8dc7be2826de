"""Recorded traffic is read as it was sent; what is none is said."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

import register_spec as spec

Json = dict[str, Any]


def entry(**changes: Any) -> Json:
    return {
        "startedDateTime": "2025-10-01T09:00:00Z",
        "time": 12,
        "request": {"method": "get", "url": "http://h/api", "headers": []},
        "response": {"status": 200, "headers": [], "content": {"text": "{}"}},
    } | changes


def archive(*entries: Json) -> Json:
    return {"log": {"entries": [*entries]}}


def one(**changes: Any) -> spec.Recorded:
    (found,) = spec.recorded(archive(entry(**changes)), "a file")
    return found


def test_requests_come_in_the_order_in_which_they_were_sent() -> None:
    times = ("2025-10-01T09:00:01+02:00", "2025-10-01T08:00:00Z", "2025-10-01T07:00:02")
    found = spec.recorded(archive(*(entry(startedDateTime=each) for each in times)), "a file")
    hours = [(each.sent_at.hour, each.sent_at.second) for each in found]
    assert hours == [(7, 1), (7, 2), (8, 0)]
    assert {each.sent_at.tzinfo for each in found} == {UTC}


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({}, b""),
        ({"text": ""}, b""),
        ({"text": "é"}, "é".encode()),
        ({"text": b64encode(b"\xff").decode(), "encoding": "base64"}, b"\xff"),
    ],
)
def test_an_answer_is_read_as_bytes(content: Json, body: bytes) -> None:
    assert one(response={"status": 200, "headers": [], "content": content}).answer == body


def test_headers_of_http_2_that_are_none_are_left_out() -> None:
    headers = [{"name": ":path", "value": "/"}, {"name": "Accept", "value": "x"}]
    asked = {"method": "post", "url": "u", "headers": headers, "postData": {"text": "{}"}}
    found = one(request=asked)
    assert (found.method, found.body) == ("POST", b"{}")
    assert found.headers == (("Accept", "x"),)


def test_a_journal_of_the_mock_is_read_alike() -> None:
    row = {
        "time": "2025-10-01T09:00:00.000Z",
        "method": "POST",
        "path": "/api/v2026.1/trainees",
        "query": "a=b",
        "status": None,
        "duration_ms": 5,
        "request": {"headers": {"Accept": "x"}, "body": {"data": {}}},
        "response": {"headers": {}, "body": "text"},
    }
    (found,) = spec.recorded({"requests": [row]}, "a file")
    assert found == spec.Recorded(
        "POST",
        "http://mock/api/v2026.1/trainees?a=b",
        (("Accept", "x"),),
        b'{"data": {}}',
        spec.NO_ANSWER,
        (),
        b"text",
        0.005,
        datetime(2025, 10, 1, 9, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "a file is no HTTP archive: it has no list under log.entries"),
        ([], "a file is no HTTP archive"),
        ({"log": {"entries": {}}}, "it has no list under log.entries"),
        (archive(entry(), {}), "entry 1 of log.entries cannot be read"),
        (archive(entry(response={"status": "x", "headers": []})), "entry 0 of log.entries"),
        ({"requests": [[]]}, "a file is no journal: entry 0 of requests cannot be read"),
    ],
)
def test_what_is_no_traffic_is_said(raw: Any, said: str) -> None:
    with pytest.raises(spec.SpecError, match=said):
        spec.recorded(raw, "a file")
