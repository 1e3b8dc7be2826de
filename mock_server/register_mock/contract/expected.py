"""What a condition asks for, in words for the journal: `on or before 2026-10-15`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from register_mock.contract.language import Language
from register_mock.contract.values import Fields, Scope, Value

Row = Mapping[str, Any]
Expected = Callable[[Fields, Scope], Any]

_PHRASES = {
    "not_after": "on or before {}",
    "not_before": "on or after {}",
    "after": "after {}",
    "at_most": "at most {}",
    "same_as": "the same as {}",
}


def expected(row: Row, language: Language) -> Expected:
    """Return what would be right where a condition does not hold, as a function."""
    if "all" in row:
        return _first_broken(row["all"], language)
    if "any" in row:
        either = [expected(part, language) for part in row["any"]]
        return lambda fields, scope: " or ".join(_told(each(fields, scope)) for each in either)
    if "not" in row:
        other = expected(row["not"], language)
        return lambda fields, scope: f"not {_told(other(fields, scope))}"
    return _of_test(row, language)


def _first_broken(rows: list[Row], language: Language) -> Expected:
    parts = [(language.condition(row), expected(row, language)) for row in rows]

    def found(fields: Fields, scope: Scope) -> Any:
        return next(
            (right(fields, scope) for holds, right in parts if not holds(fields, scope)), None
        )

    return found


def _of_test(row: Row, language: Language) -> Expected:
    for word, phrase in _PHRASES.items():
        if word in row:
            return _compared(phrase, _limit(row[word], language))
    constant = next((row[word] for word in _CONSTANTS if word in row), None)
    if "not_in" in row:
        constant = f"none of {', '.join(map(str, row['not_in']))}"
    elif "in_table" in row:
        constant = f"a row of {row['in_table']}"
    return lambda fields, scope: constant


_CONSTANTS = ("is", "equals", "in", "has")


def _limit(operand: Any, language: Language) -> Value:
    return language.value({"constant": operand} if isinstance(operand, int | float) else operand)


def _compared(phrase: str, limit: Value) -> Expected:
    return lambda fields, scope: phrase.format(_told(limit(fields, scope)))


def _told(value: Any) -> str:
    if isinstance(value, list):
        return f"one of {', '.join(map(str, value))}"
    return value.isoformat() if isinstance(value, date) else str(value)
