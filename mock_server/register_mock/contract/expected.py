"""What a condition asks for, in words for the journal: `on or before 2026-10-15`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from register_mock.contract.language import Language
from register_mock.contract.phrases import TESTS, told
from register_mock.contract.values import Fields, Scope

Row = Mapping[str, Any]
Expected = Callable[[Fields, Scope], Any]


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
    """A constant is right as it is, or in its phrase; another value is asked for each time."""
    test = next(word for word in row if word in TESTS)
    operand, phrase = row[test], TESTS[test]
    if test in ("is", "equals", "in"):
        return lambda fields, scope: operand
    if test in ("not_in", "has", "in_table") or isinstance(operand, int | float):
        said = phrase.format(", ".join(map(told, operand)) if test == "not_in" else told(operand))
        return lambda fields, scope: said
    limit = language.value(operand)
    return lambda fields, scope: phrase.format(_told(limit(fields, scope)))


def _told(value: Any) -> str:
    if isinstance(value, list):
        return f"one of {', '.join(map(told, value))}"
    return value.isoformat() if isinstance(value, date) else told(value)
