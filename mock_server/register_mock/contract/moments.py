"""Times as answers show them, and as the query parameter `since` takes them (decision 8).

A date by month, week or day of the year, alone or with a time; the time to the hour, minute or
second, with a fraction of what it ends in, in UTC when it has no zone. Each part with its
separators or without.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

FORMAT = "iso-8601"

DATES = (
    "(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})",
    "(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
    "(?P<year>[0-9]{4})-(?P<nth>[0-9]{3})",
    "(?P<year>[0-9]{4})(?P<nth>[0-9]{3})",
    "(?P<year>[0-9]{4})-W(?P<week>[0-9]{2})-(?P<weekday>[1-7])",
    "(?P<year>[0-9]{4})W(?P<week>[0-9]{2})(?P<weekday>[1-7])",
)
TIMES = (
    "(?P<hour>[0-9]{2})(:(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2}))?)?([.,](?P<part>[0-9]+))?",
    "(?P<hour>[0-9]{2})((?P<minute>[0-9]{2})(?P<second>[0-9]{2})?)?([.,](?P<part>[0-9]+))?",
)
# A plus that a client did not encode arrives as a space.
ZONE = "(?P<zone>Z|(?P<sign>[-+ ])(?P<ahead>[0-9]{2})(:?(?P<more>[0-9]{2}))?)?"
FORMS = [re.compile(f"{day}(T{time}{ZONE})?", re.IGNORECASE) for day in DATES for time in TIMES]
# Two digits of the year, and the day in it; years from this one on are of the last century.
SHORT = re.compile("([0-9]{2})[0-9]{3}")
PIVOT = "69"
# The one year a text can name that a date here cannot have; it comes before every timestamp.
LONG_AGO = "0000"
RESOLUTION = timedelta(microseconds=1)
# More digits of a fraction than count.
MOST_DIGITS = 18


@lru_cache(maxsize=256)
def timestamp(now: datetime) -> str:
    """Return a time as answers show it: UTC, milliseconds, `Z`."""
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def earliest(text: str) -> str | None:
    """Return the first timestamp that is not before a moment; None when the text names none."""
    match = _matched(text)
    if match is None:
        return None
    said = {name: value for name, value in match.groupdict().items() if value is not None}
    try:
        day, passed, zone = _day(said), _passed(said), _zone(said)
    except (ValueError, OverflowError):
        return None
    if said["year"] == LONG_AGO:
        return LONG_AGO
    try:
        moment = (datetime.combine(day, datetime.min.time(), zone) + passed).astimezone(UTC)
    except OverflowError:
        # A zone or a last midnight that leaves the years 1 to 9999.
        return said["year"]
    first = timestamp(moment)
    return first + "~" if moment.microsecond % 1000 else first


def day_named(value: Any) -> Any:
    """Return the day that a text names, as `YYYY-MM-DD`; anything else as it is."""
    return _day_named(value) if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _day_named(value: str) -> str:
    """The same of a text; requests have the same few dates again and again."""
    match = _matched(value)
    if match is None:
        return value
    said = {name: part for name, part in match.groupdict().items() if part is not None}
    try:
        day, _, _ = _day(said), _passed(said), _zone(said)
    except (ValueError, OverflowError):
        return value
    return f"{said['year']}{day.isoformat()[4:]}" if "week" not in said else day.isoformat()


def is_moment(text: str) -> bool:
    """Tell whether a text is one of these forms and names a day and a time that exist."""
    return earliest(text) is not None


def _matched(text: str) -> re.Match[str] | None:
    """Return the parts of a text in one of the forms; a short one has its century put in."""
    short = SHORT.fullmatch(text)
    whole = text if short is None else f"{'19' if short[1] >= PIVOT else '20'}{text}"
    return next((found for form in FORMS if (found := form.fullmatch(whole))), None)


def _day(said: dict[str, str]) -> date:
    # The year 0 has a leap day, as 2000 has, and weeks like it: the calendar repeats.
    year = int(said["year"]) or 2000
    if "nth" in said:
        day = date(year, 1, 1) + timedelta(days=int(said["nth"]) - 1)
        if day.year != year:
            raise ValueError("no such day of the year")
        return day
    if "week" in said:
        return date.fromisocalendar(year, int(said["week"]), int(said["weekday"]))
    return date(year, int(said["month"]), int(said["day"]))


def _passed(said: dict[str, str]) -> timedelta:
    """Return how much of the day has passed: 24:00 is its end, a second 60 the next minute."""
    hour, minute, second = (int(said.get(unit, 0)) for unit in ("hour", "minute", "second"))
    if minute > 59 or second > 60:
        raise ValueError("no such time")
    smallest = next((unit for unit in ("second", "minute") if unit in said), "hour")
    part = _part(said.get("part", "0"), timedelta(**{f"{smallest}s": 1}))
    passed = timedelta(hours=hour, minutes=minute, seconds=second) + part
    if hour > 23 and passed != timedelta(hours=24):
        raise ValueError("no such time")
    return passed


def _part(digits: str, whole: timedelta) -> timedelta:
    """Return a decimal fraction of a time, rounded up: what lies between two moments is later."""
    known, rest = digits[:MOST_DIGITS], digits[MOST_DIGITS:]
    parts = int(known) + bool(rest.strip("0"))
    return timedelta(microseconds=-(-parts * (whole // RESOLUTION) // 10 ** len(known)))


def _zone(said: dict[str, str]) -> timezone:
    if "sign" not in said:
        return UTC
    hours, minutes = int(said["ahead"]), int(said.get("more", 0))
    if hours > 23 or minutes > 59:
        raise ValueError("no such zone")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if said["sign"] == "-" else ahead)
