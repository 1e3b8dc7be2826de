"""Whether one record is a duplicate of another: the keys of a row of ``x-duplicates``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    if next(_unlike(row, one, other), None) is not None:
        return False
    return not keys_of(row, "any") or next(_like(row, one, other), None) is not None


def deciding(row: Row, one: Scope, other: Scope) -> str | None:
    """The key that decides alone whether a record is a duplicate: ``all.<key>`` or ``any.<key>``.

    It is the only one of ``all`` that does not match, or the only one of ``any`` that does. Raises
    CannotSayError.
    """
    unlike, like = list(_unlike(row, one, other)), list(_like(row, one, other))
    if len(unlike) == 1 and (like or not keys_of(row, "any")):
        return f"all.{unlike[0]}"
    return f"any.{like[0]}" if len(like) == 1 and not unlike else None


def _unlike(row: Row, one: Scope, other: Scope) -> Iterator[str]:
    """The keys of ``all`` that do not match."""
    there = keys_of(row, "all")
    new = {**there, **keys_of(row, "new")}
    for label, key in there.items():
        value = other.value(new[label])
        is_any = "blanks_match" in row and is_missing(value)
        if not is_any and value != one.value(key):
            yield label


def _like(row: Row, one: Scope, other: Scope) -> Iterator[str]:
    """The keys of ``any`` that match."""
    for label, key in keys_of(row, "any").items():
        if _match(one.value(key), other.value(key)):
            yield label


def _match(one: Any, other: Any) -> bool:
    return not is_missing(one) and bool(one == other)
