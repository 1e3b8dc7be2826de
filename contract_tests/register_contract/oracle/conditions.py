"""Whether a condition of a table holds: yes, no, or undecided because a value is missing.

What is undecided does not hold, and breaks no rule. A value that cannot be known here is another
matter: it raises CannotSayError, unless the rest decides without it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.values import as_date, is_missing
from register_contract.oracle.words import COMPOUND, condition_word

if TYPE_CHECKING:
    from register_contract.oracle.scope import Scope

Row = Mapping[str, Any]
Verdict = bool | None


def holds(row: Any, scope: Scope) -> Verdict:
    """Whether a condition holds in a scope; None when a missing value leaves it undecided."""
    word = condition_word(row)
    if word in COMPOUND:
        return _COMPOUND[word](row[word], scope)
    if word == "in_table":
        return _in_table(row, scope)
    tested = scope.value(row["value"])
    if word in _OF_VALUES:
        operand = row[word]
        operand = operand if isinstance(operand, int | float) else scope.value(operand)
        return _OF_VALUES[word](tested, operand)
    return _OF_CONSTANTS[word](tested, row[word])


def _any_is(wanted: bool, rows: Iterable[Any], scope: Scope) -> Verdict:
    """``wanted`` when one condition is; else the opposite, or undecided, or not known."""
    undecided, unknown = False, None
    for row in rows:
        try:
            found = holds(row, scope)
        except CannotSayError as error:
            unknown = error
            continue
        if found is wanted:
            return wanted
        undecided = undecided or found is None
    if unknown is not None:
        raise unknown
    return None if undecided else not wanted


def _not(row: Any, scope: Scope) -> Verdict:
    found = holds(row, scope)
    return None if found is None else not found


_COMPOUND: Mapping[str, Callable[[Any, Any], Verdict]] = {
    "all": lambda rows, scope: _any_is(False, rows, scope),
    "any": lambda rows, scope: _any_is(True, rows, scope),
    "not": _not,
}


def _among(value: Any, constants: list[Any]) -> Verdict:
    """Whether a value is one of these; a missing one only where null stands among them."""
    found = any(_same(value, each) for each in constants)
    return None if value is None and not found else found


def _not_among(value: Any, constants: list[Any]) -> Verdict:
    found = _among(value, constants)
    return None if found is None else not found


def _same(value: Any, constant: Any) -> bool:
    """Equal, and no number for a boolean."""
    return bool(value == constant) and isinstance(value, bool) == isinstance(constant, bool)


def _is_distinct(value: Any) -> Verdict:
    """Whether each entry of a list stands there once."""
    return len(value) == sum(value.count(each) == 1 for each in value) if _is_list(value) else None


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


_IS: Mapping[str, Callable[[Any], Verdict]] = {
    "blank": is_missing,
    "present": lambda value: not is_missing(value),
    "distinct": _is_distinct,
}
_OF_CONSTANTS: Mapping[str, Callable[[Any, Any], Verdict]] = {
    "is": lambda value, wanted: _IS[wanted](value),
    "equals": lambda value, constant: _among(value, [constant]),
    "in": _among,
    "not_in": _not_among,
    "has": lambda value, constant: constant in value if isinstance(value, list) else None,
}
_OF_VALUES: Mapping[str, Callable[[Any, Any], Verdict]] = {
    "at_most": lambda value, limit: _compared(value, limit, _number, operator.le),
    "not_after": lambda value, limit: _compared(value, limit, as_date, operator.le),
    "not_before": lambda value, limit: _compared(value, limit, as_date, operator.ge),
    "after": lambda value, limit: _compared(value, limit, as_date, operator.gt),
    "same_as": lambda value, other: _compared(value, other, lambda it: it, operator.eq),
}


def _compared(
    value: Any, operand: Any, read: Callable[[Any], Any], test: Callable[[Any, Any], bool]
) -> Verdict:
    """Compare what is read from both sides; undecided where nothing is."""
    sides = read(value), read(operand)
    return None if None in sides else test(*sides)


def _number(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None


def _in_table(row: Row, scope: Scope) -> Verdict:
    """Whether the values are a row of a domain table, whose cells may be lists or ranges."""
    found = [scope.value(each) for each in row.get("values", [row.get("value")])]
    for cells in scope.table(row["in_table"]):
        if all(fits(value, cell) for value, cell in zip(found, cells, strict=True)):
            return True
    return None if None in found else False


def fits(value: Any, cell: Any) -> bool:
    """Whether a value fits a cell of a domain table: a value, a list of these, or a range."""
    if isinstance(cell, list):
        return any(fits(value, each) for each in cell)
    if isinstance(cell, Mapping):
        return _number(value) is not None and bool(cell["from"] <= value <= cell["to"])
    return _same(value, cell)
