"""Which entries of the ledger a known drift is: those without which the answer is another one.

An entry is named when it was taken away and the example sent again: in the rest of the reading the
answer is not the service's any more. Where it is the documents' then, that one entry is all of it.
Entries are tried that may be it by what they touch, those first that most findings wait for; what
is not decided when the time is up is told as such.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from register_contract.known_drift.comparing import Comparer, Outcome
from register_contract.known_drift.rows import Row
from register_contract.known_drift.variants import _BATCH, Variant, Variants
from register_contract.verdict.recipe import Recipe

Play = Callable[[Variant, Recipe], Outcome]


@dataclass
class Case:
    """One example that the target answers like the other reading, and what is known of its cause.

    ``documented`` and ``deviating`` are what came in worlds of the two readings. ``shown`` are the
    rows without which the answer is another one, ``alone`` whether the last of them is all of it.
    """

    recipe: Recipe
    documented: Outcome
    deviating: Outcome
    candidates: list[Row]
    shown: list[str] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)
    alone: bool = False

    def waits_for(self, row: str) -> bool:
        """Whether it is not known yet if that row has to do with it."""
        named = any(row == each.id for each in self.candidates)
        return named and not self.alone and row not in self.tried


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
                if case.waits_for(variant.row):
                    _try(case, variant, comparer, play)
    return not ran_out


def _wanted(cases: Sequence[Case], asked: set[str]) -> list[str]:
    """The rows that most cases wait for and that were not asked for, a few; later ones first."""
    waiting: dict[str, int] = {}
    for case in cases:
        for row in reversed(case.candidates):
            if row.id not in asked and case.waits_for(row.id):
                waiting[row.id] = waiting.get(row.id, 0) + 1
    return sorted(waiting, key=lambda row: -waiting[row])[:_BATCH]


def _try(case: Case, variant: Variant, comparer: Comparer, play: Play) -> None:
    case.tried.add(variant.row)
    aspect = case.recipe.aspect
    got: Any = comparer.view(play(variant, case.recipe), aspect)
    if got == comparer.view(case.deviating, aspect):
        return
    if variant.also & set(case.shown):
        return  # what went with the row is known to show by itself
    if got == comparer.view(case.documented, aspect):
        case.shown, case.alone = [variant.row], True
    else:
        case.shown.append(variant.row)
