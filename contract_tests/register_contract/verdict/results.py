"""What a run tried, what failed and what could not be covered: the material of every report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from register_contract.target.exchange import Exchange
from register_contract.target.history import History
from register_contract.target.tidying import Left
from register_contract.verdict.finding import Breach, Example, Finding
from register_contract.verdict.recipe import Recipe, recipe_of
from register_contract.verdict.repeat import Script

MOST_NAMED = 5


@dataclass(frozen=True)
class NotCovered:
    """Something the suite could not try, and the reason in words."""

    what: str
    why: str


@dataclass(frozen=True)
class Met:
    """How many calls met others, and the seconds that it took to look for their order."""

    calls: int = 0
    seconds: float = 0.0

    def __add__(self, other: Met) -> Met:
        return Met(self.calls + other.calls, self.seconds + other.seconds)


class FoundError(Exception):
    """Raised at a finding, by a judge that stops there."""


@dataclass
class Judge:
    """Collects what one test sees; the test fails at its end if there was a finding.

    ``sources`` maps an operationId to the document that describes it; ``history`` knows what the
    exchanges build on. A finding is kept under its cause. ``recipes`` has what each example was
    made with, under the name of its file; they hold secrets, and go into no report. One that
    ``stops`` raises FoundError at its first finding. Of what it ``tried``, checks that were
    ``staged`` are of what a test builds on: of these alone it has tried nothing of its own.
    """

    seed: int
    sources: Mapping[str, str]
    history: History = field(default_factory=History)
    tried: int = 0
    staged: int = 0
    findings: dict[str, Finding] = field(default_factory=dict)
    not_covered: list[NotCovered] = field(default_factory=list)
    unsaid: Counter[str] = field(default_factory=Counter)
    met: Met = field(default_factory=Met)
    recipes: dict[str, Recipe] = field(default_factory=dict)
    stops: bool = False
    _undocumented: tuple[Exchange, str, Finding | None] | None = None

    def saw(
        self,
        breaches: Iterable[Breach],
        exchange: Exchange,
        operation: str,
        after: Sequence[Exchange] = (),
    ) -> bool:
        """Count one check of ``exchange``; keep its breaches. Returns whether it was clean.

        ``after`` are exchanges that it builds on although no id of theirs is in it.
        """
        self.tried += 1
        clean = True
        for breach in breaches:
            clean = False
            self._replace_undocumented(exchange)
            cause = breach.cause_in(operation)
            known = self.findings.get(cause)
            seen = self._finding(breach, known, exchange, operation, after)
            self.findings[cause] = known.joined(seen) if known else seen
            if breach.is_lost_success:
                self.history.suspect(exchange)
            if breach.rule == "status.undocumented":
                self._undocumented = (exchange, cause, known)
        self._stop()
        return clean

    def _stop(self) -> None:
        if self.stops and self.findings:
            raise FoundError

    def _finding(
        self,
        breach: Breach,
        known: Finding | None,
        exchange: Exchange,
        operation: str,
        after: Sequence[Exchange],
    ) -> Finding:
        """The breach as a finding; with a script if it is to be shown as an example."""
        source = self.sources.get(operation, "the contract")
        script = ""
        if known is None or known.wants(operation, breach.sentence, breach.way):
            facts = f"rule {breach.rule} · {breach.source or source} · seed {self.seed}"
            made = Script(self.history, exchange, after, breach.about)
            script = made.text(breach.sentence, facts, breach.expected, exchange.describe())
        finding = breach.of(exchange, operation, source, self.seed, script)
        if script:
            recipe = recipe_of(self.history, exchange, after, breach.about, breach.aspect)
            self.recipes.setdefault(finding.first.file, recipe)
        return finding

    def _replace_undocumented(self, exchange: Exchange) -> None:
        """Drop the news of an unlisted status when the same answer is now judged by its request.

        That the status should have been another one says more.
        """
        if self._undocumented is not None and self._undocumented[0] is exchange:
            _, cause, before = self._undocumented
            if before is None:
                self.findings.pop(cause, None)
            else:
                self.findings[cause] = before
            self._undocumented = None

    def fresh(self) -> Judge:
        """A judge for a trial whose findings may be thrown away."""
        return Judge(self.seed, self.sources, self.history, recipes=self.recipes)

    def take(self, trial: Judge) -> None:
        """Make the findings and counts of a trial one's own."""
        self.tried += trial.tried
        self.staged += trial.staged
        for cause, finding in trial.findings.items():
            known = self.findings.get(cause)
            self.findings[cause] = known.joined(finding) if known else finding
        for note in trial.not_covered:
            self.skip(note.what, note.why)
        self.unsaid.update(trial.unsaid)
        self.met += trial.met
        self._stop()

    def not_said(self, field: str) -> None:
        """Count a field of an answer (``kind.field``) of which nobody can say what is due."""
        self.unsaid[field] += 1

    def skip(self, what: str, why: str) -> None:
        """Note that ``what`` was not tried, and why."""
        note = NotCovered(what, why)
        if note not in self.not_covered:
            self.not_covered.append(note)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, to travel with a pytest report."""
        return {
            "tried": self.tried,
            "staged": self.staged,
            "findings": [finding.as_dict() for finding in self.findings.values()],
            "not_covered": [[note.what, note.why] for note in self.not_covered],
            "unsaid": dict(self.unsaid),
            "met": [self.met.calls, self.met.seconds],
        }


@dataclass(frozen=True)
class Entry:
    """An entry of a drift ledger, as reports show it."""

    id: str
    documents: str
    service: str


@dataclass(frozen=True)
class Drift:
    """A finding that is known: the target does there what another reading of the version says.

    ``entries`` are those of the ledger that it shows, or, where that was not decided (``sure``),
    those of which one or more may be it.
    """

    entries: tuple[Entry, ...]
    sure: bool
    finding: Finding

    @property
    def ids(self) -> str:
        """The entries in words."""
        names = [entry.id for entry in self.entries]
        if self.sure:
            return ", ".join(names)
        shown = ", ".join(names[:MOST_NAMED])
        more = len(names) - MOST_NAMED
        return f"one of {shown}{f' and {more} more' if more > 0 else ''}" if names else "no entry"


@dataclass(frozen=True)
class Deviation:
    """What a run saw of one entry of the ledger, or of several that it could not tell apart."""

    title: str
    entries: tuple[Entry, ...]
    drifts: tuple[Drift, ...]

    @property
    def sure(self) -> bool:
        """Whether it is known which entry it is."""
        return all(drift.sure for drift in self.drifts)

    @property
    def count(self) -> int:
        """How often it showed."""
        return sum(drift.finding.count for drift in self.drifts)

    @property
    def where(self) -> str:
        """The operations it showed in."""
        names = (name for drift in self.drifts for name in drift.finding.operations)
        return ", ".join(dict.fromkeys(names))

    @property
    def example(self) -> Example:
        """One time it showed: where it is the only entry that does, if there is such a time."""
        return min(self.drifts, key=lambda drift: len(drift.entries)).finding.first


@dataclass(frozen=True)
class Circumstances:
    """What a run was held to, and when it took place for its target.

    ``timers`` are the events that happened only when the suite said so, ``made_up`` the fields of
    answers whose texts differ from target to target.
    """

    version: str
    reading: str
    spec_dir: Path | None
    now: datetime
    timers: Sequence[str]
    made_up: frozenset[str] = frozenset()


@dataclass
class OwnRecords:
    """What a run that wrote to its own records alone has left on the target.

    ``marks`` end the names that it made up; ``removed`` is how many records it removed at its end,
    ``unsure`` how many calls may have made one whose id did not come back.
    """

    marks: list[str]
    left: list[Left]
    removed: int = 0
    unsure: int = 0
    file: Path | None = None
    """Where all of them are listed."""

    @property
    def groups(self) -> dict[tuple[str, str], list[str]]:
        """The ids of what is left, by kind of record and reason."""
        found: dict[tuple[str, str], list[str]] = {}
        for each in self.left:
            found.setdefault((each.record.kind, each.why), []).append(each.record.id)
        return found

    @property
    def sentences(self) -> list[str]:
        """How to tell them apart, and what else is to be known of them."""
        marks = " or ".join(self.marks)
        told = [f"Names and e-mail addresses that the run made up there have {marks} in them"]
        told += [f"{self.removed} records were removed at the end"] if self.removed else []
        if self.unsure:
            calls = "1 call" if self.unsure == 1 else f"{self.unsure} calls"
            told.append(f"{calls} may have made a record whose id did not come back")
        return told if self.left or self.unsure or self.removed else []


@dataclass
class Layer:
    """One layer of the suite (a test module) as the reports show it."""

    name: str
    title: str
    planned: int = 0
    """How many of its tests this run was to make."""
    trials: int = 0
    """How many trials these make at most."""
    tests: int = 0
    """How many of them came to their end, if only to say that they could try nothing."""
    trying: int = 0
    """How many of them tried something."""
    tried: int = 0
    findings: list[Finding] = field(default_factory=list)
    known: int = 0
    """How many of its findings turned out to be known drift."""
    crashes: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing was found and nothing broke in the suite itself."""
        return not self.findings and not self.crashes


@dataclass
class Results:
    """The whole run: layers in the order they ran, findings and gaps without repetition."""

    layers: dict[str, Layer] = field(default_factory=dict)
    not_covered: list[NotCovered] = field(default_factory=list)
    unsaid: Counter[str] = field(default_factory=Counter)
    """How often answers showed a field of which nobody can say what is due, by kind and field."""
    met: Met = Met()
    """The calls that met, which are held to an order."""
    facts: dict[str, str] = field(default_factory=dict)
    planned: int = 0
    """How many trials the contract gives rise to, those that ``--only`` leaves out included."""
    whole: int = 0
    """How many of them were made by tests that ran to their end and left nothing out."""
    measure: str = (
        "trials that this contract gives rise to (an operation with one field, state, token or "
        "generated request) were made"
    )
    """What ``planned`` and ``whole`` count, in words."""
    circumstances: Circumstances | None = None
    """What the target was held to, once there is one."""
    unusable: str = ""
    """Why there was no target to hold to the contract."""
    ended: str = ""
    """Why the run was stopped before its end (``ending.RunEndedError``)."""
    interrupted: bool = False
    """Whether a person or a signal stopped the run."""
    left_behind: str = ""
    """What could not be cleaned up on the target."""
    own: OwnRecords | None = None
    """What a run left that wrote to its own records alone."""
    scripts: dict[str, str] = field(default_factory=dict)
    """The text of each file that repeats an example of a test."""
    repeats: Path | None = None
    """Where those files are."""
    drifts: list[Drift] = field(default_factory=list)
    """Findings that turned out to be known drift, each cause once."""
    causes: dict[str, list[str]] = field(default_factory=dict)
    """The causes that each test found, by its id."""
    recipes: dict[str, Recipe] = field(default_factory=dict)
    """What each example was made with, by the name of its file."""
    rows: Sequence[str] = ()
    """The rows that the tables of the contract have, by id."""
    exercised: set[str] = field(default_factory=set)
    """Those of them that answers were held to; it fills while the run goes on."""
    vacuous: list[str] = field(default_factory=list)
    """The tests that judged nothing of their own, and did not say why."""

    def layer(self, name: str, title: str) -> Layer:
        """The layer of that module, made at its first test."""
        return self.layers.setdefault(name, Layer(name, title))

    def add(
        self,
        layer: Layer,
        verdict: Mapping[str, Any],
        seconds: float,
        *,
        trials: int = 1,
        cut_short: bool = False,
        test: str = "",
    ) -> None:
        """Enter what one test saw.

        ``trials`` is 0 for one that broke; it is ``cut_short`` when the run ended within it. Of
        one that comes to its end without having tried anything of its own, and says no reason, the
        name of the ``test`` is kept.
        """
        tried = int(verdict.get("tried", 0))
        layer.tests += not cut_short
        layer.tried += tried
        layer.trying += bool(tried)
        if not cut_short and not verdict.get("not_covered"):
            own = tried - int(verdict.get("staged", 0))
            self.whole += trials if own else 0
            if trials and not own and not verdict.get("findings"):
                self.vacuous.append(test or layer.title)
        layer.seconds += seconds
        for raw in verdict.get("findings", ()):
            finding = Finding.from_dict(raw)
            for example in finding.examples:
                self.scripts.setdefault(example.file, example.script)
            _join(layer.findings, finding)
        self.unsaid.update(verdict.get("unsaid", {}))
        self.met += Met(*verdict.get("met", ()))
        for what, why in verdict.get("not_covered", ()):
            note = NotCovered(what, why)
            if note not in self.not_covered:
                self.not_covered.append(note)

    @property
    def findings(self) -> list[Finding]:
        """Every finding, those of one cause in several layers as one."""
        found: list[Finding] = []
        for layer in self.layers.values():
            for finding in layer.findings:
                _join(found, finding)
        return found

    @property
    def deviations(self) -> list[Deviation]:
        """What showed of the ledger: each entry once, then what was not decided."""
        entries = {
            entry.id: entry for drift in self.drifts if drift.sure for entry in drift.entries
        }
        found = [
            Deviation(
                id,
                (entry,),
                tuple(each for each in self.drifts if each.sure and entry in each.entries),
            )
            for id, entry in entries.items()
        ]
        open_ = {drift.ids: drift for drift in self.drifts if not drift.sure}
        found += [
            Deviation(
                ids,
                drift.entries,
                tuple(each for each in self.drifts if not each.sure and each.ids == ids),
            )
            for ids, drift in open_.items()
        ]
        return found

    @property
    def unexercised(self) -> list[str]:
        """The rows of the contract that no answer was held to."""
        return [row for row in self.rows if row not in self.exercised]

    @property
    def tried(self) -> int:
        """How many checks were made."""
        return sum(layer.tried for layer in self.layers.values())


def _join(findings: list[Finding], finding: Finding) -> None:
    """Add a finding to a list, or to the one there that has the same cause."""
    for place, known in enumerate(findings):
        if known.key == finding.key:
            findings[place] = known.joined(finding)
            return
    findings.append(finding)
