"""Why a table of the contract gives no answer here: the two ways in which that happens."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from register_contract.oracle.contract import CannotTryError


class CannotSayError(Exception):
    """A value cannot be known from where the suite stands; the message says which.

    Nothing is guessed then: what depends on the value is not predicted.
    """


class UnknownWordError(CannotTryError):
    """A table has a word this suite does not read, so that what the row is about is not covered."""

    def __init__(self, word: object) -> None:
        super().__init__(f"the contract has a word this suite does not read: {word!r}")


def only(row: Mapping[str, Any], *words: str | Collection[str]) -> None:
    """Raise UnknownWordError for the first key of a row that is not among the words or sources."""
    known = {name for word in words for name in ([word] if isinstance(word, str) else word)}
    for key in row:
        if key not in known and key != "x-source":
            raise UnknownWordError(key)
