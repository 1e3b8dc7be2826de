"""Trials for a list: a few trainees that differ, and queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from register_contract.diff.witness.bench import Bench
from register_contract.diff.witness.worlds import NOW, Asked, Trial
from register_contract.oracle.contract import CREATE, Operation
from register_contract.suite.strategies.queries import query_boundaries

_MANY = 3


def of_lists(
    bench: Bench, operation: Operation, name: str, values: Sequence[Any]
) -> Iterator[Trial]:
    """Queries of an operation, those with a parameter first; ``values`` are some to try."""
    made = _made(bench) if operation.kind else ()
    asked: dict[tuple[str, str], None] = {(name, str(value)): None for value in values if name}
    for player in bench.players:
        own = player.contract.operations.get(operation.id)
        for each, value, _ in query_boundaries(own, player.contract, player.today) if own else ():
            asked[each, value] = None
        for row in own.queries if own else ():
            for value in row.get("x-meaning", {}):
                asked[str(row["name"]), str(value)] = None
            if row.get("x-list", {}).get("page"):
                asked.update({(str(row["name"]), each): None for each in ("1", "2", "1000")})
    asked[name or "page", NOW.date().isoformat()] = None
    asked[name or "page", str(NOW.year)] = None
    asked[name or "page", str(NOW.year - 1)] = None
    rows = sorted(asked, key=lambda row: row[0] != name)
    yield Trial(f"{operation.id}", (*made, Asked(operation)))
    for each, value in rows:
        call = Asked(operation, query={each: value})
        yield Trial(f"{operation.id} with {each}={value}", (*made, call))
    for one, value in rows[:20]:
        call = Asked(operation, query={one: value, "per_page": "1"})
        yield Trial(f"{operation.id} with {one}={value} and per_page=1", (*made, call))
    several = [(each, value) for each, value in rows if each == name][:2]
    if len(several) > 1:
        query = {f"{name}[]": [value for _, value in several]}
        call = Asked(operation, query=query)  # type: ignore[arg-type]
        yield Trial(f"{operation.id} with {name} twice", (*made, call))


def _made(bench: Bench) -> tuple[Asked, ...]:
    """Calls that make trainees of several years, each later than the one before."""
    create = bench.doing(CREATE)
    calls = []
    for number in range(_MANY):
        data = bench.base()
        day = NOW.date() - timedelta(days=365 * number)
        dates = {"itt_start_date": day.isoformat()}
        tried = {**data, **dates}
        calls.append(Asked(create, tried if bench.taken_by_both(tried) else data))
    return tuple(calls)
