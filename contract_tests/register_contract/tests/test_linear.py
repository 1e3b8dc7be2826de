"""Which histories of calls that met are possible: the checker on a register of one number."""

from __future__ import annotations

import random
from itertools import permutations
from typing import NamedTuple

import pytest

from register_contract.oracle.linear import (
    Timed,
    UndecidedError,
    possible_order,
    shortest_impossible,
)


class Op(NamedTuple):
    """Adds to a number if it is what is expected, or reads it."""

    kind: str
    value: int


def apply(state: int, op: Op) -> int | None:
    if op.kind == "read":
        return state if op.value == state else None
    if op.kind == "refused":
        return state if state >= op.value else None
    return state + op.value


def at(kind: str, value: int, began: float, ended: float) -> Timed[Op]:
    return Timed(Op(kind, value), began, ended)


def is_idle(op: Op) -> bool:
    return op.kind != "add"


def by_all_orders(calls: list[Timed[Op]]) -> bool:
    """Whether there is an order, told by trying each."""
    for order in permutations(calls):
        late = any(
            order[b].ended < order[a].began
            for a in range(len(order))
            for b in range(a + 1, len(order))
        )
        state: int | None = 0
        for each in order:
            state = None if state is None else apply(state, each.event)
        if not late and state is not None:
            return True
    return False


@pytest.mark.parametrize(
    ("calls", "is_possible"),
    [
        ([], True),
        ([at("add", 1, 0, 1), at("read", 1, 2, 3)], True),
        ([at("add", 1, 0, 1), at("read", 0, 2, 3)], False),
        ([at("add", 1, 0, 4), at("read", 0, 2, 3)], True),
        # What one has read nobody who comes later reads otherwise.
        ([at("add", 1, 0, 9), at("read", 1, 1, 2), at("read", 0, 3, 4)], False),
        ([at("add", 1, 0, 9), at("read", 1, 1, 3), at("read", 0, 2, 4)], True),
    ],
)
def test_a_history_is_possible_or_not(calls: list[Timed[Op]], is_possible: bool) -> None:
    assert (possible_order(calls, 0, apply, is_idle) is not None) is is_possible


@pytest.mark.parametrize("seed", range(5))
def test_the_search_finds_what_trying_each_order_finds(seed: int) -> None:
    chance = random.Random(seed)
    outcomes = set()
    for _ in range(200):
        calls = []
        for _ in range(chance.randrange(2, 6)):
            began = chance.random() * 4
            kind = chance.choice(["add", "add", "read", "refused"])
            calls.append(at(kind, chance.randrange(3), began, began + chance.random() * 3))
        found = possible_order(calls, 0, apply, is_idle)
        outcomes.add(found is not None)
        assert (found is not None) is by_all_orders(calls)
        if found is not None:
            state: int | None = 0
            for place in found[0]:
                assert state is not None
                state = apply(state, calls[place].event)
            assert state == found[1]
            assert sorted(found[0]) == list(range(len(calls)))
    assert outcomes == {True, False}


def test_of_an_impossible_history_what_makes_it_so_is_left() -> None:
    calls = [at("add", 1, 0, 1), at("read", 1, 2, 3), at("refused", 1, 2, 3), at("read", 0, 4, 5)]
    assert possible_order(calls, 0, apply, is_idle) is None
    left = shortest_impossible(calls, 0, apply, is_idle)
    assert left == [calls[0], calls[3]]


def test_a_call_that_changed_something_stays() -> None:
    calls = [at("add", 1, 0, 1), at("add", 1, 2, 3), at("read", 1, 4, 5)]
    assert shortest_impossible(calls, 0, apply, is_idle) == calls


def test_many_calls_at_once_that_change_nothing_are_quick() -> None:
    """Sixty-four clients, of whom one is right."""
    calls = [at("refused", 1, 0, 9) for _ in range(63)] + [at("add", 1, 0, 9)]
    assert possible_order(calls, 0, apply, is_idle) is not None
    assert possible_order([*calls, at("read", 0, 10, 11)], 0, apply, is_idle) is None


def test_too_many_orders_are_not_decided() -> None:
    calls = [at("add", 2**place, 0, 1) for place in range(30)]
    with pytest.raises(UndecidedError):
        possible_order([*calls, at("read", -1, 2, 3)], 0, apply, is_idle)
