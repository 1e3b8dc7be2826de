"""Requests and answers that were recorded: an HTTP archive, or a journal of the mock, as values.

A HAR 1.2 file is what browsers, proxies and the mock write; a journal is what the mock answers to
`GET /_mock/requests`. Mock and suite read both here. Nothing is decided about what was asked.
"""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from register_spec.documents import SpecError

NO_ANSWER = 0
"""The status where none came, as browsers write it."""
# Where the requests of a journal went, which does not say it.
OF_A_JOURNAL = "http://mock"
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError, Base64Error)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request with its answer; `body` is None where none was sent, or none was kept.

    `sent_at` is by the clock of who recorded it, in UTC.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | None
    status: int
    answer_headers: Headers
    answer: bytes
    seconds: float
    sent_at: datetime


def recorded(raw: Any, name: str) -> list[Recorded]:
    """Return what JSON content has recorded, an archive or a journal, in the order of sending.

    `name` is what messages call the file. Raises SpecError, one sentence, for what is neither.
    """
    if isinstance(raw, dict) and isinstance(raw.get("requests"), list):
        return [*_each(raw["requests"], _of_journal, f"{name} is no journal", "requests")]
    log = raw.get("log") if isinstance(raw, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise SpecError(f"{name} is no HTTP archive: it has no list under log.entries")
    found = _each(entries, _of_archive, f"{name} is no HTTP archive", "log.entries")
    return sorted(found, key=lambda each: each.sent_at)


def _each(
    rows: list[Any], read: Callable[[Any], Recorded], what: str, place: str
) -> Iterator[Recorded]:
    for number, row in enumerate(rows):
        try:
            yield read(row)
        except _UNREADABLE as error:
            is_missing = isinstance(error, KeyError)
            why = f"it has no {error}" if is_missing else f"{type(error).__name__}, {error}"
            raise SpecError(f"{what}: entry {number} of {place} cannot be read ({why})") from error


def _of_archive(entry: Mapping[str, Any]) -> Recorded:
    asked, got = entry["request"], entry["response"]
    return Recorded(
        str(asked["method"]).upper(),
        str(asked["url"]),
        tuple(_pairs(asked["headers"])),
        _posted(asked.get("postData")),
        int(got["status"]),
        tuple(_pairs(got["headers"])),
        _content(got.get("content") or {}),
        float(entry.get("time") or 0) / 1000,
        _moment(entry["startedDateTime"]),
    )


def _pairs(rows: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if not row["name"].startswith(":"):  # of HTTP/2, and no header
            yield str(row["name"]), str(row["value"])


def _posted(data: Mapping[str, Any] | None) -> bytes | None:
    return str(data.get("text", "")).encode("utf-8", "surrogatepass") if data else None


def _content(content: Mapping[str, Any]) -> bytes:
    text = content.get("text")
    if text is None:
        return b""
    if content.get("encoding") == "base64":
        return b64decode(text, validate=True)
    return str(text).encode("utf-8", "surrogatepass")


def _of_journal(row: Mapping[str, Any]) -> Recorded:
    asked, got = row["request"], row["response"]
    query = f"?{row['query']}" if row.get("query") else ""
    return Recorded(
        str(row["method"]),
        f"{OF_A_JOURNAL}{row['path']}{query}",
        tuple((str(name), str(value)) for name, value in asked.get("headers", {}).items()),
        _text(asked.get("body")),
        # The journal has none where the connection was dropped.
        int(row["status"] or NO_ANSWER),
        tuple((str(name), str(value)) for name, value in got.get("headers", {}).items()),
        _text(got.get("body")) or b"",
        float(row.get("duration_ms") or 0) / 1000,
        _moment(row["time"]),
    )


def _text(body: Any) -> bytes | None:
    if body is None:
        return None
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _moment(text: Any) -> datetime:
    at = datetime.fromisoformat(str(text))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
