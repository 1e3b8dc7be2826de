"""Whole careers of a trainee: events one after the other, every way to go taken once.

Made from ``x-lifecycle`` alone. What an event writes is known only as far as conditions of edges
ask for it, so a trainee is here its states, the fields that have been written, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from register_contract.oracle.contract import CannotTryError, Contract
from register_contract.oracle.lifecycle import PREVIOUS, edge_of, name_of, next_state
from register_contract.oracle.rows import moved
from register_contract.oracle.scope import Scope

_LONGEST = 6
SOME = "0000000"
"""Stands for a value that is there, whatever it is."""


@dataclass(frozen=True)
class Stage:
    """Where a trainee is: its states so far, each once in a row, and the fields it has."""

    states: tuple[str, ...]
    has: frozenset[str] = frozenset()

    def after(self, contract: Contract, event: Mapping[str, Any]) -> Stage | None:
        """Where an event leads; None where it cannot happen. Raises CannotTryError."""
        here = self.states[-1]
        to = next_state(event, here, self._scope(contract))
        if to is None:
            return None
        has = self.has | {*issued(event)}
        if to == PREVIOUS:
            return Stage(self.states[:-1] or self.states, has)
        return Stage((*self.states, to) if to != here else self.states, has)

    def row(self, contract: Contract, event: Mapping[str, Any]) -> str:
        """The id of the row of ``x-lifecycle`` that tells where an event leads, if anywhere."""
        here = self.states[-1]
        edge = edge_of(event, here, self._scope(contract))
        return moved(name_of(contract, event), here, edge)

    def _scope(self, contract: Contract) -> Scope:
        fields = {contract.public(name): SOME for name in self.has}
        return Scope(contract, fields, whole=True, state=self.states[-1], inputs=None)


def issued(event: Mapping[str, Any]) -> Iterator[str]:
    """The fields that an event writes and the register makes up, under their inner names."""
    for name, row in event["writes"].items():
        if isinstance(row, Mapping) and "issues" in event and row.get("input") == event["issues"]:
            yield str(name)


def careers(contract: Contract) -> list[tuple[str, ...]]:
    """Names of events, in the order in which they happen to a new trainee.

    Empty when the contract does not say in which state a new trainee is.
    """
    try:
        start = Stage((contract.states_of_new[0],))
    except (CannotTryError, IndexError):
        return []
    walks: list[tuple[str, ...]] = []
    taken: set[tuple[Any, str]] = set()
    while True:
        walk = _walk(contract, start, taken)
        if not walk:
            return walks
        walks.append(walk)


def _walk(contract: Contract, start: Stage, taken: set[tuple[Any, str]]) -> tuple[str, ...]:
    """The next career: to the nearest event not yet seen there, and on as long as there is one."""
    stage, walk = start, tuple[str, ...]()
    while len(walk) < _LONGEST:
        way = _to_something_new(contract, stage, taken, _LONGEST - len(walk))
        if not way:
            break
        for name in way:
            taken.add((_place(stage), name))
            following = stage.after(contract, contract.events[name])
            assert following is not None
            stage = following
        walk += way
    return walk


def _to_something_new(
    contract: Contract, stage: Stage, taken: set[tuple[Any, str]], most: int
) -> tuple[str, ...]:
    """The shortest way, of at most so many events, whose last one is new at its place."""
    ways: list[tuple[Stage, tuple[str, ...]]] = [(stage, ())]
    seen = {_place(stage)}
    for here, way in ways:
        if len(way) == most:
            return ()
        for name, following in _possible(contract, here):
            if (_place(here), name) not in taken:
                return (*way, name)
            if _place(following) not in seen:
                seen.add(_place(following))
                ways.append((following, (*way, name)))
    return ()


def _possible(contract: Contract, stage: Stage) -> Iterator[tuple[str, Stage]]:
    """What can happen there, but for what ends with the trainee not being found."""
    for name, event in contract.events.items():
        if event.get("hides"):
            continue
        try:
            following = stage.after(contract, event)
        except CannotTryError:
            continue
        if following is not None:
            yield name, following


def _place(stage: Stage) -> Any:
    """What decides where a trainee can go: its state, the one before, the fields it has."""
    return stage.states[-2:], stage.has
