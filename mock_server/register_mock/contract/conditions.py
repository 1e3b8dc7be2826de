"""Conditions over values, each compiled once to a function: true, false, or None, cannot say.

A comparison with a value that is missing, or that is no date where dates are compared, cannot say.
`TESTS` has one maker for each test, `JOINED` one for each word that joins conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol

from register_mock.contract.domain import DomainTable
from register_mock.contract.values import BLANK, Condition, Fields, Language, Scope, Value, day_of

Row = Mapping[str, Any]


class Tables(Language, Protocol):
    """A language that knows the domain tables too."""

    def domain(self, name: str) -> DomainTable:
        """Return a table of `x-domain`."""


def compiled_condition(row: Row, language: Tables) -> Condition:
    """Return a condition of a table as a function."""
    for word, maker in JOINED.items():
        if word in row:
            return maker(row[word], language)
    if "values" in row:
        return _in_table(row, language)
    value = language.value(row["value"])
    test = next(word for word in row if word in TESTS)
    return TESTS[test](value, row[test], language)


def _all(rows: list[Row], language: Tables) -> Condition:
    parts = [compiled_condition(row, language) for row in rows]

    def condition(fields: Fields, scope: Scope) -> bool | None:
        answer: bool | None = True
        for part in parts:
            said = part(fields, scope)
            if said is False:
                return False
            if said is None:
                answer = None
        return answer

    return condition


def _any(rows: list[Row], language: Tables) -> Condition:
    parts = [compiled_condition(row, language) for row in rows]

    def condition(fields: Fields, scope: Scope) -> bool | None:
        answer: bool | None = False
        for part in parts:
            said = part(fields, scope)
            if said:
                return True
            if said is None:
                answer = None
        return answer

    return condition


def _not(row: Row, language: Tables) -> Condition:
    inner = compiled_condition(row, language)

    def condition(fields: Fields, scope: Scope) -> bool | None:
        said = inner(fields, scope)
        return None if said is None else not said

    return condition


def _is(value: Value, operand: str, language: Tables) -> Condition:
    wanted = operand == "blank"
    return lambda fields, scope: (value(fields, scope) in BLANK) is wanted


def _with_constant(holds: Callable[[Any, Any], bool]) -> Maker:
    """Return the maker of a test against a constant."""

    def maker(value: Value, operand: Any, language: Tables) -> Condition:
        def condition(fields: Fields, scope: Scope) -> bool | None:
            found = value(fields, scope)
            return None if found is None else holds(found, operand)

        return condition

    return maker


def _with_value(holds: Callable[[Any, Any], bool | None]) -> Maker:
    """Return the maker of a test against another value."""

    def maker(value: Value, operand: Any, language: Tables) -> Condition:
        if isinstance(operand, int | float):
            operand = {"constant": operand}
        other = language.value(operand)

        def condition(fields: Fields, scope: Scope) -> bool | None:
            found, limit = value(fields, scope), other(fields, scope)
            return None if found is None or limit is None else holds(found, limit)

        return condition

    return maker


def _of_days(holds: Callable[[date, date], bool]) -> Maker:
    """Return the maker of a test of a date against another."""

    def compared(found: Any, limit: Any) -> bool | None:
        day, other = day_of(found), day_of(limit)
        return None if day is None or other is None else holds(day, other)

    return _with_value(compared)


def _at_most(found: Any, limit: Any) -> bool | None:
    return _is_number(limit) and found <= limit if _is_number(found) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _in_table(row: Row, language: Tables) -> Condition:
    table = language.domain(row["in_table"])
    values = [language.value(value) for value in row["values"]]

    def condition(fields: Fields, scope: Scope) -> bool | None:
        found = tuple(value(fields, scope) for value in values)
        return None if None in found else table.has(found)

    return condition


Maker = Callable[[Value, Any, Tables], Condition]

JOINED: dict[str, Callable[[Any, Tables], Condition]] = {"all": _all, "any": _any, "not": _not}
TESTS: dict[str, Maker] = {
    "is": _is,
    "equals": _with_constant(lambda found, constant: bool(found == constant)),
    "in": _with_constant(lambda found, constants: found in constants),
    "not_in": _with_constant(lambda found, constants: found not in constants),
    "has": _with_constant(lambda found, constant: isinstance(found, list) and constant in found),
    "at_most": _with_value(_at_most),
    "not_after": _of_days(lambda day, limit: day <= limit),
    "not_before": _of_days(lambda day, limit: day >= limit),
    "after": _of_days(lambda day, limit: day > limit),
    "same_as": _with_value(lambda found, other: bool(found == other)),
}
