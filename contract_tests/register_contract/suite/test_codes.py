"""Codes: the codes of each list are taken, many of them in one request.

Documents: the code lists that the field tables name; the lists of ``spec/reference``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.contract import CREATE, TRAINEE, Contract, Operation
from register_contract.oracle.reference import differs, lists_shown
from register_contract.oracle.schemas import constraint, properties
from register_contract.suite.applies import to_operations, with_body
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.combined import valid
from register_contract.suite.sending import send, set_aside
from register_contract.suite.subject import Subject
from register_contract.target.words import short

_AT_ONCE = 25
"""So many records of a kind are sent with one trainee."""
_MOST = 40


def _with_codes(operation: Operation, contract: Contract) -> bool:
    return with_body(operation, contract) and bool(
        _lists(contract, contract.data_schema(operation))
    )


def _lists(contract: Contract, schema: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The codes of each field of a request that takes codes, as it is sent."""
    found = {}
    for name, field in properties(contract, schema).items():
        rule = constraint(contract, field)
        items = contract.resolve(rule.get("items", {}))
        codes = [code for code in (items or rule).get("enum", ()) if code not in (None, "")]
        if codes:
            found[name] = [[code] for code in codes] if items else codes
    return found


def test_each_code_of_the_records_of_a_new_trainee(bench: Bench) -> None:
    """Many records with one trainee, each with codes that no other has."""
    bench.needs_writing("codes of nested records")
    operation = bench.contract.doing(CREATE)
    schema = bench.contract.data_schema(operation)
    for name, kind in bench.contract.nested(properties(bench.contract, schema)).items():
        nested = bench.contract.doing(CREATE, kind)
        lists = _lists(bench.contract, bench.contract.data_schema(nested))
        most = max(map(len, lists.values()), default=0)
        for first in bench.some(range(0, most, _AT_ONCE)):
            records = [
                {**valid(bench, nested.id), **{n: c[i % len(c)] for n, c in lists.items()}}
                for i in range(first, min(first + _AT_ONCE, most))
            ]
            data = bench.bodies.record(TRAINEE, **{name: records})
            problems = bench.rules.problems(schema, data, operation.id)
            exchange = bench.call(operation.id, data=data)
            what = f"{operation.id} with {len(records)} {name}"
            wanted = bench.field_refusal(operation, problems)
            breaches = expect.deserved(
                exchange, operation, wanted, what, bench.source(operation.id)
            )
            bench.found(breaches, exchange, operation.id)


@to_operations(_with_codes)
def test_each_code_is_taken(operation: Operation, bench: Bench) -> None:
    """Codes of all fields at once; those that are not valid beside the others, alone."""
    bench.needs_writing(f"codes of {operation.id}")
    subject = Subject(bench, operation)
    lists = _lists(bench.contract, subject.schema)
    left = {name: list(bench.some(_some(bench, codes))) for name, codes in lists.items()}
    alone: list[dict[str, Any]] = []
    while left:
        if not subject.ready():
            return
        data = {} if subject.is_update else valid(bench, operation.id)
        changes = {name: codes.pop() for name, codes in left.items()}
        left = {name: codes for name, codes in left.items() if codes}
        alone += set_aside(subject, data, changes)
        if changes:
            send(bench, operation, subject, {**data, **changes}, f"with {short(changes)}")
    for change in [] if bench.share.brief else alone:
        if not subject.ready():
            return
        data = {} if subject.is_update else valid(bench, operation.id)
        send(bench, operation, subject, {**data, **change}, f"with {short(change)}")


def _some(bench: Bench, codes: list[Any]) -> list[Any]:
    """The first and the last, and others by chance."""
    if len(codes) <= _MOST:
        return codes
    return [codes[0], *bench.bodies.random.sample(codes[1:-1], _MOST - 2), codes[-1]]


def _showing_lists(operation: Operation, contract: Contract) -> bool:
    return not operation.writes and bool(_shown_by(operation, contract))


def _shown_by(operation: Operation, contract: Contract) -> Mapping[str, Any]:
    schema = operation.answers[operation.success].schema
    return lists_shown(contract, schema) if schema is not None else {}


@to_operations(_showing_lists)
def test_code_lists_are_shown_as_they_are(operation: Operation, bench: Bench) -> None:
    """All of them, and each that can be asked for alone."""
    due = _shown_by(operation, bench.contract)
    asked: list[tuple[dict[str, str], Any]] = [({}, due)]
    for row in operation.queries:
        names = [name for name in row["schema"].get("enum", ()) if name in due]
        asked += [({str(row["name"]): name}, due[name]) for name in names]
    for query, wanted in bench.some(asked):
        exchange = bench.call(operation.id, query=query, want=operation.success)
        place = differs(wanted, exchange.json)
        what = f"{operation.id}{f' with {query}' if query else ''}"
        breaches = expect.holds(
            not place,
            "lists.wrong",
            f"{what} shows a code list otherwise than it is, at {place}",
            short(wanted),
            exchange.describe(),
        )
        bench.found(breaches, exchange, operation.id)
