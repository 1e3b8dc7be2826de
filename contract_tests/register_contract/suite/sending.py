"""A request with a body as most tests send it: its answer is held to all that the contract says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from register_contract.oracle.contract import Operation
from register_contract.oracle.rows import stages_of
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.subject import Subject
from register_contract.target.exchange import Exchange


def send(
    bench: Bench,
    operation: Operation,
    subject: Subject,
    data: Mapping[str, Any],
    words: str,
    cause: str = "",
) -> tuple[Exchange, bool]:
    """Send ``data`` for the record of ``subject``, which has to be ready.

    The answer is the success or the refusal that is due; ``words`` say what is special about it,
    and ``cause`` what those have in common that are refused otherwise than as a duplicate.
    Returns the exchange, and whether the data was accepted as it should be.
    """
    problems = subject.problems(data)
    exchange = bench.call(operation.id, path=subject.ids, data=data)
    what, source = f"{operation.id} {words}", bench.source(operation.id)
    conflict = subject.conflict(data, problems, exchange)
    if conflict is not None:
        breaches = expect.refusal(exchange, conflict, f"{what}, which repeats a record,", source)
        breaches = [replace(breach, cause=breach.cause or cause) for breach in breaches]
        if problems:
            rows = stages_of(bench.contract, operation, "duplicates", "fields")
            bench.contract.exercised.note(*rows)
    else:
        wanted = bench.field_refusal(operation, problems)
        breaches = expect.deserved(exchange, operation, wanted, what, source)
    clean = bench.found(breaches, exchange, operation.id)
    subject.answered(data, exchange.status)
    return exchange, clean and conflict is None and not problems


def set_aside(
    subject: Subject, data: Mapping[str, Any], changes: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Take out of ``changes`` what is not valid beside the rest, until what is left is."""
    while changes and (problems := subject.problems({**data, **changes})):
        named = {str(problem.path[0]) for problem in problems} & changes.keys()
        for name in sorted(named or changes):
            yield {name: changes.pop(name)}
