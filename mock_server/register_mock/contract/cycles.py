"""Academic cycles and dates: 1 August to 31 July, named by the year they start in."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

FIRST_MONTH = 8
START_DATES = ("trainee_start_date", "itt_start_date")
"""The first of them that a trainee has says in which cycle lists keep it."""


@lru_cache(maxsize=4096)
def parsed_date(text: str) -> date | None:
    """Return the date of an ISO date or date-time, or None.

    The year 0, which RFC 3339 has and Python has not, counts as the first day there is: long ago.
    """
    try:
        return date.min if text.startswith("0000-") else date.fromisoformat(text[:10])
    except ValueError:
        return None


def cycle_of(day: date) -> int:
    """Return the start year of the academic cycle a day lies in."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def start_cycle(fields: Mapping[str, Any]) -> int | None:
    """Return the cycle a trainee starts in, by the first of its start dates."""
    return cycle_of_first(fields, START_DATES)


def cycle_of_first(fields: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    """Return the cycle of the first of these dates that is there, or None."""
    for name in names:
        value = fields.get(name)
        if value:
            day = parsed_date(value)
            return None if day is None else cycle_of(day)
    return None


@lru_cache(maxsize=256)
def years_from(day: date, years: int) -> date:
    """Return the same day another year; 29 February becomes the 28th."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
