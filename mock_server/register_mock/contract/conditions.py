"""Conditions over values, each an expression of Python: true, false, or None, cannot say.

A comparison with a value that is missing, or that is no date where dates are compared, cannot say.
`TESTS` has one maker for each test, `JOINED` one for each word that joins conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol

from register_mock.contract.domain import DomainTable
from register_mock.contract.values import BLANK, Writing, day_of, several

Row = Mapping[str, Any]


class Tables(Writing, Protocol):
    """The writing of an expression where the domain tables are known too."""

    def domain(self, name: str) -> DomainTable:
        """Return a table of `x-domain`."""


def condition_expression(row: Row, writing: Tables) -> str:
    """Return the expression of a condition of a table."""
    for word, maker in JOINED.items():
        if word in row:
            return maker(row[word], writing)
    if "values" in row:
        return _in_table(row, writing)
    test = next(word for word in row if word in TESTS)
    return TESTS[test](writing.value(row["value"]), row[test], writing)


def _all(rows: list[Row], writing: Tables) -> str:
    parts = [(writing.name(), writing.condition(row)) for row in rows]
    broken = " or ".join(f"({name} := {part}) is False" for name, part in parts)
    return f"(False if {broken} else None if {_unknown(parts)} else True)"


def _any(rows: list[Row], writing: Tables) -> str:
    parts = [(writing.name(), writing.condition(row)) for row in rows]
    holds = " or ".join(f"({name} := {part})" for name, part in parts)
    return f"(True if {holds} else None if {_unknown(parts)} else False)"


def _unknown(parts: list[tuple[str, str]]) -> str:
    return " or ".join(f"{name} is None" for name, _ in parts)


def _not(row: Row, writing: Tables) -> str:
    name = writing.name()
    return f"(None if ({name} := {writing.condition(row)}) is None else not {name})"


def _is(value: str, operand: str, writing: Tables) -> str:
    if operand == "distinct":
        return f"{writing.constant(_is_distinct)}({value})"
    within = "in" if operand == "blank" else "not in"
    return f"({value} {within} {writing.constant(BLANK)})"


def _is_distinct(value: Any) -> bool | None:
    """Tell whether nothing stands twice in a list; of what is none nobody can say."""
    if not isinstance(value, list):
        return None
    return all(each not in value[:place] for place, each in enumerate(value))


def _with_constant(test: str) -> Maker:
    """Return the maker of a test against a constant, written with `found` and `constant`."""

    def maker(value: str, operand: Any, writing: Tables) -> str:
        name = writing.name()
        holds = test.format(found=name, constant=writing.constant(operand))
        return f"(None if ({name} := {value}) is None else {holds})"

    return maker


def _with_value(holds: Callable[[Any, Any], bool | None]) -> Maker:
    """Return the maker of a test against another value."""

    def maker(value: str, operand: Any, writing: Tables) -> str:
        if isinstance(operand, int | float):
            operand = {"constant": operand}
        found, limit, other = writing.name(), writing.name(), writing.value(operand)
        missing = f"({found} := {value}) is None or ({limit} := {other}) is None"
        return f"(None if {missing} else {writing.constant(holds)}({found}, {limit}))"

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


def _in_table(row: Row, writing: Tables) -> str:
    table = writing.domain(row["in_table"])

    def holds(found: tuple[Any, ...]) -> bool | None:
        return None if None in found else table.has(found)

    return f"{writing.constant(holds)}({several(row['values'], writing)})"


Maker = Callable[[str, Any, Tables], str]

JOINED: dict[str, Callable[[Any, Tables], str]] = {"all": _all, "any": _any, "not": _not}
TESTS: dict[str, Maker] = {
    "is": _is,
    "equals": _with_constant("{found} == {constant}"),
    "in": _with_constant("{found} in {constant}"),
    "not_in": _with_constant("{found} not in {constant}"),
    "has": _with_constant("isinstance({found}, list) and {constant} in {found}"),
    "at_most": _with_value(_at_most),
    "not_after": _of_days(lambda day, limit: day <= limit),
    "not_before": _of_days(lambda day, limit: day >= limit),
    "after": _of_days(lambda day, limit: day > limit),
    "same_as": _with_value(lambda found, other: bool(found == other)),
}
