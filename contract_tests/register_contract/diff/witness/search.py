"""Looks for a witness of each entry that needs one: a trial in which the two sides part."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from register_contract.diff.comparison import Comparison
from register_contract.diff.entries import ADDITION, BREAKING, ORDER, UNDECIDED, Entry, Profile
from register_contract.diff.evaluators import Change
from register_contract.diff.witness.bench import Bench
from register_contract.diff.witness.parting import Matter, Parting, Way, parting
from register_contract.diff.witness.trials import taking_turns, trials_for, widest
from register_contract.diff.witness.unreached import why_unreached
from register_contract.diff.witness.worlds import (
    CannotServeError,
    Played,
    Player,
    Serving,
    Trial,
)
from register_contract.oracle.contract import CannotTryError
from register_contract.target.control import ControlError

_MOST_TRIALS = (400, 60)
_MOST_BESIDE_OTHERS = (15, 6)
"""How many trials an entry has, and how many once one has shown something that breaks nothing."""
_MOST_OF_A_CHANGE = 120
_SECONDS = 20.0


@dataclass(frozen=True)
class Witness:
    """A trial that was played on both sides, and how their answers part."""

    trial: Trial
    difference: Parting
    old: Played
    new: Played

    @property
    def words(self) -> str:
        """What was tried."""
        return self.trial.words

    @property
    def is_strong(self) -> bool:
        """Whether a client that does what it did gets something that it cannot use."""
        return self.difference.way in (Way.REFUSED_NOW, Way.DIFFERS)


@dataclass
class Search:
    """What was found; ``unserved`` says why nothing could be played, ``tried`` how much was."""

    profile: Profile
    unserved: str = ""
    tried: int = 0


def find_witnesses(
    comparison: Comparison,
    serving: Serving | None = None,
    levels: Sequence[str] = (BREAKING, UNDECIDED),
) -> Search:
    """Put a witness beside each entry of these levels, where both sides are ours.

    ``serving`` has both sides served already; it ends here if it is asked.
    """
    search = Search(comparison.profile)
    entries = [entry for entry in comparison.entries if entry.level in levels]
    if not entries or not (comparison.old.ours and comparison.new.ours):
        return search
    alone = len(comparison.entries) == 1
    try:
        with serving or Serving(comparison.old, comparison.new) as served:
            bench = Bench(*served.players(), comparison.before, comparison.after)
            for entry in entries:
                why = why_unreached(_apart(entry, search.profile), bench)
                if why:
                    entry.level, entry.reason = ADDITION, why
                    continue
                before = search.tried
                entry.witness = _witness(entry, bench, alone, search)
                _judge_again(entry, search.tried - before)
    except CannotServeError as error:
        search.unserved = str(error)
    comparison.entries.sort(key=lambda entry: ORDER.index(entry.level))
    return search


def _judge_again(entry: Entry, tried: int) -> None:
    """What was tried says more than a row does: whether it refuses more, or less, than before.

    Where nothing that was tried shows a difference, nobody knows.
    """
    witness = entry.witness
    if witness is not None and witness.is_strong:
        if entry.level == UNDECIDED:
            entry.level = BREAKING
        return
    if witness is not None and witness.difference.way is Way.TAKEN_NOW:
        entry.level, entry.reason = ADDITION, f"of {tried} trials none was refused that was taken"
        return
    entry.level = UNDECIDED
    entry.reason = f"none of {tried} trials shows that it breaks anything"


def _witness(entry: Entry, bench: Bench, alone: bool, search: Search) -> Witness | None:
    """The first trial that shows what breaks; where none does, the first that shows anything."""
    matter = Matter(entry, alone)
    end = time.monotonic() + _SECONDS
    weak: Witness | None = None
    # Where nothing else has changed, anything may show it; else the likeliest have to do.
    most = _MOST_TRIALS if alone else _MOST_BESIDE_OTHERS
    for count, trial in enumerate(_trials(entry, bench, alone, search.profile)):
        if count >= most[weak is not None] or time.monotonic() > end:
            break
        search.tried += 1
        played = _played(trial, bench)
        if played is None:
            continue
        difference = parting(matter, *played, bench.players)
        if difference is not None:
            found = Witness(trial, difference, *played)
            if found.is_strong:
                return found
            weak = weak or found
    return weak


def _trials(entry: Entry, bench: Bench, alone: bool, profile: Profile) -> Iterator[Trial]:
    """Trials for each change of an entry in turn, the likeliest of each first."""
    made = (
        islice(_safely(trials_for(change, bench)), _MOST_OF_A_CHANGE)
        for change in _apart(entry, profile)
    )
    yield from taking_turns(*made)
    if alone:
        yield from _safely(widest(bench))


def _apart(entry: Entry, profile: Profile) -> list[Change]:
    """The changes that make an entry what it is: of the same in many places a few."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in entry.changes:
        if profile.level(change.id) != entry.level:
            continue
        found.setdefault((change.id, change.field), []).append(change)
    return [change for same in found.values() for change in same[:3]]


def _safely(trials: Iterator[Trial]) -> Iterator[Trial]:
    """The trials up to one that a contract has no way to make."""
    with suppress(CannotTryError):
        yield from trials


def _played(trial: Trial, bench: Bench) -> tuple[Played, Played] | None:
    sides: list[Played] = []
    for player in bench.players:
        played = _on(trial, player, bench)
        if played is None:
            return None
        sides.append(played)
    return sides[0], sides[1]


def _on(trial: Trial, player: Player, bench: Bench) -> Played | None:
    with suppress(CannotTryError, ControlError):
        return player.play(trial, bench.old)
    return None
