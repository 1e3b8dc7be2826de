"""Precedence: of several things wrong with one request, the documented first one is named.

Documents: the order is decision 2 (x-precedence), the words are those of x-sentences. What is
wrong with a body by itself is tried in each form that a header chooses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from register_contract.oracle.alike import keys_of
from register_contract.oracle.contract import CREATE, SHOW, TRAINEE, UPDATE, Contract, Operation
from register_contract.oracle.fields import Problem
from register_contract.oracle.lifecycle import event_of
from register_contract.oracle.refusals import not_found
from register_contract.oracle.rows import stages_of
from register_contract.oracle.said import effective
from register_contract.oracle.words import mentions
from register_contract.suite.applies import (
    causing_an_event,
    to_operations,
    with_body,
)
from register_contract.suite.bench import Bench, Cast
from register_contract.suite.checks import expect
from register_contract.suite.listed import listed
from register_contract.suite.strategies.boundaries import Boundaries, Boundary
from register_contract.suite.subject import Subject, refusing_states

_BRIEF = 3
_BROKEN = b'{"data": {'
_NO_DATA = (b"{}", b'{"data": null}', b'{"data": {}}', b'{"date": {}}')


@dataclass(frozen=True)
class Wrong:
    """A request in which these stages have reason to refuse, and no earlier one than the first."""

    stages: Sequence[str]
    words: str
    path: Mapping[str, str]
    body: bytes | None
    answer: str


@to_operations(lambda operation, contract: bool(operation.path_names or operation.body))
def test_the_first_reason_is_named(operation: Operation, bench: Bench) -> None:
    if operation.writes:
        bench.needs_writing(f"order of refusals of {operation.id}")
    casts: dict[bool, Cast | None] = {}
    for stage in _stages(operation, bench):
        refusing = _comes_first(bench, operation, stage, "state")
        if refusing not in casts:
            casts[refusing] = _existing(bench, operation, refusing)
        for wrong in bench.some(_wrongs(bench, operation, stage, casts[refusing])):
            exchange = bench.target.api.call(
                operation.method,
                operation.path,
                path=operation.filled(wrong.path),
                raw_body=wrong.body,
            )
            row = bench.refusal(wrong.answer, operation.id)
            what = f"{operation.id} {wrong.words}"
            source = f"{bench.source(operation.id)}; decision 2"
            bench.found(expect.refusal(exchange, row, what, source), exchange, operation.id)
            bench.contract.exercised.note(*stages_of(bench.contract, operation, *wrong.stages))


def _tried(operation: Operation, bench: Bench) -> list[str]:
    """The stages tried here that the operation has, in its order."""
    has = {
        "json": operation.body is not None,
        "trainee": bool(operation.path_names),
        "child": len(operation.path_names) > 1,
        "data": operation.body is not None,
    }
    return [stage for stage in bench.contract.precedence(operation) if has.get(stage)]


def _stages(operation: Operation, bench: Bench) -> list[str]:
    """The stages that are tried: each, or where the plan is brief one or two."""
    stages = _tried(operation, bench)
    if not bench.share.brief or len(stages) < _BRIEF:
        return stages
    # Of the others wrong fields are tried elsewhere.
    has_last = operation.does == UPDATE or operation.id != operation.acts_as
    return [stages[0], stages[-1]] if has_last else stages[:1]


def _comes_first(bench: Bench, operation: Operation, stage: str, other: str) -> bool:
    order = bench.contract.precedence(operation)
    return other not in order or order.index(stage) < order.index(other)


def _in_order(bench: Bench, operation: Operation, *stages: str) -> list[str]:
    return [each for each in bench.contract.precedence(operation) if each in stages]


def _existing(bench: Bench, operation: Operation, refusing: bool) -> Cast | None:
    """A trainee; when there is a way, and that may be, one whose state refuses the event."""
    if not operation.path_names:
        return None
    if not bench.target.writes:
        return next((Cast(path, {}, {}) for path in _known(bench)), None)
    caused = refusing and causing_an_event(operation, bench.contract)
    return (_refusing(bench, operation) if caused else None) or bench.trainee()


def _refusing(bench: Bench, operation: Operation) -> Cast | None:
    return next(filter(None, map(bench.in_state, refusing_states(bench, operation))), None)


def _known(bench: Bench) -> list[dict[str, str]]:
    """Somebody who is there already, for a run that makes nobody."""
    return listed(bench, bench.contract.doing(SHOW), most=1)


def _wrongs(bench: Bench, operation: Operation, stage: str, cast: Cast | None) -> list[Wrong]:
    """Requests in which this stage and those behind it are wrong; none without a trainee."""
    order = _tried(operation, bench)
    late = order[order.index(stage) :]
    path = _path(bench, late, cast)
    if operation.path_names and path is None:
        return []
    answers = {
        "json": "malformed_json",
        "trainee": not_found(TRAINEE),
        "child": not_found(operation.kind),
        "data": "missing_data",
    }
    return [
        Wrong(late, _said(operation, late, body), path or {}, body, answers[stage])
        for body in _bodies(bench, operation, stage, late)
    ]


def _path(bench: Bench, late: list[str], cast: Cast | None) -> Mapping[str, str] | None:
    """Ids of nobody, of nothing that the trainee has, or its own; None without a trainee."""
    if "trainee" in late:
        return bench.contract.nobody
    if cast is None:
        return None
    own = {TRAINEE: cast.trainee_id}
    return bench.contract.nobody | own if "child" in late else cast.ids


def _bodies(
    bench: Bench, operation: Operation, stage: str, late: list[str]
) -> Sequence[bytes | None]:
    if operation.body is None:
        return [None]
    if "json" in late:
        return [_BROKEN]
    if stage == "data":
        return _NO_DATA
    if "data" in late:
        return [b"{}"]
    data = bench.bodies.for_operation(operation.id)
    return [json.dumps({"data": data}, ensure_ascii=False).encode()]


def _said(operation: Operation, late: list[str], body: bytes | None) -> str:
    nouns = {"trainee": "an unknown trainee", "child": f"an unknown {operation.kind}"}
    who = next((f"for {nouns[stage]}" for stage in ("trainee", "child") if stage in late), "")
    if body == _BROKEN:
        return f"with a broken body {who}".strip()
    if late[0] == "data":
        return f"with the body {(body or b'').decode()} {who}".strip()
    return f"{who} and without data" if "data" in late else who


@pytest.mark.parametrize(
    "junk", ["x", "0" * 24, "1" * 200, "Zoë", "a b", "'; --", "%00", "..%2F.."]
)
def test_a_junk_id_is_an_unknown_one(junk: str, bench: Bench) -> None:
    show = bench.doing(SHOW)
    exchange = bench.call(show, path={TRAINEE: junk})
    row = bench.refusal(not_found(TRAINEE), show)
    what = f"{show} for the id {junk[:30]!r}"
    breaches = expect.refusal(exchange, row, what, bench.source(show))
    bench.found(breaches, exchange, show)


@to_operations(causing_an_event)
def test_fields_and_state_in_their_order(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"order of refusals of {operation.id}")
    cast = _refusing(bench, operation)
    if cast is None:
        why = "no way to a trainee in a state that refuses it"
        bench.judge.skip(f"order of refusals of {operation.id}", why)
        return
    schema = bench.contract.data_schema(operation)
    # Keys that nobody knows may be no data at all.
    data = dict.fromkeys(schema.get("required", ["unknown_key"])[:1], "")
    problems = bench.rules.problems(schema, data, operation.id, about=cast.shown)
    exchange = bench.call(operation.id, path=cast.ids, data=data)
    what = f"{operation.id} without its fields on a trainee whose state refuses it"
    wanted = bench.field_refusal(operation, problems)
    event = event_of(bench.contract, operation)
    assert event is not None
    if wanted is None or not _comes_first(bench, operation, "fields", "state"):
        breaches = expect.refusal(
            exchange, bench.refusal(event["refusal"], operation.id), what, "decision 2"
        )
    else:
        breaches = expect.field_errors(exchange, wanted, what, "decision 2")
    bench.found(breaches, exchange, operation.id)
    if problems:
        order = _in_order(bench, operation, "fields", "state")
        bench.contract.exercised.note(*stages_of(bench.contract, operation, *order))


def _repeating(operation: Operation, contract: Contract) -> bool:
    """The operation that makes a trainee, who may be a duplicate."""
    made = (operation.does, operation.kind) == (CREATE, TRAINEE)
    return made and TRAINEE in contract.table("x-duplicates")


@to_operations(_repeating)
def test_fields_and_duplicates_in_their_order(operation: Operation, bench: Bench) -> None:
    """Who is there already, sent again with a wrong field of each kind."""
    what = f"order of refusals of a duplicate, {operation.id}"
    bench.needs_writing(what)
    row, cast = bench.contract.table("x-duplicates")[operation.kind], bench.trainee()
    wrongs = _wrong_beside_keys(bench, operation, row, cast.sent)
    bench.needs(wrongs, what, "no field can be wrong beside the keys of a duplicate")
    for stage, (data, problems) in wrongs.items():
        exchange = bench.call(operation.id, data=data, after=cast.history)
        wanted = bench.field_refusal(operation, problems)
        if wanted is None or not _comes_first(bench, operation, stage, "duplicates"):
            wanted = bench.refusal(row["answer"], operation.id)
        said = f"{operation.id} with who is there already and a wrong {problems[0].field}"
        breaches = expect.refusal(exchange, wanted, said, "decision 2")
        bench.found(breaches, exchange, operation.id, cast.history)
        order = _in_order(bench, operation, stage, "duplicates")
        bench.contract.exercised.note(*stages_of(bench.contract, operation, *order))


def _wrong_beside_keys(
    bench: Bench, operation: Operation, row: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, tuple[Mapping[str, Any], Sequence[Problem]]]:
    """For each stage that fields are told at, data with a wrong one that is no key, and why."""
    schema = bench.contract.data_schema(operation)
    made = Boundaries(bench.contract, bench.bodies.random, bench.bodies.today)
    values = [*keys_of(row, "all").values(), *keys_of(row, "any").values()]
    keys = {bench.contract.public(name) for key in values for name in mentions(key)}
    found: dict[str, tuple[Mapping[str, Any], Sequence[Problem]]] = {}
    for boundary in made.of(schema, sent, operation.id):
        data = boundary.apply(sent) if boundary.path[0] not in keys else {}
        said = effective(bench.contract, schema, data)
        problems = bench.rules.problems(schema, said, operation.id) if data else ()
        if problems:
            found.setdefault(_stage_of(problems[0]), (data, problems))
    return found


def _locked(operation: Operation, contract: Contract) -> bool:
    """Operations that some states lock, and that may be wrong in another way too."""
    states = (state for state in contract.states if contract.lock(operation, state))
    several = operation.body is not None or len(operation.path_names) > 1
    return several and next(states, None) is not None


@to_operations(_locked)
def test_a_lock_in_its_order(operation: Operation, bench: Bench) -> None:
    """On a trainee whose state locks it: without data, and for a record that is not there."""
    bench.needs_writing(f"order of refusals of {operation.id}")
    state = next(s for s in bench.contract.states if bench.contract.lock(operation, s))
    cast, lock = bench.in_state(state), bench.contract.lock(operation, state)
    bench.needs(cast, f"order of refusals of {operation.id}", f"no way to one that is {state}")
    assert cast is not None
    assert lock is not None
    nothing = bench.contract.nobody | {TRAINEE: cast.trainee_id}
    answers = {"child": not_found(operation.kind), "data": "missing_data", "state": lock}
    tried = _tried(operation, bench)
    for other in [each for each in ("data", "child") if each in tried]:
        exchange = bench.target.api.call(
            operation.method,
            operation.path,
            path=operation.filled(nothing if other == "child" else cast.ids),
            raw_body=b"{}" if other == "data" else None,
        )
        order = _in_order(bench, operation, "state", other)
        wanted = bench.refusal(answers[order[0]], operation.id)
        words = "without data" if other == "data" else f"for an unknown {operation.kind}"
        what = f"{operation.id} {words} on a trainee that is {state}"
        breaches = expect.refusal(exchange, wanted, what, "decision 2")
        bench.found(breaches, exchange, operation.id, cast.history)
        bench.contract.exercised.note(*stages_of(bench.contract, operation, *order))


def _stage_of(problem: Problem) -> str:
    """The stage at which a problem of a field is told."""
    late = "sections" if problem.section else "saving"
    return late if problem.late else "fields"


@to_operations(with_body)
def test_wrong_fields_in_each_form(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"forms of the refusals of {operation.id}")
    subject = Subject(bench, operation)
    made = Boundaries(bench.contract, bench.bodies.random, bench.bodies.today)
    sample = {} if subject.is_update else bench.bodies.for_operation(operation.id) or {}
    if not subject.ready():
        return
    # One of the record itself, one of each kind of record in it, and all of these together.
    wrong: dict[str, Boundary] = {}
    for boundary in made.of(subject.schema, sample, operation.id):
        container = str(boundary.path[0]) if len(boundary.path) > 1 else ""
        data = boundary.apply(sample) if container not in wrong else {}
        if data and subject.problems(data):
            wrong[container] = boundary
    together = sample
    for boundary in wrong.values():
        together = boundary.apply(together)
    each = [boundary.apply(sample) for boundary in wrong.values()]
    for data in bench.some([*each, *([together] if len(each) > 1 else [])]):
        for headers in bench.refusals.headers("invalid_fields", operation.id):
            _send_wrong(operation, bench, subject, data, headers)


def _send_wrong(
    operation: Operation,
    bench: Bench,
    subject: Subject,
    data: Mapping[str, Any],
    headers: Mapping[str, str],
) -> None:
    problems = subject.problems(data)
    exchange = bench.call(operation.id, path=subject.ids, data=data, headers=headers)
    asked = " and ".join(f"{name}: {value}" for name, value in headers.items())
    fields = ", ".join(dict.fromkeys(problem.field for problem in problems))
    what = f"{operation.id} with a wrong {fields}{asked and f' and {asked}'}"
    wanted = bench.field_refusal(operation, problems, headers)
    assert wanted is not None
    breaches = expect.field_errors(exchange, wanted, what, bench.source(operation.id))
    bench.found(breaches, exchange, operation.id)
