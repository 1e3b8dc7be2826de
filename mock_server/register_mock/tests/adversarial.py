"""Bodies within the size limit that are made to cost as much as they can."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

from register_mock.tests.conftest import trainee_data
from register_mock.tests.live import NEWEST
from register_mock.wire import MAX_BODY

WITHDRAWAL = {
    "withdrawal_date": "2025-10-01",
    "withdraw_date": "2025-10-01",
    "trigger": "provider",
    "future_interest": "no",
}
DEGREE = trainee_data(NEWEST)["degrees_attributes"][0]
PLACEMENT = {"name": "A school"}
# Members of an array: none is right, each is wrong in another way, all are right.
MEMBERS: dict[str, bytes] = {
    "nothing": b"{}",
    "unknown": b'{"a":1}',
    "number": b"1",
    "text": b'"a"',
    "null": b"null",
    "list": b"[]",
    "nested": b'{"country":{"a":[[]]}}',
    "wrong codes": b'{"country":"zz","subject":"zz","grade":"zz","institution":"zz"}',
    "degree": json.dumps(DEGREE).encode(),
    "placement": json.dumps(PLACEMENT).encode(),
}


def full(start: bytes, member: Callable[[int], bytes], end: bytes) -> bytes:
    """Return as many members between start and end as fit into the largest body."""
    pieces: list[bytes] = []
    room = MAX_BODY - len(start) - len(end)
    for number in count():
        piece = member(number)
        room -= len(piece) + 1
        if room < 0:
            return start + b",".join(pieces) + end
        pieces.append(piece)
    raise AssertionError


def _same(member: bytes, number: int) -> bytes:
    return member


def arrays(data: dict[str, Any], field: str) -> Iterator[tuple[str, bytes]]:
    """Yield a body for each kind of member, with one field full of them."""
    others = json.dumps({key: value for key, value in data.items() if key != field}).encode()
    start = b'{"data":' + others[:-1] + b',"' + field.encode() + b'":['
    for name, member in MEMBERS.items():
        yield f"{field} of {name}", full(start, partial(_same, member), b"]}}")


def wide(fields: list[str], value: Callable[[int], Any]) -> bytes:
    """Return a body in which every field has a value, made for its share of the largest body."""
    share = MAX_BODY // len(fields) - 60
    return json.dumps({"data": dict.fromkeys(fields, value(share))}, separators=(",", ":")).encode()


def creations(fields: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield bodies for POST /trainees."""
    data = trainee_data(NEWEST)
    yield from arrays(data, "degrees_attributes")
    yield from arrays(data, "placements_attributes")
    yield "every field a list", wide(fields, lambda share: [1] * (share // 2))
    yield "every field lists", wide(fields, lambda share: [[]] * (share // 3))
    yield "every field keys", wide(fields, lambda share: {f"{n:06}": 1 for n in range(share // 11)})
    yield "every field long", wide(fields, lambda share: "x" * share)
    yield "every field blank", wide(fields, lambda share: " " * share)
    yield "every field a number", wide(fields, lambda share: 10**15)
    yield "a huge number", b'{"data":{"itt_aim":' + b"9" * 900_000 + b"}}"
    yield "a huge fraction", b'{"data":{"itt_aim":1.' + b"9" * 900_000 + b"}}"
    yield "unknown keys", full(b'{"data":{', lambda n: b'"%d":1' % n, b"}}")
    yield "unknown keys above", full(b"{", lambda n: b'"%d":1' % n, b"}")
    yield "equal keys", full(b'{"data":{', lambda n: b'"first_names":1', b"}}")
    yield (
        "lists in lists",
        full(b'{"data":{"x":' + b"[" * 90, lambda n: b"[[[]]]", b"]" * 90 + b"}}"),
    )
    yield "no object", full(b"[", lambda n: b"[]", b"]")
    yield "backslashes", b'{"data":{"first_names":"' + b"\\\\" * 450_000 + b'u0000"}}'


def too_deep() -> Iterator[tuple[str, bytes]]:
    """Yield bodies that are nested more than a hundred deep, with and without a NUL inside."""
    for depth in (99, 330, 1_000, 1_020, 5_000):
        for opened, closed in ((b"[", b"]"), (b'{"a":', b"}")):
            for text in (b'"\\u0000"', b'"\\\\u0000"', b"1"):
                yield (
                    f"{depth} {opened!r} {text!r}",
                    b'{"data":{"x":' + opened * depth + text + closed * depth + b"}}",
                )
