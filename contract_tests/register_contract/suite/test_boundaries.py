"""Boundaries: each field at its limits, and the sentence of each refusal.

Documents: the field tables of each request, decision 3 for the sentences.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from register_contract.oracle.contract import UPDATE, Contract, Operation
from register_contract.oracle.derived import gathered_names
from register_contract.oracle.echo import echoes
from register_contract.oracle.rules import is_late, rules_of
from register_contract.oracle.said import effective
from register_contract.suite.applies import (
    making,
    to_operations,
    with_body,
    with_query,
)
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.combined import valid
from register_contract.suite.packing import Packing
from register_contract.suite.sending import send
from register_contract.suite.strategies.boundaries import ABSENT, Boundaries, Boundary
from register_contract.suite.strategies.queries import query_boundaries
from register_contract.suite.subject import Subject
from register_contract.target.exchange import Exchange

_ANY_DAY = date(2025, 10, 15)
"""How many boundaries there are does not depend on the day."""


def _fields(operation: Operation, contract: Contract) -> int:
    """How many boundaries the operation's documented request has."""
    documented = [example["value"] for example in operation.examples.values()]
    sample = documented[0]["data"] if documented else {}
    made = Boundaries(contract, random.Random(operation.id), _ANY_DAY)
    return sum(1 for _ in made.of(contract.data_schema(operation), sample, operation.id))


def _queries(operation: Operation, contract: Contract) -> int:
    return sum(1 for _ in query_boundaries(operation, contract, _ANY_DAY))


@to_operations(
    lambda operation, contract: with_body(operation, contract) and operation.does != UPDATE
)
def test_many_fields_at_their_limits(operation: Operation, bench: Bench) -> None:
    """Valid values are sent together, and wrong ones, which all have to be told."""
    bench.needs_writing(f"limits of many fields of {operation.id}")
    subject = Subject(bench, operation)
    if not subject.ready():
        return
    made = Boundaries(bench.contract, bench.bodies.random, bench.bodies.today)
    boundaries = made.of(subject.schema, valid(bench, operation.id), operation.id)
    packing = Packing(subject, lambda: valid(bench, operation.id))
    for words, rounds in zip(("valid", "wrong"), packing.rounds(boundaries), strict=True):
        for data in bench.first(rounds):
            if subject.ready():
                send(bench, operation, subject, data, f"with {words} values of many fields")


def _telling_late(operation: Operation, contract: Contract) -> bool:
    """Operations of new records with rules that are judged only when all else is right."""
    new = with_body(operation, contract) and operation.does != UPDATE
    return new and any(is_late(row) for row in rules_of(contract, operation.id))


@to_operations(_telling_late)
def test_what_is_told_last(operation: Operation, bench: Bench) -> None:
    """Each rule that is judged only when all else is right is broken alone, once."""
    bench.needs_writing(f"what {operation.id} tells last")
    subject, broken = Subject(bench, operation), set[str]()
    made = Boundaries(bench.contract, bench.bodies.random, bench.bodies.today)
    for boundary in made.of(subject.schema, valid(bench, operation.id), operation.id):
        data = boundary.apply(valid(bench, operation.id))
        if not data or not subject.ready():
            continue
        problems = subject.problems(data)
        if problems and problems[0].late and problems[0].row not in broken:
            broken.add(problems[0].row)
            send(bench, operation, subject, data, boundary.words)


@to_operations(with_body)
@making(_fields)
def test_each_field_at_its_limits(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"field limits of {operation.id}")
    subject = Subject(bench, operation)
    made = Boundaries(bench.contract, bench.bodies.random, bench.bodies.today)
    sample = {} if subject.is_update else valid(bench, operation.id)
    for boundary in made.of(subject.schema, sample, operation.id):
        if subject.is_update and boundary.value is ABSENT:
            continue
        if not subject.ready():
            return
        data = boundary.apply({} if subject.is_update else valid(bench, operation.id))
        if not data:
            continue  # without its only field the data is missing, which test_precedence tries
        exchange, accepted = send(bench, operation, subject, data, boundary.words)
        if accepted:
            _echo(bench, operation, boundary, data, exchange)


def _echo(
    bench: Bench,
    operation: Operation,
    boundary: Boundary,
    sent: Mapping[str, Any],
    exchange: Exchange,
) -> None:
    """The changed field comes back as it was sent."""
    name = str(boundary.path[0])
    if len(boundary.path) == 1 and name in echoes(bench.contract, operation.kind):
        shown = exchange.data[0] if isinstance(exchange.data, list) else exchange.data
        wanted = sent.get(name)
        if name in sent and name not in _said(bench, operation, sent):
            return
        what = f"{operation.id} {boundary.words}"
        if wanted == "" and name not in _empty_kept(bench, operation):
            wanted = None
        breaches = expect.echo(name, wanted, shown.get(name), what)
        bench.found(breaches, exchange, operation.id)


def _empty_kept(bench: Bench, operation: Operation) -> set[str]:
    """The fields of which an empty text is shown as it was sent."""
    return {*bench.contract.keeping_empty} | gathered_names(bench.contract, operation.kind)


def _said(bench: Bench, operation: Operation, sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """What of a body changes something."""
    return effective(bench.contract, bench.contract.data_schema(operation), sent)


@to_operations(with_query)
@making(_queries)
def test_each_query_parameter_at_its_limits(operation: Operation, bench: Bench) -> None:
    rows = query_boundaries(operation, bench.contract, bench.bodies.today)
    for name, value, is_valid in bench.some(rows):
        exchange = bench.call(operation.id, query={name: value})
        what = f"{operation.id} with {name}={value}"
        source = bench.source(operation.id)
        if is_valid:
            fits = exchange.status in bench.accepted(operation)
            breaches = [] if fits else expect.status(exchange, 200, what, source)
        else:
            wanted = bench.query_refusal(operation, {name: value})
            breaches = expect.query_errors(exchange, wanted, [name], what, source)
        bench.found(breaches, exchange, operation.id)
