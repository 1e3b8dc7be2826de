"""Moments written in the forms of ISO 8601 that the contract takes (format ``iso-8601``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

_HOUR = timezone(timedelta(hours=1))
_BEHIND = timezone(-timedelta(hours=3, minutes=30))

# No moment: a date or time that does not exist, or a form that the contract does not take.
WRONG = (
    "2020-01-32",
    "2021-02-29",
    "2021-366",
    "2021-W53-1",
    "2020-01-01T25:00Z",
    "2020-01-01T10:60Z",
    "2020-01-01T10:00+24:00",
    "01-01-2020",
    "2020-01",
    "2020-01-01 at noon",
    "date",
)


def forms(moment: datetime) -> Mapping[str, str]:
    """The same moment in many forms; the keys say which."""
    here = moment.astimezone(UTC)
    ahead, behind = here.astimezone(_HOUR), here.astimezone(_BEHIND)
    year, week, weekday = here.isocalendar()
    clock = f"{here:%H:%M:%S}.{here.microsecond // 1000:03}"
    return {
        "Z": f"{here:%Y-%m-%d}T{clock}Z",
        "no zone": f"{here:%Y-%m-%d}T{clock}",
        "an offset": ahead.isoformat(timespec="milliseconds"),
        "a negative offset": behind.isoformat(timespec="milliseconds"),
        "an offset without colon": f"{ahead:%Y-%m-%dT}{ahead.time()}+0100",
        "a plus that was not encoded": f"{ahead:%Y-%m-%dT}{ahead.time()} 0100",
        "no separators": f"{here:%Y%m%d}T{clock.replace(':', '')}Z",
        "a comma": f"{here:%Y-%m-%d}T{clock.replace('.', ',')}Z",
        "a week": f"{year}-W{week:02}-{weekday}T{clock}Z",
        "the day of the year": f"{here:%Y-%j}T{clock}Z",
    }
