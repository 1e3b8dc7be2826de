"""The words of values and conditions in the tables, and what stands under each.

A word's entry says how its operand is made, so that the fields a row looks at are found without
knowing what the word means (``mentions``). What each word means: ``values``, ``conditions``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum, auto
from typing import Any

from register_contract.oracle.unsaid import UnknownWordError, only, read_once


class Operand(Enum):
    """What stands under a word."""

    VALUE = auto()
    VALUES = auto()
    CONDITION = auto()
    CONDITIONS = auto()
    CASES = auto()
    FIELD = auto()
    FIELDS = auto()
    SEARCHED = auto()
    """A field of that name, or a map to the field that is called otherwise."""
    OF_OTHERS = auto()
    """Values of other records than the one that is looked at."""
    TEXTS = auto()
    PLAIN = auto()
    LIMIT = auto()
    """A number as it stands, or a value."""


# By its main word: the operands of a value's keys.
VALUES: Mapping[str, Mapping[str, Operand]] = {
    "field": {"field": Operand.FIELD},
    "constant": {"constant": Operand.PLAIN},
    "code": {"code": Operand.VALUE, "in": Operand.PLAIN, "take": Operand.PLAIN},
    "codes": {"codes": Operand.VALUES, "in": Operand.PLAIN, "take": Operand.PLAIN},
    "first": {"first": Operand.VALUES},
    "text": {"text": Operand.VALUE},
    "year": {"year": Operand.VALUE},
    "number": {"number": Operand.VALUE},
    "date": {"date": Operand.VALUE},
    "unique": {"unique": Operand.VALUE},
    "cycle": {"cycle": Operand.VALUE},
    "casefold": {"casefold": Operand.VALUE},
    "alphanumeric": {"alphanumeric": Operand.VALUE},
    "trim": {"trim": Operand.VALUE},
    "squash": {"squash": Operand.VALUE},
    "first_word": {"first_word": Operand.VALUE},
    "characters": {"characters": Operand.VALUE},
    "today": {"today": Operand.PLAIN},
    "now": {"now": Operand.PLAIN},
    "midnight": {"midnight": Operand.VALUE},
    "state": {"state": Operand.PLAIN},
    "input": {"input": Operand.PLAIN, "otherwise": Operand.VALUE},
    "sent": {"sent": Operand.FIELDS},
    "count": {"count": Operand.VALUES},
    "children": {"children": Operand.PLAIN},
    "holds": {"holds": Operand.CONDITION},
    "choose": {"choose": Operand.CASES, "otherwise": Operand.VALUE},
    "collect": {"collect": Operand.FIELDS},
    "join": {"join": Operand.TEXTS, "with": Operand.PLAIN},
    "register": {"register": Operand.PLAIN, "by": Operand.SEARCHED, "take": Operand.PLAIN},
    "rows": {"rows": Operand.FIELD, "of": Operand.OF_OTHERS},
}
COMPOUND: Mapping[str, Operand] = {
    "all": Operand.CONDITIONS,
    "any": Operand.CONDITIONS,
    "not": Operand.CONDITION,
}
TESTS: Mapping[str, Operand] = {
    "is": Operand.PLAIN,
    "equals": Operand.PLAIN,
    "in": Operand.PLAIN,
    "not_in": Operand.PLAIN,
    "has": Operand.PLAIN,
    "at_most": Operand.LIMIT,
    "not_after": Operand.VALUE,
    "not_before": Operand.VALUE,
    "after": Operand.VALUE,
    "same_as": Operand.VALUE,
    "in_table": Operand.PLAIN,
}
_TESTED = ("value", "values")


@read_once
def value_word(row: Any) -> str:
    """The main word of a value written as a map. Raises UnknownWordError."""
    if not isinstance(row, Mapping):
        raise UnknownWordError(row)
    for word, keys in VALUES.items():
        if word in row:
            only(row, keys)
            return word
    raise UnknownWordError(next(iter(row), row))


@read_once
def condition_word(row: Any) -> str:
    """The word that decides a condition: all, any, not or its test. Raises UnknownWordError."""
    if not isinstance(row, Mapping):
        raise UnknownWordError(row)
    for word in COMPOUND:
        if word in row:
            only(row, word)
            return word
    only(row, TESTS, _TESTED)
    tests = [str(word) for word in row if word in TESTS]
    if len(tests) != 1 or not any(key in row for key in _TESTED):
        raise UnknownWordError(next(iter(tests[1:] or row), row))
    return tests[0]


def mentions(row: Any) -> Iterator[str]:
    """The fields a value looks at, under the names they have in the tables."""
    if isinstance(row, str):
        yield row
        return
    keys = VALUES[value_word(row)]
    for key, operand in row.items():
        if key in keys:
            yield from _under(keys[key], operand)


def condition_mentions(row: Any) -> Iterator[str]:
    """The fields a condition looks at."""
    word = condition_word(row)
    if word in COMPOUND:
        yield from _under(COMPOUND[word], row[word])
        return
    yield from _under(TESTS[word], row[word])
    if "value" in row:
        yield from mentions(row["value"])
    yield from _under(Operand.VALUES, row.get("values", ()))


def counted(row: Any) -> Iterator[str]:
    """The kinds of records that a condition counts, wherever it does."""
    if isinstance(row, Mapping):
        if "children" in row:
            yield row["children"]
        row = row.values()
    if not isinstance(row, str | bytes) and isinstance(row, Iterable):
        for part in row:
            yield from counted(part)


def looked_up_in(row: Any) -> Iterator[Mapping[str, Any]]:
    """The values of a condition that are an attribute of a code, wherever they stand."""
    if isinstance(row, Mapping):
        if "code" in row:
            yield row
        row = row.values()
    if not isinstance(row, str | bytes) and isinstance(row, Iterable):
        for part in row:
            yield from looked_up_in(part)


def _under(kind: Operand, operand: Any) -> Iterator[str]:
    """The fields under one word."""
    return _FIELDS_UNDER.get(kind, lambda operand: iter(()))(operand)


def _of_each(rows: Iterable[Any], find: Callable[[Any], Iterator[str]]) -> Iterator[str]:
    for row in rows:
        yield from find(row)


def _of_case(case: Mapping[str, Any]) -> Iterator[str]:
    only(case, "when", "value")
    yield from condition_mentions(case["when"])
    yield from mentions(case["value"])


def _of_limit(operand: Any) -> Iterator[str]:
    return iter(()) if isinstance(operand, int | float) else mentions(operand)


_FIELDS_UNDER: Mapping[Operand, Callable[[Any], Iterator[str]]] = {
    Operand.VALUE: mentions,
    Operand.VALUES: lambda rows: _of_each(rows, mentions),
    Operand.CONDITION: condition_mentions,
    Operand.CONDITIONS: lambda rows: _of_each(rows, condition_mentions),
    Operand.CASES: lambda cases: _of_each(cases, _of_case),
    Operand.FIELD: lambda name: iter([name]),
    Operand.FIELDS: iter,
    Operand.SEARCHED: lambda by: iter([by] if isinstance(by, str) else by.values()),
    Operand.TEXTS: lambda texts: _of_each(texts, lambda text: iter(slots(text))),
    Operand.LIMIT: _of_limit,
}


def slots(text: str) -> list[str]:
    """The fields that a text of a ``join`` has a place for."""
    return re.findall(r"{(\w+)}", text)
