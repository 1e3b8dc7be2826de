"""Envelopes: what else stands in a body, and what the body is called.

Documents: the requests of each operation, which have their fields under ``data``; decision 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from register_contract.oracle.contract import Operation
from register_contract.suite.applies import to_operations, with_body
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.subject import Subject

_UNKNOWN = "key_of_no_document"
_FORM = "application/x-www-form-urlencoded"


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


@to_operations(with_body)
def test_a_body_in_a_form(operation: Operation, bench: Bench) -> None:
    """It is read where the contract has it, its values as texts; elsewhere it counts as no data."""
    what = f"{operation.id} with its body in a form"
    bench.needs_writing(what)
    subject = Subject(bench, operation)
    if not subject.ready():
        return
    data = _texts(bench.bodies.for_operation(operation.id) or {})
    raw = urlencode(list(_pairs("data", data))).encode()
    headers, source = {"Content-Type": _FORM}, bench.source(operation.id)
    if _FORM in operation.body_types:
        wanted = bench.field_refusal(operation, subject.problems(data))
        exchange = bench.call(
            operation.id, path=subject.ids, data=data, raw_body=raw, headers=headers
        )
        breaches = expect.deserved(exchange, operation, wanted, what, source)
        subject.answered(data, exchange.status)
    else:
        exchange = bench.call(operation.id, path=subject.ids, raw_body=raw, headers=headers)
        refusal = bench.refusal("missing_data", operation.id)
        breaches = expect.refusal(exchange, refusal, what, source)
    bench.found(breaches, exchange, operation.id)


def _texts(value: Any) -> Any:
    """What a form can say of a value: of each only its text, and nothing of what is null."""
    if isinstance(value, dict):
        return {name: _texts(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_texts(each) for each in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The fields of a form by which a value is sent."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _pairs(f"{name}[{key}]", each)
    elif isinstance(value, list):
        for each in value:
            yield from _pairs(f"{name}[]", each)
    else:
        yield name, value
