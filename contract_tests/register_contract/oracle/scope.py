"""What a row of a table is read over: the fields that are known, the day, the state, the inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from register_contract.oracle import conditions, values
from register_contract.oracle.contract import Contract
from register_contract.oracle.unsaid import CannotSayError, UnknownWordError

UNKNOWN = object()
"""Stands for the value of a field that has one, while nobody here can say which."""
_Rows = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Scope:
    """A record as far as it is known, under public names, and what else rows ask for.

    ``whole`` says that fields which are not there have no value; otherwise they are not known.
    ``inputs`` are what a request or the control API gave an event, under public names; None when
    what the target made up of itself counts too. ``children`` are the numbers of records that the
    trainee has, by their kind. ``sent`` are the fields that an update says something of, blank or
    not; None for a new record, of which all that is there was sent. ``changed_by`` are the rows of
    ``x-derived`` that have changed a field, by its name.
    """

    contract: Contract
    fields: Mapping[str, Any]
    whole: bool = False
    today: date | None = None
    state: str | None = None
    inputs: Mapping[str, Any] | None = field(default_factory=dict)
    children: Mapping[str, int] = field(default_factory=dict)
    sent: frozenset[str] | None = None
    changed_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def value(self, row: Any) -> Any:
        """The value of a row; ``None`` where there is none. Raises CannotSayError."""
        return values.value_of(row, self)

    def holds(self, condition: Any) -> bool | None:
        """Whether a condition holds; None when a missing value leaves it undecided.

        Raises CannotSayError when a value it takes to decide is not known here.
        """
        return conditions.holds(condition, self)

    def field(self, name: str) -> Any:
        """A field by its name in the tables; an empty text is no value, unless it is kept."""
        public = self.contract.public(name)
        found = self.fields.get(public, None if self.whole else UNKNOWN)
        if found is UNKNOWN:
            raise CannotSayError(f"{public} is not known here")
        return None if found == "" and public not in self.contract.keeping_empty else found

    def attribute(self, code: Any, code_list: str, take: str) -> Any:
        """An attribute of a code's row in a code list; None for a code that the list has not."""
        table = self.attributes(code_list, take)
        return table.get(code) if isinstance(code, str) else None

    def attributes(self, code_list: str, take: str) -> Mapping[str, Any]:
        """An attribute of each code of a list, by code."""
        lists = self.contract.table("x-code-lists")
        what = f"{take} of {code_list}"
        return self.contract.once(what, lists, lambda: _attributes(lists, code_list, take))

    def registered(self, register: str, key: str, value: Any) -> Mapping[str, Any] | None:
        """The school or partner that is found by a value; None for an unknown one.

        Raises CannotSayError where the target does not tell whom it knows.
        """
        known = self.contract.registers()
        if known is None:
            raise CannotSayError(f"the register of {register} is not known here")
        return next((row for row in known[register] if row.get(key) == str(value)), None)

    def was_sent(self, name: str) -> bool:
        """Whether a request said something of a field, by its name in the tables."""
        return self.contract.public(name) in (self.fields if self.sent is None else self.sent)

    def about(self, record: Mapping[str, Any]) -> Scope:
        """The same about another record, of which all fields are known."""
        return self._with(fields=record, whole=True)

    def day(self) -> date:
        """The target's today."""
        if self.today is None:
            raise CannotSayError("today is not known here")
        return self.today

    def table(self, name: str) -> list[list[Any]]:
        """The rows of a domain table."""
        found = self.contract.table("x-domain").get(name)
        if not isinstance(found, Mapping):
            raise UnknownWordError(name)
        return list(found["rows"])

    def over(self, changes: Mapping[str, Any]) -> Scope:
        """The same with other values of some fields, under public names."""
        return self._with(fields={**self.fields, **changes})

    def draft(self) -> Scope:
        """The same, with fields that may be changed in place by who made it: `note`."""
        return self._with(fields={**self.fields}, changed_by={**self.changed_by})

    def note(self, changes: Mapping[str, Any], row: str) -> None:
        """Put in what a row of ``x-derived`` has made of some fields, under public names."""
        fields, changed_by = cast(dict[str, Any], self.fields), cast(_Rows, self.changed_by)
        for name, value in changes.items():
            if name not in fields:
                fields[name] = None
            if fields[name] != value:
                fields[name] = value
                if value is not UNKNOWN:
                    changed_by[name] = (*changed_by.get(name, ()), row)

    def _with(self, **changes: Any) -> Scope:
        """The same with other attributes; `replace` is slow where thousands are made."""
        made = object.__new__(Scope)
        made.__dict__.update(self.__dict__, **changes)
        return made

    def without(self, names: Iterable[str]) -> Scope:
        """The same with some fields, under their names in the tables, unknown."""
        return self.over({self.contract.public(name): UNKNOWN for name in names})


def _attributes(lists: Mapping[str, Any], code_list: str, take: str) -> Mapping[str, Any]:
    if code_list not in lists:
        raise UnknownWordError(code_list)
    return {row["code"]: row.get(take) for row in lists[code_list]}
