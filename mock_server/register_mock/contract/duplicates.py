"""The duplicate rules: the rows of `x-duplicates`, as keys of records.

All keys of `all` together make the key of an index, so that a new record is compared with few;
one key of `any` has to match as well. In `all`, two missing values are equal; in `any`, and where
nothing is left after normalising, a missing value matches nothing (DECISIONS 9).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from register_mock.contract.cycles import cycle_of_first
from register_mock.contract.names import Names

Fields = Mapping[str, Any]
KeyOf = Callable[[Fields], Hashable]


@dataclass(frozen=True, slots=True)
class Key:
    """One compared value: its public label and how to get it from a record."""

    label: str
    of: KeyOf


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """A row of `x-duplicates`; `digest` is the same for equal rules of several editions."""

    name: str
    operations: frozenset[str]
    among: str
    all: tuple[Key, ...]
    any: tuple[Key, ...]
    answer: str
    source: Any
    digest: str

    def index_key(self, fields: Fields) -> tuple[Hashable, ...]:
        """Return what all duplicates of a record have in common."""
        return tuple(key.of(fields) for key in self.all)

    def matched(self, fields: Fields, other: Fields) -> tuple[str, ...]:
        """Return the labels of the keys on which two records collide; none when they do not."""
        if any(key.of(fields) != key.of(other) for key in self.all):
            return ()
        either = tuple(
            key.label
            for key in self.any
            if key.of(fields) not in (None, "") and key.of(fields) == key.of(other)
        )
        if self.any and not either:
            return ()
        return (*(key.label for key in self.all), *either)

    def collisions(
        self, fields: Fields, others: Iterable[tuple[str, Fields]]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the ids of the records that collide, and the labels of the keys."""
        found = [(id_, self.matched(fields, other)) for id_, other in others]
        found = [(id_, labels) for id_, labels in found if labels]
        labels = dict.fromkeys(label for _, matched in found for label in matched)
        return tuple(id_ for id_, _ in found), tuple(labels)


def compile_duplicates(table: Mapping[str, Mapping[str, Any]], names: Names) -> list[DuplicateRule]:
    """Return the rows of `x-duplicates`, with field names as used inside."""
    return [
        DuplicateRule(
            name=name,
            operations=frozenset(row["operations"]),
            among=row["among"],
            all=tuple(_key(key, names) for key in row.get("all", [])),
            any=tuple(_key(key, names) for key in row.get("any", [])),
            answer=row["answer"],
            source=row.get("x-source"),
            digest=repr((name, [_inner(key, names) for key in row.get("all", [])])),
        )
        for name, row in table.items()
    ]


def _inner(row: Mapping[str, Any], names: Names) -> tuple[Any, ...]:
    fields = row.get("first_of", [row.get("field")])
    return (*(names.inner(field) for field in fields), row.get("as", "exact"))


def _key(row: Mapping[str, Any], names: Names) -> Key:
    form = row.get("as", "exact")
    if form == "academic_year":
        dates = tuple(names.inner(field) for field in row["first_of"])
        return Key("start academic year", lambda fields: cycle_of_first(fields, dates))
    field, normalise = names.inner(row["field"]), _FORMS[form]
    return Key(row["field"], lambda fields: normalise(fields.get(field)))


def _casefold(value: Any) -> Hashable:
    return _caseless(value) if isinstance(value, str) else value


def _caseless(text: str) -> str:
    """Return a text without case, its accents written in one way; folding may take them apart."""
    return normalize("NFC", normalize("NFC", text).casefold())


def _alphanumeric(value: Any) -> Hashable:
    """Letters and digits of any alphabet, without case; accents stay, however they are written."""
    if not isinstance(value, str):
        return None
    return "".join(character for character in _caseless(value) if character.isalnum())


def _year(value: Any) -> Hashable:
    return value[:4] if isinstance(value, str) else value


_FORMS: dict[str, Callable[[Any], Hashable]] = {
    "exact": lambda value: value,
    "casefold": _casefold,
    "alphanumeric": _alphanumeric,
    "year": _year,
}
