"""Valid request bodies, each different: the documented examples, moved to the target's today.

Everything random comes from one seed and the name of the test, so a run can be repeated and a
test sends the same whether it runs alone or with others.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress
from copy import copy, deepcopy
from datetime import date, datetime, timedelta
from typing import Any

from register_contract.oracle.contract import (
    CREATE,
    TRAINEE,
    UPDATE,
    CannotTryError,
    Contract,
    Operation,
)
from register_contract.oracle.derived import sent_scope
from register_contract.oracle.fields import FieldRules
from register_contract.oracle.kept import stored
from register_contract.oracle.listing import IN_CYCLE, Listing
from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.values import as_date, cycle_of, first_day
from register_contract.oracle.words import mentions, value_word

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_STARTED_DAYS_AGO = 60
_MANY = 100
"""So many codes are enough that chance does not take one twice."""
_DAYS, _YEARS = 10_000, 20


class Bodies:
    """Makes the ``data`` of requests for one test."""

    def __init__(self, contract: Contract, now: datetime, seed: int, purpose: str, nonce: str):
        self._contract = contract
        self.today = now.date()
        self.purpose = purpose
        self.random = random.Random(f"{seed}:{purpose}")
        self.nonce = nonce

    def at(self, now: datetime) -> Bodies:
        """The same, going on as they are, at another time."""
        found = copy(self)
        found.today = now.date()
        return found

    def example(self, operation: str) -> dict[str, Any]:
        """A copy of the documented ``data`` of that operation, in words that all readings take.

        A target that follows another reading is to be tried as far as it goes.
        """
        found = self._contract.operation(operation)
        if found.sample is None:
            raise CannotTryError(f"the contract has no sample request of {operation}")
        sample = _sample(found)
        if found.does == CREATE:
            sample = self._contract.once("widest", found, lambda: self._widest(found))
        data = deepcopy(sample)
        fields = properties(self._contract, self._contract.data_schema(found))
        for field in data.keys() & fields.keys():
            data[field] = self._listed(fields[field], data[field])
        return data

    def _widest(self, operation: Operation) -> dict[str, Any]:
        """Its own sample where all readings accept it, else that of one which this accepts."""
        own = _sample(operation)
        for other in self._contract.others:
            same = other.operations.get(operation.id, operation)
            if self._accepts(other, same, own) or same.sample is None:
                continue
            if self._accepts(self._contract, operation, _sample(same)):
                return _sample(same)
        return own

    def _accepts(self, contract: Contract, operation: Operation, data: Mapping[str, Any]) -> bool:
        """Whether a contract is known to accept a new record."""
        schema = contract.data_schema(operation)
        known = data.keys() <= properties(contract, schema).keys()
        with suppress(CannotTryError):  # raised where it cannot be said
            problems = FieldRules(contract, self.today).problems(schema, data, operation.id)
            return known and not problems
        return False

    def _listed(self, field: Mapping[str, Any], value: Any) -> Any:
        """The value, or another code where the sample has one that the list has not."""
        codes = constraint(self._contract, field).get("enum")
        if not codes or value in codes:
            return value
        return next((code for code in codes if type(code) is type(value)), codes[0])

    def word(self, length: int = 7) -> str:
        """A random word, capitalised."""
        return "".join(self.random.choices(_LETTERS, k=length)).capitalize()

    @property
    def start(self) -> date:
        """A course start in the past of the current academic cycle."""
        first = first_day(cycle_of(self.today))
        return max(first, self.today - timedelta(days=_STARTED_DAYS_AGO))

    def trainee(self, **changes: Any) -> dict[str, Any]:
        """A trainee nobody has sent before."""
        return self.record(TRAINEE, **changes)

    def record(self, kind: str, **changes: Any) -> dict[str, Any]:
        """A record of a kind that is no duplicate of another one (``x-duplicates``)."""
        made = self._contract.doing(CREATE, kind)
        fields = properties(self._contract, self._contract.data_schema(made))
        data = self._moved_to_now(self.example(made.id), fields)
        data.update(self._others(kind, data, fields))
        data.update(changes)
        return data

    def apart(self, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """A valid record, changed where it could be a duplicate of another one."""
        made = self._contract.doing(CREATE, kind)
        fields = properties(self._contract, self._contract.data_schema(made))
        return {**data, **self._others(kind, data, fields)}

    def lasting(self, kind: str) -> dict[str, Any]:
        """Likewise, of which all that is sent is kept."""
        sent = self.record(kind)
        kept = stored(self._contract, kind, sent_scope(self._contract, kind, sent, self.today))
        return {name: value for name, value in sent.items() if kept.fields.get(name) is not None}

    def change(self) -> dict[str, Any]:
        """A change that every trainee can take: the documented one, with other values."""
        update = self._contract.doing(UPDATE)
        data = self.example(update.id)
        fields = properties(self._contract, self._contract.data_schema(update))
        texts = [
            n for n, v in data.items() if isinstance(v, str) and not self._codes(fields.get(n, {}))
        ]
        return {**data, **{name: self._another(data[name]) for name in texts}}

    def started(self, day: date, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The fields by which a trainee belongs to a cycle, on that day.

        Those that ``data`` has, or of a new trainee the documented request.
        """
        data = self.example(self._contract.doing(CREATE).id) if data is None else data
        names = Listing(self._contract).fields(IN_CYCLE)
        return {name: day.isoformat() for name in names if as_date(data.get(name)) is not None}

    def for_operation(self, operation: str) -> dict[str, Any] | None:
        """Valid ``data`` for any operation that takes a body; None for those that take none."""
        found = self._contract.operation(self._contract.acts_as(operation))
        if found.does == CREATE or (found.does == UPDATE and found.kind != TRAINEE):
            return self.record(found.kind)
        if found.body is None:
            return None
        data = self.example(found.id)
        fields = properties(self._contract, self._contract.data_schema(found))
        for field in data:
            if self._is_date(fields.get(field, {})):
                data[field] = self.today.isoformat()
        return data

    def _moved_to_now(
        self, data: dict[str, Any], fields: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Any]:
        """The same, its course starting in this cycle; what is before it stays as it was."""
        try:
            starts = self.started(self.start, data)
        except CannotTryError:
            return data
        days = [day for name in starts if (day := as_date(data[name])) is not None]
        if not days:
            return data
        ahead = self.start - days[0]
        for name, value in data.items():
            day = as_date(value)
            if day is not None and self._is_date(fields.get(name, {})) and day >= min(days):
                data[name] = (day + ahead).isoformat()
        return data

    def _others(
        self, kind: str, data: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Other values of what tells records of a kind apart, but for when they start.

        Of codes only those with the longest list have room enough.
        """
        row = self._contract.table("x-duplicates").get(kind, {})
        words: dict[str, str] = {}
        for value in [*row.get("all", {}).values(), *row.get("any", {}).values()]:
            word = "field" if isinstance(value, str) else value_word(value)
            names = map(self._contract.public, mentions(value) if word != "cycle" else ())
            words.update((name, word) for name in names if data.get(name) is not None)
        codes = {name: self._codes(fields.get(name, {})) for name in words}
        longest = max(codes, key=lambda name: len(codes[name]), default="")
        found = {}
        for name, word in words.items():
            if not codes[name]:
                found[name] = self._another(data[name], word)
            elif name == longest and len(codes[name]) >= _MANY:
                found[name] = self.random.choice(codes[name])
        return found

    def _another(self, sample: Any, word: str = "") -> Any:
        """Another value of the sample's form; in a run that others see, with their mark on it."""
        text, day = str(sample), as_date(sample)
        if word == "year":
            return str(int(text[:4]) - self.random.randrange(_YEARS))
        if day is not None:
            return (day - timedelta(days=self.random.randrange(_DAYS))).isoformat()
        if "@" in text:
            return f"{self.word(10).lower()}{self.nonce}@{text.partition('@')[2]}"
        if text.isdecimal():
            return str(self.random.randrange(10 ** (len(text) - 1), 10 ** len(text)))
        return self.word() + self.nonce

    def _codes(self, field: Mapping[str, Any]) -> list[Any]:
        return list(constraint(self._contract, field).get("enum", ()))

    def _is_date(self, field: Mapping[str, Any]) -> bool:
        return constraint(self._contract, field).get("format") == "date"


def _sample(operation: Operation) -> dict[str, Any]:
    assert operation.sample is not None
    return dict(operation.sample["value"]["data"])
