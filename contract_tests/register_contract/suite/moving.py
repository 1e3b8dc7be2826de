"""One call on a trainee in a known state: what comes of it, by the table of the lifecycle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.contract import SHOW, TRAINEE, CannotTryError, Operation
from register_contract.oracle.derived import shown_scope
from register_contract.oracle.exercised import LIFECYCLE, LOCKS, row_id
from register_contract.oracle.lifecycle import PREVIOUS, SAME, Event, edge_of, event_of, name_of
from register_contract.oracle.refusals import Refusal
from register_contract.oracle.rows import moved
from register_contract.suite.bench import Bench, Cast
from register_contract.suite.checks import expect
from register_contract.target.exchange import Exchange


def move(
    bench: Bench,
    operation: Operation,
    state: str,
    cast: Cast,
    data: Mapping[str, Any] | None,
) -> bool:
    """Call an operation with ``data`` on a trainee in ``state`` and judge what comes of it.

    What is sent is valid by itself; beside the trainee, such as with too few placements, an event
    may be refused for it all the same.

    ``cast`` is the trainee as it was shown last. Returns whether it was accepted, as it should be.
    """
    exchange = bench.call(operation.id, path=cast.ids, data=data)
    what = f"{operation.id} on a trainee that is {state}"
    source = f"{bench.source(operation.id)}; x-lifecycle, decision 1"
    event = event_of(bench.contract, operation)
    lock = bench.contract.lock(operation, state)
    try:
        scope = shown_scope(bench.contract, TRAINEE, cast.shown, bench.bodies.today)
        edge = edge_of(event, state, scope) if event else None
    except CannotTryError as lack:
        bench.judge.skip(what, str(lack))
        return False
    if lock or (event and edge is None):
        refusal = lock or (event or {}).get("refusal")
        if refusal is None:
            bench.judge.skip(what, "the contract does not say how it is refused")
            return False
        wanted = told_first(bench, operation, data, cast)
        row = wanted or bench.refusal(refusal, operation.id)
        if wanted is None:
            _exercised(bench, operation, state, event if not lock else None)
        clean = bench.found(expect.refusal(exchange, row, what, source), exchange, operation.id)
        if clean and bench.looks_again(event is not None):
            _unchanged(bench, operation, cast, what, exchange)
        return False
    refused = _refusal_of_an_event(bench, operation, data, cast) if event else None
    wrong = expect.deserved(exchange, operation, refused, what, source)
    accepted = bench.found(wrong, exchange, operation.id) and refused is None
    if accepted and event and edge and isinstance(exchange.data, dict):
        target = state if edge["to"] == SAME else str(edge["to"])
        _moved(bench, operation, target, exchange, what)
        if target != PREVIOUS:
            bench.contract.exercised.note(moved(name_of(bench.contract, event), state, edge))
    return accepted


def _exercised(bench: Bench, operation: Operation, state: str, event: Event | None) -> None:
    """A refusal for the state was compared: that of the event, or of a lock."""
    contract = bench.contract
    if event is not None:
        contract.exercised.note(moved(name_of(contract, event), state, None))
    else:
        contract.exercised.note(row_id(LIFECYCLE, LOCKS, operation.acts_as, state))


def told_first(
    bench: Bench, operation: Operation, data: Mapping[str, Any] | None, cast: Cast
) -> Refusal | None:
    """The refusal of the fields, where these come before the state and rules look at both."""
    order = bench.contract.precedence(operation)
    if "fields" not in order or order.index("state") < order.index("fields"):
        return None
    return _refusal_of_an_event(bench, operation, data, cast)


def _refusal_of_an_event(
    bench: Bench, operation: Operation, data: Mapping[str, Any] | None, cast: Cast
) -> Refusal | None:
    """The refusal of what is sent, beside what the trainee is and has."""
    if data is None:
        return None
    schema = bench.contract.data_schema(operation)
    problems = bench.rules.problems(schema, data, operation.id, about=cast.shown)
    return bench.field_refusal(operation, problems)


def _unchanged(
    bench: Bench, operation: Operation, cast: Cast, what: str, refused: Exchange
) -> None:
    after = bench.must(bench.doing(SHOW), path=cast.ids)
    changed = {k: v for k, v in after.data.items() if cast.shown.get(k) != v}
    breaches = expect.holds(
        not changed,
        "refusal.changes",
        f"{what} is refused but changes the trainee",
        "the trainee as before",
        changed,
    )
    bench.found(breaches, after, operation.id, (refused,))


def _moved(
    bench: Bench,
    operation: Operation,
    state: str,
    exchange: Exchange,
    what: str,
) -> None:
    """The state moved, and a later look shows the same."""
    shown = exchange.data
    breaches = []
    if state != PREVIOUS:
        name = bench.contract.state_field
        breaches = expect.value(name, state, shown.get(name), what)
    bench.found(breaches, exchange, operation.id)
    show = bench.doing(SHOW)
    again = bench.must(show, path={TRAINEE: shown.get(bench.contract.id_field(TRAINEE))})
    same = expect.holds(
        again.data == shown,
        "read.differs",
        f"{what}: {show} afterwards differs from the answer",
        "the trainee as just answered",
        {k: v for k, v in again.data.items() if shown.get(k) != v},
    )
    bench.found(same, again, operation.id)
