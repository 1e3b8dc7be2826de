"""Time: what depends on the day turns at midnight, and the academic cycle on 1 August.

Documents: 001 GET /trainees (academic_cycle); 003 Trainee object (dates); decision 28.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from register_contract.oracle.contract import CREATE, TRAINEE
from register_contract.oracle.listing import IN_CYCLE
from register_contract.oracle.rules import rules_of
from register_contract.oracle.scope import Scope
from register_contract.oracle.values import as_date, cycle_of, first_day
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.population import own_world
from register_contract.suite.strategies.limits import comparisons, source_of
from register_contract.target.words import short

_LEAP_YEARS = 9
"""So many years have a leap day at least."""
_DAY, _MOMENT = timedelta(days=1), timedelta(seconds=2)


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
    return Bench(bench.contract, bench.target, bench.judge, bench.bodies.at(moment))


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


def _listed(bench: Bench, rows: object) -> list[str]:
    return [bench.first_id(row, TRAINEE) for row in rows] if isinstance(rows, list) else []


def test_a_day_begins_at_midnight(bench: Bench) -> None:
    """The farthest date that a rule lets through from a day on, just before it and from it on."""
    bench.needs_writing("dates around midnight")
    with _elsewhere(bench, "dates around midnight") as inside:
        today = inside.bodies.today
        for day in (today + _DAY, _leap_day(today)):
            limits = list(_limits(inside, day))
            for when, moment in (("two seconds before", -_MOMENT), ("at", timedelta())):
                there = _at(inside, _midnight(day) + moment)
                for field, limit in limits:
                    _sent(there, {field: limit.isoformat()}, f"{when} midnight")


def _leap_day(today: date) -> date:
    """The next 29 February."""
    years = (year for year in range(today.year, today.year + _LEAP_YEARS) if isleap(year))
    return next(day for day in (date(year, 2, 29) for year in years) if day > today)


def _limits(bench: Bench, day: date) -> Iterator[tuple[str, date]]:
    """Each field that a rule compares with today, and what it is let through with on a day."""
    then = Scope(bench.contract, {}, whole=True, today=day)
    for row in rules_of(bench.contract, bench.doing(CREATE)):
        for word in ("not_after", "not_before", "after"):
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
