"""Why a table of the contract gives no answer here: the two ways in which that happens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any, TypeVar

from register_contract.oracle.contract import CannotTryError

_MOST_KNOWN = 50_000
Read = TypeVar("Read")


class CannotSayError(Exception):
    """A value cannot be known from where the suite stands; the message says which.

    Nothing is guessed then: what depends on the value is not predicted.
    """


class UnknownWordError(CannotTryError):
    """A table has a word this suite does not read, so that what the row is about is not covered."""

    def __init__(self, word: object) -> None:
        super().__init__(f"the contract has a word this suite does not read: {word!r}")


def read_once(read: Callable[[Any], Read]) -> Callable[[Any], Read]:
    """Remember what is read of a row of a table, which stays as it is."""
    known: dict[int, tuple[Any, Read]] = {}

    @wraps(read)
    def remembering(row: Any) -> Read:
        found = known.get(id(row))
        # The row is kept with it, so that nothing else comes to stand at its address.
        if found is not None and found[0] is row:
            return found[1]
        if len(known) >= _MOST_KNOWN:
            known.clear()
        made = read(row)
        known[id(row)] = (row, made)
        return made

    return remembering


def only(row: Mapping[str, Any], *words: str | Collection[str]) -> None:
    """Raise UnknownWordError for the first key of a row that is not among the words or sources."""
    known = {name for word in words for name in ([word] if isinstance(word, str) else word)}
    for key in row:
        if key not in known and key != "x-source":
            raise UnknownWordError(key)
