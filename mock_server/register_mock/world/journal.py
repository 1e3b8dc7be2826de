"""What a world was asked and what it answered: bounded, synchronous, rendered only when read.

An entry keeps references to the bytes that were there anyway. There are as many entries as the
limit says, and as much of all that they keep: beyond that the oldest ones lose headers and bodies,
and all but their first reasons.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from register_mock.contract.envelopes import Answer
from register_mock.world.weighing import LONGEST, Finding, lightened, weight_of

__all__ = ["Entry", "Finding", "Journal", "Moved", "number_of", "request_id"]

MOST_ENTRIES = 1_000
MOST_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Moved:
    """The trainee that a request was about, its state before (None: it was made) and after."""

    trainee_id: str
    before: str | None
    after: str


@dataclass(slots=True, eq=False)
class Entry:
    """One request and its answer.

    `headers` have the names WSGI gives them; `body` is None when it was too large to read;
    `faults` are the id and effect of those that fired; `is_light` when headers and bodies had to
    go. `provider` is the ukprn of the token, good or not; `began` is when it came, by a clock of
    the server's that nobody sets; `moved` the trainee it was about.
    """

    number: int
    at: datetime
    operation: str | None
    version: str | None
    provider: str | None
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes | None
    answer: Answer
    began: int
    nanoseconds: int
    faults: tuple[Mapping[str, Any], ...]
    findings: tuple[Finding, ...]
    moved: Moved | None = None
    weight: int = 0
    is_light: bool = False

    def __post_init__(self) -> None:
        """Weigh what a client can make large."""
        texts = len(self.method) + len(self.query) + len(self.path)
        texts += sum(map(len, self.headers)) + sum(map(len, self.headers.values()))
        self.weight = texts + len(self.body or b"") + len(self.answer.body)
        for finding in self.findings:
            self.weight += finding.weight
        for fault in self.faults:
            self.weight += weight_of(fault)

    @property
    def trainee_id(self) -> str | None:
        """The trainee it came to, if it came to one."""
        return None if self.moved is None else self.moved.trainee_id

    @property
    def id(self) -> str:
        """The value of the answer's `X-Mock-Request-Id`."""
        return request_id(self.number)

    def lighten(self) -> None:
        """Forget what weighs."""
        answer = self.answer
        self.headers, self.body = {}, None
        self.method = self.method[:LONGEST]
        self.query, self.path = self.query[:LONGEST], self.path[:LONGEST]
        self.findings = lightened(self.findings)
        self.faults = tuple(_without_body(fault) for fault in self.faults)
        self.answer = Answer(answer.status, b"", answer.content_type, answer.headers)
        self.is_light = True


def request_id(number: int) -> str:
    """Return the identifier of the n-th request of a world."""
    return f"req-{number:06d}"


def number_of(request_id: str) -> int | None:
    """Return which request of its world an identifier means, or None when it is none."""
    prefix, _, digits = request_id.partition("-")
    is_one = prefix == "req" and digits.isascii() and digits.isdigit() and len(digits) < 16
    return int(digits) if is_one else None


def _without_body(fault: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the id and effect of a fault without the body it answers with."""
    effect = {name: value for name, value in fault["effect"].items() if name != "body"}
    return {**fault, "effect": effect}


class Journal:
    """The requests of one world, oldest first."""

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        """Start empty; the first request is number 1."""
        self._entries: deque[Entry] = deque()
        self._heavy: deque[Entry] = deque()
        self._most_entries, self._most_bytes = most_entries, most_bytes
        self._bytes = 0
        self._last = 0

    def next_number(self) -> int:
        """Return the number of the request that begins now."""
        self._last += 1
        return self._last

    def next_id(self) -> str:
        """Return the identifier that the next request will have."""
        return request_id(self._last + 1)

    @property
    def newest(self) -> int:
        """The number of the newest request; 0 before the first."""
        return self._last

    def after(self, number: int) -> list[Entry]:
        """Return the entries of later requests, newest last."""
        place = bisect_left(self._entries, number + 1, key=attrgetter("number"))
        return [self._entries[i] for i in range(place, len(self._entries))]

    def add(self, entry: Entry) -> None:
        """Keep an entry, and let go of what is beyond the limits."""
        self._entries.append(entry)
        self._heavy.append(entry)
        self._bytes += entry.weight
        if len(self._entries) > self._most_entries:
            gone = self._entries.popleft()
            if self._heavy[0] is gone:
                self._heavy.popleft()
                self._bytes -= gone.weight
        while self._bytes > self._most_bytes:
            heavy = self._heavy.popleft()
            self._bytes -= heavy.weight
            heavy.lighten()

    def entries(self) -> list[Entry]:
        """Return all entries, newest last."""
        return list(self._entries)

    def newest_entry(self) -> Entry | None:
        """Return the newest entry, if there is one."""
        return self._entries[-1] if self._entries else None

    def get(self, number: int) -> Entry | None:
        """Return the entry of a request, if it is still there."""
        place = bisect_left(self._entries, number, key=attrgetter("number"))
        if place == len(self._entries) or self._entries[place].number != number:
            return None
        return self._entries[place]

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()
        self._heavy.clear()
        self._bytes = 0

    def copy(self) -> Journal:
        """Return a journal with the same entries, independent of this one."""
        other = Journal(self._most_entries, self._most_bytes)
        other._last, other._bytes = self._last, self._bytes
        other._entries, other._heavy = self._entries.copy(), self._heavy.copy()
        return other
