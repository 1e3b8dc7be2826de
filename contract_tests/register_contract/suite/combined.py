"""Fields that depend on each other: what they are combined from, and which records they make."""

from __future__ import annotations

from typing import Any

from register_contract.oracle.contract import CREATE, Operation
from register_contract.oracle.judged import judged_schema
from register_contract.suite.bench import Bench
from register_contract.suite.strategies.combinations import Combination, Combinations

MOST = 160
_BASES = 4


def combinations(operation: Operation, bench: Bench) -> Combinations:
    """The combinations of the fields of a request."""
    schema = judged_schema(bench.contract, operation)
    updates = "x-merged" in bench.contract.data_schema(operation)
    create = bench.doing(CREATE, operation.kind) if updates else operation.id
    return Combinations(bench.contract, schema, valid(bench, create), bench.bodies.random)


def bases(operation: Operation, bench: Bench, made: Combinations) -> list[Combination]:
    """Valid combinations for new records with different fields, those with the fewest first."""
    create = bench.doing(CREATE, operation.kind)
    schema = bench.contract.data_schema(bench.contract.operation(create))
    accepted = [
        each
        for each in made.all(MOST)
        if not bench.rules.problems(schema, each.over(valid(bench, create)), create)
    ]
    kinds: dict[frozenset[str], Combination] = {}
    for each in accepted:
        kinds.setdefault(frozenset(each.over({})), each)
    return sorted(kinds.values(), key=lambda each: len(each.over({})))[:_BASES]


def valid(bench: Bench, operation: str) -> dict[str, Any]:
    """A request of an operation that is accepted."""
    data = bench.bodies.for_operation(operation)
    assert data is not None
    return data
