"""Reads an HTTP archive (HAR 1.2), as browsers, proxies and the mock write it, as exchanges."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from register_contract.target.ending import StoppedError
from register_contract.target.exchange import OF_THE_CONNECTION, Exchange
from register_contract.target.files import read_json

_OF_THE_RECORDER = (*OF_THE_CONNECTION, "host", "cookie")


@dataclass(frozen=True)
class Entry:
    """One exchange, and when its request was sent, by the clock of who recorded it."""

    exchange: Exchange
    sent_at: datetime


def read_har(path: Path) -> list[Entry]:
    """The exchanges in a file, in the order in which they were sent.

    Raises StoppedError, in words, for what is no archive.
    """
    raw = read_json(path)
    log = raw.get("log") if isinstance(raw, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise StoppedError(f"{path} is no HTTP archive: it has no list under log.entries")
    found = []
    for number, entry in enumerate(entries):
        try:
            found.append(_entry(entry))
        except (KeyError, TypeError, ValueError, AttributeError, Base64Error) as error:
            what = f"{type(error).__name__}, {error}"
            raise StoppedError(
                f"{path} is no HTTP archive: entry {number} of log.entries cannot be read ({what})"
            ) from error
    return sorted(found, key=lambda each: each.sent_at)


def _entry(entry: Mapping[str, Any]) -> Entry:
    asked, got = entry["request"], entry["response"]
    at = datetime.fromisoformat(str(entry["startedDateTime"]))
    exchange = Exchange(
        str(asked["method"]).upper(),
        str(asked["url"]),
        {n: value for n, value in _headers(asked) if n.lower() not in _OF_THE_RECORDER},
        _posted(asked.get("postData")),
        int(got["status"]),
        {name.lower(): value for name, value in _headers(got)},
        _content(got.get("content") or {}),
        float(entry.get("time") or 0) / 1000,
        # Where none came a browser writes the status 0.
        failure="" if int(got["status"]) else "no answer was recorded",
    )
    return Entry(exchange, at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))


def _headers(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for row in message["headers"]:
        if not row["name"].startswith(":"):  # of HTTP/2, and no header
            yield str(row["name"]), str(row["value"])


def _posted(data: Mapping[str, Any] | None) -> bytes | None:
    if not data:
        return None
    return str(data.get("text", "")).encode("utf-8", "surrogatepass")


def _content(content: Mapping[str, Any]) -> bytes:
    text = content.get("text")
    if text is None:
        return b""
    if content.get("encoding") == "base64":
        return b64decode(text, validate=True)
    return str(text).encode("utf-8", "surrogatepass")
