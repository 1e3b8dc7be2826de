"""The world's clock: the only time there is. It can stand still, be set, and be moved on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Clock:
    """Real time plus an offset, or a fixed moment. Times are whole milliseconds, in UTC."""

    offset: timedelta = timedelta()
    frozen_at: datetime | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether time stands still until it is moved on."""
        return self.frozen_at is not None

    def now(self) -> datetime:
        """Return the present moment of the world."""
        return self.frozen_at if self.frozen_at is not None else _real() + self.offset

    def set(self, now: datetime, frozen: bool) -> None:
        """Go to a moment, past or future, and stand still there or run on."""
        moment = _whole(now)
        self.frozen_at = moment if frozen else None
        self.offset = moment - _real()

    def reset(self) -> None:
        """Return to real time."""
        self.offset, self.frozen_at = timedelta(), None

    def advance(self, by: timedelta) -> None:
        """Move on; raises OverflowError beyond the year 9999."""
        if self.frozen_at is not None:
            self.frozen_at += by
        else:
            _ = _real() + self.offset + by
            self.offset += by

    def copy(self) -> Clock:
        """Return a clock that shows the same."""
        return Clock(self.offset, self.frozen_at)


def _real() -> datetime:
    return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
