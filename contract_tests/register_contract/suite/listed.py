"""Trainees that are there already, for runs that may not make any: whom the list shows.

Bounded, because such a run goes slowly: the first trainees, and the first children of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from register_contract.oracle.contract import LIST, TRAINEE, Operation
from register_contract.suite.bench import Bench

_TRAINEES = 10
_CHILDREN = 2
_NOBODY = "the list shows nobody it could be tried on"


def listed(bench: Bench, operation: Operation, most: int = _TRAINEES) -> list[dict[str, str]]:
    """Ids for the path of ``operation`` from the list; empty, and noted, when there are none."""
    listing = bench.listing
    answer = bench.call(listing.id, query=listing.at_most(most))
    paths = [
        path
        for trainee in _ids(answer.data, bench.contract.id_field(TRAINEE))[:most]
        for path in _paths(bench, operation, {TRAINEE: trainee})
    ]
    if not paths:
        bench.judge.skip(operation.id, _NOBODY)
    return paths


def _paths(bench: Bench, operation: Operation, trainee: dict[str, str]) -> Iterator[dict[str, str]]:
    """The path of the trainee, or those of its first children: a list may show it without them."""
    wanted = [kind for kind in operation.ids if kind not in trainee]
    if not wanted:
        yield trainee
        return
    (kind,) = wanted
    name = bench.contract.id_field(kind)
    children = bench.call(bench.doing(LIST, kind), path=trainee).data
    yield from ({**trainee, kind: child} for child in _ids(children, name)[:_CHILDREN])


def _ids(rows: Any, name: str) -> list[str]:
    """The ids under ``name`` in the rows that have one."""
    known = rows if isinstance(rows, list) else []
    found = [row.get(name) for row in known if isinstance(row, dict)]
    return [value for value in found if isinstance(value, str) and value]
