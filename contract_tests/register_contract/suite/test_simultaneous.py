"""Simultaneous calls: what many clients ask for at once is done as if one after the other.

Of equal records one is made; of different ones, and of changes and deletions, none is lost; an
event happens once; who reads meanwhile finds what is there. Documents: the duplication sections of
001 and 002; x-duplicates and x-lifecycle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Any

from register_contract.oracle.contract import (
    CREATE,
    DELETE,
    LIST,
    SHOW,
    TRAINEE,
    UPDATE,
    Contract,
    Operation,
    source_text,
)
from register_contract.oracle.derived import shown_scope
from register_contract.oracle.lifecycle import PREVIOUS, event_of, next_state
from register_contract.suite.applies import moving_a_trainee, to_operations
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.meeting import Crowd, Meeting
from register_contract.suite.subject import Subject
from register_contract.target.exchange import Exchange
from register_contract.target.options import Options

_CLIENTS = 8
_ROUNDS = 3
_RECORDS = 4
_SIZES = (8, 16, 8)
_EXAMPLES_EACH = 16
"""So many generated requests count as one round of calls that meet."""
_FEW = 3


def _clients(bench: Bench) -> int:
    """How many clients ask at once."""
    return _FEW if bench.share.brief else _CLIENTS


def test_equal_trainees_at_once(bench: Bench) -> None:
    row = bench.contract.table("x-duplicates").get(TRAINEE)
    bench.needs(row, "equal trainees at once", "the contract has no x-duplicates for trainees")
    bench.needs_writing("equal trainees at once")
    create = bench.doing(CREATE)
    for _ in bench.some(range(_ROUNDS)):
        exchanges = bench.together(create, [bench.bodies.trainee()] * _clients(bench))
        refusal = bench.refusal(row["answer"], create).status
        _once(bench, create, exchanges, refusal, source_text(row.get("x-source")))


def test_records_of_a_trainee_at_once(child: str, bench: Bench) -> None:
    """Equal ones where they may not be there twice, and different ones."""
    bench.needs_writing(f"{child}s at once")
    create, row = bench.doing(CREATE, child), bench.contract.table("x-duplicates").get(child)
    for _ in bench.some(range(_ROUNDS)):
        cast = bench.trainee()
        if row is not None:
            equal = [bench.bodies.lasting(child)] * _clients(bench)
            exchanges = bench.together(create, equal, cast.ids)
            refusal = bench.refusal(row["answer"], create).status
            _once(bench, create, exchanges, refusal, source_text(row.get("x-source")))
        if row is not None and bench.share.brief:
            continue
        different = [bench.bodies.lasting(child) for _ in range(_clients(bench))]
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
    listing = bench.doing(LIST, child)
    listed = bench.must(listing, path=ids)
    found = _ids(bench, child, listed)
    lost = [each for each in accepted if found.count(each) != 1]
    breaches = expect.holds(
        len(accepted) == len(made) and not lost,
        "together.lost",
        f"Of {len(made)} {child}s that were made at once not each is there afterwards",
        f"{len(made)} answers of success, and each {child} once in {listing}",
        lost or [each.status for each in made],
    )
    bench.found(breaches, listed, listing, made)


def _ids(bench: Bench, child: str, listed: Exchange) -> list[str]:
    rows: Any = listed.data if isinstance(listed.data, list) else []
    return [str(row.get(bench.contract.id_field(child))) for row in rows]


@to_operations(moving_a_trainee)
def test_an_event_at_once(operation: Operation, bench: Bench) -> None:
    """An event that leads where it cannot happen again happens to one of many."""
    event = event_of(bench.contract, operation)
    assert event is not None
    bench.needs_writing(f"{operation.id} at once")
    starts = dict.fromkeys(state for edge in event["edges"] for state in edge["from"])
    for state in bench.some(starts):
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
        exchanges = bench.together(operation.id, [data] * _clients(bench), cast.ids)
        refusal = bench.refusal(event["refusal"], operation.id).status
        _once(bench, operation.id, exchanges, refusal, "x-lifecycle")
        bench.must(bench.doing(SHOW), path=cast.ids)


def test_changes_at_once(bench: Bench) -> None:
    """Of changes to different fields each is kept."""
    bench.needs_writing("changes of one trainee at once")
    update, show = bench.doing(UPDATE), bench.doing(SHOW)
    alone = Subject(bench, bench.operation(update))
    for _ in bench.some(range(_ROUNDS)):
        cast, fresh = bench.trainee(), bench.bodies.trainee()
        bench.needs(alone.ready(), "changes at once", "no trainee can be made")
        other = [name for name, value in fresh.items() if cast.sent.get(name) != value]
        shown = [name for name in other if name in bench.contract.shown(TRAINEE)["properties"]]
        parts = [{name: fresh[name]} for name in shown if not alone.problems({name: fresh[name]})]
        bench.needs(len(parts) > 1, "changes at once", f"{update} has no two fields of its own")
        made = bench.at_once([(update, cast.ids, part) for part in parts])
        after = bench.must(show, path=cast.ids)
        sent = {name: value for part in parts for name, value in part.items()}
        lost = {n: after.data.get(n) for n, v in sent.items() if after.data.get(n) != v}
        breaches = expect.holds(
            not lost,
            "together.lost",
            f"Of {len(parts)} updates of different fields at once not each is kept",
            ", ".join(sent),
            lost,
        )
        bench.found(breaches, after, show, made)


def test_deletions_at_once(child: str, bench: Bench) -> None:
    """What is deleted is gone, and the one that is not is there."""
    bench.needs_writing(f"deletions of {child}s at once")
    create, delete = bench.doing(CREATE, child), bench.doing(DELETE, child)
    listing = bench.doing(LIST, child)
    for _ in bench.some(range(_ROUNDS)):
        ids = bench.trainee().ids
        before = _ids(bench, child, bench.must(listing, path=ids))
        made = [
            bench.must(create, path=ids, data=bench.bodies.lasting(child)) for _ in range(_RECORDS)
        ]
        gone = [bench.first_id(each.data, child) for each in made]
        deleted = bench.at_once([(delete, {**ids, child: each}, None) for each in gone])
        listed = bench.must(listing, path=ids)
        left = _ids(bench, child, listed)
        breaches = expect.holds(
            sorted(left) == sorted(before),
            "together.lost",
            f"Of {len(gone)} {child}s that were deleted at once one is still there, or another not",
            ", ".join(before),
            left,
        )
        bench.found(breaches, listed, listing, (*made, *deleted))


def test_each_reads_its_own(bench: Bench) -> None:
    """An answer is about what was asked for, whatever else is asked for meanwhile."""
    bench.needs_writing("reading different trainees at once")
    show, name = bench.doing(SHOW), bench.contract.id_field(TRAINEE)
    casts = [bench.trainee() for _ in range(_clients(bench))]
    for _ in bench.some(range(_ROUNDS)):
        answers = bench.at_once([(show, cast.ids, None) for cast in casts])
        for cast, exchange in zip(casts, answers, strict=True):
            got = exchange.data.get(name) if isinstance(exchange.data, Mapping) else None
            what = f"{show} beside others"
            breaches = expect.value(name, cast.trainee_id, got, what)
            bench.found(breaches, exchange, show, cast.history)


def test_reading_while_others_write(child: str, bench: Bench) -> None:
    """A trainee is there for whoever reads it while what belongs to it changes."""
    bench.needs_writing(f"reading while {child}s change")
    update, show = bench.operation(bench.doing(UPDATE, child)), bench.operation(bench.doing(SHOW))
    for _ in bench.some(range(_ROUNDS)):
        ids = bench.trainee().ids
        change = bench.bodies.lasting(child)
        calls = [(update.id, ids, change), *[(show.id, ids, None)] * (_clients(bench) - 1)]
        for call, exchange in zip(calls, bench.at_once(calls), strict=True):
            wanted = bench.operation(call[0]).success
            what = f"{call[0]} beside changes of the trainee's {child}s"
            bench.found(expect.status(exchange, wanted, what), exchange, call[0])


def writing_of_a_trainee(operation: Operation, contract: Contract) -> bool:
    """Operations that make a trainee, or change one."""
    return operation.writes and operation.kind != "" and operation.id == operation.acts_as


@to_operations(writing_of_a_trainee)
def test_calls_that_meet_have_an_order(
    operation: Operation, bench: Bench, options: Options
) -> None:
    """What many clients are answered at once is explained by some order of their calls."""
    what = f"{operation.id} beside other calls"
    bench.needs_writing(what)
    meeting = Meeting(bench)
    crowd = Crowd(bench, meeting, operation)
    for size in islice(cycle(_SIZES), max(len(_SIZES), options.examples // _EXAMPLES_EACH)):
        if TRAINEE not in operation.ids:
            meeting.round(crowd.calls({}, size), None)
            continue
        cast = meeting.trainee(operation)
        if cast is None:
            bench.judge.skip(what, "only a control API makes a trainee in a fitting state")
            return
        meeting.round(crowd.calls(meeting.ids(cast), size), cast)
