"""The journal as an HTTP Archive (HAR 1.2), which browsers and proxies open.

It is made of entries as the journal shows them: what is masked there is masked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl

from register_mock.trainee.serialise import to_json

Shown = Mapping[str, Any]
HTTP = "HTTP/1.1"
UNKNOWN = -1
NOT_KEPT = "headers and bodies are not kept any more"


def archive(entries: Iterable[Shown], server: str) -> dict[str, Any]:
    """Return the entries as an archive; `server` is where a request without a `Host` went."""
    found = [har_entry(each, server) for each in entries]
    return {"log": {"version": "1.2", "creator": creator(), "entries": found}}


def creator() -> dict[str, str]:
    """Return who writes an archive."""
    return {"name": "register-mock", "version": version("register-contract")}


def har_entry(entry: Shown, server: str) -> dict[str, Any]:
    """Return one entry as an archive has it."""
    said = [f"{each['rule']}: {each['message']}" for each in entry["explanation"]]
    kept = [] if entry["request"]["is_kept"] else [NOT_KEPT]
    return {
        "startedDateTime": entry["time"],
        "time": entry["duration_ms"],
        "request": _request(entry, server),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": entry["duration_ms"], "receive": 0},
        "comment": "; ".join([entry["id"], *kept, *said]),
    }


def _request(entry: Shown, server: str) -> dict[str, Any]:
    headers, body = entry["request"]["headers"], _text(entry["request"]["body"])
    origin = f"http://{headers['Host']}" if "Host" in headers else server
    query = f"?{entry['query']}" if entry["query"] else ""
    sent = {} if body is None else {"postData": _content(headers, body)}
    return {
        "method": entry["method"],
        "url": f"{origin}{entry['path']}{query}",
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _pairs(headers.items()),
        "queryString": _pairs(parse_qsl(entry["query"], keep_blank_values=True)),
        "headersSize": UNKNOWN,
        "bodySize": _size(entry["request"], body),
        **sent,
    }


def _response(entry: Shown) -> dict[str, Any]:
    headers, body = entry["response"]["headers"], _text(entry["response"]["body"])
    # As browsers write it down: a request without an answer has the status 0.
    status = entry["status"] or 0
    size = _size(entry["response"], body)
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in [*HTTPStatus] else "",
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _pairs(headers.items()),
        "content": {"size": max(size, 0), **_content(headers, body or "")},
        "redirectURL": headers.get("Location", ""),
        "headersSize": UNKNOWN,
        "bodySize": size,
    }


def _content(headers: Shown, body: str) -> dict[str, str]:
    return {"mimeType": headers.get("Content-Type", ""), "text": body}


def _text(body: Any) -> str | None:
    """Return a body as the text that was sent; the journal shows JSON as what it means."""
    return body if body is None or isinstance(body, str) else to_json(body).decode()


def _size(message: Shown, body: str | None) -> int:
    return len((body or "").encode()) if message["is_kept"] else UNKNOWN


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]
