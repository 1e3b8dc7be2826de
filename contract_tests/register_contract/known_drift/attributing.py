"""Which entries of the ledger a known drift is: those without which the answer is another one.

An entry is named when it was taken away and the example sent again: in the rest of the reading the
answer is not the service's any more. Where it is the documents' then, that one entry is all of it;
else the others are tried too. The likeliest come first, those that most findings wait for; what is
not decided when the time is up is told as such.

One entry may be all of it and another have a part in it all the same, such as that of a sentence
and that of a name in it. So each entry that no example has shown by then is tried on those that are
about what it touches, and at last, however unlikely, where a step before is answered otherwise:
what that was about, the words of the example do not tell. What is not shown even then is tried on
the examples that have most words in common with it.

Of two that do the same neither has to be there: so where none was found, the likeliest are tried
alone, in what the documents say otherwise.

Without some entries what both readings take on the way is refused. Where nothing else was found,
such an entry is taken away together with one more that speaks of the same.

An example that is of neither reading as a whole may be so with one entry alone, or with those that
other examples show.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from register_contract.again.comparing import Comparer, Outcome
from register_contract.known_drift.rows import Row, words_of
from register_contract.known_drift.variants import BATCH, Key, Variant, Variants, Way
from register_contract.target.control import ControlError
from register_contract.target.ending import interruption_heard
from register_contract.verdict.recipe import Recipe

_MOST_SUSPECTED = 4
_MOST_LIKELY = 4
_MOST_TOGETHER = 12
_MOST_HALTED = 4
_MOST_NEAR = 24
Play = Callable[[Variant, str, Recipe], Outcome]
"""Sends an example again where a variant is served, in the reading of that name."""


@dataclass
class Case:
    """One example that the target answers like the other reading, and what is known of its cause.

    ``documented`` and ``deviating`` are what came in worlds of the two readings, ``about`` the
    fields it names, ``candidates`` the rows, the likeliest first, of which ``likely`` touch what it
    is about. ``shown`` are those without which the answer is another one; it is ``whole`` once that
    is the documents'. Where no row had to be there, two may do the same: ``enough`` are those that
    do it alone. ``halted`` are those without which a step before fails that both readings take.
    """

    recipe: Recipe
    documented: Outcome
    deviating: Outcome
    about: frozenset[str]
    candidates: list[Row]
    likely: int | None = None
    shown: list[str] = field(default_factory=list)
    whole: bool = False
    tried: set[str] = field(default_factory=set)
    enough: list[Row] = field(default_factory=list)
    halted: list[str] = field(default_factory=list)
    tried_alone: set[str] = field(default_factory=set)

    @property
    def waiting(self) -> list[str]:
        """The rows that have to be tried yet, the likeliest first."""
        if self.whole:
            return []
        # Once one is known, those that are not about the same have hardly a part in it.
        found = self.candidates[: self.likely] if self.shown else self.candidates
        return [row.id for row in found if row.id not in self.tried]

    def is_open_to(self, row: Row) -> bool:
        """Whether a row may have a part in it and was not tried."""
        return row.id not in self.tried and row in self.candidates

    @property
    def open(self) -> list[str]:
        """The likely rows that were not tried, once it is known what is all of it."""
        found = self.candidates[: self.likely] if self.whole else []
        return [row.id for row in found if row.id not in self.tried]

    @property
    def untried(self) -> list[str]:
        """All rows that were not tried, where not the last request makes the difference."""
        found = self.candidates if self.deviating.stopped or self.documented.stopped else []
        return [row.id for row in found if row.id not in self.tried]

    @property
    def guesses(self) -> list[str]:
        """Of which rows one or more may show, where none is known to."""
        return self.waiting or [row.id for row in self.candidates]

    @property
    def alone(self) -> list[Row]:
        """The rows to be tried alone, once it changed nothing to take rows away."""
        first = self.candidates[:_MOST_LIKELY]
        if self.shown or any(row.id not in self.tried for row in first):
            return []
        likely = first if self.enough or self.waiting else self.candidates[: self.likely]
        return [row for row in likely if row.id not in self.tried_alone]

    @property
    def rows(self) -> list[str]:
        """The rows that are known to show."""
        if not self.shown and self.enough:
            # The later one is what the service does now.
            return [max(self.enough, key=lambda row: row.place).id]
        return self.shown


@dataclass
class Suspect:
    """An example that is not of the other reading as a whole, but may be in one place.

    ``asked`` is what came in a world of the reading that was asked for. ``found`` is the row with
    which, and no other, that reading gives the target's answer; or the rows that do so together.
    """

    recipe: Recipe
    asked: Outcome
    candidates: list[Row]
    found: tuple[str, ...] = ()
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
    _asked_at_last: set[Key] = field(default_factory=set)
    _end: float = 0.0
    _ran_out: bool = False

    def run(self, variants: Variants, seconds: float) -> bool:
        """Try rows; returns whether all that had to be tried was tried.

        An interrupt ends it like the time that is up: what was found out until then counts.
        """
        self._end = time.monotonic() + seconds
        try:
            self._through(variants, self._wanted, self._on)
            self._on_the_nearest(variants)
            self._in_pairs(variants)
            self._together(variants)
        except KeyboardInterrupt:
            interruption_heard()
            self._ran_out = True
        return not self._ran_out

    def _through(
        self,
        variants: Variants,
        wanted: Callable[[], list[Key]],
        look: Callable[[Variant], None],
    ) -> None:
        """Look at each variant that is wanted until the time is up."""
        asked: deque[list[Key]] = deque()

        def batches() -> Iterator[list[Key]]:
            while keys := wanted():
                if time.monotonic() > self._end:
                    self._ran_out = True
                    return
                self._asked.update(keys)
                asked.append(keys)
                yield keys

        for served in variants.each(batches()):
            self._pass_over({*asked.popleft()} - {variant.key for variant in served})
            for variant in served:
                look(variant)

    def _pass_over(self, keys: Set[Key]) -> None:
        """There is no such variant: nothing waits for it any more."""
        for way, row in ((key.way, key.row) for key in keys):
            for case in self.cases:
                (case.tried if way is Way.WITHOUT else case.tried_alone).add(row)
            for suspect in self.suspects if way is self.way else ():
                suspect.tried.add(row)

    def _played(self, variant: Variant, reading: str, recipe: Recipe) -> Outcome | None:
        """What comes of an example there; None from a mock that breaks down at it."""
        with suppress(ControlError):
            return self.play(variant, reading, recipe)
        return None

    def _try(self, case: Case, variant: Variant) -> None:
        """Send a case again without a row; one that had to go with it does not count."""
        case.tried.add(variant.key.row)
        got: Outcome | None = self._played(variant, variant.key.name, case.recipe)
        before: Outcome | None = case.deviating
        if variant.against:
            before = self._played(variant, variant.against, case.recipe)
        if got is None or before is None:
            return
        reached = not (case.documented.stopped or case.deviating.stopped)
        if got.stopped and reached:
            # What both readings take on the way is refused: that says nothing of the row.
            case.halted.append(variant.key.row)
            return
        if not self._alike(case, got, before):
            case.shown.append(variant.key.row)
            case.whole = case.whole or self._alike(case, got, case.documented)

    def _alike(self, case: Case, one: Outcome, other: Outcome) -> bool:
        closer, aspect = self.comparer.closer, case.recipe.aspect
        return bool(closer(one, aspect, case.about) == closer(other, aspect, case.about))

    def _wanted(self) -> list[Key]:
        """A few variants that were not asked for: the likeliest for most cases."""
        votes: Counter[Key] = Counter()
        ways = [(Way.WITHOUT, each.waiting) for each in self.cases]
        ways += [(Way.ALONE, [row.id for row in each.alone]) for each in self.cases]
        ways += [(self.way, each.waiting) for each in self.suspects]
        for way, rows in ways:
            keys = [key for row in rows if (key := Key(way, row)) not in self._asked]
            votes.update({key: 1 / (place + 1) ** 2 for place, key in enumerate(keys)})
        most = min(BATCH, max(2, sum(1 for _, rows in ways if rows)))
        if not votes:
            most = BATCH
            votes = self._not_shown(lambda case: case.open, self._asked)
        wanted = [key for key, _ in votes.most_common(most)]
        if not wanted:
            votes = self._not_shown(lambda case: case.untried, self._asked_at_last)
            wanted = [key for key, _ in votes.most_common(BATCH)]
            self._asked_at_last.update(wanted)
        return wanted

    def _not_shown(self, rows: Callable[[Case], list[str]], asked: set[Key]) -> Counter[Key]:
        """Of some rows of each case those that no case shows, and that were not asked for."""
        shown = self._shown
        keys = (Key(Way.WITHOUT, row) for case in self.cases for row in rows(case))
        return Counter(key for key in keys if key not in asked and key.row not in shown)

    @property
    def _shown(self) -> set[str]:
        """The rows that some case is known to show."""
        return {row for case in self.cases for row in case.shown}

    def _on(self, variant: Variant) -> None:
        way, row = variant.key.way, variant.key.row
        for case in self.cases:
            if way is Way.WITHOUT and row in case.waiting:
                self._try(case, variant)
            elif way is Way.ALONE:
                self._on_alone(case, variant)
        at_last = variant.key in self._asked_at_last
        for case in self.cases if way is Way.WITHOUT else ():
            if row in (case.untried if at_last else case.open) and row not in self._shown:
                self._try(case, variant)
        for suspect in self.suspects if way is self.way else ():
            if suspect.may_be(row) and not variant.also:
                suspect.tried.add(row)
                if self._is_it(suspect, variant):
                    suspect.found = (row,)

    def _on_alone(self, case: Case, variant: Variant) -> None:
        for row in case.alone:
            if row.id == variant.key.row:
                case.tried_alone.add(row.id)
                got = self._played(variant, variant.key.name, case.recipe)
                if got is not None and self._alike(case, got, case.deviating):
                    case.enough.append(row)

    def _is_it(self, suspect: Suspect, variant: Variant) -> bool:
        """Whether a variant answers a suspect as the target does, and not as it should."""
        aspect = suspect.recipe.aspect
        got = self._played(variant, variant.key.name, suspect.recipe)
        if got is None:
            return False
        is_same = self.comparer.same(suspect.recipe.answer, got, aspect)
        asked = self.comparer.view(suspect.asked, aspect)
        return is_same and self.comparer.view(got, aspect) != asked

    def _on_the_nearest(self, variants: Variants) -> None:
        """Try each row that nothing shows on the examples with most words in common with it."""
        rows = {row.id: row for case in self.cases for row in case.candidates}
        shown = self._shown | {row for case in self.cases for row in case.rows}
        left = [row for row in rows.values() if row.id not in shown]
        words = [words_of(each.recipe.said) for each in self.cases] if left else []
        often = Counter(word for each in words for word in each)
        near: dict[str, list[Case]] = {}
        for row in left:
            worth = [sum(1 / often[word] for word in row.words & each) for each in words]
            places = sorted(range(len(worth)), key=worth.__getitem__, reverse=True)
            cases = (self.cases[place] for place in places if worth[place])
            open_to = (case for case in cases if case.is_open_to(row))
            near[row.id] = list(islice(open_to, _MOST_NEAR))
        wanted = _batches([Key(Way.WITHOUT, row) for row, cases in near.items() if cases])

        def look(variant: Variant) -> None:
            for case in near[variant.key.row]:
                self._try(case, variant)

        self._through(variants, wanted, look)

    def _in_pairs(self, variants: Variants) -> None:
        """Take rows away, without which a step before fails, with one more that speaks of the same.

        Where it does not fail then, and the answer is another one, the first has a part in it.
        """
        left = [case for case in self.cases if case.halted and not case.rows]
        halted = dict.fromkeys(row for case in left for row in case.halted[:_MOST_HALTED])
        pairs = {
            Key(Way.WITHOUT, f"{row}-and-{other}", frozenset({row, other})): row
            for row in halted
            for other in variants.alike({row})[:BATCH]
        }
        batches = _batches(list(pairs))

        def wanted() -> list[Key]:
            return batches() if any(not case.rows for case in left) else []

        def look(variant: Variant) -> None:
            row = pairs[variant.key]
            for case in left:
                if case.rows or row not in case.halted:
                    continue
                got = self._played(variant, variant.key.name, case.recipe)
                leads_there = got is not None and not got.stopped
                if got and leads_there and not self._alike(case, got, case.deviating):
                    case.shown.append(row)

        self._through(variants, wanted, look)

    def _together(self, variants: Variants) -> None:
        """Try suspects with all the rows that others show, and then without each of these."""
        left = [suspect for suspect in self.suspects if not suspect.found]
        found = [row for case in self.cases for row in case.rows]
        found += [row for suspect in self.suspects for row in suspect.found]
        known = frozenset(found)
        if not left or not 1 < len(known) <= _MOST_TOGETHER:
            return
        whole = Key(self.way, "those-that-show", known)
        less = [Key(self.way, f"those-but-{row}", known - {row}) for row in sorted(known)]
        same: dict[int, set[str]] = {}

        def look(variant: Variant) -> None:
            for number, suspect in enumerate(left):
                if self._is_it(suspect, variant):
                    same.setdefault(number, set()).update(known - variant.key.rows or {""})

        self._through(variants, _batches([whole, *less]), look)
        for number, spare in same.items():
            if "" in spare:
                needed = tuple(row for row in dict.fromkeys(found) if row not in spare)
                left[number].found = needed or tuple(dict.fromkeys(found))


def _batches(keys: list[Key]) -> Callable[[], list[Key]]:
    """What gives the next few of the keys each time, and none at the end."""
    left = iter(keys)
    return lambda: list(islice(left, BATCH))
