"""What a world does by itself: when a TRN and an award arrive, and how many requests it takes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Timer:
    """How an outside event comes: by itself after so many seconds, or only by hand."""

    mode: str = "after"
    seconds: float = 60

    @property
    def delay(self) -> float | None:
        """The seconds until the event, or None when it has to be fired by hand."""
        return self.seconds if self.mode == "after" else None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests of a token in a window of so many seconds of the world's clock."""

    enabled: bool = False
    requests: int = 100
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one world."""

    trn: Timer = field(default_factory=Timer)
    award: Timer = field(default_factory=Timer)
    rate_limit: RateLimit = field(default_factory=RateLimit)

    def delay(self, timer: str) -> float | None:
        """Return the seconds after which the events of a timer come by themselves, or None."""
        found: Timer = getattr(self, timer)
        return found.delay


def timers() -> list[str]:
    """Return the names of the settings that are timers."""
    return [each.name for each in fields(Settings) if each.default_factory is Timer]
