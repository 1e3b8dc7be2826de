"""What a run tried, what failed and what could not be covered: the material of every report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.exchange import Exchange
from contract_tests.finding import Breach, Finding


@dataclass(frozen=True)
class NotCovered:
    """Something the suite could not try, and the reason in words."""

    what: str
    why: str


@dataclass
class Judge:
    """Collects what one test sees; the test fails at its end if there was a finding.

    ``sources`` maps an operationId to the document that describes it.
    """

    seed: int
    sources: Mapping[str, str]
    tried: int = 0
    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    repeats: dict[tuple[str, str, str], int] = field(default_factory=dict)
    not_covered: list[NotCovered] = field(default_factory=list)
    _undocumented: tuple[Exchange, tuple[str, str, str]] | None = None

    def saw(self, breaches: Iterable[Breach], exchange: Exchange, operation: str) -> bool:
        """Count one check of ``exchange``; keep its breaches. Returns whether it was clean."""
        self.tried += 1
        clean = True
        for breach in breaches:
            clean = False
            self._replace_undocumented(exchange)
            source = self.sources.get(operation, "the contract")
            finding = breach.of(exchange, operation, source, self.seed)
            self.findings.setdefault(finding.key, finding)
            self.repeats[finding.key] = self.repeats.get(finding.key, 0) + 1
            if breach.rule == "status.undocumented":
                self._undocumented = (exchange, finding.key)
        return clean

    def _replace_undocumented(self, exchange: Exchange) -> None:
        """Drop the news of an unlisted status when the same answer is now judged by its request.

        That the status should have been another one says more.
        """
        if self._undocumented is not None and self._undocumented[0] is exchange:
            key = self._undocumented[1]
            if self.repeats.get(key) == 1:
                del self.findings[key], self.repeats[key]
            self._undocumented = None

    def fresh(self) -> Judge:
        """A judge for a trial whose findings may be thrown away."""
        return Judge(self.seed, self.sources)

    def take(self, trial: Judge) -> None:
        """Make the findings and counts of a trial one's own."""
        self.tried += trial.tried
        self.findings.update(trial.findings)
        self.repeats.update(trial.repeats)
        for note in trial.not_covered:
            self.skip(note.what, note.why)

    def skip(self, what: str, why: str) -> None:
        """Note that ``what`` was not tried, and why."""
        note = NotCovered(what, why)
        if note not in self.not_covered:
            self.not_covered.append(note)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, to travel with a pytest report."""
        return {
            "tried": self.tried,
            "findings": [finding.as_dict() for finding in self.findings.values()],
            "not_covered": [[note.what, note.why] for note in self.not_covered],
        }


@dataclass
class Layer:
    """One layer of the suite (a test module) as the reports show it."""

    name: str
    title: str
    planned: int = 0
    """How many of its tests this run was to make."""
    tests: int = 0
    """How many of them came to their end, if only to say that they could try nothing."""
    trying: int = 0
    """How many of them tried something."""
    idle: int = 0
    """How many of them found nothing to try in this contract."""
    tried: int = 0
    findings: list[Finding] = field(default_factory=list)
    crashes: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing was found and nothing broke in the suite itself."""
        return not self.findings and not self.crashes


@dataclass
class Ledger:
    """The whole run: layers in the order they ran, findings and gaps without repetition."""

    layers: dict[str, Layer] = field(default_factory=dict)
    not_covered: list[NotCovered] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    planned: int = 0
    """How many trials the contract gives rise to, those that ``--only`` leaves out included."""
    whole: int = 0
    """How many of them were made by tests that ran to their end and left nothing out."""
    idle: int = 0
    """How many of them belong to tests that found nothing to try in this contract."""
    unusable: str = ""
    """Why there was no target to hold to the contract."""
    ended: str = ""
    """Why the run was stopped before its end (``ending.RunEndedError``)."""
    interrupted: bool = False
    """Whether a person or a signal stopped the run."""
    left_behind: str = ""
    """What could not be cleaned up on the target."""

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
    ) -> None:
        """Enter what one test saw.

        ``trials`` is 0 for one that broke; it is ``cut_short`` when the run ended within it.
        """
        tried = int(verdict.get("tried", 0))
        layer.tests += not cut_short
        layer.tried += tried
        layer.trying += bool(tried)
        if not cut_short and not verdict.get("not_covered"):
            self.whole += trials if tried else 0
            self.idle += 0 if tried else trials
            layer.idle += not tried
        layer.seconds += seconds
        known = {finding.key for finding in layer.findings}
        for raw in verdict.get("findings", ()):
            finding = Finding(**raw)
            if finding.key not in known:
                layer.findings.append(finding)
                known.add(finding.key)
        for what, why in verdict.get("not_covered", ()):
            note = NotCovered(what, why)
            if note not in self.not_covered:
                self.not_covered.append(note)

    @property
    def findings(self) -> list[Finding]:
        """Every finding of every layer."""
        return [finding for layer in self.layers.values() for finding in layer.findings]

    @property
    def tried(self) -> int:
        """How many checks were made."""
        return sum(layer.tried for layer in self.layers.values())
