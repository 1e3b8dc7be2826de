"""What was not covered, grouped by the reason: a reason is news, its hundredth example is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from register_contract.verdict.results import NotCovered

_EXAMPLES = 3


@dataclass(frozen=True)
class Gap:
    """Everything that one reason left out."""

    why: str
    whats: tuple[str, ...]

    @property
    def line(self) -> str:
        """One line: the reason, how much it left out, and a few examples from all over it."""
        count = len(self.whats)
        if count <= _EXAMPLES:
            return f"{self.why}: {'; '.join(self.whats)}"
        shown = [self.whats[number * count // _EXAMPLES] for number in range(_EXAMPLES)]
        return f"{self.why}: {count}, such as {'; '.join(shown)}"


def grouped(notes: Iterable[NotCovered]) -> list[Gap]:
    """The notes by reason, in the order in which the reasons came up."""
    reasons: dict[str, list[str]] = {}
    for note in notes:
        reasons.setdefault(note.why, []).append(note.what)
    return [Gap(why, tuple(whats)) for why, whats in reasons.items()]
