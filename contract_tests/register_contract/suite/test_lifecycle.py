"""Lifecycle: what each operation does to a trainee in each state, and what stays as it was.

Documents: 003 Trainee object (states); decisions 1 and 14 (edges); x-lifecycle holds the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from register_contract.oracle.contract import DELETE, OUTSIDE, SHOW, TRAINEE, Contract, Operation
from register_contract.oracle.derived import shown_scope
from register_contract.oracle.lifecycle import PREVIOUS, SAME, edge_of, event_of, next_state
from register_contract.oracle.listing import AT_OR_AFTER
from register_contract.oracle.refusals import not_found
from register_contract.oracle.rows import moved
from register_contract.suite.applies import (
    making,
    moving_a_trainee,
    of_a_trainee,
    to_operations,
)
from register_contract.suite.bench import Bench, Cast
from register_contract.suite.checks import expect
from register_contract.suite.listed import listed
from register_contract.suite.moving import move, told_first
from register_contract.suite.subject import allowed_states
from register_contract.target.control import ControlRefusedError

_TRIES = 3
_NO_WAY = "only a control API makes a trainee in a fitting state"


def _states(operation: Operation, contract: Contract) -> int:
    return len(contract.table("x-lifecycle")["states"])


@to_operations(of_a_trainee)
@making(_states)
def test_each_operation_in_each_state(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"{operation.id} in each state")
    for state in _tried_in(operation, bench):
        cast = bench.in_state(state)
        if cast is None:
            bench.judge.skip(f"operations on a trainee that is {state}", _NO_WAY)
            continue
        data = bench.bodies.for_operation(operation.id) if operation.body else None
        move(bench, operation, state, cast, data)


def _tried_in(operation: Operation, bench: Bench) -> Iterable[str]:
    """The states; where the plan is brief some, and of an event some in which it cannot happen."""
    states = bench.contract.states
    event = event_of(bench.contract, operation)
    if event is not None:
        # What can happen is part of careers, but by one operation only.
        starts = [state for edge in event["edges"] for state in edge["from"]]
        others = [state for state in states if state not in starts]
        known = starts[:1] if operation.id != operation.acts_as else []
        return bench.some([*known, *others]) if bench.share.brief else states
    locked = [state for state in states if bench.contract.lock(operation, state)]
    return bench.some([*locked, *(state for state in states if state not in locked)])


@to_operations(moving_a_trainee)
def test_an_event_happens_once(operation: Operation, bench: Bench) -> None:
    event = event_of(bench.contract, operation)
    assert event is not None
    bench.needs_writing(f"{operation.id} twice")
    starts = [state for edge in event["edges"] for state in edge["from"]]
    for state in dict.fromkeys(starts):
        cast = bench.in_state(state)
        if cast is None:
            bench.judge.skip(f"operations on a trainee that is {state}", _NO_WAY)
            continue
        scope = shown_scope(bench.contract, TRAINEE, cast.shown, bench.bodies.today)
        after = next_state(event, state, scope)
        if after == PREVIOUS or (after and next_state(event, after, scope)):
            bench.judge.skip(f"{operation.id} twice", f"it may happen again when {after}")
            continue
        data = bench.bodies.for_operation(operation.id)
        after_it = bench.must(operation.id, path=cast.ids, data=data)
        again = bench.call(operation.id, path=cast.ids, data=data)
        what = f"{operation.id} a second time on the same trainee"
        found = Cast(cast.all_ids, cast.sent, after_it.data)
        wanted = told_first(bench, operation, data, found)
        row = wanted or bench.refusal(event["refusal"], operation.id)
        source = f"{bench.source(operation.id)}; x-lifecycle"
        bench.found(expect.refusal(again, row, what, source), again, operation.id)


@to_operations(moving_a_trainee)
def test_an_event_without_records(operation: Operation, bench: Bench) -> None:
    """What an event asks of the degrees or placements of a trainee who has none by now."""
    bench.needs_writing(f"{operation.id} on a trainee without records")
    state = allowed_states(bench, operation)[0]
    for kind, holder in bench.contract.held.items():
        delete = bench.contract.doing(DELETE, kind)
        if bench.contract.lock(delete, state):
            continue
        cast = bench.in_state(state)
        bench.needs(cast, f"{operation.id} on a trainee without records", _NO_WAY)
        assert cast is not None
        name = bench.contract.id_field(kind)
        for each in cast.shown.get(holder, ()):
            bench.must(delete.id, path={**cast.ids, kind: each[name]})
        shown = bench.must(bench.doing(SHOW), path=cast.ids).data
        data = bench.bodies.for_operation(operation.id)
        move(bench, operation, state, Cast(cast.all_ids, cast.sent, shown, cast.made), data)


def test_what_cannot_happen_does_not(bench: Bench) -> None:
    """Events outside the API: none happens where the table has no way for it."""
    what = "events outside the API that cannot happen"
    bench.needs_writing(what)
    bench.needs(bench.control, what, "the run has no control API")
    assert bench.control is not None
    show = bench.doing(SHOW)
    for name, event, state in bench.some(_outside(bench)):
        cast = bench.in_state(state)
        if cast is None:
            continue
        scope = shown_scope(bench.contract, TRAINEE, cast.shown, bench.bodies.today)
        # What a trainee made just now does not show it does not have.
        if next_state(event, state, replace(scope, whole=True)) is not None:
            continue
        try:
            bench.control.event(cast.trainee_id, name)
            wrong = f"{name} happens to a trainee that is {state}"
        except ControlRefusedError:
            wrong = ""
        after = bench.call(show, path=cast.ids)
        changed = {k: v for k, v in cast.shown.items() if _field(after.data, k) != v}
        wrong = wrong or (changed and f"{name}, refused when {state}, changes the trainee") or ""
        breaches = expect.holds(
            not wrong, "lifecycle.event", wrong, "the trainee as it was (x-lifecycle)", changed
        )
        bench.contract.exercised.note(moved(name, state, None))
        bench.found(breaches, after, show)


def test_what_can_happen_does(bench: Bench) -> None:
    """Events outside the API: each happens in each state from which the table has a way."""
    what = "events outside the API that can happen"
    bench.needs_writing(what)
    bench.needs(bench.control, what, "the run has no control API")
    assert bench.control is not None
    show = bench.doing(SHOW)
    for name, event, state in bench.some(_ways(bench)):
        cast = bench.in_state(state)
        if cast is None:
            continue
        scope = shown_scope(bench.contract, TRAINEE, cast.shown, bench.bodies.today)
        # What a trainee made just now does not show it does not have.
        edge = edge_of(event, state, replace(scope, whole=True))
        if edge is None:
            continue
        said = f"{name} of a trainee that is {state}"
        source = "x-lifecycle, decision 14"
        try:
            bench.control.event(cast.trainee_id, name)
            refused = ""
        except ControlRefusedError as error:
            refused = str(error)
        after = bench.call(show, path=cast.ids)
        breaches = expect.holds(not refused, "lifecycle.event", f"{said} is refused", said, refused)
        if not breaches and event.get("hides") is True:
            breaches = expect.refusal(after, bench.refusal(not_found(TRAINEE), show), said, source)
        elif not breaches and edge["to"] not in (SAME, PREVIOUS):
            field = bench.contract.state_field
            breaches = expect.value(field, edge["to"], _field(after.data, field), said)
        if not breaches:
            bench.contract.exercised.note(moved(name, state, edge))
        bench.found(breaches, after, show)


def _ways(bench: Bench) -> list[tuple[str, Mapping[str, Any], str]]:
    """Each event outside the API with each state in which it may happen."""
    return [
        (name, event, state)
        for name, event in bench.contract.events.items()
        for edge in event["edges"]
        for state in edge["from"]
        if event["cause"] == OUTSIDE
    ]


def _outside(bench: Bench) -> list[tuple[str, Mapping[str, Any], str]]:
    """Each event outside the API with each state in which it may not, or not always, happen."""
    return [
        (name, event, state)
        for name, event in bench.contract.events.items()
        for state in bench.contract.states
        if event["cause"] == OUTSIDE
        and not any(state in edge["from"] and "when" not in edge for edge in event["edges"])
    ]


def _field(data: object, name: str) -> object:
    return data.get(name) if isinstance(data, Mapping) else None


@to_operations(lambda operation, contract: operation.method == "GET" and bool(operation.path_names))
def test_reading_changes_nothing(operation: Operation, bench: Bench) -> None:
    if bench.target.writes:
        _same_twice(bench, operation, bench.trainee().ids, tries=1)
        return
    for ids in listed(bench, operation):
        _same_twice(bench, operation, ids, tries=_TRIES)


def _same_twice(bench: Bench, operation: Operation, ids: Mapping[str, str], tries: int) -> None:
    """Look twice and compare; where somebody else may change the record, look again."""
    for tries_left in reversed(range(tries)):
        first = bench.must(operation.id, path=ids)
        second = bench.must(operation.id, path=ids)
        if first.json == second.json or not tries_left:
            break
    same = expect.holds(
        first.json == second.json,
        "read.unstable",
        f"{operation.id} twice in a row gives two answers",
        first.describe(),
        second.json,
    )
    bench.found(same, second, operation.id, (first,))


@to_operations(lambda operation, contract: operation.method in ("PUT", "PATCH"))
def test_an_update_twice_is_the_update_once(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"{operation.id} twice")
    cast = bench.trainee()
    data = bench.bodies.for_operation(operation.id)
    first = bench.must(operation.id, path=cast.ids, data=data)
    second = bench.must(operation.id, path=cast.ids, data=data)
    dated = bench.listing.fields(AT_OR_AFTER)
    stable = {k: v for k, v in first.data.items() if k not in dated}
    again = {k: v for k, v in second.data.items() if k not in dated}
    same = expect.holds(
        stable == again,
        "update.not-idempotent",
        f"{operation.id} sent twice differs from once",
        "the same record",
        {k: v for k, v in again.items() if stable.get(k) != v},
    )
    bench.found(same, second, operation.id)


@to_operations(lambda operation, contract: operation.method == "DELETE")
def test_what_was_deleted_is_gone(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"{operation.id} and look again")
    cast = bench.trainee()
    kind = operation.kind
    answer = bench.must(operation.id, path=cast.ids)
    name, holder = bench.contract.id_field(kind), bench.contract.held_in(kind)
    left = [child.get(name) for child in answer.data.get(holder, [])]
    breaches = expect.holds(
        cast.ids[kind] not in left,
        "delete.still-there",
        f"{operation.id} answers the trainee with the {kind} still in it",
        f"no {kind} {cast.ids[kind]}",
        left,
    )
    bench.found(breaches, answer, operation.id)
    rows = bench.contract.operations.values()
    shows = [each.id for each in rows if (each.does, each.kind) == (SHOW, kind)]
    for name in (*shows, operation.id):
        again = bench.call(name, path=cast.ids)
        what = f"{name} of a {kind} that was deleted"
        row = bench.refusal(not_found(kind), name)
        bench.found(expect.refusal(again, row, what, bench.source(name)), again, name)
