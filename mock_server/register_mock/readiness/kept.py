"""The journal of a world as it is looked at, and as a file keeps it, like `/_mock/requests`.

A file may say besides which world and reading it is of (`world`, `reading`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from register_mock.client import Request

FIRST = "req-000001"


@dataclass(frozen=True, eq=False)
class Kept:
    """What is left of the journal of a world, oldest first; `flaw` says why there is nothing."""

    world: str
    reading: str
    requests: Sequence[Request] = ()
    flaw: str = ""

    @property
    def lacks_its_beginning(self) -> bool:
        """Whether requests were forgotten before those that are there."""
        return bool(self.requests) and self.requests[0].id != FIRST

    @property
    def without_bodies(self) -> int:
        """How many requests are there without their headers and bodies."""
        return sum(not each.request["is_kept"] for each in self.requests)

    def as_json(self) -> str:
        """Return it as a file keeps it."""
        rows = [asdict(each) for each in self.requests]
        told = {"world": self.world, "reading": self.reading, "flaw": self.flaw, "requests": rows}
        return json.dumps(told, default=_moment)


def read_kept(text: str, reading: str, world: str = "") -> Kept:
    """Return the journal that a text keeps; without a reading of its own it is of this one.

    Raises ValueError with a sentence when it keeps none.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("requests"), list):
        raise ValueError("it is no journal; give what `GET /_mock/requests` answers")
    found: list[Request] = []
    for number, row in enumerate(told["requests"], start=1):
        try:
            found.append(Request.of(row))
        except ValueError as error:
            raise ValueError(f"request {number} of the journal: {error}") from None
        if not all({"headers", "body", "is_kept"} <= {*each} for each in _messages(found[-1])):
            raise ValueError(f"request {number} of the journal: headers, body or is_kept missing")
    name, said = told.get("world", world), told.get("reading", reading)
    return Kept(str(name), str(said), found, str(told.get("flaw", "")))


def read_file(path: Path, reading: str) -> Kept:
    """Return the journal of a file. Raises ValueError with a sentence when it has none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from None
    try:
        return read_kept(text, reading, path.stem)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _messages(request: Request) -> tuple[Any, Any]:
    return request.request, request.response


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
