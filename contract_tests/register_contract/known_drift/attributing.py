"""Which entries of the ledger a known drift is: those without which the answer is another one.

An entry is named when it was taken away and the example sent again: in the rest of the reading the
answer is not the service's any more. Where it is the documents' then, that one entry is all of it.
Entries are tried that may be it by what they touch, those first that most findings wait for; what
is not decided when the time is up is told as such.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from register_contract.known_drift.comparing import Comparer, Outcome
from register_contract.known_drift.rows import Row
from register_contract.known_drift.variants import BATCH, Variant, Variants
from register_contract.verdict.recipe import Recipe

Play = Callable[[Variant, Recipe], Outcome]


@dataclass
class Case:
    """One example that the target answers like the other reading, and what is known of its cause.

    ``documented`` and ``deviating`` are what came in worlds of the two readings, ``about`` the
    fields it names, ``candidates`` the rows that may be it, the likeliest first. ``shown`` are the
    rows without which the answer is another one; ``whole`` is that without which it is the
    documents' answer, and ``among`` what was taken away with it and may be it instead.
    """

    recipe: Recipe
    documented: Outcome
    deviating: Outcome
    about: frozenset[str]
    candidates: list[Row]
    shown: list[str] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)
    whole: str = ""
    among: frozenset[str] = frozenset()

    @property
    def waiting(self) -> list[str]:
        """The rows that have to be tried yet, the likeliest first."""
        if self.whole:
            return sorted(self.among - self.tried)
        return [row.id for row in self.candidates if row.id not in self.tried]

    @property
    def rows(self) -> list[str]:
        """The rows that are known to show."""
        if not self.whole:
            return self.shown
        return [self.whole, *(row for row in self.shown if row in self.among)]


def attribute(
    cases: Sequence[Case], variants: Variants, comparer: Comparer, play: Play, seconds: float
) -> bool:
    """Find the rows that each case shows; returns whether all that had to be tried was tried."""
    end = time.monotonic() + seconds
    asked: set[str] = set()
    ran_out = False

    def batches() -> Iterator[list[str]]:
        nonlocal ran_out
        while rows := _wanted(cases, asked):
            if time.monotonic() > end:
                ran_out = True
                return
            asked.update(rows)
            yield rows

    for served in variants.each(batches()):
        for variant in served:
            for case in cases:
                if variant.row in case.waiting:
                    _try(case, variant, comparer, play)
    return not ran_out


def _wanted(cases: Sequence[Case], asked: set[str]) -> list[str]:
    """A few rows that were not asked for: those that are the likeliest for most cases."""
    votes: Counter[str] = Counter()
    for case in cases:
        waiting = [row for row in case.waiting if row not in asked]
        votes.update({row: 1 / (place + 1) ** 2 for place, row in enumerate(waiting)})
    return [row for row, _ in votes.most_common(BATCH)]


def _try(case: Case, variant: Variant, comparer: Comparer, play: Play) -> None:
    case.tried.add(variant.row)
    aspect, about = case.recipe.aspect, case.about
    got = play(variant, case.recipe)
    if comparer.closer(got, aspect, about) == comparer.closer(case.deviating, aspect, about):
        return
    if comparer.view(got, aspect) == comparer.view(case.documented, aspect):
        # What has to be taken away with a row may be it by itself.
        case.whole, case.among = variant.row, variant.also
    else:
        case.shown.append(variant.row)
