"""The duplicate rules: the rows of `x-duplicates`, as keys of records.

All keys of `all` together make the key of an index, so that a new record is compared with few;
one key of `any` has to match as well. In `all`, two missing values are equal; in `any`, and where
nothing is left after normalising, a missing value matches nothing (decision 9).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from register_mock.contract.language import Language
from register_mock.contract.values import NOTHING
from register_spec import SpecError

Fields = Mapping[str, Any]
KeyOf = Callable[[Fields], Hashable]


@dataclass(frozen=True, slots=True)
class Key:
    """One compared value: its label for people and how to get it from a record."""

    label: str
    of: KeyOf


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """A row of `x-duplicates`; `digest` is the same for equal rules of several editions.

    `index_key` gives what all duplicates of a record have in common, `wanted` the same for a new
    one, which may have a value of its own (`new`) for a key, by its label. With `blanks_match` a
    key of `all` of which the new record has no value matches any.
    """

    name: str
    operations: frozenset[str]
    among: str
    all: tuple[Key, ...]
    any: tuple[Key, ...]
    new: Mapping[str, KeyOf]
    blanks_match: bool
    answer: str
    source: Any
    digest: str
    index_key: KeyOf
    wanted: KeyOf

    def matched(self, fields: Fields, other: Fields) -> tuple[str, ...]:
        """Return the labels of the keys on which two records collide; none when they do not."""
        for key in self.all:
            value = self.new.get(key.label, key.of)(fields)
            is_any = self.blanks_match and value in (None, "")
            if not is_any and value != key.of(other):
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


def compile_duplicates(
    table: Mapping[str, Mapping[str, Any]], language: Language
) -> list[DuplicateRule]:
    """Return the rows of `x-duplicates`, compiled.

    Raises SpecError for blanks that match among all trainees, which are found by their keys.
    """
    for name, row in table.items():
        if "blanks_match" in row and row["among"] == "provider":
            raise SpecError(f"x-duplicates.{name}: blanks match among records of a trainee only")
    return [
        DuplicateRule(
            name=name,
            operations=frozenset(row["operations"]),
            among=row["among"],
            all=_keys(row.get("all", {}), language),
            any=_keys(row.get("any", {}), language),
            new={key.label: key.of for key in _keys(row.get("new", {}), language)},
            blanks_match="blanks_match" in row,
            answer=row["answer"],
            source=row.get("x-source"),
            digest=repr((name, list(row.get("all", {}).values()))),
            index_key=_together(list(row.get("all", {}).values()), language.apart()),
            wanted=_together(
                list({**row.get("all", {}), **row.get("new", {})}.values()), language.apart()
            ),
        )
        for name, row in table.items()
    ]


def _keys(rows: Mapping[str, Any], language: Language) -> tuple[Key, ...]:
    return tuple(_key(label, row, language.apart()) for label, row in rows.items())


def _together(rows: list[Any], language: Language) -> KeyOf:
    values = language.values(rows)
    return lambda fields: values(fields, NOTHING)


def _key(label: str, row: Any, language: Language) -> Key:
    """A label that is no field the value looks at is told in words."""
    value = language.value(row)
    is_field = label in language.looked_at
    told = language.public(label) if is_field else label.replace("_", " ")
    return Key(told, lambda fields: value(fields, NOTHING))
