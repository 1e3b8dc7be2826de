"""Trials for a list: a few trainees that differ, and queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import cycle, pairwise
from typing import Any

from register_contract.diff.witness.bench import Bench
from register_contract.diff.witness.worlds import NOW, Asked, Trial
from register_contract.oracle.contract import CREATE, Operation
from register_contract.suite.strategies.queries import query_boundaries


def of_lists(
    bench: Bench, operation: Operation, name: str, values: Sequence[Any]
) -> Iterator[Trial]:
    """Queries of an operation, those with a parameter first; ``values`` are some to try."""
    made = _made(bench) if operation.kind else ()
    asked = dict.fromkeys(_queries(bench, operation, name, values))
    rows = sorted(asked, key=lambda row: row[0] != name)
    states: list[str | None] = [*bench.states] if operation.kind else [None]
    # A trainee in each state in turn, beside those that are made.
    turn = cycle(states)
    yield from _asked(bench, operation, made, {}, next(turn))
    several = [value for each, value in rows if each == name]
    for one, other in pairwise(several):
        for state in states:
            yield from _asked(bench, operation, made, {f"{name}[]": [one, other]}, state)
    for each, value in rows:
        for state in states if each == name else [next(turn)]:
            yield from _asked(bench, operation, made, {each: value}, state)
    for each, value in rows[:20]:
        paged: dict[str, Any] = {each: value, "per_page": "1"}
        yield from _asked(bench, operation, made, paged, next(turn))


def _queries(
    bench: Bench, operation: Operation, name: str, values: Sequence[Any]
) -> Iterator[tuple[str, str]]:
    """Parameters and values: those given, and what each side says of its own."""
    if name:
        yield from ((name, str(value)) for value in values)
    for player in bench.players:
        own = player.contract.operations.get(operation.id)
        if own is None:
            continue
        for each, value, _ in query_boundaries(own, player.contract, player.today):
            yield each, value
        for row in own.queries:
            numbers = ("1", "2", "1000") if row.get("x-list", {}).get("page") else ()
            for value in (*row.get("x-meaning", {}), *numbers):
                yield str(row["name"]), str(value)
    for text in (NOW.date().isoformat(), str(NOW.year), str(NOW.year - 1)):
        yield name or "page", text


def _asked(
    bench: Bench,
    operation: Operation,
    made: tuple[Asked, ...],
    query: Mapping[str, Any],
    state: str | None,
) -> Iterator[Trial]:
    said = "&".join(f"{name}={value}" for name, value in query.items())
    words = f"{operation.id} with {said}" if said else operation.id
    having = bench.base() if state is not None else None
    yield Trial(words, (*made, Asked(operation, query=query)), state, having)


def _made(bench: Bench) -> tuple[Asked, ...]:
    """Calls that make two trainees of this cycle and one of each of two before."""
    create = bench.doing(CREATE)
    calls = []
    for number in (0, 0, 1, 2):
        data = bench.base()
        day = NOW.date() - timedelta(days=365 * number + 30)
        tried = {**data, "itt_start_date": day.isoformat()}
        calls.append(Asked(create, tried if bench.taken_by_both(tried) else data))
    return tuple(calls)
