"""The format ``iso-8601`` of the contract (spec/README.md): which texts are moments, and which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

FORMAT = "iso-8601"


@dataclass(frozen=True, eq=False)
class Within:
    """A moment that is known as far as that it lies between two: a text is one if its moment does.

    What a service writes as the present time, by the time at which it was called. ``or_none`` where
    it need not write any.
    """

    earliest: datetime
    latest: datetime
    or_none: bool = False

    def holds(self, text: object) -> bool:
        """Whether a text is a moment between them, or there is none where there may be none."""
        if not isinstance(text, str):
            return text is None and self.or_none
        try:
            return self.earliest <= moment_of(text) <= self.latest
        except (ValueError, OverflowError):
            return False

    def __str__(self) -> str:
        first, last = (each.isoformat(timespec="seconds") for each in (self.earliest, self.latest))
        return f"between {first} and {last}"


_DATE = re.compile(r"\d{4}(?:-\d\d-\d\d|\d{4}|-\d{3}|\d{3}|-W\d\d-\d|W\d\d\d)", re.ASCII)
_CLOCK = re.compile(r"(\d\d)(?:(:?)(\d\d)(?:\2(\d\d))?)?(?:[.,](\d+))?", re.ASCII)
_ZONE = re.compile(r"(?:Z|[-+ ]\d\d(?::?\d\d)?)$", re.ASCII)
_SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}
_SHORT = re.compile(r"\d{5}", re.ASCII)
_LAST_CENTURY = 69
# The calendar repeats after 400 years; Python's has no year 0.
_CYCLE = 400


def is_moment(text: str) -> bool:
    """Whether the contract takes the text as a date or a date-time."""
    try:
        _read(text)
    except (ValueError, OverflowError):
        return False
    return True


def day_in(text: str) -> str:
    """The day that a text names, without its time; the text itself when it names none.

    Also one of two digits for the year and three for the day in it.
    """
    try:
        day, _, _ = _read(text)
    except (ValueError, OverflowError):
        return text
    return f"0000{day.isoformat()[4:]}" if text.startswith("0000-") else day.isoformat()


def moment_of(text: str) -> datetime:
    """The moment in UTC. Raises ValueError or OverflowError for one there is not."""
    day, passed, ahead = _read(text)
    return datetime.combine(day, datetime.min.time(), UTC) + passed - ahead


def _read(text: str) -> tuple[date, timedelta, timedelta]:
    if _SHORT.fullmatch(text):
        text = f"{19 if int(text[:2]) >= _LAST_CENTURY else 20}{text}"
    day, *time = text.upper().split("T")
    if len(time) > 1:
        raise ValueError("more than one time")
    if not time:
        return _date(day), timedelta(), timedelta()
    zone = _ZONE.search(time[0])
    clock = time[0][: zone.start()] if zone else time[0]
    return _date(day), _passed(clock), _ahead(zone.group() if zone else "Z")


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError("no date in one of the forms")
    if text.startswith("0000"):
        text = f"{_CYCLE:04}{text[4:]}"
    digits = text.replace("-", "")
    if "W" in text or len(digits) == len("YYYYMMDD"):
        return date.fromisoformat(digits)
    day = date(int(digits[:4]), 1, 1) + timedelta(days=int(digits[4:]) - 1)
    if day.year != int(digits[:4]):
        raise ValueError("no such day of the year")
    return day


def _passed(text: str) -> timedelta:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError("no time in one of the forms")
    hour, _, minute, second, fraction = match.groups()
    most = "seconds" if second else "minutes" if minute else "hours"
    passed = timedelta(hours=int(hour), minutes=int(minute or 0), seconds=int(second or 0))
    passed += timedelta(seconds=_SECONDS[most] * float(f"0.{fraction or 0}"))
    if int(minute or 0) > 59 or int(second or 0) > 60:
        raise ValueError("no such time")
    if int(hour) > 23 and text.strip("0:.,") != "24":
        raise ValueError("no such time")
    return passed


def _ahead(text: str) -> timedelta:
    if text == "Z":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("no such zone")
    ahead = timedelta(hours=hours, minutes=minutes)
    return -ahead if text[0] == "-" else ahead
