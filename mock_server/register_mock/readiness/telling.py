"""What every form of a report says, in words: how much was shown, how, and when it was made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from register_mock.readiness.lines import Line, Verdict, requests, times
from register_mock.readiness.report import EditionReport

TITLE = "What a client of the Register API has shown"
MISSING_FIRST = (Verdict.BADLY, Verdict.NOT_SHOWN, Verdict.SHOWN)
MOST_REQUESTS = 20


def summary(edition: EditionReport) -> str:
    """Return how much was shown, what is missing first."""
    counts = [f"{edition.count(each)} {each}" for each in MISSING_FIRST]
    return f"{', '.join(counts)}, by {requests(edition.requests)}"


def facts(line: Line) -> Iterator[str]:
    """Yield what is said below a line: how it was shown, by what, and what to do."""
    yield from line.notes
    if line.requests:
        more = len(line.requests) - MOST_REQUESTS
        named = "; ".join(line.requests[:MOST_REQUESTS])
        yield f"requests: {named}{f' and {more} more' if more > 0 else ''}"
    if line.verdict is Verdict.SHOWN and not line.notes:
        staged = f", {times(line.staged)} by a fault or Prefer" if line.staged else ""
        yield f"{times(line.times)}{staged}, last {line.last}"


def moment_of(moment: datetime) -> str:
    """Return a moment as it is written in a report."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
