"""The trainees a list is tried on: known ones where there is a control API, else what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from register_contract.oracle.contract import CREATE, TRAINEE, CannotTryError
from register_contract.oracle.derived import shown_scope
from register_contract.oracle.listing import IN_CYCLE, Listing
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.values import cycle_of, first_day
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.verdict.results import Judge

_MOST = 100
_FEW = 5
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Population:
    """A bench whose list is known: what must be listed for the current cycle, and what not.

    ``owned`` says that nobody else changes it, ``complete`` that ``rows`` is the whole list.
    ``hidden`` are those that must not be listed, ``earlier`` those of them that belong to the
    academic cycle before.
    """

    bench: Bench
    listing: Listing
    rows: tuple[Mapping[str, Any], ...]
    complete: bool
    owned: bool
    hidden: frozenset[str]
    earlier: frozenset[str] = frozenset()

    @property
    def ids(self) -> list[str]:
        """Ids of the listed trainees in the default order."""
        return [self.id_of(row) for row in self.rows]

    def id_of(self, row: Mapping[str, Any]) -> str:
        """The id of a listed trainee."""
        return str(row.get(self.bench.contract.id_field(TRAINEE)))

    def value(self, what: str, row: Mapping[str, Any]) -> Any:
        """What a parameter of the list sorts or selects a trainee by."""
        return self.listing.of(row, what, self.bench.bodies.today)


@contextmanager
def populated(bench: Bench, trial: Judge) -> Iterator[Population | None]:
    """Trainees to list, and a bench whose judge is ``trial``; None when there is nobody."""
    bench = Bench(bench.contract, bench.target, trial, bench.bodies, bench.share)
    if bench.control is None:
        yield _of(bench, _rows_there(bench), frozenset())
        return
    inside = own_world(bench)
    assert inside.control is not None
    with inside.control.passing():
        hidden, earlier = _fill(inside)
        people = _of(inside, _rows(inside), frozenset(hidden | earlier))
        yield people and replace(people, earlier=frozenset(earlier))


def _of(bench: Bench, rows: list[dict[str, Any]], hidden: frozenset[str]) -> Population | None:
    if not rows:
        return None
    owned = bench.control is not None
    return Population(bench, bench.listing, tuple(rows), len(rows) < _MOST, owned, hidden)


def _rows_there(bench: Bench) -> list[dict[str, Any]]:
    """What a target of unknown content lists, after adding to it if it may be and has little."""
    rows = _rows(bench)
    if bench.target.writes and len(rows) < _FEW:
        for _ in range(_FEW):
            bench.trainee()
        rows = _rows(bench)
    return rows


def _rows(bench: Bench) -> list[dict[str, Any]]:
    listing, name = bench.listing, bench.contract.id_field(TRAINEE)
    first = bench.call(listing.id, query=listing.at_most(_MOST))
    if first.status not in (200, 404):
        what = f"{listing.id}, asked for a hundred trainees,"
        bench.found(expect.status(first, 200, what), first, listing.id)
    rows = first.data if isinstance(first.data, list) else []
    return [row for row in rows if isinstance(row, dict) and row.get(name)]


def own_world(bench: Bench) -> Bench:
    """A bench in an empty world of its own."""
    assert bench.control is not None
    name = f"{bench.control.world}-{bench.bodies.word(12).lower()}"
    control, holders = bench.control.create_world(name)
    control.prepare(bench.target.now, bench.target.place.timers)
    inside = bench.target.within(control, holders)
    return Bench(bench.contract, inside, bench.judge, bench.bodies, bench.share)


def _fill(bench: Bench) -> tuple[set[str], set[str]]:
    """Make a trainee in each state, another cycle's, one of today, a future one; a second each.

    Returns the ids of those the list must hide, and of those of the cycle before.
    """
    assert bench.control is not None
    hidden: set[str] = set()
    states = bench.contract.states
    for state in [*states, *states[:3]]:
        cast = bench.in_state(state)
        if cast is None:
            continue
        if state == bench.contract.initial:
            hidden.add(cast.trainee_id)
        bench.control.advance(seconds=1)
    last_year, turn = bench.bodies.start - _YEAR, first_day(cycle_of(bench.bodies.today))
    earlier = set()
    for day in (last_year, turn - timedelta(days=1), turn):
        cast = bench.trainee(**bench.bodies.started(day))
        earlier |= {cast.trainee_id} if day < turn else set()
        bench.control.advance(seconds=1)
    earlier |= set(_between_cycles(bench, last_year))
    for event in bench.contract.hiding:
        gone = bench.trainee()
        bench.control.event(gone.trainee_id, event)
        hidden.add(gone.trainee_id)
    today = bench.bodies.today
    for start in filter(None, (today, _coming(today))):
        if _may_start(bench, start):
            bench.trainee(**bench.bodies.started(start))
            bench.control.advance(seconds=1)
    return hidden, earlier


def _between_cycles(bench: Bench, last_year: date) -> Iterator[str]:
    """Make trainees who belong to two cycles by different dates, the first of which counts.

    Yields the ids of those that do not belong to the current one.
    """
    names = bench.listing.fields(IN_CYCLE)
    for first, rest in ((bench.bodies.start, last_year), (last_year, bench.bodies.start)):
        dates = {name: (rest if place else first).isoformat() for place, name in enumerate(names)}
        create, data = bench.contract.doing(CREATE), bench.bodies.trainee(**dates)
        if bench.rules.problems(bench.contract.data_schema(create), data, create.id):
            continue
        cast = bench.trainee(**dates)
        assert bench.control is not None
        bench.control.advance(seconds=1)
        if first == last_year:
            yield cast.trainee_id


def _may_start(bench: Bench, day: date) -> bool:
    """Whether the contract takes a trainee who starts on that day."""
    create = bench.contract.doing(CREATE)
    data = bench.bodies.trainee(**bench.bodies.started(day))
    return not bench.rules.problems(bench.contract.data_schema(create), data, create.id)


def _coming(today: date) -> date | None:
    """A day in the future of the current academic cycle, if it has one left."""
    coming = today + timedelta(days=1)
    return coming if cycle_of(coming) == cycle_of(today) else None


def selected(people: Population, condition: Any, name: str) -> list[str]:
    """The ids of whom a value of the parameter ``name`` selects, by the table beside it."""
    bench, found = people.bench, []
    for row in people.rows:
        scope = shown_scope(bench.contract, TRAINEE, row, bench.bodies.today)
        try:
            if scope.holds(condition) is True:
                found.append(people.id_of(row))
        except CannotSayError as error:
            raise CannotTryError(f"whom {name} selects cannot be said: {error}") from error
    return found
