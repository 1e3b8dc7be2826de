"""Code lists as look-up tables, and the conditions that tables write with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from register_mock.contract.names import Names

Condition = Callable[[Mapping[str, Any]], bool]


class CodeLists:
    """The lists of one edition: list -> code -> label and attributes."""

    def __init__(self, lists: Mapping[str, list[dict[str, Any]]]) -> None:
        """Index the rows of `x-code-lists` by code."""
        self._lists = {name: {row["code"]: row for row in rows} for name, rows in lists.items()}

    def table(self, name: str, attribute: str) -> dict[str, Any]:
        """Return code -> attribute for one list; raises KeyError when there is no such list."""
        return {code: row.get(attribute) for code, row in self._lists[name].items()}


def condition(row: Mapping[str, Any], lists: CodeLists, names: Names) -> Condition:
    """Return a `when` row as a function of a record (names as used inside)."""
    tests = [_TESTS[key](row[key], names) for key in row if key in _TESTS]
    field = names.inner(row["field"])
    table = lists.table(row["list"], row["take"]) if "list" in row else None
    if table is None and len(tests) == 1:
        # Most rows; made for each record that is written or shown.
        (only,) = tests
        return lambda fields: only(fields.get(field), fields)

    def holds(fields: Mapping[str, Any]) -> bool:
        value = fields.get(field)
        if table is not None:
            value = table.get(value) if isinstance(value, str) else None
        return all(test(value, fields) for test in tests)

    return holds


Test = Callable[[Any, Mapping[str, Any]], bool]


def _is(wanted: str, names: Names) -> Test:
    return lambda value, fields: (value in (None, "", [])) is (wanted == "blank")


def _equals(wanted: Any, names: Names) -> Test:
    return lambda value, fields: bool(value == wanted)


def _equals_field(other: str, names: Names) -> Test:
    inner = names.inner(other)
    return lambda value, fields: bool(value == fields.get(inner))


def _in(wanted: list[Any], names: Names) -> Test:
    return lambda value, fields: value in wanted


def _not_in(wanted: list[Any], names: Names) -> Test:
    return lambda value, fields: value not in wanted


def _at_most(limit: float, names: Names) -> Test:
    return lambda value, fields: value is not None and bool(value <= limit)


_TESTS: dict[str, Callable[[Any, Names], Test]] = {
    "is": _is,
    "equals": _equals,
    "equals_field": _equals_field,
    "in": _in,
    "not_in": _not_in,
    "at_most": _at_most,
}
