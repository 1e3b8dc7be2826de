"""Trainees that are there already, for runs that may not make any: whom the list shows.

Bounded, because such a run goes slowly: the first trainees, and the first children of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.bench import Bench
from contract_tests.contract import Operation

_TRAINEES = 10
_CHILDREN = 2
_NOBODY = "the list shows nobody it could be tried on"


def listed(bench: Bench, operation: Operation, most: int = _TRAINEES) -> list[dict[str, str]]:
    """Ids for the path of ``operation`` from the list; empty, and noted, when there are none."""
    answer = bench.call("list_trainees", query={"per_page": most})
    rows = answer.data if isinstance(answer.data, list) else []
    paths = [path for row in rows[:most] for path in _paths(row, operation)]
    if not paths:
        bench.judge.skip(operation.id, _NOBODY)
    return paths


def _paths(row: Any, operation: Operation) -> Iterator[dict[str, str]]:
    """The paths that one row of the list has ids for."""
    trainee = _id(row, "trainee_id")
    if trainee is None:
        return
    wanted = [name for name in operation.path_names if name != "trainee_id"]
    if not wanted:
        yield {"trainee_id": trainee}
        return
    (name,) = wanted
    children = row.get(f"{name.removesuffix('_id')}s")
    for child in children[:_CHILDREN] if isinstance(children, list) else []:
        found = _id(child, name)
        if found is not None:
            yield {"trainee_id": trainee, name: found}


def _id(record: Any, name: str) -> str | None:
    value = record.get(name) if isinstance(record, Mapping) else None
    return value if isinstance(value, str) and value else None
