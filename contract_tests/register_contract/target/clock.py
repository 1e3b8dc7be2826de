"""What the target's clock says by now: as its answers tell it, and as clocks go in between.

A run may take hours. In that time this machine may sleep, and the target's clock may be set. So
the header ``Date`` of each answer is read, and believed where two answers in a row say the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EARLIEST, _LATEST = 2000, 2100
_STEADY = timedelta(seconds=2)
"""By so much two answers may differ that say the same: the header has whole seconds."""
_FARTHEST = timedelta(days=7)
"""No run, and no sleep within one, takes longer."""


def read_date(stamp: str) -> datetime | None:
    """The moment in a header ``Date``; None for one that is none, or of no sense."""
    try:
        read = parsedate_to_datetime(stamp)
        # Without a zone it is UTC, as RFC 9110 has it.
        found = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if _EARLIEST <= found.year <= _LATEST else None


class Clock:
    """A clock that was set once, by ``start``, and is set again by what ``hear`` is told."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        # One value: answers are heard in threads.
        self._read: tuple[datetime, float] | None = None
        self._doubted: timedelta | None = None

    def start(self, now: datetime) -> None:
        """It says ``now``; before that nothing is heard."""
        self._read = (now, self._monotonic())

    @property
    def present(self) -> datetime | None:
        """What it says by now, or None before it was started."""
        if self._read is None:
            return None
        said, at = self._read
        return said + timedelta(seconds=self._monotonic() - at)

    def hear(self, headers: Mapping[str, str]) -> None:
        """Take the time from the headers of an answer, by lower-case name, if it is to be believed.

        One from a cache (``Age``) tells when it was put there. One that is far off may come from a
        single machine among many whose clock is wrong: the next has to say the same.
        """
        present = self.present
        said = read_date(headers.get("date", ""))
        if present is None or said is None or "age" in headers:
            return
        off, doubted = said - present, self._doubted
        self._doubted = None
        if abs(off) <= _STEADY or abs(off) > _FARTHEST:
            return
        if doubted is not None and abs(off - doubted) <= _STEADY:
            self.start(said)
        else:
            self._doubted = off
