"""What may be said of a run, decided once for every report and for the exit code.

A verdict never says more than was tried. *Keeps the contract* is said of a run that tried all of
it; a run that found nothing but left something out *kept it as far as tried*; one that did not
reach its end has no verdict at all, nor has one in which a test tried nothing and says no reason.
What is known drift is no finding: it is said beside the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from register_contract.verdict.results import Layer, Results

KEPT = 0
FOUND = 1
NO_VERDICT = 2


class Tone(StrEnum):
    """How a report shows the verdict; only GOOD is green."""

    GOOD = "good"
    PARTLY = "partly"
    BAD = "bad"
    OPEN = "open"


class State(StrEnum):
    """What is said of one layer."""

    OK = "ok"
    FAILED = "FAIL"
    PART = "part"
    """The run ended before the layer did."""
    NOT_TRIED = "\N{EN DASH}"


@dataclass(frozen=True)
class Reach:
    """How much of the contract was tried: ``whole`` of ``planned`` trials.

    A trial is one thing the suite tries of this contract: one test with one operation, kind of
    token or career; a test that goes through fields, states or generated requests makes as many
    trials as it goes through (``applies.making``). All are known from the contract before the
    first request, and those that ``--only`` leaves out are among them. The trials of a test count
    as made when it ran to its end and left nothing out.

    Checks cannot be counted so: how many there are is known only after they were made.
    """

    whole: int
    planned: int
    measure: str

    @property
    def share(self) -> str:
        """The share in percent, rounded down: what was nearly tried was not tried."""
        if not self.planned:
            return "0 %"
        percent = 100 * self.whole // self.planned
        return "less than 1 %" if self.whole and not percent else f"{percent} %"

    @property
    def sentence(self) -> str:
        """What the share is a share of."""
        return f"{self.whole} of the {self.planned} {self.measure}: {self.share}"


@dataclass(frozen=True)
class Verdict:
    """The headline of every report, the sentence that explains it, and the exit code."""

    headline: str
    tone: Tone
    exit_code: int
    reach: Reach
    why: str = ""
    complete: bool = False
    """Whether the whole contract was tried."""


def verdict_of(results: Results) -> Verdict:
    """Decide what the run may say, from what it entered in its results."""
    reach = reach_of(results)
    complete = not results.not_covered and reach.whole == reach.planned

    def say(headline: str, tone: Tone, code: int, why: str = "") -> Verdict:
        return Verdict(headline, tone, code, reach, why, complete)

    early = _early(results)
    if early:
        return say(early[0], Tone.OPEN, NO_VERDICT, early[1])
    wrong = _found(results)
    if wrong:
        return say(wrong, Tone.BAD, FOUND if results.findings else NO_VERDICT)
    if not results.tried:
        return say("nothing was tried", Tone.OPEN, NO_VERDICT)
    if results.vacuous:
        return say(*_vacuous(results))
    but = _but_for(results)
    if complete:
        return say(f"keeps the contract{but}", Tone.PARTLY if but else Tone.GOOD, KEPT)
    share = "" if reach.whole == reach.planned else f": {reach.share}"
    return say(f"kept as far as tried{share}{but}", Tone.PARTLY, KEPT)


def reach_of(results: Results) -> Reach:
    """Count the obligations of a run and those that were tried."""
    return Reach(results.whole, max(results.planned, results.whole), results.measure)


def state_of(layer: Layer) -> State:
    """What a layer's line begins with."""
    if not layer.clean:
        return State.FAILED
    if layer.tests < layer.planned:
        return State.PART if layer.tests or layer.tried else State.NOT_TRIED
    return State.OK if layer.tried else State.NOT_TRIED


def _early(results: Results) -> tuple[str, str] | None:
    """Headline and reason of a run that did not reach its end."""
    if results.unusable:
        return "not tested", results.unusable
    if not results.ended and not results.interrupted:
        return None
    layers = results.layers.values()
    done = sum(layer.tests >= layer.planned for layer in layers)
    word = "stopped" if results.ended else "interrupted"
    found = _found(results)
    so_far = f", {found} so far" if found else ""
    return f"{word} after {done} of {len(layers)} layers{so_far}", results.ended


def _vacuous(results: Results) -> tuple[str, Tone, int, str]:
    """What is said of a run in which tests tried nothing, and did not say why."""
    count = len(results.vacuous)
    tests = "1 test of the suite has" if count == 1 else f"{count} tests of the suite have"
    why = "tests that try nothing must say why, or what they find nothing of is not kept"
    return f"no verdict: {tests} tried nothing", Tone.OPEN, NO_VERDICT, why


def _but_for(results: Results) -> str:
    """What known drift adds to a verdict that is none the worse for it."""
    known = sum(deviation.sure for deviation in results.deviations)
    undecided = len(results.deviations) - known
    counts = [f"{known} known deviation{'' if known == 1 else 's'}"] if known else []
    counts += [f"{undecided} of which the entry is undecided"] if undecided else []
    return f", but for {' and '.join(counts)}" if counts else ""


def _found(results: Results) -> str:
    crashes = sum(len(layer.crashes) for layer in results.layers.values())
    counts = ((len(results.findings), "finding", ""), (crashes, "error", " in the suite"))
    return ", ".join(
        f"{count} {word}{'' if count == 1 else 's'}{where}"
        for count, word, where in counts
        if count
    )
