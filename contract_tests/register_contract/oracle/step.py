"""The model of a target: what a call makes of what is held, and the answer that is due.

``step`` is a function of what is held and the call alone, by the tables of the contract: it tells
the status, the body of a refusal, and the whole of each record that the answer shows. It shares
data with the mock and no code. What the contract does not say is UNKNOWN: it is learned from the
answer (``learned``), and exact from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from register_contract.oracle.contract import CREATE, DELETE, LIST, TRAINEE, UPDATE, Contract
from register_contract.oracle.holdings import (
    Held,
    happened,
    new_child,
    new_trainee,
    updated,
    written_now,
)
from register_contract.oracle.lifecycle import event_of
from register_contract.oracle.memory import last_changes
from register_contract.oracle.moments import Within
from register_contract.oracle.refusals import Refusal
from register_contract.oracle.refusing import Refusing, said_of
from register_contract.oracle.scope import UNKNOWN
from register_contract.oracle.showing import (
    Place,
    agrees,
    in_order,
    learned,
    places,
    rows_behind,
    rows_of_field,
    shown,
)
from register_contract.oracle.world import Call, World


@dataclass(frozen=True)
class Due:
    """What is due for a call: the answer, and what is held afterwards.

    ``held`` is the trainee that the call was about, or has made, and ``child`` the record of it
    that was made, changed or asked for; ``refusal`` is None for a success.
    """

    call: Call
    status: int
    refusal: Refusal | None
    world: World
    held: Held | None = None
    child: Held | None = None

    @property
    def changes(self) -> bool:
        """Whether anything is held otherwise afterwards."""
        return self.refusal is None and self.call.operation.writes


class Model:
    """What one contract makes of calls, one after the other, whatever is in some fields."""

    def __init__(self, contract: Contract, blind_to: Set[str] = frozenset()) -> None:
        self.contract = contract
        self._blind_to = blind_to
        self._refusing = Refusing(contract)
        self._dated = last_changes(contract)

    def step(self, world: World, call: Call) -> Due:
        """What is due for a call. Raises CannotTryError where the contract does not say."""
        held = world.of(call.holder, call.ids.get(TRAINEE))
        refused = self._refusing.reason(world, call, held)
        if refused is None:
            return self.done(world, call)
        refusal, is_for_fields = refused
        after = self._refused(world, call) if is_for_fields else world
        return Due(call, refusal.status, refusal, after, held)

    def _refused(self, world: World, call: Call) -> World:
        """What is held after a call that was refused for its fields."""
        held, operation = world.of(call.holder, call.ids.get(TRAINEE)), call.operation
        if held is None or operation.body is None or not isinstance(call.data, Mapping):
            return world
        names = self.contract.data_schema(operation).get("x-lost-when-refused", ())
        lost = {name: None for name in names if call.data.get(name) not in (None, "")}
        if not lost:
            return world
        sent = {name: value for name, value in held.sent.items() if name not in lost}
        return world.having(
            call.holder, replace(held.without(lost), kept={**held.kept, **lost}, sent=sent)
        )

    def done(self, world: World, call: Call) -> Due:
        """What is due for a call that is not refused. Raises CannotTryError."""
        contract, operation, today = self.contract, call.operation, call.today
        held = world.of(call.holder, call.ids.get(TRAINEE))
        child = held.child(operation.kind, call.ids) if held else None
        if not operation.writes:
            return Due(call, operation.success, None, world, held, child)
        if held is None:
            held = call.once("made", lambda: new_trainee(contract, operation, call.data, today))
        event = event_of(contract, operation)
        if event is not None:
            held = happened(contract, event, held, said_of(contract, call), today)
        elif operation.kind == TRAINEE:
            held = updated(contract, operation, held, call.data, said_of(contract, call), today)
        else:
            held, child = self._with_children(held, call)
        held = held.without(self._dated)
        if call.when is not None:
            held, child = self._written_now(world, call, call.when, held, child)
        after = world.having(call.holder, held) if held.id else world
        return Due(call, operation.success, None, after, held, child)

    def _written_now(
        self, world: World, call: Call, when: Within, held: Held, child: Held | None
    ) -> tuple[Held, Held | None]:
        """The records that a call has made or changed, which are dated when it was.

        Of a change that left all as it was, and of the trainee whose degree or placement it was,
        the contract does not say whether that dates them.
        """
        contract, operation = self.contract, call.operation
        before = world.of(call.holder, call.ids.get(TRAINEE))
        event = event_of(contract, operation)
        if before is None:
            return self._new_now(held, call.today, when), child
        if operation.kind == TRAINEE:
            by_event = written_now(contract, event) if event is not None else set()
            is_other = event is not None or before.kept != held.kept
            return held.written({*by_event, *(self._dated if is_other else ())}, when), child
        if child is None:
            return held, child
        old = before.child(operation.kind, call.ids)
        made = child
        if operation.does == CREATE:
            made = self._new_now(child, call.today, when)
        elif old is not None and old.kept != child.kept:
            made = child.written(self._dated, when)
        return (held, child) if made is child else (held.replacing(child, made), made)

    def _new_now(self, held: Held, today: date, when: Within) -> Held:
        """A new record, and those that came with it, of which nobody can say more than when.

        Which of its moments are written at once, the contract does not say.
        """
        for rows in held.children.values():
            for row in rows:
                held = held.replacing(row, self._new_now(row, today, when))
        known = shown(self.contract, held, today)
        moments = {n for n in self.contract.moments if known.get(n) is UNKNOWN}
        return held.written(moments, replace(when, or_none=True))

    def _with_children(self, held: Held, call: Call) -> tuple[Held, Held | None]:
        """The trainee after a call about one of its records, and that record if it is there."""
        contract, operation, today = self.contract, call.operation, call.today
        rows, child = held.children.get(operation.kind, ()), held.child(operation.kind, call.ids)
        others = tuple(each for each in rows if each is not child)
        if operation.does == CREATE:
            child = call.once("made", lambda: new_child(contract, operation, call.data, today))
            rows = (*rows, child)
        elif operation.does == UPDATE and child is not None:
            new = updated(contract, operation, child, call.data, said_of(contract, call), today)
            new = new.without(self._dated)
            rows, child = tuple(new if each is child else each for each in rows), new
        elif operation.does == DELETE:
            rows, child = others, None
        return held.with_children(operation.kind, rows), child

    def related(self, calls: Sequence[Call]) -> list[list[int]]:
        """The places of calls in groups, so that those of one make no difference to another.

        Those of one trainee are a group, and calls that make trainees which repeat each other.
        Raises CannotTryError.
        """
        groups: list[list[int]] = []
        made: dict[int, Held] = {}
        for place, call in enumerate(calls):
            if TRAINEE not in call.ids:
                made[place] = new_trainee(self.contract, call.operation, call.data, call.today)
            near = [group for group in groups if self._is_near(place, group, calls, made)]
            groups = [group for group in groups if group not in near]
            groups.append([*(each for group in near for each in group), place])
        return groups

    def _is_near(
        self, place: int, group: Sequence[int], calls: Sequence[Call], made: Mapping[int, Held]
    ) -> bool:
        call = calls[place]
        if place not in made:
            return any(calls[other].ids.get(TRAINEE) == call.ids[TRAINEE] for other in group)
        repeats = self._refusing.repeats
        pairs = (other for other in group if other in made)
        return any(
            repeats(call, made[other]) or repeats(calls[other], made[place]) for other in pairs
        )

    # --- what answers tell

    def places(self, due: Due, data: Any) -> Iterator[Place]:
        """Each place of the records in an answer, what is due there, and what came."""
        kind, rows = due.call.operation.kind, _records(data)
        known = due.held.children.get(kind, ()) if due.held else ()
        if self._lists_children(due) and len(rows) != len(known):
            yield Place(kind, "number", len(known), len(rows))
        for held, row in self._pairs(due, data):
            for place in places(self.contract, held, row, due.call.today):
                if place.field not in self._blind_to:
                    yield place

    def agrees(self, due: Due, data: Any) -> bool:
        """Whether no place is wrong."""
        kind, rows = due.call.operation.kind, _records(data)
        known = due.held.children.get(kind, ()) if due.held else ()
        if self._lists_children(due) and len(rows) != len(known):
            return False
        return all(
            agrees(self.contract, held, row, due.call.today, self._blind_to)
            for held, row in self._pairs(due, data)
        )

    def rows_of_field(self, due: Due, data: Any, field: str) -> set[str]:
        """The rows of ``x-derived`` that have made a field of the records in an answer."""
        pairs = (held for held, _ in self._pairs(due, data))
        return {
            row
            for held in pairs
            for row in rows_of_field(self.contract, held, field, due.call.today)
        }

    def rows_behind(self, due: Due, data: Any) -> Iterator[str]:
        """The rows of ``x-derived`` by which the records in an answer are due as they are."""
        for held, row in self._pairs(due, data):
            yield from rows_behind(self.contract, held, row, due.call.today)

    def _lists_children(self, due: Due) -> bool:
        operation = due.call.operation
        return due.refusal is None and operation.does == LIST and operation.kind != TRAINEE

    def _pairs(self, due: Due, data: Any) -> Iterator[tuple[Held, Mapping[str, Any]]]:
        """The records that an answer shows, each with what is held of it."""
        rows = _records(data)
        if due.held is None or due.refusal is not None or not rows:
            return
        if self.contract.id_field(TRAINEE) in rows[0]:
            yield due.held, rows[0]
        elif self._lists_children(due):
            kind = due.call.operation.kind
            known = in_order(self.contract, due.held, kind, due.call.today)
            yield from zip(known or (), rows, strict=False)
        elif due.child is not None:
            yield due.child, rows[0]

    def learned(self, due: Due, data: Any) -> World:
        """What is held after an answer that is as due, and has told what the contract does not.

        The very world of ``due`` where there was nothing to learn.
        """
        held = due.held
        if held is None or due.refusal is not None:
            return due.world
        for known, row in self._pairs(due, data):
            told = learned(self.contract, known, row, due.call.today, self._blind_to)
            held = told if known is due.held else held.replacing(known, told)
        is_news = bool(held.id) and held is not due.held and held != due.held
        return due.world.having(due.call.holder, held) if is_news else due.world


def _records(data: Any) -> list[Mapping[str, Any]]:
    rows = data if isinstance(data, list) else [data]
    return [row for row in rows if isinstance(row, Mapping)]
