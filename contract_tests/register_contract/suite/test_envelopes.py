"""Envelopes: what else stands in a body, and what the body is called.

Documents: the requests of each operation, which have their fields under ``data``; decision 1.
"""

from __future__ import annotations

import json

from register_contract.oracle.contract import Operation
from register_contract.suite.applies import to_operations, with_body
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.subject import Subject

_UNKNOWN = "key_of_no_document"


@to_operations(with_body)
def test_keys_that_no_document_has(operation: Operation, bench: Bench) -> None:
    """Beside the fields, and beside ``data``; where the contract does not forbid them."""
    bench.needs_writing(f"unknown keys of {operation.id}")
    subject = Subject(bench, operation)
    for inside in bench.some((True, False)):
        if not subject.ready():
            return
        data = bench.bodies.for_operation(operation.id) or {}
        sent = {**data, _UNKNOWN: "x"} if inside else data
        problems = subject.problems(sent)
        body = {"data": sent, **({} if inside else {_UNKNOWN: "x"})}
        exchange = bench.call(operation.id, path=subject.ids, body=body)
        what = f"{operation.id} with a key {'in' if inside else 'beside'} data that no document has"
        wanted = bench.field_refusal(operation, problems)
        source = bench.source(operation.id)
        breaches = expect.deserved(exchange, operation, wanted, what, source)
        bench.found(breaches, exchange, operation.id)
        subject.answered(sent, exchange.status)


@to_operations(with_body)
def test_a_body_that_is_not_called_json(operation: Operation, bench: Bench) -> None:
    """It counts as no data."""
    bench.needs_writing(f"{operation.id} with a body of another type")
    subject = Subject(bench, operation)
    if not subject.ready():
        return
    raw = json.dumps({"data": bench.bodies.for_operation(operation.id) or {}}).encode()
    headers = {"Content-Type": "text/plain"}
    exchange = bench.call(operation.id, path=subject.ids, raw_body=raw, headers=headers)
    wanted = bench.refusal("missing_data", operation.id)
    what = f"{operation.id} with JSON that is called text/plain"
    breaches = expect.refusal(exchange, wanted, what, bench.source(operation.id))
    bench.found(breaches, exchange, operation.id)
