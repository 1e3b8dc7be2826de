"""Time: what depends on the day turns at midnight, and the academic cycle on 1 August.

Documents: 001 GET /trainees (academic_cycle); 003 Trainee object (dates); decision 28.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from register_contract.oracle.contract import (
    CREATE,
    SHOW,
    TRAINEE,
    UPDATE,
    Contract,
    Operation,
)
from register_contract.oracle.derived import records_in
from register_contract.oracle.lifecycle import name_of
from register_contract.oracle.listing import AT_OR_AFTER, IN_CYCLE
from register_contract.oracle.moments import moment_of
from register_contract.oracle.rows import moved
from register_contract.oracle.rules import rules_of
from register_contract.oracle.scope import Scope
from register_contract.oracle.values import as_date, cycle_of, first_day
from register_contract.suite.applies import to_operations, where
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.population import own_world
from register_contract.suite.strategies.limits import comparisons, source_of
from register_contract.target.exchange import Exchange
from register_contract.target.words import short

_LEAP_YEARS = 9
"""So many years have a leap day at least."""
_COMPARING = ("not_after", "not_before", "after")
_DAY, _MOMENT = timedelta(days=1), timedelta(seconds=2)
_HALF_A_YEAR = timedelta(days=182)
"""One of two days so far apart is in summer time, wherever that is kept."""
_DELAY, _NEARLY = timedelta(hours=1), timedelta(minutes=5)


@contextmanager
def _elsewhere(bench: Bench, what: str) -> Iterator[Bench]:
    """A bench in a world of its own, whose clock may be moved."""
    bench.needs(bench.control, what, "only a control API moves the clock")
    inside = own_world(bench)
    assert inside.control is not None
    with inside.control.passing():
        yield inside


def _at(bench: Bench, moment: datetime) -> Bench:
    """The same at another time."""
    assert bench.control is not None
    bench.control.go_to(moment)
    there = bench.bodies.at(moment)
    return Bench(bench.contract, bench.target, bench.judge, there, bench.share)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def test_the_list_turns_with_the_academic_cycle(bench: Bench) -> None:
    bench.needs_writing("the list at the turn of the academic cycle")
    with _elsewhere(bench, "the list at the turn of the academic cycle") as inside:
        turn = first_day(cycle_of(inside.bodies.today) + 1)
        before = _at(inside, _midnight(turn) - _MOMENT)
        old = before.trainee(**before.bodies.started(before.bodies.start))
        listing = before.listing
        shown = before.call(listing.id)
        what = f"{listing.id} two seconds before the academic cycle turns"
        breaches = expect.value("the trainees", [old.trainee_id], _listed(before, shown.data), what)
        before.found(breaches, shown, listing.id, old.history)
        after = _at(before, _midnight(turn))
        again = after.call(listing.id)
        row = after.refusal("none_listed", listing.id)
        what = f"{listing.id} on the first day of the next academic cycle"
        source = listing.source()
        after.found(expect.refusal(again, row, what, source), again, listing.id, old.history)
        query = listing.query({IN_CYCLE: str(cycle_of(turn) - 1)})
        asked = after.call(listing.id, query=query)
        what = f"{listing.id} for the academic cycle before"
        breaches = expect.value("the trainees", [old.trainee_id], _listed(after, asked.data), what)
        after.found(breaches, asked, listing.id, old.history)


@to_operations(lambda operation, contract: operation.does in (CREATE, UPDATE))
def test_what_is_done_is_dated_now(operation: Operation, bench: Bench) -> None:
    """The moments of a new record, and of a change the last one, are those of the target."""
    what = f"the moments that {operation.id} writes"
    bench.needs_writing(what)
    bench.needs(bench.control, what, "only a control API tells what time it is")
    assert bench.control is not None
    cast = bench.trainee()
    bench.control.advance(seconds=int(_DELAY.total_seconds()))
    before = bench.control.now()
    data = bench.bodies.for_operation(operation.id)
    exchange = bench.must(operation.id, path=cast.ids, data=data)
    records = list(records_in(bench.contract, exchange.data))
    if operation.does == UPDATE or operation.kind != TRAINEE:
        # What comes with a new trainee is new too; nothing else in an answer is.
        records = records[:1]
    dated = bench.contract.moments if operation.does == CREATE else _last_changes(bench)
    for kind, shown in records:
        for field in sorted(dated & shown.keys()):
            if kind not in (operation.kind, *bench.contract.held) or shown[field] is None:
                continue
            breaches = expect.holds(
                abs(moment_of(str(shown[field])) - before) < _NEARLY,
                "time.written",
                f"{operation.id} writes another {field} of a {kind} than the present time",
                f"about {before.isoformat()}",
                shown[field],
            )
            bench.found(breaches, exchange, operation.id)


def _last_changes(bench: Bench) -> set[str]:
    """The fields that tell when a record changed last."""
    return set(bench.listing.fields(AT_OR_AFTER))


def test_a_token_ends_at_midnight(bench: Bench) -> None:
    with _elsewhere(bench, "a token on its last day") as inside:
        assert inside.control is not None
        end, probe = inside.bodies.today + _DAY, inside.contract.simplest
        token = inside.control.token(inside.target.ukprn, "active", end)
        headers = inside.target.place.carrying(token)
        for moment, words in ((-_MOMENT, "two seconds before"), (timedelta(), "when")):
            there = _at(inside, _midnight(end) + moment)
            what = f"{probe.id} {words} its token ends"
            exchange = there.target.api.as_token(None).call(
                probe.method, probe.path, headers=headers
            )
            if moment:
                breaches = expect.let_in(exchange, probe, what)
            else:
                row, source = there.refusal("unauthorized", probe.id), inside.contract.token_source
                breaches = expect.refusal(exchange, row, what, source)
            there.found(breaches, exchange, probe.id)


def test_what_is_due_comes_in_time(bench: Bench) -> None:
    """What an event starts to wait for comes when its time is up, and as of then."""
    events = bench.contract.events
    for event in events.values():
        awaited = events.get(event.get("starts", ""), {})
        if "timer" in awaited and event["cause"] in bench.contract.operations:
            with _elsewhere(bench, "what comes by itself") as inside:
                _wait(inside, bench.operation(event["cause"]), event, awaited)


def _wait(
    bench: Bench, cause: Operation, event: Mapping[str, Any], awaited: Mapping[str, Any]
) -> None:
    """Let an event happen and look at the trainee before and after what it waits for."""
    assert bench.control is not None
    bench.control.wait(str(awaited["timer"]), int(_DELAY.total_seconds()))
    edge = event["edges"][0]
    cast = bench.created() if cause.does == CREATE else bench.in_state(edge["from"][0])
    bench.needs(cast, "what comes by itself", "no trainee can be made")
    assert cast is not None
    show, field, began = bench.doing(SHOW), bench.contract.state_field, cast.made
    if cause.does != CREATE:
        data = bench.bodies.for_operation(cause.id)
        began = bench.must(cause.id, path=cast.ids, data=data)
    then = next(each["to"] for each in awaited["edges"] if edge["to"] in each["from"])
    history = (began,) if began is not None else ()
    for seconds, state in ((_DELAY - _NEARLY, edge["to"]), (3 * _DELAY, then)):
        bench.control.advance(seconds=int(seconds.total_seconds()))
        shown = bench.must(show, path=cast.ids, after=history)
        what = f"A trainee after {cause.id}, {short(str(awaited['timer']))} being due in an hour,"
        breaches = expect.value(field, state, shown.data.get(field), what)
        bench.contract.exercised.note(*_rows(bench, event, edge, awaited, state))
        bench.found(breaches, shown, show, history)
    moments = [_moment_of(bench, each) for each in (began, shown)]
    if None not in moments:
        ahead = moments[1] - moments[0]
        breaches = expect.holds(
            abs(ahead - _DELAY) < _NEARLY,
            "time.due",
            f"What {cause.id} waits for does not come when it is due",
            f"a change {_DELAY} later",
            f"{ahead} later",
        )
        bench.found(breaches, shown, show, history)


def _rows(
    bench: Bench,
    event: Mapping[str, Any],
    edge: Mapping[str, Any],
    awaited: Mapping[str, Any],
    state: str,
) -> list[str]:
    """The rows that a trainee in ``state`` shows: what began, and what has come since."""
    begun = moved(name_of(bench.contract, event), edge["from"][0], edge)
    late = [
        moved(name_of(bench.contract, awaited), edge["to"], each)
        for each in awaited["edges"]
        if edge["to"] in each["from"] and each["to"] == state
    ]
    return [begun, *late]


def _moment_of(bench: Bench, exchange: Exchange | None) -> Any:
    """When a shown trainee changed last."""
    field = next(iter(bench.listing.fields(AT_OR_AFTER)), "")
    shown = exchange.data if exchange is not None else None
    return moment_of(str(shown.get(field))) if isinstance(shown, Mapping) else None


def _listed(bench: Bench, rows: object) -> list[str]:
    return [bench.first_id(row, TRAINEE) for row in rows] if isinstance(rows, list) else []


def _has_limits(contract: Contract) -> bool:
    """Whether a rule compares a date of a new trainee with today."""
    return any(
        True
        for row in rules_of(contract, contract.doing(CREATE).id)
        for test in comparisons(row["must"], *_COMPARING)
        if source_of(test["value"]) is not None
    )


@where(_has_limits)
def test_a_day_begins_at_midnight(bench: Bench) -> None:
    """The farthest date that a rule lets through from a day on, just before it and from it on."""
    bench.needs_writing("dates around midnight")
    with _elsewhere(bench, "dates around midnight") as inside:
        today = inside.bodies.today
        for day in (today + _DAY, today + _HALF_A_YEAR, _leap_day(today)):
            limits = list(_limits(inside, day))
            for when, moment in (("two seconds before", -_MOMENT), ("at", timedelta())):
                there = _at(inside, _midnight(day) + moment)
                for field, limit in bench.some(limits):
                    _sent(there, {field: limit.isoformat()}, f"{when} midnight")


def _leap_day(today: date) -> date:
    """The next 29 February."""
    years = (year for year in range(today.year, today.year + _LEAP_YEARS) if isleap(year))
    return next(day for day in (date(year, 2, 29) for year in years) if day > today)


def _limits(bench: Bench, day: date) -> Iterator[tuple[str, date]]:
    """Each field that a rule compares with today, and what it is let through with on a day."""
    then = Scope(bench.contract, {}, whole=True, today=day)
    for row in rules_of(bench.contract, bench.doing(CREATE)):
        for word in _COMPARING:
            for test in comparisons(row["must"], word):
                name, limit = source_of(test["value"]), as_date(then.value(test[word]))
                if name is not None and limit is not None:
                    yield bench.contract.public(name), limit


def _sent(bench: Bench, changes: Mapping[str, str], when: str) -> None:
    create = bench.contract.doing(CREATE)
    data = bench.bodies.trainee(**changes)
    problems = bench.rules.problems(bench.contract.data_schema(create), data, create.id)
    exchange = bench.call(create.id, data=data)
    what = f"{create.id} with {short(changes)} {when}"
    wanted = bench.field_refusal(create, problems)
    breaches = expect.deserved(exchange, create, wanted, what, bench.source(create.id))
    bench.found(breaches, exchange, create.id)
