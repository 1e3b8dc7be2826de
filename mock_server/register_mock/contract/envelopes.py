"""An answer as a value, and the layout of an operation's own: where its record stands in it.

The layout is read from the schema of the documented answer: the record alone, under a key, in a
list; beside it only what the schema fixes (`const`).
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from register_mock.contract.reference import listed_of
from register_spec import SpecError, resolve

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_MARK = b"\0"
# What an answer holds whose schema shows code lists.
LISTS = "code lists"
# The status of an answer that never comes: the connection is closed instead.
NO_ANSWER = 0


class Answer(NamedTuple):
    """What goes back to the client, `delay` seconds after it was made.

    With `pieces` it is a stream, and has no other body.
    """

    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    pieces: AsyncIterable[bytes] | None = None


def json_answer(status: int, content: Any, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Return an answer with `content` as JSON."""
    return Answer(status, orjson.dumps(content), JSON, headers)


@dataclass(frozen=True, slots=True)
class Layout:
    """Status and body of what an operation answers when it is done.

    The record stands between `before` and `after`, under the keys of `place`; a `listed` one
    among any number in an array. Without a `record` the body is `before` alone.
    """

    status: int
    before: bytes = b""
    after: bytes = b""
    place: tuple[str, ...] = ()
    record: str | None = None
    listed: bool = False

    @property
    def tells_page(self) -> bool:
        """Whether the answer tells which page of how many it is."""
        return _MARK in self.before or _MARK in self.after

    def answer(self, records: Sequence[bytes], page: Mapping[str, int] | None = None) -> Answer:
        """Return the answer with records as JSON in it, and what is told of their page."""
        if self.record is None:
            return Answer(self.status, self.before)
        if self.listed:
            shown = b"[" + b",".join(records) + b"]"
        else:
            (shown,) = records
        before, after = self.before, self.after
        for word, number in (page or {}).items():
            mark, told = _mark(word), str(number).encode()
            before, after = before.replace(mark, told), after.replace(mark, told)
        return Answer(self.status, before + shown + after)


def layout_of(document: dict[str, Any], operation: Mapping[str, Any]) -> Layout:
    """Return the layout of an operation's one documented answer with a status of success.

    Raises SpecError when there is none, or when it has something that nothing fills.
    """
    name = operation["operationId"]
    good = [status for status in operation["responses"] if status[:1] == "2"]
    if len(good) != 1:
        known = " and ".join(good) or "none"
        raise SpecError(f"{name}: one status of success has to be documented; there is {known}")
    response = resolve(document, operation["responses"][good[0]])
    content = response.get("content", {}).get("application/json")
    if content is None:
        raise SpecError(f"{name}: its answer {good[0]} is not documented as JSON")
    found = _laid_out(document, content["schema"], int(good[0]))
    if isinstance(found, str):
        key = found and f"the key {found}, "
        raise SpecError(f"{name}: its answer {good[0]} has {key or 'a body '}which nothing fills")
    return found


def _laid_out(document: dict[str, Any], schema: dict[str, Any], status: int) -> Layout | str:
    """Return the layout of a schema, or the key of it, with dots, that nothing fills."""
    if (record := _record(document, schema)) is not None:
        return Layout(status, record=record)
    if listed_of(document, schema):
        return Layout(status, record=LISTS)
    schema = resolve(document, schema)
    if (record := _record(document, schema.get("items", {}))) is not None:
        return Layout(status, record=record, listed=True)
    if "x-page" in schema:
        return Layout(status, _mark(schema["x-page"]))
    if "const" in schema:
        return Layout(status, orjson.dumps(schema["const"]))
    if "properties" not in schema:
        return ""
    parts: list[tuple[str, Layout]] = []
    for key, child in schema["properties"].items():
        part = _laid_out(document, child, status)
        if isinstance(part, Layout):
            parts.append((key, part))
        elif key in schema.get("required", ()):
            return f"{key}.{part}".rstrip(".")
    return _joined(parts, status)


def _mark(word: str) -> bytes:
    """What stands for a number of the page until the answer is made; no JSON has it."""
    return _MARK + word.encode() + _MARK


def _record(document: dict[str, Any], schema: dict[str, Any]) -> str | None:
    """Return the kind of record that a schema refers to, if it does."""
    found = resolve(document, schema)
    # An identifier names its kind too.
    return str(found["x-record"]["kind"]) if {"properties", "x-record"} <= found.keys() else None


def _joined(parts: Sequence[tuple[str, Layout]], status: int) -> Layout | str:
    """Return the layout of an object with these keys; only one of them may hold records."""
    holders = [(key, part) for key, part in parts if part.record is not None]
    if len(holders) > 1:
        return holders[1][0]
    texts = [orjson.dumps(key) + b":" + part.before for key, part in parts]
    if not holders:
        return Layout(status, b"{" + b",".join(texts) + b"}")
    ((key, part),) = holders
    number = parts.index((key, part)) + 1
    before = b"{" + b",".join(texts[:number])
    after = part.after + b"".join(b"," + text for text in texts[number:]) + b"}"
    return Layout(status, before, after, (key, *part.place), part.record, part.listed)
