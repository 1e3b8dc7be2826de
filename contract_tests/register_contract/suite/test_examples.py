"""Documented examples: each request printed in a document works as printed.

Vendors paste them. Where a document prints an answer with fixed words, the words are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from register_contract.oracle.contract import CREATE, METHODS, TRAINEE, Operation, source_text
from register_contract.oracle.echo import echoes
from register_contract.oracle.refusals import Refusal
from register_contract.oracle.rows import stages_of
from register_contract.suite.applies import causing_an_event, to_operations, with_body
from register_contract.suite.bench import Bench, Cast
from register_contract.suite.checks import expect
from register_contract.suite.subject import allowed_states
from register_contract.target.exchange import Exchange


@to_operations(with_body)
def test_documented_requests_succeed(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"documented requests of {operation.id}")
    for name, example in operation.examples.items():
        states = allowed_states(bench, operation)
        cast = None
        if operation.path_names:
            cast = next(filter(None, map(bench.in_state, states)), None)
            if cast is None:
                why = "only a control API makes a trainee in a fitting state"
                bench.judge.skip(f"the documented request of {operation.id}", why)
                continue
        path = cast.ids if cast else None
        exchange = bench.call(operation.id, path=path, body=example["value"])
        called = "" if example is operation.sample else f" ({name})"
        what = f"the documented request of {operation.id}{called}"
        source = source_text(example.get("x-source"))
        is_new = (operation.does, operation.kind) == (CREATE, TRAINEE)
        if is_new and exchange.status == 409 and not bench.control:
            continue  # somebody has pasted it before
        refusal = _refused(bench, operation, example["value"], cast)
        if refusal is not None:
            breaches = expect.refusal(exchange, refusal, f"{what}, on this trainee,", source)
            bench.found(breaches, exchange, operation.id)
            continue
        wrong = expect.status(exchange, operation.success, what, source)
        if bench.found(wrong, exchange, operation.id) and isinstance(exchange.data, dict):
            _echo(bench, operation, example["value"]["data"], exchange, source)


def _refused(
    bench: Bench, operation: Operation, body: Mapping[str, Any], cast: Cast | None
) -> Refusal | None:
    """The refusal of a printed event that rules hold against this trainee, whose dates differ."""
    if cast is None or not causing_an_event(operation, bench.contract):
        return None
    schema = bench.contract.data_schema(operation)
    problems = bench.rules.problems(schema, body["data"], operation.id, about=cast.shown)
    return bench.field_refusal(operation, problems)


def _echo(
    bench: Bench, operation: Operation, sent: dict[str, object], exchange: Exchange, source: str
) -> None:
    """What was sent under a name that the answer has too, and that nothing derives."""
    for field in sorted(echoes(bench.contract, operation.kind) & sent.keys()):
        what = f"the documented request of {operation.id}"
        breaches = expect.echo(field, sent[field], exchange.data.get(field), what, source)
        bench.found(breaches, exchange, operation.id)


@pytest.mark.parametrize("with_token", [True, False])
def test_an_unknown_route_is_not_found(with_token: bool, bench: Bench) -> None:
    api = bench.target.api if with_token else bench.target.api.as_token(None)
    row = bench.refusal("unknown_route" if with_token else "unauthorized", "")
    source = "decision 2"
    exchange = api.call("GET", "/no-such-thing")
    what = f"GET of an unknown path with{'' if with_token else 'out'} a token"
    bench.found(expect.refusal(exchange, row, what, source), exchange, "unknown route")
    if not with_token:
        bench.contract.exercised.note(*stages_of(bench.contract, None, "authentication", "route"))
    if not bench.target.writes:
        return
    known = {(o.method, o.path) for o in bench.contract.operations.values()}
    paths = sorted({o.path for o in bench.contract.operations.values() if not o.path_names})
    methods = [method.upper() for method in METHODS]
    unknown = [
        (method, path) for path in paths for method in methods if (method, path) not in known
    ]
    for method, path in bench.some(unknown):
        exchange = api.call(method, path)
        what = f"{method} {path}, which no document has, with{'' if with_token else 'out'} a token"
        bench.found(expect.refusal(exchange, row, what, source), exchange, "unknown route")


def test_head_is_get_without_a_body(bench: Bench) -> None:
    probe = bench.contract.simplest
    asked = bench.call(probe.id)
    exchange = bench.target.api.call("HEAD", probe.path)
    breaches = expect.status(exchange, asked.status, f"HEAD {probe.path}", "decision 2")
    bench.found(breaches, exchange, probe.id)
