"""Variations of a record that stay a duplicate of it, and variations that do not.

Read from ``x-duplicates``: every key of ``all`` has to match and, where there is ``any``, one of
those. Each variation changes one thing, so a wrong answer names the key that is read wrongly.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

from register_contract.oracle.contract import Contract
from register_contract.oracle.fields import constraint, properties
from register_contract.oracle.rules import as_date

_NEXT_DAY = timedelta(days=1)
_DAYS_IN_CYCLE = 366


@dataclass(frozen=True)
class Variation:
    """Changes of a record, whether the result still is a duplicate, and both in words."""

    changes: Mapping[str, Any]
    is_duplicate: bool
    words: str


class Variations:
    """Makes the variations of one kind of duplicate."""

    def __init__(
        self, contract: Contract, kind: str, row: Mapping[str, Any], chance: random.Random
    ) -> None:
        create = contract.operation(row["operations"][0])
        self._fields = properties(contract, contract.data_schema(create))
        self._contract = contract
        self._all = row.get("all", [])
        self._any = row.get("any", [])
        self._chance = chance

    def of(self, sent: Mapping[str, Any]) -> Iterator[Variation]:
        """Every variation of ``sent``."""
        yield Variation({}, True, "exactly the same")
        for key in [*self._all, *self._any]:
            yield from self._same(key, sent)
        for key in self._all:
            change = self._other(key, sent)
            if change:
                yield Variation(change, False, f"with another {_name(key)}")
        yield from self._any_of(sent)

    def accented(self, sent: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Variation]]:
        """Changes of ``sent`` that put an accent into a name, and that name written otherwise."""
        names = [key["field"] for key in self._all if key.get("as") in ("casefold", "alphanumeric")]
        others: dict[str, Any] = {}
        for key in self._any:
            if key.get("as") == "alphanumeric":
                names.append(key["field"])
            else:
                others |= self._other(key, sent)
        for name in names:
            before = {name: f"{sent[name]}é"}
            apart = others if name in map(_name, self._any) else {}
            words = f"with the é of {name} in two characters"
            same = {**apart, name: normalize("NFD", before[name])}
            yield before, Variation(same, True, words)
            words = f"with the é of {name} as e"
            yield before, Variation({**apart, name: f"{sent[name]}e"}, False, words)

    def _any_of(self, sent: Mapping[str, Any]) -> Iterator[Variation]:
        together: dict[str, Any] = {}
        for key in self._any:
            together |= self._other(key, sent)
        names = " and ".join(_name(key) for key in self._any)
        if len(self._any) > 1:
            for key in self._any:
                others = {k: v for k, v in together.items() if k != _name(key)}
                words = f"where of {names} only {_name(key)} is the same"
                yield Variation(others, True, words)
        if together:
            yield Variation(together, False, f"with another {names}")
        for key in self._any:
            if key.get("as") == "alphanumeric":
                words = f"with a {_name(key)} of punctuation only, and all else of these different"
                yield Variation({**together, key["field"]: "-- '"}, False, words)

    def _same(self, key: Mapping[str, Any], sent: Mapping[str, Any]) -> Iterator[Variation]:
        """Other ways to write the same value, by how the key compares."""
        name = _name(key)
        value = str(sent.get(name, ""))
        how = key.get("as", "exact")
        if how in ("casefold", "alphanumeric") and value:
            yield Variation({name: value.swapcase()}, True, f"with {name} in other case")
        if how == "alphanumeric" and value:
            odd = f"{value[:2]}-{value[2:]}'."
            yield Variation({name: odd}, True, f"with punctuation in {name}")
            spaced = f" {value[:1]} {value[1:]}"
            yield Variation({name: spaced}, True, f"with spaces in {name}")
        if how == "year" and value:
            yield Variation({name: f"{value[:4]}-06-30"}, True, f"with {name} as a date")
        if how == "academic_year":
            start = as_date(sent.get(key["first_of"][-1]))
            if start is not None:
                yield Variation(_starting(key, _within(start)), True, "starting another day")

    def _other(self, key: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """A change of the key's value to one that differs in the way the key compares."""
        if key.get("as") == "academic_year":
            start = as_date(sent.get(key["first_of"][-1]))
            return _starting(key, start - timedelta(days=_DAYS_IN_CYCLE)) if start else {}
        name = key["field"]
        if name not in sent:
            return {}
        rule = constraint(self._contract, self._fields.get(name, {}))
        if "enum" in rule:
            others = [c for c in rule["enum"] if isinstance(c, str) and c != sent[name]]
            return {name: self._chance.choice(others)} if others else {}
        day = as_date(sent[name])
        if key.get("as") == "year":
            return {name: str(int(str(sent[name])[:4]) - 1)}
        if day is not None:
            return {name: (day + _NEXT_DAY).isoformat()}
        local, at, host = str(sent[name]).partition("@")
        return {name: f"{local[:-1]}{_next(local[-1])}{at}{host}"}


def _name(key: Mapping[str, Any]) -> str:
    return str(key["field"] if "field" in key else key["first_of"][-1])


def _next(letter: str) -> str:
    """Another letter or digit of the same kind: limits on length and form still hold."""
    if letter.isdigit():
        return "1" if letter == "0" else "0"
    return "b" if letter == "a" else "a"


def _within(start: date) -> date:
    """Another day of the same academic cycle, not after ``start`` unless it has to be."""
    before = start - _NEXT_DAY
    return before if start.month != 8 or start.day > 1 else start + _NEXT_DAY


def _starting(key: Mapping[str, Any], day: date) -> dict[str, Any]:
    return {key["first_of"][-1]: day.isoformat()}
