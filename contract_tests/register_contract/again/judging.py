"""What is to be said of a finding that is tried again, or judged by what the contract says now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import register_spec as spec
from register_contract.again.comparing import Comparer, Outcome
from register_contract.again.playing import Replayer, mock_at
from register_contract.target.control import ControlError
from register_contract.target.ending import StoppedError
from register_contract.target.mock_process import MockStartError, running_mock
from register_contract.verdict.recorded import Recorded, read


class Word(StrEnum):
    """What became of a finding."""

    FIXED = "FIXED"
    STILL = "STILL"
    CHANGED = "CHANGED"
    UNDECIDED = "CANNOT SAY"


@dataclass(frozen=True)
class Said:
    """A word, and why, in words; ``wanted`` and ``got`` are answers as a report shows them."""

    word: Word
    why: str
    wanted: str = ""
    got: str = ""


class Judging:
    """Plays examples on mocks of what they were held to, for as long as it is entered."""

    def __init__(self, spec_dir: Path | None) -> None:
        self._spec_dir = spec_dir
        self._stack = ExitStack()
        self._bases: dict[str, str] = {}

    def __enter__(self) -> Judging:
        self._stack.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def wanted(self, example: Recorded) -> Outcome:
        """What a mock of the contract answers. Raises StoppedError, and ControlError."""
        asked = example.asked
        place = mock_at(self.mock(asked.reading), asked.reading, asked.now, asked.timers)
        return Replayer(place).play(example.recipe)

    def mock(self, reading: str) -> str:
        """The address of a mock of our own. Raises StoppedError when it does not start."""
        if reading not in self._bases:
            extra = ["--spec", str(self._spec_dir)] if self._spec_dir else []
            try:
                self._bases[reading] = self._stack.enter_context(
                    running_mock("--as", reading, *extra)
                )
            except MockStartError as error:
                raise StoppedError(str(error)) from error
        return self._bases[reading]

    def by_contract(self, example: Recorded) -> Said:
        """Whether the answer of the run is another one than the contract's, by what it is now."""
        try:
            wanted = self.wanted(example)
        except ControlError as error:
            return Said(Word.UNDECIDED, f"it cannot be tried on a mock: {error}")
        if wanted.stopped:
            return Said(Word.UNDECIDED, _stopped(example, wanted, "a mock of the contract"))
        old = Outcome(example.recipe.answer)
        if _same(example, old, wanted):
            return Said(Word.FIXED, "the contract wants the answer that the run got")
        return Said(Word.STILL, "", wanted.answer.describe(), old.answer.describe())

    def of_target(self, example: Recorded, now: Outcome) -> Said:
        """What became of a finding, when the target answers ``now`` what it was asked once more."""
        got = now.answer.describe()
        if now.stopped:
            return Said(Word.CHANGED, _stopped(example, now, "the target"), got=got)
        try:
            wanted = self.wanted(example)
        except ControlError as error:
            return Said(Word.UNDECIDED, f"it cannot be tried on a mock: {error}", got=got)
        is_old = _same(example, Outcome(example.recipe.answer), now)
        if wanted.stopped:
            why = _stopped(example, wanted, "a mock of the contract")
            return Said(
                Word.STILL if is_old else Word.UNDECIDED, why, example.example.expected, got
            )
        is_right = _same(example, wanted, now)
        told = wanted.answer.describe()
        if is_old and is_right:
            return Said(Word.UNDECIDED, "a mock of the contract answers so too", told, got)
        if is_old or is_right:
            return Said(Word.STILL if is_old else Word.FIXED, "", told, got)
        return Said(Word.CHANGED, "neither as in the run nor as the contract wants", told, got)


def _same(example: Recorded, one: Outcome, other: Outcome) -> bool:
    """Whether two answers are alike in what the finding is about."""
    comparer, aspect = Comparer(example.asked.made_up), example.recipe.aspect
    is_same = one.answer.status == other.answer.status
    return is_same and bool(comparer.view(one, aspect) == comparer.view(other, aspect))


def _stopped(example: Recorded, outcome: Outcome, who: str) -> str:
    step = example.recipe.steps[outcome.stopped - 1]
    return (
        f"{who} answers step {outcome.stopped}, {step.method} {step.path.partition('?')[0]}, with "
        f"{outcome.answer.status or 'nothing'} instead of {step.status}, so the request in "
        f"question is not reached"
    )


def examples(paths: Sequence[Path], spec_dir: Path | None) -> Iterator[tuple[Path, Recorded]]:
    """The examples in files. Raises StoppedError for one that holds none, or of no version here."""
    for path in paths:
        found = read(path)
        try:
            spec.bundle(found.asked.version, found.asked.reading, spec_dir)
        except spec.SpecError as error:
            raise StoppedError(f"{path}: {error}") from error
        yield path, found
