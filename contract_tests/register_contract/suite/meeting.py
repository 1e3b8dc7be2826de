"""Calls that meet: many clients call at once, and what they are answered has to have an order.

Each round begins with what is known of its trainees. An order of its calls is looked for in which
each answer is the one that is due by the model after those before it (``oracle/linear``); what
comes after the round is read then, so that what was lost is seen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from register_contract.oracle.contract import (
    CREATE,
    TRAINEE,
    UPDATE,
    CannotTryError,
    Contract,
    Operation,
)
from register_contract.oracle.derived import records_in
from register_contract.oracle.lifecycle import event_of
from register_contract.oracle.linear import (
    Timed,
    UndecidedError,
    possible_order,
    shortest_impossible,
)
from register_contract.oracle.memory import Memory, last_changes
from register_contract.oracle.schemas import properties
from register_contract.oracle.showing import placed
from register_contract.oracle.step import Model
from register_contract.oracle.world import Call, World
from register_contract.suite.bench import Bench, Cast
from register_contract.suite.checks import expect
from register_contract.target.exchange import Exchange
from register_contract.verdict.finding import Breach
from register_contract.verdict.results import Met
from register_contract.verdict.timeline import Span

_SELF = "the first provider"
_REFUSED = 300
_HOT, _RECORDS = 2, 4


@dataclass(frozen=True)
class Answered:
    """A call, and what it was answered."""

    call: Call
    exchange: Exchange

    def may_go(self, contract: Contract) -> bool:
        """Whether its answer says that it has changed nothing."""
        operation = self.call.operation
        if not operation.writes:
            return True
        is_refused = self.exchange.status >= _REFUSED
        schema = contract.data_schema(operation) if operation.body else {}
        return is_refused and "x-lost-when-refused" not in schema


class Meeting:
    """Rounds of calls on trainees that the model knows."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._contract = bench.contract
        # When a trainee was changed last tells no more than that it was, and each read another one;
        # and what happens outside the API may come in between, where others can let it happen.
        restless = Memory(bench.contract, is_alone=bench.control is not None).restless
        self._model = Model(bench.contract, blind_to=last_changes(bench.contract) | restless)
        self._world = World()
        self._operation: Operation | None = None
        self._ids: Mapping[str, Sequence[str]] = {}

    def trainee(self, operation: Operation) -> Cast | None:
        """A trainee for an operation, with several of the records that it works on.

        It is in a state in which the operation may succeed, and known to the model.
        """
        self._operation, cast = operation, self._fitting(operation)
        if cast is not None and operation.kind != TRAINEE:
            self._add(cast, operation.kind, _RECORDS)
        return cast

    def _fitting(self, operation: Operation) -> Cast | None:
        event = event_of(self._contract, operation)
        if event is None or operation.does == CREATE:
            return self._new()
        for state in dict.fromkeys(state for edge in event["edges"] for state in edge["from"]):
            if state in self._contract.states_of_new:
                return self._new()
            cast = self._bench.in_state(state)
            if cast is not None:
                self._enter(cast)
                return cast
        return None

    def _new(self) -> Cast:
        cast = self._bench.trainee()
        self._enter(cast)
        return cast

    def _enter(self, cast: Cast) -> None:
        create, today = self._contract.doing(CREATE), self._bench.bodies.today
        held = placed(self._contract, create, cast.sent, cast.shown, today)
        self._world = self._world.having(_SELF, held)

    def _add(self, cast: Cast, kind: str, count: int) -> None:
        """Make some records of a kind for a trainee."""
        create = self._bench.operation(self._bench.doing(CREATE, kind))
        for _ in range(count):
            call = self.call(create, {TRAINEE: cast.trainee_id}, self._bench.bodies.lasting(kind))
            made = self._bench.must(create.id, path=call.ids, data=call.data)
            due = self._model.done(self._world, call)
            self._world = self._model.learned(due, made.data)

    def ids(self, cast: Cast) -> dict[str, list[str]]:
        """The ids of a trainee and of its records, by kind."""
        held = self._world.of(_SELF, cast.trainee_id)
        rows = held.children.items() if held is not None else ()
        return {TRAINEE: [cast.trainee_id]} | {kind: [r.id for r in rows_] for kind, rows_ in rows}

    def round(self, calls: Sequence[Call], cast: Cast | None) -> None:
        """Let calls meet, read afterwards what they were about, and hold all to the model.

        They are about one trainee, or without it each makes one.
        """
        self._ids = self.ids(cast) if cast is not None else {}
        asked = [(call.operation.id, call.ids, call.data) for call in calls]
        answers = self._bench.at_once(asked)
        events = [Answered(*pair) for pair in zip(calls, answers, strict=True)]
        events += self._read(cast.trainee_id) if cast is not None else ()
        if any(event.exchange.failure for event in events):
            self._skip("one of them had no answer")
            return
        self._hold(events)

    def _read(self, trainee: str) -> Iterator[Answered]:
        """Look at a trainee and its records, one after the other."""
        for operation in self._contract.operations.values():
            if operation.ids.keys() == {TRAINEE} and not operation.writes:
                ids = {TRAINEE: trainee}
                call = self.call(operation, ids)
                yield Answered(call, self._bench.call(operation.id, path=ids))

    def call(self, operation: Operation, ids: Mapping[str, str], data: Any = None) -> Call:
        """A call of the provider that makes all of them."""
        return Call(operation, _SELF, dict(ids), data, self._bench.bodies.today)

    def _hold(self, events: Sequence[Answered]) -> None:
        """A finding where there is no order of the events; what is held after one that there is."""
        try:
            for group in self._model.related([event.call for event in events]):
                self._order([_timed(events[place]) for place in group])
        except UndecidedError:
            self._skip("there are too many orders to try")
        except CannotTryError as error:
            self._skip(str(error))

    def _order(self, calls: Sequence[Timed[Answered]]) -> None:
        """Find an order of calls that make no difference to others. Raises as the model does."""
        started = time.perf_counter()
        found = possible_order(calls, self._world, self._apply, self._may_go)
        self._bench.judge.met += Met(len(calls), time.perf_counter() - started)
        if found is None:
            fewest = shortest_impossible(calls, self._world, self._apply, self._may_go)
            if self._is_as_due_alone(sorted(fewest, key=lambda each: each.began)):
                self._tell(fewest)
            else:
                self._skip("one by one such calls are not answered as is due")
            return
        self._world = found[1]
        last = calls[-1].event
        self._bench.found([], last.exchange, last.call.operation.id)

    def _is_as_due_alone(self, calls: Sequence[Timed[Answered]]) -> bool:
        """Whether calls like these are answered as is due when each waits for the one before.

        Else that they met makes no difference: what is wrong with them, other tests tell.
        """
        cast = self.trainee(self._operation) if self._ids and self._operation else None
        ids = self.ids(cast) if cast is not None else {}
        new = {
            old: each
            for kind, known in self._ids.items()
            for old, each in zip(known, ids.get(kind, ()), strict=False)
        }
        bodies: dict[str, Any] = {}
        for each in calls:
            call = each.event.call
            data = call.data
            if call.operation.does == CREATE and call.operation.kind == TRAINEE:
                data = bodies.setdefault(repr(data), self._bench.bodies.trainee())
            path = {kind: new.get(old, old) for kind, old in call.ids.items()}
            again = self.call(call.operation, path, data)
            exchange = self._bench.call(call.operation.id, path=path, data=data)
            after = self._apply(self._world, Answered(again, exchange))
            if after is None:
                return False
            self._world = after
        return True

    def _may_go(self, event: Answered) -> bool:
        return event.may_go(self._contract)

    def _skip(self, why: str) -> None:
        self._bench.judge.skip("calls that met", why)
        self._world = World()

    def _apply(self, world: World, event: Answered) -> World | None:
        """What is held after an event; None where that is not the answer that is due."""
        due, exchange = self._model.step(world, event.call), event.exchange
        if due.refusal is not None:
            return due.world if expect.is_refusal(exchange, due.refusal) else None
        if exchange.status != due.status:
            return None
        # In which order its records were made does not matter here: too many orders would differ.
        ids = list(self._ids_in(exchange.data))
        due = replace(due, held=due.held and due.held.arranged(ids))
        if not self._model.agrees(due, exchange.data):
            return None
        after = self._model.learned(due, exchange.data)
        if after is world:
            return world
        held = due.held and after.of(_SELF, due.held.id)
        known = held and [row.id for rows in held.children.values() for row in rows]
        return after.having(_SELF, held.arranged(sorted(known))) if held and known else after

    def _ids_in(self, data: Any) -> Iterator[str]:
        """The ids of the records in an answer, as they come."""
        for kind, shown in records_in(self._contract, data):
            yield str(shown.get(self._contract.id_field(kind)))

    def _tell(self, fewest: Sequence[Timed[Answered]]) -> None:
        """The finding: the calls that no order explains, and when they were made."""
        events = sorted(fewest, key=lambda each: each.began)
        first = events[0].began
        spans = tuple(
            Span(
                f"{each.event.call.operation.id} {each.event.exchange.status}",
                1000 * (each.began - first),
                1000 * (each.ended - first),
            )
            for each in events
        )
        names = [each.event.call.operation.id for each in events]
        calls = ", ".join(dict.fromkeys(names))
        last = max(events, key=lambda each: each.ended).event
        breach = Breach(
            "together.no-order",
            f"{len(events)} calls are answered as in no order, one after the other: {calls}",
            "the answers of some order of the calls",
            "; ".join(span.label for span in spans),
            "x-lifecycle, x-duplicates",
            f"Calls that meet are answered as in no order of them: {calls}",
            timeline=spans,
        )
        others = [each.event.exchange for each in events if each.event is not last]
        self._bench.found([breach], last.exchange, last.call.operation.id, others)
        self._world = World()


def _timed(event: Answered) -> Timed[Answered]:
    exchange = event.exchange
    return Timed(event, exchange.began, exchange.began + exchange.seconds)


class Crowd:
    """Draws the calls of a round: one operation many times, and others on its trainee."""

    def __init__(self, bench: Bench, meeting: Meeting, operation: Operation) -> None:
        self._bench = bench
        self._meeting = meeting
        self._operation = operation
        self._chance = bench.bodies.random
        rows = bench.contract.operations.values()
        self._others = [each for each in rows if TRAINEE in each.ids and each.kind]

    def calls(self, ids: Mapping[str, Sequence[str]], size: int) -> list[Call]:
        """So many calls on what has these ids, by kind; without ids each makes a trainee.

        Half of them are of the operation, and half of these say the same.
        """
        same = self._call(self._operation, ids)
        found = []
        for place in range(size):
            if place % 4 == 0:
                found.append(same)
            elif place % 4 == _HOT or not ids:
                found.append(self._call(self._operation, ids))
            else:
                found.append(self._call(self._chance.choice(self._others), ids))
        return found

    def _call(self, operation: Operation, ids: Mapping[str, Sequence[str]]) -> Call:
        path = {kind: self._chance.choice(ids[kind]) for kind in operation.ids if ids.get(kind)}
        return self._meeting.call(operation, path, self._data(operation))

    def _data(self, operation: Operation) -> dict[str, Any] | None:
        if (operation.does, operation.kind) != (UPDATE, TRAINEE):
            return self._bench.bodies.for_operation(operation.id)
        fresh, fields = self._bench.bodies.trainee(), self._bench.contract.data_schema(operation)
        names = [name for name in properties(self._bench.contract, fields) if name in fresh]
        return {(name := self._chance.choice(names)): fresh[name]}
