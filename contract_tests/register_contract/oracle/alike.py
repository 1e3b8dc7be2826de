"""Whether one record is a duplicate of another: the keys of a row of ``x-duplicates``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.scope import Scope
from register_contract.oracle.unsaid import only
from register_contract.oracle.values import is_missing

Row = Mapping[str, Any]
_KEYS = ("operations", "among", "answer", "all", "any", "new", "blanks_match")


def keys_of(row: Row, which: str) -> Mapping[str, Any]:
    """The keys of ``all``, ``any`` or ``new``: values by their label."""
    only(row, _KEYS)
    found: Mapping[str, Any] = row.get(which) or {}
    return found


def is_duplicate(row: Row, one: Scope, other: Scope) -> bool:
    """Whether all keys of ``all`` match, and one of ``any`` where there are some.

    The new record is ``other``: of it ``new`` says what some keys are.

    Of ``all``, two missing values match, or where the row says so a missing one of the new record
    any; of ``any`` a missing value, or one of which nothing is left, matches nothing. Raises
    CannotSayError.
    """
    there = keys_of(row, "all")
    new = {**there, **keys_of(row, "new")}
    for label, key in there.items():
        value = other.value(new[label])
        is_any = "blanks_match" in row and is_missing(value)
        if not is_any and value != one.value(key):
            return False
    some = keys_of(row, "any").values()
    return not some or any(_match(one.value(key), other.value(key)) for key in some)


def _match(one: Any, other: Any) -> bool:
    return not is_missing(one) and bool(one == other)
