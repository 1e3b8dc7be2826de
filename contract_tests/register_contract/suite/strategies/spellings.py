"""Other ways to write what a key of a record's duplicates is made of, and other values for it.

Each way changes the fields that one VALUE looks at; whether the key stays the same by that, the
oracle says (``oracle.alike``).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.scope import Scope
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.values import as_date, cycle_of, first_day
from register_contract.oracle.words import mentions, value_word

Way = tuple[Mapping[str, Any], str]
_DAY = timedelta(days=1)
_FOLDED = ("casefold", "alphanumeric", "first_word")


class Spellings:
    """Makes the ways for the fields of one schema."""

    def __init__(self, schema: Mapping[str, Any], scope: Scope, chance: random.Random) -> None:
        self._contract = scope.contract
        self._fields = properties(scope.contract, schema)
        self._scope = scope
        self._chance = chance

    def of(self, value: Any) -> Iterator[Way]:
        """The ways for a value that come from its word: the same in other writing, and near it."""
        word = "field" if isinstance(value, str) else value_word(value)
        field = self._read_from(value)
        if field is not None and (sent := self._known(field)) is not None:
            yield from self._by_word(word, field, sent)
        if word == "cycle":
            yield from self._dates_that_stand_in(value)

    def others(self, value: Any) -> Iterator[Way]:
        """Another value of the field that a value is read from: of codes each, by chance."""
        field = self._read_from(value)
        if field is not None:
            for change in self._other(field, value):
                yield change, f"with another {field}"

    def unlike(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Changes of a field, by its public name, to other values of its kind."""
        return self._other(name, name)

    def folded(self, value: Any) -> str | None:
        """The field, under its public name, of a value that is compared without case."""
        if isinstance(value, str) or value_word(value) not in _FOLDED:
            return None
        return self._read_from(value)

    def _by_word(self, word: str, field: str, sent: Any) -> Iterator[Way]:
        if word in _FOLDED:
            yield {field: str(sent).swapcase()}, f"with {field} in other case"
        if word == "alphanumeric":
            yield {field: f"{sent[:2]}-{sent[2:]}'."}, f"with punctuation in {field}"
            yield {field: f" {sent[:1]} {sent[1:]}"}, f"with spaces in {field}"
        if word == "first_word":
            yield {field: f" {sent[:2]}-{sent[2:]}"}, f"with punctuation in {field}"
            yield {field: f"{str(sent).partition(' ')[0]} Ann"}, f"with another word in {field}"
        if word == "year":
            yield {field: f"{str(sent)[:4]}-06-30"}, f"with {field} as a date"
        day = as_date(sent)
        if word == "cycle" and day is not None:
            yield {field: _within(day).isoformat()}, "starting another day"
            for edge, words in _edges(day):
                yield {field: edge.isoformat()}, f"with {field} on {words}"

    def _dates_that_stand_in(self, value: Any) -> Iterator[Way]:
        """Of several dates the first counts: with one before it, and with one after it moved."""
        names = [self._contract.public(name) for name in mentions(value)]
        for first, second in pairwise(names):
            start = as_date(self._known(first)) or as_date(self._known(second))
            if start is not None:
                here, past = start.isoformat(), _a_year_before(start).isoformat()
                yield {first: here, second: past}, f"with the same {first} and another {second}"
                yield {first: past, second: here}, f"with another {first} and the same {second}"

    def _read_from(self, value: Any) -> str | None:
        """The field that a value comes from: the first of its fields that has one."""
        names = [self._contract.public(name) for name in mentions(value)]
        return next((name for name in names if self._known(name) is not None), None)

    def _known(self, public: str) -> Any:
        try:
            return self._scope.field(public)
        except CannotSayError:
            return None

    def _other(self, name: str, value: Any) -> Iterator[dict[str, Any]]:
        """Changes of a field to another value of its kind, by which the value differs."""
        sent = self._known(name)
        rule = constraint(self._contract, self._fields.get(name, {}))
        if "enum" in rule:
            others = [c for c in rule["enum"] if isinstance(c, str) and c != sent]
            yield from ({name: code} for code in self._chance.sample(others, len(others)))
            return
        word = "field" if isinstance(value, str) else value_word(value)
        day = as_date(sent)
        if word == "year":
            yield {name: str(int(str(sent)[:4]) - 1)}
        elif day is not None:
            other = _a_year_before(day) if word == "cycle" else day + _DAY
            yield {name: other.isoformat()}
        else:
            local, at, host = str(sent).partition(" " if word == "first_word" else "@")
            yield {name: f"{local[:-1]}{_next(local[-1])}{at}{host}"}


def _next(letter: str) -> str:
    """Another letter or digit of the same kind: limits on length and form still hold."""
    if letter.isdigit():
        return "1" if letter == "0" else "0"
    return "b" if letter == "a" else "a"


def _a_year_before(day: date) -> date:
    """A day of the academic cycle before."""
    return day - (first_day(cycle_of(day) + 1) - first_day(cycle_of(day)))


def _within(day: date) -> date:
    """Another day of the same academic cycle, not after ``day`` unless it has to be."""
    before = day - _DAY
    return before if cycle_of(before) == cycle_of(day) else day + _DAY


def _edges(day: date) -> Iterator[tuple[date, str]]:
    """The first and last day of the academic cycle of a day, and those beside them."""
    start, end = first_day(cycle_of(day)), first_day(cycle_of(day) + 1)
    yield start, "the first day of the academic cycle"
    yield start - _DAY, "the last day of the academic cycle before"
    yield end - _DAY, "the last day of the academic cycle"
    yield end, "the first day of the next academic cycle"
