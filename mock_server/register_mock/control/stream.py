"""The journal as it grows: server-sent events, for a bounded number of viewers.

A stream waits without a thread where the server can. It looks at the journal a few times a second,
so that a request costs nothing more when somebody watches.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from time import monotonic

import orjson

from register_mock.contract.envelopes import Answer
from register_mock.contract.moments import timestamp
from register_mock.control.requests import wanted
from register_mock.control.visit import Visit, Wrong
from register_mock.world.journal import Entry, number_of
from register_mock.world.world import World

MOST_VIEWERS = 16
SECONDS_BETWEEN_LOOKS = 0.1
# A viewer that has gone is known by what cannot be sent to it.
SECONDS_OF_SILENCE = 2.0
EVENT_STREAM = "text/event-stream"


def stream_requests(visit: Visit) -> Answer | Wrong:
    """Tell of each request that fits, as soon as it is answered."""
    tests = wanted(visit)
    if isinstance(tests, Wrong):
        return tests
    if len(visit.viewers) >= MOST_VIEWERS:
        detail = (
            f"{MOST_VIEWERS} streams are open, and more are not served; ask GET /_mock/requests "
            "with since and the id of the newest request you have"
        )
        return Wrong(409, "too_many_viewers", detail)
    headers = (("Cache-Control", "no-store"),)
    seconds = visit.query.get("seconds")
    watched = _Watched(visit.world, visit.viewers, tests, _start(visit), seconds)
    return Answer(200, b"", EVENT_STREAM, headers, pieces=watched)


def _start(visit: Visit) -> int:
    """Return the number of the newest request that need not be told of."""
    if visit.query.get("since") is not None:
        return 0
    # A browser says where it was when its connection broke.
    number = number_of(visit.call.header("Last-Event-ID") or "")
    return visit.world.journal.newest if number is None else number


@dataclass(eq=False)
class _Watched:
    """One viewer's stream; it counts from its first piece until it is closed."""

    world: World
    viewers: set[object]
    tests: list[Callable[[Entry], bool]]
    told: int
    seconds: float | None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield events, and a comment when nothing has happened for a while."""
        self.viewers.add(self)
        began = spoke = monotonic()
        try:
            yield b": the requests of this world, as they are answered\n\n"
            while True:
                event = self._news()
                if event or monotonic() - spoke >= SECONDS_OF_SILENCE:
                    spoke = monotonic()
                    yield event or b": nothing new\n\n"
                if self.seconds is not None and monotonic() - began >= self.seconds:
                    return
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            self.viewers.discard(self)

    def _news(self) -> bytes:
        journal = self.world.journal
        if journal.newest < self.told:
            # The world was reset, or went back to a snapshot.
            self.told = 0
        if journal.newest == self.told:
            return b""
        with self.world.lock:
            entries, self.told = journal.after(self.told), journal.newest
        return b"".join(_event(each) for each in entries if all(t(each) for t in self.tests))


def _event(entry: Entry) -> bytes:
    status = entry.answer.status
    told = {
        "id": entry.id,
        "time": timestamp(entry.at),
        "operation": entry.operation,
        "version": entry.version,
        "provider": entry.provider,
        "trainee_id": entry.trainee_id,
        "status": status or None,
    }
    return b"id: %s\ndata: %s\n\n" % (entry.id.encode(), orjson.dumps(told))
