"""Histories: what several trainees go through, step by step, each step judged by those before.

What a trainee is, is known from the table of the lifecycle and from the last answer about it: its
state and the ones before, what was sent for it, whether it was taken away. So every step has one
answer that is due, and where it is right, all else has to be as it was.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from register_contract.oracle.alike import is_duplicate
from register_contract.oracle.careers import Stage
from register_contract.oracle.contract import (
    CREATE,
    OUTSIDE,
    SHOW,
    TRAINEE,
    UPDATE,
    Operation,
)
from register_contract.oracle.echo import echoes
from register_contract.oracle.kept import laid_over
from register_contract.oracle.lifecycle import event_of
from register_contract.oracle.listing import IN_CYCLE, SORTED_BY
from register_contract.oracle.refusals import not_found
from register_contract.oracle.rules import as_stored
from register_contract.oracle.said import effective
from register_contract.oracle.scope import Scope
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.values import as_date, cycle_of, first_day
from register_contract.suite.bench import Bench, Cast
from register_contract.suite.checks import expect, lists
from register_contract.suite.checks.events import written_breaches
from register_contract.suite.moving import move
from register_contract.suite.population import Population
from register_contract.verdict.finding import Breach

_MOST = 2
"""So many trainees are in a history at a time."""
_CREATE, _OUTSIDE, _END = "create", "event", "end"
_MOVE, _CHANGE, _REFUSED, _GONE = _CALLS = ("move", "change", "refused", "gone")
_AGAIN, _WAIT, _STRANGER, _LOOK, _TOKEN = "again", "wait", "stranger", "list", "token"
KINDS = (
    *(_CREATE, *[_MOVE] * 4, *[_CHANGE] * 3, *[_REFUSED] * 4, _GONE, *[_OUTSIDE] * 5, _END),
    *(*[_AGAIN] * 2, *[_WAIT] * 2, _STRANGER, *[_LOOK] * 2, *[_TOKEN] * 2),
)
"""Of what kind a step may be, each as often as it is likely."""
_MOMENT, _DAY = timedelta(seconds=1), timedelta(days=1)
_LEAP_YEARS = 9
_BEFORE = timedelta(minutes=2)
"""So long before midnight some steps are still of the same day."""
_LISTS: tuple[Callable[[Population], None], ...] = (
    lists.whole_list,
    lambda people: lists.order(people, is_rising=None),
    lists.pages,
    lists.meanings,
    lists.since,
    lambda people: lists.has_value(people, lists.YES),
)


@dataclass(frozen=True)
class Draw:
    """What chance has drawn: the kind of a step, and a number that chooses among such steps."""

    kind: str
    number: int


@dataclass(frozen=True)
class Step:
    """One step, which says the same wherever it stands in a history.

    ``action`` is an operation, an event outside the API or another kind of step, ``who`` the number
    of the trainee it is about, and ``number`` decides what else is open.
    """

    action: str
    who: int
    number: int


@dataclass
class _Person:
    """A trainee of a history: as it was shown last, where it stands, and what was sent for it."""

    number: int
    cast: Cast
    stage: Stage
    sent: Mapping[str, Any]
    is_gone: bool = False

    @property
    def state(self) -> str:
        """The state it is in."""
        return self.stage.states[-1]


class History:
    """Takes one step after the other in a world of its own, which ``bench`` is in."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._contract = bench.contract
        self._create = bench.contract.doing(CREATE)
        self._people: list[_Person] = []
        self._next = 0
        self._token: tuple[str, date] | None = None
        rows = self._contract.operations.values()
        calls = [each for each in rows if TRAINEE in each.ids]
        self._writes = [each for each in calls if each.writes]
        self._reads = [each for each in calls if not each.writes]

    def step(self, draw: Draw) -> Step:
        """The step that a draw chooses of those there are now; without any a new trainee."""
        ways = self._ways(draw.kind)
        if not ways:
            return Step(self._create.id, self._next, draw.number)
        number, who = divmod(draw.number, len(ways))
        number, action = divmod(number, len(ways[who][1]))
        return Step(ways[who][1][action], ways[who][0], number)

    def _ways(self, kind: str) -> list[tuple[int, list[str]]]:
        """What steps of a kind there are: the number of each trainee, and what may be done."""
        if kind == _CREATE:
            full = len(self._there) >= _MOST
            return [(0, [_LOOK])] if full else []
        people = self._people if kind == _GONE else self._there
        found = [(each.number, self._ways_of(each, kind)) for each in people]
        return [(number, ways) for number, ways in found if ways]

    def _ways_of(self, person: _Person, kind: str) -> list[str]:
        if kind in (_OUTSIDE, _END):
            return [
                name
                for name, event in self._contract.events.items()
                if event["cause"] == OUTSIDE and bool(event.get("hides")) == (kind == _END)
                if self._after(person, event) is not None
            ]
        if kind not in _CALLS:
            return [kind]
        able = [o for o in self._writes if all(map(person.cast.all_ids.get, o.ids))]
        return [operation.id for operation in able if self._kind(operation, person) == kind]

    @property
    def _there(self) -> list[_Person]:
        """Those who were not taken away."""
        return [each for each in self._people if not each.is_gone]

    def take(self, step: Step) -> None:
        """Do what a step says, a second after the last one; nothing without its trainee."""
        self._pass(_MOMENT)
        if step.action == self._create.id:
            self._enter(step.who, self._bench.trainee())
        elif step.action == _WAIT:
            self._wait(step)
        elif step.action == _LOOK:
            self._look(step)
        for person in self._people:
            if person.number == step.who:
                self._take(step, person)
                return

    def _take(self, step: Step, person: _Person) -> None:
        event = self._contract.events.get(step.action)
        if step.action == _AGAIN:
            self._repeat(person)
        elif step.action == _STRANGER:
            self._stranger(person)
        elif step.action == _TOKEN:
            self._knock(person)
        elif event is not None:
            self._happen(step, person, event)
        elif step.action in {each.id for each in self._writes}:
            self._call(step, person)

    # --- time

    def _pass(self, ahead: timedelta) -> None:
        control = self._bench.control
        assert control is not None
        control.advance(int(ahead.total_seconds()))
        self._bench.nothing_happened()
        now = control.now()
        if now.date() != self._bench.bodies.today:
            self._bench = self._bench.at(now)

    def _wait(self, step: Step) -> None:
        """To midnight, the next academic cycle or leap day, or to just before one of these.

        Not into one in which the contract takes no trainee of the kind that is made here.
        """
        assert self._bench.control is not None
        now = self._bench.control.now()
        today = now.date()
        edges = [today + _DAY, first_day(cycle_of(today) + 1), _leap_day(today + _DAY)]
        ways = [_midnight(edge) - before for edge in edges for before in (timedelta(), _BEFORE)]
        moment = ways[step.number % len(ways)] + _MOMENT
        there = self._bench.at(moment)
        data = there.bodies.trainee()
        schema = self._contract.data_schema(self._create)
        if moment > now and not there.rules.problems(schema, data, self._create.id):
            self._pass(moment - now)

    # --- calls

    def _enter(self, number: int, cast: Cast) -> None:
        stage = Stage((self._contract.states_of_new[0],))
        self._people.append(_Person(number, cast, stage, cast.sent))
        self._next = max(self._next, number + 1)

    def _call(self, step: Step, person: _Person) -> None:
        """Call an operation that writes, and look at what became of the trainee."""
        operation = self._contract.operation(step.action)
        if not all(map(person.cast.all_ids.get, operation.ids)):
            return
        data = self._data(operation)
        if person.is_gone:
            exchange = self._bench.call(operation.id, path=person.cast.ids, data=data)
            row = self._bench.refusal(not_found(TRAINEE), operation.id)
            what = f"{operation.id} on a trainee that was taken away"
            breaches = expect.refusal(exchange, row, what, "decision 14")
            self._bench.found(breaches, exchange, operation.id)
        elif move(self._bench, operation, person.state, person.cast, data):
            self._accepted(operation, person, data)
            self._read(step, person)

    def _read(self, step: Step, person: _Person) -> None:
        """Look at it in one more way: the answer is held to the ones before."""
        able = [o for o in self._reads if all(map(person.cast.all_ids.get, o.ids))]
        if able:
            self._bench.must(able[step.number % len(able)].id, path=person.cast.ids)

    def _kind(self, operation: Operation, person: _Person) -> str:
        """Whether a call would move a trainee, change it otherwise, or be refused, and why."""
        event = event_of(self._contract, operation)
        if person.is_gone:
            return _GONE
        if self._contract.lock(operation, person.state) is not None:
            return _REFUSED
        if event is None:
            return _CHANGE
        return _REFUSED if self._after(person, event) is None else _MOVE

    def _after(self, person: _Person, event: Mapping[str, Any]) -> Stage | None:
        return person.stage.after(self._contract, event)

    def _data(self, operation: Operation) -> Mapping[str, Any] | None:
        if operation.body is None:
            return None
        if (operation.does, operation.kind) == (UPDATE, TRAINEE):
            return self._bench.bodies.change()
        return self._bench.bodies.for_operation(operation.id)

    def _accepted(
        self, operation: Operation, person: _Person, data: Mapping[str, Any] | None
    ) -> None:
        event = event_of(self._contract, operation)
        row = person.stage.row(self._contract, event) if event is not None else None
        updated = event is None and data is not None and operation.kind == TRAINEE
        if event is not None:
            person.stage = self._after(person, event) or person.stage
        elif data is not None and updated:
            schema = self._contract.data_schema(operation)
            said = effective(self._contract, schema, data)
            person.sent = laid_over(self._contract, TRAINEE, person.sent, said)
        breaches = self._see(person, what := f"A trainee after {operation.id}")
        if updated:
            breaches += self._unlike(data or {}, person.cast.shown, what)
        self._contract.exercised.note(*filter(None, [row]))
        self._judge(breaches, person)

    def _see(self, person: _Person, what: str) -> list[Breach]:
        """Look at a trainee again; returns what is wrong with its state."""
        field = self._contract.state_field
        shown = self._bench.must(self._bench.doing(SHOW), path=person.cast.ids)
        person.cast = self._bench.cast(person.sent, shown)
        return expect.value(field, person.state, person.cast.shown.get(field), what)

    def _unlike(
        self, sent: Mapping[str, Any], shown: Mapping[str, Any], what: str
    ) -> Iterator[Breach]:
        """What an update of a trainee has sent and is shown otherwise."""
        for name in sorted(sent.keys() & echoes(self._contract, TRAINEE) & shown.keys()):
            yield from expect.echo(name, sent[name], shown[name], what)

    def _judge(self, breaches: list[Breach], person: _Person) -> None:
        """Enter what the last look at a trainee has found."""
        assert person.cast.made is not None
        self._bench.found(breaches, person.cast.made, self._bench.doing(SHOW))

    # --- what is no call on one trainee

    def _happen(self, step: Step, person: _Person, event: Mapping[str, Any]) -> None:
        """Let an event outside the API happen, where it can."""
        control, after = self._bench.control, self._after(person, event)
        if after is None or person.is_gone:
            return
        assert control is not None
        row = person.stage.row(self._contract, event)
        control.event(person.cast.trainee_id, step.action)
        self._bench.happened(person.cast.trainee_id, event)
        person.stage, person.is_gone = after, event.get("hides") is True
        if not event.get("hides"):
            breaches = self._see(person, what := f"A trainee after {step.action}")
            shown, today = person.cast.shown, self._bench.bodies.today
            breaches += written_breaches(self._contract, event, shown, today, None, what)
            self._contract.exercised.note(row)
            self._judge(breaches, person)
        elif not person.is_gone:
            self._people.remove(person)  # what becomes of one that is only left out is not said

    def _repeat(self, person: _Person) -> None:
        """Send again what was sent for a trainee, as far as it is known what is due."""
        row = self._contract.table("x-duplicates").get(TRAINEE)
        if row is None:
            return
        new = self._kept(person.sent)
        there = self._there
        try:
            alike = [each for each in there if is_duplicate(row, self._kept(each.sent), new)]
        except CannotSayError:
            return
        create, data = self._create.id, person.sent
        problems = self._bench.rules.problems(
            self._contract.data_schema(self._create), data, create
        )
        if problems or person.is_gone or (not alike and len(there) >= _MOST):
            return
        history = [made for each in there for made in each.cast.history]
        exchange = self._bench.call(create, data=data, after=history)
        what = f"{create} with what is known of another trainee"
        if not alike:
            breaches = expect.status(exchange, self._create.success, what)
            if self._bench.found(breaches, exchange, create, history):
                self._enter(self._next, self._bench.cast(data, exchange))
            return
        answer = self._bench.refusal(row["answer"], create)
        breaches = expect.refusal(exchange, answer, what, self._bench.source(create))
        self._bench.found(breaches, exchange, create, history)

    def _kept(self, sent: Mapping[str, Any]) -> Scope:
        schema = self._contract.data_schema(self._create)
        said = effective(self._contract, schema, sent)
        return as_stored(self._contract, self._create.id, said, self._bench.bodies.today)

    def _stranger(self, person: _Person) -> None:
        """Another provider does not see a trainee."""
        other = self._bench.target.other
        if other is None:
            return
        show = self._bench.doing(SHOW)
        exchange = self._bench.call(show, path=person.cast.ids, api=other)
        row = self._bench.refusal(not_found(TRAINEE), show)
        what = f"{show} of another provider's trainee"
        self._bench.found(
            expect.refusal(exchange, row, what, self._bench.source(show)), exchange, show
        )

    def _knock(self, person: _Person) -> None:
        """Ask with a token that ends at the next midnight, before and after that."""
        bench, control = self._bench, self._bench.control
        assert control is not None
        if self._token is None:
            end = bench.bodies.today + _DAY
            self._token = control.token(bench.target.ukprn, "active", end), end
        token, end = self._token
        show = bench.contract.doing(SHOW)
        exchange = bench.call(show.id, path=person.cast.ids, api=bench.target.api.as_token(token))
        if bench.bodies.today < end:
            breaches = expect.let_in(exchange, show, what := f"{show.id} before its token ends")
            breaches += expect.status(exchange, show.success, what)
        else:
            self._token = None
            row, source = bench.refusal("unauthorized", show.id), bench.contract.token_source
            what = f"{show.id} with a token that has ended"
            breaches = expect.refusal(exchange, row, what, source)
        bench.found(breaches, exchange, show.id)

    def _look(self, step: Step) -> None:
        """Hold the list to what is known of everybody."""
        bench = self._bench
        rows = sorted(
            (each.cast.shown for each in self._people if self._is_listed(each)),
            key=lambda row: str(bench.listing.of(row, SORTED_BY, bench.bodies.today)),
            reverse=True,
        )
        hidden = {each.cast.trainee_id for each in self._people if not self._is_listed(each)}
        people = Population(bench, bench.listing, tuple(rows), True, True, frozenset(hidden))
        if rows:
            _LISTS[step.number % len(_LISTS)](people)
            return
        exchange = bench.call(bench.listing.id)
        row = bench.refusal("none_listed", bench.listing.id)
        what = f"{bench.listing.id} where there is nobody"
        breaches = expect.refusal(exchange, row, what, bench.listing.source())
        bench.found(breaches, exchange, bench.listing.id)

    def _is_listed(self, person: _Person) -> bool:
        today = self._bench.bodies.today
        day = as_date(self._bench.listing.of(person.cast.shown, IN_CYCLE, today))
        is_current = day is not None and cycle_of(day) == cycle_of(today)
        return not person.is_gone and is_current and person.state != self._contract.initial


def _leap_day(day: date) -> date:
    """The first one from a day on."""
    return next(
        date(year, 2, 29)
        for year in range(day.year, day.year + _LEAP_YEARS)
        if isleap(year) and date(year, 2, 29) >= day
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
