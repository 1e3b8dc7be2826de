"""What an answer was to be, and what it is: each difference in a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

ABSENT = "(nothing)"


def record_in(body: Any) -> Any:
    """Return the record that an answer shows: alone, under `data`, or in a list."""
    found = body.get("data", body) if isinstance(body, Mapping) else body
    if isinstance(found, list):
        return found[0] if found else None
    return found


def messages_in(body: Any) -> list[str]:
    """Return the sentences of a refusal, in whatever shape its errors are."""
    errors = body.get("errors", []) if isinstance(body, Mapping) else []
    return list(_sentences(errors))


def _sentences(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for each in node:
            yield from _sentences(each)
    elif isinstance(node, Mapping):
        own = node.get("message")
        yield from _sentences(own if isinstance(own, str) else list(node.values()))


def differences(wanted: Mapping[str, Any], status: int, headers: Any, body: Any) -> Iterator[str]:
    """Yield how an answer differs from what a scenario says of it."""
    if status != wanted["status"]:
        yield f"status: {wanted['status']} was to be, {status} is; the body is {_shown(body)}"
        return
    for name, value in wanted.get("headers", {}).items():
        if headers.get(name) != value:
            yield f"{name}: {value!r} was to be, {headers.get(name)!r} is"
    if "body" in wanted and wanted["body"] != body:
        yield f"body: {_shown(wanted['body'])} was to be, {_shown(body)} is"
    if "contains" in wanted:
        yield from _lacking("body", wanted["contains"], body)
    if "record" in wanted:
        yield from _lacking("record", wanted["record"], record_in(body))
    for name in wanted.get("lacks", ()):
        record = record_in(body)
        if not isinstance(record, Mapping) or name in record:
            yield f"record: {name} was not to be there"
    if "messages" in wanted and messages_in(body) != wanted["messages"]:
        yield f"messages: {_shown(wanted['messages'])} were to be, {_shown(body)} is"


def _lacking(place: str, wanted: Any, found: Any) -> Iterator[str]:
    """Yield where what was found lacks what was wanted; objects may have more keys."""
    if isinstance(wanted, Mapping) and wanted and isinstance(found, Mapping):
        for key, value in wanted.items():
            yield from _lacking(f"{place}.{key}", value, found.get(key, ABSENT))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _lacking(f"{place}[{index}]", one, other)
    elif type(wanted) is not type(found) or wanted != found:
        yield f"{place}: {_shown(wanted)} was to be, {_shown(found)} is"


def _shown(value: Any) -> str:
    return value if value is ABSENT else orjson.dumps(value).decode()
