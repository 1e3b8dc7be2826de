"""Precedence: of several things wrong with one request, the documented first one is named.

Documents: the order is decision 2 (x-precedence), the words are those of x-sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from register_contract.oracle.contract import Operation
from register_contract.suite.applies import causing_an_event, to_operations
from register_contract.suite.bench import Bench, Cast
from register_contract.suite.checks import expect
from register_contract.suite.listed import listed
from register_contract.suite.subject import refusing_states
from register_contract.suite.test_auth import NOBODY

_BROKEN = b'{"data": {'


@dataclass(frozen=True)
class Wrong:
    """A request in which a stage and every later one has reason to refuse."""

    stage: str
    words: str
    path: dict[str, str]
    body: bytes | None
    answer: str


@to_operations(lambda operation, contract: bool(operation.path_names or operation.body))
def test_the_first_reason_is_named(operation: Operation, bench: Bench) -> None:
    if operation.writes:
        bench.needs_writing(f"order of refusals of {operation.id}")
    cast = _existing(bench, operation)
    for wrong in _wrongs(operation, cast):
        exchange = bench.target.api.call(
            operation.method,
            operation.path,
            path=operation.filled(wrong.path),
            raw_body=wrong.body,
        )
        row = bench.contract.sentence(wrong.answer)
        what = f"{operation.id} {wrong.words}"
        source = f"{bench.source(operation.id)}; decision 2"
        bench.found(expect.refusal(exchange, row, what, source), exchange, operation.id)


def _existing(bench: Bench, operation: Operation) -> Cast | None:
    """A trainee whose state refuses the operation's event, when there is a way to one."""
    if not operation.path_names:
        return None
    if not bench.target.writes:
        return next((Cast(path["trainee"], {}, {}) for path in _known(bench)), None)
    caused = causing_an_event(operation, bench.contract)
    return (_refusing(bench, operation) if caused else None) or bench.trainee()


def _refusing(bench: Bench, operation: Operation) -> Cast | None:
    return next(filter(None, map(bench.in_state, refusing_states(bench, operation))), None)


def _known(bench: Bench) -> list[dict[str, str]]:
    """Somebody who is there already, for a run that makes nobody."""
    return listed(bench, bench.operation("show_trainee"), most=1)


def _wrongs(operation: Operation, cast: Cast | None) -> list[Wrong]:
    has_body, ids = operation.body is not None, operation.path_names
    found: list[Wrong] = []
    if has_body:
        words = "with a broken body" + (" for an unknown trainee" if ids else "")
        found.append(Wrong("json", words, NOBODY, _BROKEN, "malformed_json"))
    if ids:
        body = b"{}" if has_body else None
        words = "for an unknown trainee" + (" and without data" if has_body else "")
        found.append(Wrong("trainee", words, NOBODY, body, "trainee_not_found"))
    if cast is not None and len(ids) > 1:
        path = {**NOBODY, "trainee": cast.trainee_id}
        body = b"{}" if has_body else None
        words = f"for an unknown {operation.kind}" + (" and without data" if has_body else "")
        found.append(Wrong("child", words, path, body, f"{operation.kind}_not_found"))
    if has_body and (cast is not None or not ids):
        path = cast.ids if cast else {}
        for text in (b"{}", b'{"data": null}', b'{"data": {}}', b'{"date": {}}'):
            words = f"with the body {text.decode()}"
            found.append(Wrong("data", words, path, text, "missing_data"))
    return found


@pytest.mark.parametrize(
    "junk", ["x", "0" * 24, "1" * 200, "Zoë", "a b", "'; --", "%00", "..%2F.."]
)
def test_a_junk_id_is_an_unknown_one(junk: str, bench: Bench) -> None:
    exchange = bench.call("show_trainee", path={"trainee": junk})
    row = bench.contract.sentence("trainee_not_found")
    what = f"show_trainee for the id {junk[:30]!r}"
    breaches = expect.refusal(exchange, row, what, bench.source("show_trainee"))
    bench.found(breaches, exchange, "show_trainee")


@to_operations(causing_an_event)
def test_fields_come_before_the_state(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"order of refusals of {operation.id}")
    cast = _refusing(bench, operation)
    if cast is None:
        why = "no way to a trainee in a state that refuses it"
        bench.judge.skip(f"order of refusals of {operation.id}", why)
        return
    schema = bench.contract.data_schema(operation)
    data = {"unknown_key": 1}
    problems = bench.rules.problems(schema, data, operation.id)
    exchange = bench.call(operation.id, path=cast.ids, data=data)
    what = f"{operation.id} without its fields on a trainee whose state refuses it"
    breaches = expect.field_errors(exchange, problems, what, "decision 2")
    bench.found(breaches, exchange, operation.id)
