"""After a run: which findings are known, because another reading of the version has them too.

Each example of a finding is sent again to a mock of our own: in a world of the other reading, where
the answer has to be the one that the target gave, and in one of the reading that was asked for,
where it has to be another one. A finding all of whose examples are so is known drift; all else
stays a finding, with a word why where it could not be told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import register_spec as spec
from register_contract.again.comparing import Comparer, Outcome
from register_contract.again.playing import Replayer, mock_at
from register_contract.known_drift.attributing import Attribution, Case, Suspect
from register_contract.known_drift.rows import (
    Row,
    field_names,
    likeliest,
    named,
    rows_of,
    speaks_of,
    targets_of,
)
from register_contract.known_drift.variants import Variant, Variants, Way
from register_contract.oracle.contract import Contract
from register_contract.target.control import ControlError
from register_contract.target.ending import RunEndedError
from register_contract.target.mock_process import MockStartError, running_mock
from register_contract.target.options import version_in
from register_contract.verdict.finding import Example, Finding
from register_contract.verdict.recipe import Aspect, Recipe
from register_contract.verdict.results import Circumstances, Drift, Entry, Results

_MOST_SECONDS = 1800.0
"""For finding out which entries show; what is known drift at all is told in any case."""

Tell = Callable[[str], None]
_Likeness = tuple[str, frozenset[str], str]
"""The operation of an example, the fields it is about, and the way in which it comes about."""


@dataclass
class _Known:
    """What is known of an example: a case of the other reading, a suspect, or why neither."""

    case: Case | None = None
    suspect: Suspect | None = None
    why: str = ""

    @property
    def is_drift(self) -> bool:
        """Whether the other reading, or the asked one but for one row, answers so too."""
        return self.case is not None or (self.suspect is not None and bool(self.suspect.found))


@dataclass
class _Phase:
    """The work of one run with one other reading."""

    asked: Circumstances
    other: str
    results: Results
    comparer: Comparer
    rows: list[Row]
    fields: frozenset[str]
    base: str
    known: dict[str, _Known] = field(default_factory=dict)
    _players: dict[tuple[str, str], Replayer] = field(default_factory=dict)

    def player(self, base: str, reading: str) -> Replayer:
        """Who sends examples again in that reading at that address."""
        key = (base, reading)
        if key not in self._players:
            place = mock_at(base, reading, self.asked.now, self.asked.timers)
            self._players[key] = Replayer(place)
        return self._players[key]

    def classify(self, finding: Finding) -> None:
        """Find out what is known of each example of a finding."""
        alike: dict[_Likeness, Case] = {}
        for example in finding.examples:
            recipe = self.results.recipes.get(example.file)
            known = _Known(why="what it was made with is not known")
            if recipe is not None:
                known = self._example(example, recipe, alike)
            self.known[example.file] = known

    def _example(self, example: Example, recipe: Recipe, alike: dict[_Likeness, Case]) -> _Known:
        """What is known of an example.

        ``alike`` are the cases of those with the same cause: one about the same fields of the same
        operation is no other case.
        """
        if recipe.answer.failure or not recipe.answer.status:
            return _Known(why="there was no answer to compare")
        aspect = recipe.aspect
        about = named(example, aspect, self.fields)
        likeness = (example.operation, about, example.way)
        try:
            there = self.player(self.base, self.other).play(recipe)
            is_there = self.comparer.same(recipe.answer, there, aspect)
            if is_there and likeness in alike:
                return _Known(alike[likeness])
            here = self.player(self.base, self.asked.reading).play(recipe)
        except ControlError as error:
            return _Known(why=f"it cannot be tried again: {error}")
        reproduced = [row for row in self.rows if row.reproduced]
        likely = likeliest(reproduced, example, aspect, about)
        if not is_there:
            return _Known(suspect=Suspect(recipe, here, likely))
        if self.comparer.view(here, aspect) == self.comparer.view(there, aspect):
            return _Known(why="a mock of the reading asked for answers so too")
        pair = (here, there) if self.documented else (there, here)
        if self._speaks_other_versions(recipe):
            # A variant is of one version: of this only can be guessed which entries it shows.
            names = {row.id for row in likely}
            case = Case(recipe, *pair, about, likely, tried=names, tried_alone=names)
        else:
            others = [row for row in reproduced if row not in likely]
            case = Case(recipe, *pair, about, likely + others, len(likely))
        alike[likeness] = case
        return _Known(alike[likeness])

    def _speaks_other_versions(self, recipe: Recipe) -> bool:
        spoken = {version_in(step.path) for step in (*recipe.steps, recipe.last)}
        return not spoken <= {None, self.asked.version}

    @property
    def documented(self) -> bool:
        """Whether the run was held to the documents."""
        return self.asked.reading == spec.DOCUMENTED

    def is_known(self, finding: Finding) -> bool:
        """Whether one of its examples is a case."""
        return any(self.known[example.file].case is not None for example in finding.examples)

    def attribute(self) -> bool:
        """Find the entries that cases and suspects show."""
        known = {id(each.case): each.case for each in self.known.values()}
        cases = [case for case in known.values() if case is not None]
        suspects = [known.suspect for known in self.known.values() if known.suspect is not None]
        deviating = self.other if self.documented else self.asked.reading
        variants = Variants(self.asked.version, deviating, self.asked.spec_dir)

        for case in cases:
            # As variants will play it.
            documents, other = (
                self.player(self.base, reading) for reading in (spec.DOCUMENTED, deviating)
            )
            case.documented = documents.play_among_others(case.recipe)
            case.deviating = other.play_among_others(case.recipe)

        def play(variant: Variant, reading: str, recipe: Recipe) -> Outcome:
            return self.player(variant.base, reading).play_among_others(recipe)

        way = Way.ALONE if self.documented else Way.WITHOUT
        attribution = Attribution(cases, suspects, way, self.comparer, play)
        return attribution.run(variants, _MOST_SECONDS)

    def enter(self, findings: Sequence[Finding]) -> None:
        """Move what is known out of the findings, and give the others their notes."""
        notes: dict[str, str] = {}
        for finding in findings:
            told = tuple(each for each in finding.examples if self.known[each.file].is_drift)
            if told:
                self.results.drifts.append(self._drift(finding, told))
            if len(told) < len(finding.examples):
                first = next(each for each in finding.examples if each not in told)
                notes[finding.key] = self._note(first)
        for layer in self.results.layers.values():
            left = [
                replace(rest, note=notes[finding.key])
                for finding in layer.findings
                if finding.key in notes and (rest := self._rest(finding)) is not None
            ]
            layer.known, layer.findings = len(layer.findings) - len(left), left

    def _rest(self, finding: Finding) -> Finding | None:
        """What is left of a finding of one layer; examples that were not tried again are."""
        files = {file for file, known in self.known.items() if known.is_drift}
        rest = tuple(each for each in finding.examples if each.file not in files)
        if not rest:
            return None
        known = len(finding.examples) - len(rest)
        return replace(finding, examples=rest, count=max(finding.count - known, len(rest)))

    def _drift(self, finding: Finding, told: tuple[Example, ...]) -> Drift:
        entries = {row.id: Entry(row.id, row.documents, row.service) for row in self.rows}
        ids, sure = self._shown(told)
        if len(told) < len(finding.examples):
            finding = replace(finding, examples=told, count=len(told))
        return Drift(tuple(entries[id] for id in ids), sure, finding)

    def _shown(self, told: Sequence[Example]) -> tuple[list[str], bool]:
        """The rows that these examples show, and whether that is known."""
        shown: dict[str, None] = {}
        guessed: dict[str, None] = {}
        for known in (self.known[example.file] for example in told):
            if known.case is not None:
                shown.update(dict.fromkeys(known.case.rows))
                guessed.update(dict.fromkeys(known.case.guesses))
            elif known.suspect is not None:
                shown.update(dict.fromkeys(known.suspect.found))
        return list(shown or guessed), bool(shown)

    def _note(self, example: Example) -> str:
        recipe = self.results.recipes.get(example.file)
        about = named(example, recipe.aspect if recipe else Aspect("whole"), self.fields)
        likely = [
            row.id
            for row in self.rows
            if not row.reproduced and speaks_of(row, example.operation, about)
        ]
        notes = [self.known[example.file].why]
        if likely:
            notes.append(f"may be {' or '.join(likely)} of the ledger, which no mock reproduces")
        return "; ".join(filter(None, notes))


def look_for_known_drift(
    results: Results, contract: Contract, asked: Circumstances, tell: Tell
) -> None:
    """Tell known drift from findings in the results of a run that came to its end.

    ``tell`` says what is going on. A mock that does not start leaves every finding one.
    """
    readings = spec.readings(asked.version, asked.spec_dir)
    documented = asked.reading == spec.DOCUMENTED
    others = [each for each in readings if each != spec.DOCUMENTED]
    for other in others if documented else [spec.DOCUMENTED]:
        if results.findings:
            try:
                _with(other, results, contract, asked, tell)
            except (MockStartError, RunEndedError, spec.SpecError) as error:
                tell(f"Known drift cannot be told from findings: {error}")


def _with(
    other: str, results: Results, contract: Contract, asked: Circumstances, tell: Tell
) -> None:
    """Tell what the other reading has too."""
    started = time.monotonic()
    findings = results.findings
    plural = "" if len(findings) == 1 else "s"
    tell(f"Trying {len(findings)} finding{plural} again on a mock of ours, {other} reading …")
    mine, theirs = (
        spec.bundle(asked.version, reading, asked.spec_dir) for reading in (asked.reading, other)
    )
    documented = asked.reading == spec.DOCUMENTED
    deviating, folder = other if documented else asked.reading, spec.source_folder(asked.spec_dir)
    extra = ["--spec", str(asked.spec_dir)] if asked.spec_dir else []
    with running_mock(*extra) as base:
        phase = _Phase(
            asked,
            other,
            results,
            Comparer(contract.made_up),
            rows_of(theirs if documented else mine, targets_of(asked.version, deviating, folder)),
            field_names(mine, theirs),
            base,
        )
        for finding in findings:
            phase.classify(finding)
        drifts = [each for each in findings if phase.is_known(each)]
        tell(f"Tried again after {time.monotonic() - started:.0f} s")
        tell(f"{len(drifts)} are of that reading; looking for the entries of the ledger …")
        if not phase.attribute():
            tell("Not all entries were tried")
        phase.enter(findings)
        undecided = sum(not drift.sure for drift in results.drifts)
        if undecided:
            tell(f"Of {undecided} it is not decided which entry they show")
    tell(f"Known drift: {len(results.drifts)} of them ({time.monotonic() - started:.0f} s)")
