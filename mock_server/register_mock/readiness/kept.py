"""The journal of a world as it is looked at, and as a file keeps it, like `/_mock/requests`.

A file may say besides which world and reading it is of (`world`, `reading`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from register_mock.client import Request

FIRST = "req-000001"


@dataclass(frozen=True, eq=False)
class Kept:
    """What is left of the journal of a world, oldest first; `flaw` says why there is nothing.

    Raises ValueError for a request that no mock has written down: who answers need not be one.
    """

    world: str
    reading: str
    requests: Sequence[Request] = ()
    flaw: str = ""

    def __post_init__(self) -> None:
        """Look at what the client of the control API leaves as it is."""
        for number, each in enumerate(self.requests, start=1):
            wrong = _wrong(each)
            if wrong:
                raise ValueError(f"request {number} of the journal: {wrong}")

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
        told = {"world": self.world, "reading": self.reading, "flaw": self.flaw}
        return json.dumps({**told, "requests": [*self.requests]}, default=_plain)


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


def _wrong(request: Request) -> str | None:
    for message in (request.request, request.response):
        headers = message.get("headers")
        if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
            return "headers: give an object of texts"
        if "body" not in message or not isinstance(message.get("is_kept"), bool):
            return "body or is_kept missing"
    for fault in request.faults:
        effect = fault.get("effect")
        if not isinstance(effect, dict) or not isinstance(effect.get("kind"), str):
            return "faults: each has an effect with a kind"
    return None


def _plain(value: Any) -> Any:
    """Return what JSON has of a value; of one with fields these, at whatever depth bodies are."""
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):
        return vars(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
