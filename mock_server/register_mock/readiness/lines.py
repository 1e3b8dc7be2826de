"""A line of a report: what it is about, whether it was shown, by which requests, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from register_mock.readiness.facts import Seen

_CODE = ("register-mock ", "curl ", "register_mock.")


class Verdict(StrEnum):
    """What a journal says of a line. Without a request for it, it is not shown."""

    SHOWN = "shown"
    BADLY = "shown badly"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True)
class Line:
    """One line. `times` counts what shows it, `staged` those that a fault or `Prefer` answered.

    `last` is the newest request that shows it, `requests` are those that show it badly, `notes` say
    how it was shown, `do` what lets it happen.
    """

    id: str
    says: str
    verdict: Verdict
    times: int = 0
    staged: int = 0
    last: str | None = None
    requests: Sequence[str] = ()
    notes: Sequence[str] = ()
    do: str = ""
    source: str | None = None

    @property
    def is_code(self) -> bool:
        """Whether what to do is a command or a snippet, to be pasted as it is."""
        return self.do.startswith(_CODE)


@dataclass(frozen=True)
class Part:
    """Lines of one kind."""

    id: str
    title: str
    lines: Sequence[Line] = field(default_factory=list)


def counted(id: str, says: str, found: Sequence[Seen], do: str, source: str | None) -> Line:
    """Return the line of what was met so often; nothing of it can be shown badly."""
    if not found:
        return Line(id, says, Verdict.NOT_SHOWN, do=do, source=source)
    staged = sum(each.is_staged for each in found)
    last = found[-1].ref
    return Line(id, says, Verdict.SHOWN, len(found), staged, last, do=do, source=source)


def requests(count: int) -> str:
    """Return so many requests, in words."""
    return "1 request" if count == 1 else f"{count} requests"


def times(count: int) -> str:
    """Return how often, in words."""
    return "once" if count == 1 else f"{count} times"
