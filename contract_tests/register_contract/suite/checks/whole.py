"""An answer as a whole: its form, what follows from what was sent, and from the answers before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from register_contract.oracle.contract import CREATE, TRAINEE, CannotTryError, Contract, Operation
from register_contract.oracle.derived import (
    Untold,
    derived_breaches,
    order_breaches,
    presence_breaches,
    records_in,
)
from register_contract.oracle.holdings import Held, NoEdgeError
from register_contract.oracle.lifecycle import event_of
from register_contract.oracle.memory import Memory
from register_contract.oracle.moments import Within
from register_contract.oracle.said import effective
from register_contract.oracle.showing import Place, placed
from register_contract.oracle.step import Due, Model
from register_contract.oracle.world import Call, World
from register_contract.suite.checks.answers import check_answer
from register_contract.suite.checks.events import written_breaches
from register_contract.target.exchange import Exchange
from register_contract.target.words import short
from register_contract.verdict.finding import Breach

_UNLIKE = "answer.not-as-due"
_OF_ALL = ("answer.", "envelope.", "status.")
_WHOEVER = "whoever asks"


@dataclass(frozen=True)
class Notes:
    """Who hears of what the contract does not say.

    ``untold`` of what cannot be tried for that, and why; ``unsaid`` of each field of an answer that
    was held to nothing.
    """

    untold: Untold
    unsaid: Callable[[str], None] = lambda field: None


class Whole:
    """Holds answers to one contract, one after the other.

    ``is_alone`` tells whether nothing happens on the target but by this run; None that no answer is
    held to those before it. ``derives`` says whether the records are made by who asks: those made
    elsewhere differ even in the documents' samples.
    """

    def __init__(
        self, contract: Contract, *, is_alone: bool | None, derives: bool, notes: Notes
    ) -> None:
        self._contract = contract
        self._memory = None if is_alone is None else Memory(contract, is_alone=is_alone)
        self._model = Model(contract)
        self._world = World()
        self._is_alone = is_alone
        self._derives = derives
        self._notes = notes

    # --- what happened without a call

    def forget(self) -> None:
        """Something may have happened to anybody: know nothing any more."""
        self._world = World()
        if self._memory is not None:
            self._memory.forget()

    def happened(self, trainee_id: str, event: Mapping[str, Any]) -> None:
        """An event outside the API happened to one trainee."""
        self._world = self._world.without(trainee_id)
        if self._memory is not None:
            self._memory.happened(trainee_id, event)

    def placed(self, sent: Mapping[str, Any], shown: Mapping[str, Any], today: date) -> None:
        """A trainee that was ``sent`` has been led to the state that it is ``shown`` in."""
        if self._memory is not None:
            self._memory.take(shown)
            create = self._contract.doing(CREATE)
            held = placed(self._contract, create, sent, shown, today)
            self._world = self._world.having(_WHOEVER, held)

    # --- answers

    def breaches(
        self,
        operation: Operation,
        ids: Mapping[str, Any],
        sent: Any,
        exchange: Exchange,
        today: date,
        wrong: list[Breach],
        when: Within | None = None,
    ) -> list[Breach]:
        """What is wrong with an answer, which is remembered; of each field the first kind of it.

        ``ids`` are those of the path, ``sent`` is the ``data`` of the request, and what is
        ``wrong`` already comes before all else. ``when`` is when the target was at it, if known.
        """
        is_wrong = bool(wrong)
        wrong = wrong or check_answer(self._contract, operation, exchange)
        predicted = self.predicted(operation, ids, sent, exchange, today, when)
        if not is_wrong:
            wrong = _beside(wrong, self._derived(operation, exchange, today))
            wrong = _beside(wrong, predicted)
        if self._memory is None:
            return wrong
        remembered = self._memory.answered(operation, ids, sent, exchange.status, exchange.data)
        return wrong or remembered

    def _derived(self, operation: Operation, exchange: Exchange, today: date) -> list[Breach]:
        """What does not follow from the rest of a record; not of lists, nor if shown before."""
        is_list = not operation.writes and not operation.path_names
        if not self._derives or exchange.status >= 300 or is_list:
            return []
        if self._memory is not None and self._memory.has(exchange.data):
            return []  # the answer that showed it first was judged
        found = list(order_breaches(self._contract, exchange.data))
        for kind, shown in records_in(self._contract, exchange.data):
            found += presence_breaches(self._contract, kind, shown)
            found += derived_breaches(self._contract, kind, shown, today, self._notes.untold)
        return found

    def predicted(
        self,
        operation: Operation,
        ids: Mapping[str, Any],
        sent: Any,
        exchange: Exchange,
        today: date,
        when: Within | None = None,
    ) -> list[Breach]:
        """What is not as the model of the target makes it of what was sent until now."""
        asked = str(ids.get(TRAINEE, ""))
        call = Call(operation, _WHOEVER, {**ids}, sent, today, when)
        if exchange.status != operation.success:
            # Of some fields a refusal takes the value, but not each refusal.
            schema = self._contract.data_schema(operation) if operation.body else {}
            if "x-lost-when-refused" in schema:
                self._world = self._world.without(asked)
            return []
        try:
            return self._after(call, asked, exchange)
        except CannotTryError as error:
            # That an event happened which cannot is wrong, and told by who asked for it.
            if not isinstance(error, NoEdgeError):
                self._notes.untold(f"what {operation.id} makes of what is sent", str(error))
        self._world = self._world.without(asked)
        return []

    def _after(self, call: Call, asked: str, exchange: Exchange) -> list[Breach]:
        """Hold a success to the model, and the model to it."""
        operation, world = call.operation, self._world
        is_new = operation.does == CREATE and operation.kind == TRAINEE
        if is_new and not isinstance(call.data, Mapping):
            return []
        # Where others are at work, the state that an event begins in is not known.
        is_open = event_of(self._contract, operation) is not None and not self._is_alone
        if not is_new and (is_open or world.of(_WHOEVER, asked) is None):
            self._world = world.without(asked)
            return list(self._of_a_stranger(call, asked, exchange))
        due = self._model.done(world, call)
        if is_new and (known := self._known(exchange.data)):
            self._world = world.without(known)
            return [_not_new(operation, known)]
        found = list(self._unlike(due, exchange.data)) or list(self._written(call, exchange))
        self._world = self._model.learned(due, exchange.data)
        held = self._world.of(_WHOEVER, self._id_of(due, exchange.data))
        is_known = held is not None and all(
            child.id for rows in held.children.values() for child in rows
        )
        if found or not is_known or self._memory is None:
            # One that is not as it should be, or not known as a whole, tells no more.
            self._world = self._world.without(self._id_of(due, exchange.data))
        return found

    def _known(self, data: Any) -> str:
        """The id of a trainee that is shown, if it was there before; else nothing."""
        shown = data.get(self._contract.id_field(TRAINEE)) if isinstance(data, Mapping) else None
        return str(shown) if shown in self._world.trainees else ""

    def _id_of(self, due: Due, data: Any) -> str:
        shown = data.get(self._contract.id_field(TRAINEE)) if isinstance(data, Mapping) else None
        return due.held.id if due.held is not None and due.held.id else str(shown or "")

    def _of_a_stranger(self, call: Call, asked: str, exchange: Exchange) -> Iterator[Breach]:
        """Of a trainee that was not made in this test: the record made, or what the event wrote."""
        operation = call.operation
        yield from self._written(call, exchange)
        if operation.does == CREATE and isinstance(call.data, Mapping):
            nobody = Held(TRAINEE, asked, {}, {}, children={operation.kind: ()})
            due = self._model.done(World().having(_WHOEVER, nobody), call)
            yield from self._unlike(due, exchange.data)

    def _written(self, call: Call, exchange: Exchange) -> Iterator[Breach]:
        """What the event of a call has not written as it should."""
        contract, operation = self._contract, call.operation
        event, records = event_of(contract, operation), list(records_in(contract, exchange.data))
        if event is None or not isinstance(call.data, Mapping) or not records:
            return
        kind, shown = records[0]
        if kind == operation.kind:
            said = effective(contract, contract.data_schema(operation), call.data)
            yield from written_breaches(contract, event, shown, call.today, said, operation.id)

    def _unlike(self, due: Due, data: Any) -> Iterator[Breach]:
        """A breach for each place of an answer that is not as due."""
        for place in self._model.places(due, data):
            if place.is_wrong and not self._is_restless(place):
                way = sorted(self._model.rows_of_field(due, data, place.field))
                way += ["none is due"] if place.due is None else []
                breach = unlike(self._contract, due.call.operation, place)
                yield replace(breach, way=" ".join(way))
            elif not place.is_said:
                self._notes.unsaid(f"{place.kind}.{place.field}")
        self._contract.exercised.note(*self._model.rows_behind(due, data))

    def _is_restless(self, place: Place) -> bool:
        """Whether a field may have been written meanwhile by what happens outside the API."""
        return bool(self._memory and place.field in self._memory.restless)


def _beside(told: list[Breach], more: list[Breach]) -> list[Breach]:
    """What is told of an answer, and what is wrong in other fields of it.

    Of an answer that is not of its form as a whole there is no more to tell.
    """
    if any(breach.rule.startswith(_OF_ALL) and breach.rule != _UNLIKE for breach in told):
        return told
    places = [_place_of(breach) for breach in told]
    return [*told, *(breach for breach in more if _place_of(breach) not in places)]


def _place_of(breach: Breach) -> str:
    """The field that a breach is about, or what it says of a record in another one."""
    names = (step for step in reversed(breach.at or ()) if isinstance(step, str))
    return breach.field or next(names, breach.sentence)


def unlike(contract: Contract, operation: Operation, place: Place) -> Breach:
    """What is wrong at a place of an answer."""
    of_it = f" of a {place.kind}" if place.kind != operation.kind or place.is_inner else ""
    return Breach(
        _UNLIKE,
        f"{operation.id} answers {place.field}{of_it} that does not follow from what was sent",
        f"{place.field} = {short(place.due)}",
        f"{place.field} = {short(place.came)}",
        contract.sources[operation.id],
        f"In answers {place.field}{of_it} does not follow from what was sent",
        field="" if place.is_inner else place.field,
    )


def _not_new(operation: Operation, known: str) -> Breach:
    """A new trainee that has the id of another one."""
    return Breach(
        "answer.not-new",
        f"{operation.id} answers with a trainee that was there before",
        "a new trainee",
        known,
        about=(known,),
    )
