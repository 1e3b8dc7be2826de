"""What trials are made of: records that both sides take, values of fields, ways to make a call."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import orjson

from register_contract.diff.decisions import Decided
from register_contract.diff.witness.worlds import NOW, Asked, Player, Trial
from register_contract.oracle.contract import (
    CREATE,
    LIST,
    OUTSIDE,
    SHOW,
    TRAINEE,
    UPDATE,
    CannotTryError,
    Operation,
)
from register_contract.oracle.schemas import constraint, properties
from register_contract.suite.strategies.solving import Solver

_MENDED = 6
_MOST_CODES = 24


def fields_sent(player: Player, operation: Operation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The fields of what is sent to an operation of one side, by the names used inside."""
    own = player.contract.operations.get(operation.id)
    if own is not None and own.body is not None:
        with suppress(CannotTryError):
            rows = properties(player.contract, player.contract.data_schema(own))
            yield from ((player.contract.inner(name), row) for name, row in rows.items())


class Bench:
    """Both sides, and what can be made for both."""

    def __init__(self, old: Player, new: Player, before: Decided, after: Decided) -> None:
        self.old = old
        self.new = new
        self.chance = random.Random(7)
        self._before = before
        self._after = after
        self._bases: dict[str, dict[str, Any]] = {}

    @property
    def place_names(self) -> Mapping[str, str]:
        """What operations are called, by their places."""
        return {**self._after.names, **self._before.names}

    @property
    def players(self) -> tuple[Player, Player]:
        """The old side and the new one."""
        return self.old, self.new

    def doing(self, what: str, kind: str = TRAINEE) -> Operation:
        """The operation that does it, on the old side if there is one. Raises CannotTryError."""
        with suppress(CannotTryError):
            return self.old.contract.doing(what, kind)
        return self.new.contract.doing(what, kind)

    def operation(self, id: str) -> Operation | None:
        """The operation of a place, on the old side if it has it."""
        for player, side in ((self.old, self._before), (self.new, self._after)):
            found = player.contract.operations.get(side.names.get(id, ""))
            if found is not None:
                return found
        return None

    def named(self, name: str) -> Operation | None:
        """The operation of an operationId."""
        found = self.old.contract.operations.get(name)
        return found or self.new.contract.operations.get(name)

    def operations(self) -> list[Operation]:
        """All operations of the old side."""
        return list(self.old.contract.operations.values())

    def listing(self) -> Operation | None:
        """The list of trainees."""
        with suppress(CannotTryError):
            return self.doing(LIST)
        return None

    @property
    def states(self) -> list[str]:
        """The states that both sides know, that of a new trainee first."""
        known = [each for each in self.old.contract.states if each in self.new.contract.states]
        first = [each for each in self._new_states if each in known]
        return first + [each for each in known if each not in first]

    @cached_property
    def _new_states(self) -> list[str]:
        with suppress(CannotTryError):
            return self.old.contract.states_of_new
        return []

    def state_for(self, operation: Operation) -> str | None:
        """A state in which an operation may be called."""
        if not operation.ids:
            return None
        for player in self.players:
            for event in player.contract.events.values():
                if event["cause"] == operation.acts_as and event["edges"]:
                    found = [s for edge in event["edges"] for s in edge["from"] if s in self.states]
                    if found:
                        return str(found[0])
        return self.states[0]

    def base(self, kind: str = TRAINEE) -> dict[str, Any]:
        """A record that both sides take, where there is one, each time with another identity."""
        if kind not in self._bases:
            self._bases[kind] = self._base(kind)
        with suppress(CannotTryError):
            return self.old.apart(kind, self._bases[kind])
        return deepcopy(self._bases[kind])

    def _base(self, kind: str) -> dict[str, Any]:
        made: list[dict[str, Any]] = []
        for player in self.players:
            with suppress(CannotTryError):
                made.append(player.record(kind))
        for data in made:
            if self.taken_by_both(data, kind):
                return data
        for data in made:
            mended = self._mended(data, made, kind, ())
            if mended is not None:
                return mended
        if not made:
            raise CannotTryError(f"neither side has a way to make a {kind}")
        return made[0]

    def taken_by_both(self, data: Mapping[str, Any], kind: str = TRAINEE) -> bool:
        """Whether both sides take a new record, as far as they can say."""
        return not any(player.problems(data, kind) for player in self.players)

    def mended(
        self, operation: Operation, data: Mapping[str, Any], keep: Sequence[str]
    ) -> dict[str, Any] | None:
        """A new record with some fields as they are, of which the old side takes the rest."""
        if operation.does != CREATE:
            return None
        return self._mended(data, [self.base(operation.kind)], operation.kind, keep, only_old=True)

    def _mended(
        self,
        data: Mapping[str, Any],
        sources: Sequence[Mapping[str, Any]],
        kind: str,
        keep: Sequence[str],
        only_old: bool = False,
    ) -> dict[str, Any] | None:
        """The record with fields that are refused as another source has them, or without them."""
        found = deepcopy(dict(data))
        players = self.players[:1] if only_old else self.players
        for _ in range(_MENDED):
            wrong = [p for player in players for p in player.problems(found, kind) or ()]
            if not wrong:
                return found
            for problem in wrong:
                name = self.old.contract.inner(str(problem.path[0]))
                if name in keep or self._is_filled(found, problem.path):
                    continue
                values = [s[name] for s in sources if name in s and s[name] != found.get(name)]
                codes = [c for c in self.values_of(name) if c != found.get(name)]
                if values:
                    found[name] = deepcopy(values[0])
                elif codes and name not in found:
                    found[name] = codes[0]
                else:
                    found.pop(name, None)
        return None

    def _is_filled(self, data: dict[str, Any], path: Sequence[str | int]) -> bool:
        """Give an entry of a list what another entry has; whether that could be done."""
        rows = data.get(self.old.contract.inner(str(path[0])))
        if len(path) != 3 or not isinstance(rows, list) or not isinstance(path[1], int):
            return False
        name, place = self.old.contract.inner(str(path[2])), path[1]
        entries = [each for each in rows if isinstance(each, dict)]
        known = [each[name] for each in entries if each.get(name) not in (None, "")]
        if not known or place >= len(entries) or entries[place].get(name) == known[0]:
            return False
        entries[place][name] = known[0]
        return True

    def data_for(self, operation: Operation) -> Any:
        """Valid data for an operation, under the names used inside; None where it takes none."""
        if operation.body is None:
            return None
        if operation.does == CREATE or (operation.does == UPDATE and operation.kind != TRAINEE):
            return self.base(operation.kind)
        for player in self.players:
            with suppress(CannotTryError):
                if operation.id in player.contract.operations:
                    return player.inner(player.bodies.for_operation(operation.id) or {})
        return {}

    def dated(self, operation: Operation) -> Iterator[Any]:
        """Valid data for an operation: as of today, and of three days ago."""
        data = self.data_for(operation)
        yield data
        today = NOW.date()
        if isinstance(data, dict) and today.isoformat() in data.values():
            before = (today - timedelta(days=3)).isoformat()
            yield {n: before if v == today.isoformat() else v for n, v in data.items()}

    def being(self, values: Mapping[str, Any], kind: str = TRAINEE) -> Iterator[dict[str, Any]]:
        """New records that the old side takes, and that are sent with these values."""
        with suppress(CannotTryError):
            made = self.old.contract.doing(CREATE, kind)
            schema = self.old.contract.data_schema(made)
            base = self.old.public(self.base(kind))

            def judge(data: Mapping[str, Any]) -> Any:
                return self.old.rules.problems(schema, data, made.id)

            solver = Solver(self.old.contract, made.id, schema, base, self.old.today, judge)
            tests = [
                {"value": name, **({"is": "blank"} if value is None else {"equals": value})}
                for name, value in values.items()
                if value is None or isinstance(value, (str, int))
            ]
            yield from map(self.old.inner, islice(solver.being({"all": tests}), 3))

    def fields(self, operation: Operation) -> dict[str, Mapping[str, Any]]:
        """The fields of what is sent to an operation on either side, by the names used inside."""
        return {
            name: row for player in self.players for name, row in fields_sent(player, operation)
        }

    def values_of(self, name: str) -> Iterator[Any]:
        """Codes of a field, those first that only one side has; and those of what is in a list."""
        sides: list[list[Any]] = []
        for player in self.players:
            known: list[Any] = []
            for operation in player.contract.operations.values():
                if operation.body is None:
                    continue
                with suppress(CannotTryError):
                    schema = player.contract.data_schema(operation)
                    known += _codes(player, schema, name)
            sides.append(list(dict.fromkeys(map(_frozen, known))))
        apart = [c for c in sides[0] if c not in sides[1]] + [
            c for c in sides[1] if c not in sides[0]
        ]
        both = [code for code in sides[0] if code in sides[1]]
        if len(both) > _MOST_CODES:
            both = self.chance.sample(both, _MOST_CODES)
        yield from apart[:_MOST_CODES]
        yield from both

    def with_a_value(self, data: dict[str, Any], name: str) -> dict[str, Any]:
        """A record with a value of a field, if it has none: one that both sides take."""
        if name in data:
            return data
        candidates = [*islice(self.values_of(name), _MOST_CODES), "Abc", "130000", "10000001"]
        for value in candidates:
            tried = {**data, name: value}
            if self.taken_by_both(tried):
                return tried
        return {**data, name: candidates[0]}

    def calls(
        self,
        operation: Operation,
        data: Any,
        words: str = "",
        old_names: frozenset[str] = frozenset(),
        read_back: bool = False,
    ) -> Iterator[Trial]:
        """A call of an operation with this data, of a trainee in a fitting state."""
        said = f"{operation.id} {words}".strip()
        state = self.state_for(operation)
        having = self.base() if state is not None else None
        asked = Asked(operation, data, old_names=old_names)
        yield Trial(said, (asked,), state, having)
        if read_back and operation.writes and operation.kind:
            show = self._show()
            if show is not None:
                yield Trial(f"{said}, then {show.id}", (asked, Asked(show)), state, having)

    def _show(self) -> Operation | None:
        with suppress(CannotTryError):
            return self.doing(SHOW)
        return None

    def raw_calls(self, operation: Operation, body: Any) -> Iterator[Trial]:
        """A call with a whole body."""
        raw = (orjson.dumps(body), "application/json")
        state = self.state_for(operation)
        having = self.base() if state is not None else None
        said = f"{operation.id} with the body {raw[0][:60].decode('utf-8', 'replace')}"
        yield Trial(said, (Asked(operation, body=raw),), state, having)

    def form_calls(self, operation: Operation, data: Any) -> Iterator[Trial]:
        """A call with the data as a form, under the names of the old side."""
        rows = [(f"data[{k}]", str(v)) for k, v in self.old.public(data or {}).items()
                if isinstance(v, (str, int))]  # fmt: skip
        raw = (urlencode(rows).encode(), "application/x-www-form-urlencoded")
        state = self.state_for(operation)
        having = self.base() if state is not None else None
        yield Trial(f"{operation.id} with a form", (Asked(operation, body=raw),), state, having)

    def upper_case(self, operation: Operation) -> Iterator[Trial]:
        """A call with the ids of a trainee in capital letters."""
        state = self.state_for(operation)
        if state is not None:
            asked = Asked(operation, self.data_for(operation), capitals=True)
            yield Trial(f"{operation.id} with ids in capitals", (asked,), state, self.base())

    def events_outside(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The events that no operation causes, of both sides."""
        seen: set[str] = set()
        for player in self.players:
            for name, event in player.contract.events.items():
                if event["cause"] == OUTSIDE and name not in seen:
                    seen.add(name)
                    yield name, event


def _codes(player: Player, schema: Mapping[str, Any], name: str) -> list[Any]:
    """The codes of a field of a request, at any depth, by its name inside."""
    contract, found = player.contract, []
    for public, row in properties(contract, schema).items():
        for branch in (row, *row.get("anyOf", ())):
            rule = constraint(contract, branch)
            items = contract.resolve(rule.get("items", {}))
            if contract.inner(public) == name:
                found += [code for code in rule.get("enum", ()) if code not in (None, "")]
                found += [[code] for code in constraint(contract, items).get("enum", ()) if code]
            if items and properties(contract, items):
                found += _codes(player, items, name)
    return found


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
