"""Simultaneous calls: what many clients ask for at once is done as if one after the other.

Of equal records one is made; of different ones none is lost; an event happens once. Documents: the
duplication sections of 001 and 002; x-duplicates and x-lifecycle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from register_contract.oracle.contract import CREATE, LIST, SHOW, TRAINEE, Operation, source_text
from register_contract.oracle.derived import shown_scope
from register_contract.oracle.lifecycle import PREVIOUS, event_of, next_state
from register_contract.suite.applies import causing_an_event, to_operations
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.target.exchange import Exchange

_CLIENTS = 8
_ROUNDS = 3


def test_equal_trainees_at_once(bench: Bench) -> None:
    row = bench.contract.table("x-duplicates").get(TRAINEE)
    bench.needs(row, "equal trainees at once", "the contract has no x-duplicates for trainees")
    bench.needs_writing("equal trainees at once")
    create = bench.doing(CREATE)
    for _ in range(_ROUNDS):
        exchanges = bench.together(create, [bench.bodies.trainee()] * _CLIENTS)
        refusal = bench.refusal(row["answer"], create).status
        _once(bench, create, exchanges, refusal, source_text(row.get("x-source")))


def test_records_of_a_trainee_at_once(child: str, bench: Bench) -> None:
    """Equal ones where they may not be there twice, and different ones."""
    bench.needs_writing(f"{child}s at once")
    create, row = bench.doing(CREATE, child), bench.contract.table("x-duplicates").get(child)
    for _ in range(_ROUNDS):
        cast = bench.trainee()
        if row is not None:
            equal = [bench.bodies.lasting(child)] * _CLIENTS
            exchanges = bench.together(create, equal, cast.ids)
            refusal = bench.refusal(row["answer"], create).status
            _once(bench, create, exchanges, refusal, source_text(row.get("x-source")))
        different = [bench.bodies.lasting(child) for _ in range(_CLIENTS)]
        made = bench.together(create, different, cast.ids)
        _all_there(bench, child, made, cast.ids)


def _once(
    bench: Bench, operation: str, exchanges: Sequence[Exchange], refused: int, source: str
) -> None:
    """One of them is done, the others are refused for that."""
    wanted = [bench.operation(operation).success, *[refused] * (len(exchanges) - 1)]
    statuses = sorted(exchange.status for exchange in exchanges)
    what = f"{operation}, {len(exchanges)} times at once with the same data,"
    breaches = expect.holds(
        statuses == sorted(wanted),
        "together.not-once",
        f"{what} is done otherwise than once",
        f"{wanted[0]} once, else {refused} ({source})",
        statuses,
    )
    last = max(exchanges, key=lambda exchange: exchange.status == wanted[0])
    rest = [exchange for exchange in exchanges if exchange is not last]
    bench.found(breaches, last, operation, rest)


def _all_there(bench: Bench, child: str, made: Sequence[Exchange], ids: Mapping[str, str]) -> None:
    """Each record that was accepted is in the list, once."""
    accepted = [bench.first_id(each.data, child) for each in made if each.status < 300]
    listing, name = bench.doing(LIST, child), bench.contract.id_field(child)
    listed = bench.must(listing, path=ids)
    rows: Any = listed.data if isinstance(listed.data, list) else []
    found = [row.get(name) for row in rows]
    lost = [each for each in accepted if found.count(each) != 1]
    breaches = expect.holds(
        len(accepted) == len(made) and not lost,
        "together.lost",
        f"Of {len(made)} {child}s that were made at once not each is there afterwards",
        f"{len(made)} answers of success, and each {child} once in {listing}",
        lost or [each.status for each in made],
    )
    bench.found(breaches, listed, listing, made)


@to_operations(causing_an_event)
def test_an_event_at_once(operation: Operation, bench: Bench) -> None:
    """An event that leads where it cannot happen again happens to one of many."""
    event = event_of(bench.contract, operation)
    assert event is not None
    bench.needs_writing(f"{operation.id} at once")
    for state in dict.fromkeys(state for edge in event["edges"] for state in edge["from"]):
        cast = bench.in_state(state)
        if cast is None:
            bench.judge.skip(
                f"{operation.id} at once on a trainee that is {state}",
                "only a control API makes a trainee in a fitting state",
            )
            continue
        scope = shown_scope(bench.contract, TRAINEE, cast.shown, bench.bodies.today)
        after = next_state(event, state, scope)
        if after in (None, PREVIOUS) or next_state(event, str(after), scope):
            bench.judge.skip(f"{operation.id} at once", f"it may happen again when {after}")
            continue
        data = bench.bodies.for_operation(operation.id)
        exchanges = bench.together(operation.id, [data] * _CLIENTS, cast.ids)
        refusal = bench.refusal(event["refusal"], operation.id).status
        _once(bench, operation.id, exchanges, refusal, "x-lifecycle")
        bench.must(bench.doing(SHOW), path=cast.ids)
