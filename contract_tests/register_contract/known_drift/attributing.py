"""Which entries of the ledger a known drift is: those without which the answer is another one.

An entry is named when it was taken away and the example sent again: in the rest of the reading the
answer is not the service's any more. Where it is the documents' then, that one entry is all of it.
Entries are tried that may be it by what they touch, those first that most findings wait for; what
is not decided when the time is up is told as such.

Of two that do the same neither has to be there: so where none was found, the likeliest are tried
alone, in what the documents say otherwise.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from register_contract.known_drift.comparing import Comparer, Outcome
from register_contract.known_drift.rows import Row
from register_contract.known_drift.variants import BATCH, Key, Variant, Variants, Way
from register_contract.target.control import ControlError
from register_contract.verdict.recipe import Recipe

_MOST_SUSPECTED = 4
_MOST_LIKELY = 4
Play = Callable[[Variant, Recipe], Outcome]


@dataclass
class Case:
    """One example that the target answers like the other reading, and what is known of its cause.

    ``documented`` and ``deviating`` are what came in worlds of the two readings, ``about`` the
    fields it names, ``candidates`` the rows that may be it, the likeliest first. ``shown`` are the
    rows without which the answer is another one; ``whole`` is that without which it is the
    documents' answer, and ``among`` what was taken away with it and may be it instead. Where no
    row had to be there, two may do the same: ``enough`` are those that do it alone.
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
    enough: list[Row] = field(default_factory=list)
    tried_alone: set[str] = field(default_factory=set)

    @property
    def waiting(self) -> list[str]:
        """The rows that have to be tried yet, the likeliest first."""
        if self.whole:
            return sorted(self.among - self.tried)
        if self.enough:
            return []
        return [row.id for row in self.candidates if row.id not in self.tried]

    def alone(self, asked: Container[Key]) -> list[Row]:
        """The rows to be tried alone, once it changed nothing to take the likely ones away."""
        first = [row.id for row in self.candidates[:_MOST_LIKELY]]
        known = self.whole or self.shown
        if known or any(Key(Way.WITHOUT, row) not in asked for row in first):
            return []
        likely = self.candidates[:_MOST_SUSPECTED]
        return [row for row in likely if row.id not in self.tried_alone]

    @property
    def rows(self) -> list[str]:
        """The rows that are known to show."""
        if not self.whole and not self.shown and self.enough:
            # The later one is what the service does now.
            return [max(self.enough, key=lambda row: row.place).id]
        if not self.whole:
            return self.shown
        return [self.whole, *(row for row in self.shown if row in self.among)]


@dataclass
class Suspect:
    """An example that is not of the other reading as a whole, but may be in one place.

    ``asked`` is what came in a world of the reading that was asked for. ``found`` is the row with
    which, and no other, that reading gives the target's answer.
    """

    recipe: Recipe
    asked: Outcome
    candidates: list[Row]
    found: str = ""
    tried: set[str] = field(default_factory=set)

    @property
    def waiting(self) -> list[str]:
        """The rows that are likely enough to be served for it, the likeliest first."""
        names = [] if self.found else [row.id for row in self.candidates[:_MOST_SUSPECTED]]
        return [name for name in names if name not in self.tried]

    def may_be(self, row: str) -> bool:
        """Whether a row may be it that is served anyway, however unlikely it is."""
        is_open = not self.found and row not in self.tried
        return is_open and any(row == each.id for each in self.candidates)


@dataclass
class Attribution:
    """Finds the rows of cases and suspects, on variants of the reading that has rows.

    ``way`` is how a suspect's target would differ from the reading that was asked for, seen from
    the reading that has rows: documents with one row alone, or that reading without one.
    """

    cases: Sequence[Case]
    suspects: Sequence[Suspect]
    way: Way
    comparer: Comparer
    play: Play
    _asked: set[Key] = field(default_factory=set)

    def run(self, variants: Variants, seconds: float) -> bool:
        """Try rows; returns whether all that had to be tried was tried."""
        end = time.monotonic() + seconds
        ran_out = False

        def batches() -> Iterator[list[Key]]:
            nonlocal ran_out
            while keys := self._wanted():
                if time.monotonic() > end:
                    ran_out = True
                    return
                self._asked.update(keys)
                yield keys

        for served in variants.each(batches()):
            for variant in served:
                # A mock may be there and its world not: a reading that cannot be served.
                with suppress(ControlError):
                    self._on(variant)
        return not ran_out

    def _wanted(self) -> list[Key]:
        """A few variants that were not asked for: the likeliest for most cases."""
        votes: Counter[Key] = Counter()
        ways = [(Way.WITHOUT, each.waiting) for each in self.cases]
        ways += [(Way.ALONE, [row.id for row in each.alone(self._asked)]) for each in self.cases]
        ways += [(self.way, each.waiting) for each in self.suspects]
        for way, rows in ways:
            keys = [key for row in rows if (key := Key(way, row)) not in self._asked]
            votes.update({key: 1 / (place + 1) ** 2 for place, key in enumerate(keys)})
        return [key for key, _ in votes.most_common(BATCH)]

    def _on(self, variant: Variant) -> None:
        way, row = variant.key.way, variant.key.row
        for case in self.cases if way is Way.WITHOUT else ():
            if row in case.waiting:
                self._try(case, variant)
        for case in self.cases if way is Way.ALONE else ():
            for each in case.alone(self._asked):
                if each.id == row:
                    self._try_alone(case, each, variant)
        for suspect in self.suspects if way is self.way else ():
            if suspect.may_be(row) and not variant.also:
                self._suspect(suspect, variant)

    def _try(self, case: Case, variant: Variant) -> None:
        row, aspect = variant.key.row, case.recipe.aspect
        case.tried.add(row)
        got = self.play(variant, case.recipe)
        closer = self.comparer.closer
        if closer(got, aspect, case.about) == closer(case.deviating, aspect, case.about):
            return
        if closer(got, aspect, case.about) == closer(case.documented, aspect, case.about):
            # What has to be taken away with a row may be it by itself.
            case.whole, case.among = row, variant.also
        else:
            case.shown.append(row)

    def _try_alone(self, case: Case, row: Row, variant: Variant) -> None:
        case.tried_alone.add(row.id)
        got, closer = self.play(variant, case.recipe), self.comparer.closer
        aspect = case.recipe.aspect
        if closer(got, aspect, case.about) == closer(case.deviating, aspect, case.about):
            case.enough.append(row)

    def _suspect(self, suspect: Suspect, variant: Variant) -> None:
        row, aspect = variant.key.row, suspect.recipe.aspect
        suspect.tried.add(row)
        got = self.play(variant, suspect.recipe)
        is_same = self.comparer.same(suspect.recipe.answer, got, aspect)
        if is_same and self.comparer.view(got, aspect) != self.comparer.view(suspect.asked, aspect):
            suspect.found = row
