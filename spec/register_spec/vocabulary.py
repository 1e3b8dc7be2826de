"""Values and conditions of the tables, as the loader sees them: what each of them names.

The form of both is `x-keys.schema.yaml`'s; here is read which fields, code lists, attributes,
states and constants they speak of, so that a name that leads nowhere is found (`agreement`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

ANY = "any schema"
"""Stands for the owner of fields of records whose kind is not asked."""
COMPARED = ("at_most", "not_after", "not_before", "after", "same_as")
"""Tests whose operand may be a value."""


@dataclass(frozen=True, slots=True)
class Use:
    """A name used at a place; `kind` may carry an owner, as in `inner field of Trainee`."""

    place: str
    kind: str
    name: Any


@dataclass(frozen=True, slots=True)
class Owner:
    """What the fields of a value or condition belong to: schemas; and the request of an event.

    `domain` are the tables of `x-domain`; `inputs` is the schema that `input` names fields of, None
    where that is not in the document.
    """

    place: str
    schemas: str
    domain: Mapping[str, Any]
    inputs: str | None = None

    def at(self, *steps: str | int) -> Owner:
        """Return the same, further down."""
        return replace(self, place=".".join((self.place, *map(str, steps))))

    def field(self, name: str) -> Use:
        """Return the use of a field, by its inner name."""
        return Use(self.place, f"inner field of {self.schemas}", name)


def value_uses(value: Any, owner: Owner) -> Iterator[Use]:
    """Yield what a value names."""
    if isinstance(value, str):
        yield owner.field(value)
        return
    for word, operand in value.items():
        if word in _READERS:
            yield from _READERS[word](operand, owner.at(word), value)


def condition_uses(row: Any, owner: Owner) -> Iterator[Use]:
    """Yield what a condition names, the constants that a value is compared with too."""
    for word in ("all", "any"):
        for place, part in enumerate(row.get(word, [])):
            yield from condition_uses(part, owner.at(word, place))
    if "not" in row:
        yield from condition_uses(row["not"], owner.at("not"))
    if "value" in row:
        yield from value_uses(row["value"], owner.at("value"))
        yield from _constants(row, owner)
    if "in_table" in row:
        yield Use(owner.place, "table", row["in_table"])
        yield Use(owner.place, f"number columns of {row['in_table']}", len(row["values"]))
    for place, each in enumerate(row.get("values", [])):
        yield from value_uses(each, owner.at("values", place))
        yield from _cells(row["in_table"], place, _range(each, owner), owner.at("values", place))
    for word in COMPARED:
        if word in row and not isinstance(row[word], int | float):
            yield from value_uses(row[word], owner.at(word))


def _constants(row: dict[str, Any], owner: Owner) -> Iterator[Use]:
    """The constants of a test, where it is known which there are."""
    kind = _range(row["value"], owner)
    if kind is None:
        return
    for word in ("equals", "has"):
        if word in row:
            yield Use(f"{owner.place}.{word}", kind, row[word])
    for word in ("in", "not_in"):
        for constant in row.get(word, []):
            yield Use(f"{owner.place}.{word}", kind, constant)


def _cells(table: str, column: int, kind: str | None, owner: Owner) -> Iterator[Use]:
    """The constants in a column that a value is looked up in, where it is known which there are."""
    rows = owner.domain.get(table, {}).get("rows", [])
    cells = [row[column] for row in rows if column < len(row)]
    for cell in cells if kind is not None else ():
        if not isinstance(cell, dict):
            for constant in cell if isinstance(cell, list) else [cell]:
                yield Use(owner.place, str(kind), constant)


def _range(value: Any, owner: Owner) -> str | None:
    """Which constants a value can be: codes of its field, values of an attribute, states."""
    if isinstance(value, str):
        return f"code of {value} of {owner.schemas}"
    if "state" in value:
        return "state"
    if "code" in value or "codes" in value:
        return f"value of {value['take']} of {value['in']}"
    return None


def _one(operand: Any, owner: Owner, row: Any) -> Iterator[Use]:
    return value_uses(operand, owner)


def _several(operands: list[Any], owner: Owner, row: Any) -> Iterator[Use]:
    for place, operand in enumerate(operands):
        yield from value_uses(operand, owner.at(place))


def _field(name: str, owner: Owner, row: Any) -> Iterator[Use]:
    yield owner.field(name)


def _by(key: str | dict[str, str], owner: Owner, row: Any) -> Iterator[Use]:
    """What a register is searched by is a field of that name, or the one beside it."""
    yield from map(owner.field, [key] if isinstance(key, str) else key.values())


def _of_rows(operands: list[Any], owner: Owner, row: Any) -> Iterator[Use]:
    """The fields are those of the records in a list, whatever their kind."""
    inner = replace(owner, schemas=ANY)
    for place, operand in enumerate(operands):
        yield from value_uses(operand, inner.at(place))


def _fields(names: list[str], owner: Owner, row: Any) -> Iterator[Use]:
    yield from map(owner.field, names)


def _list(name: str, owner: Owner, row: Any) -> Iterator[Use]:
    yield Use(owner.place, "code list", name)
    yield Use(owner.place, f"attribute of {name}", row["take"])


def _input(name: str, owner: Owner, row: Any) -> Iterator[Use]:
    """What comes with an outside event is not in this document."""
    if owner.inputs is not None:
        yield Use(owner.place, f"field of {owner.inputs}", name)


def _choices(cases: list[Any], owner: Owner, row: Any) -> Iterator[Use]:
    for place, case in enumerate(cases):
        yield from condition_uses(case["when"], owner.at(place, "when"))
        yield from value_uses(case["value"], owner.at(place, "value"))


def _parts(parts: list[str], owner: Owner, row: Any) -> Iterator[Use]:
    for part in parts:
        yield from map(owner.field, re.findall(r"{(\w+)}", part))


def _holds(condition: Any, owner: Owner, row: Any) -> Iterator[Use]:
    return condition_uses(condition, owner)


_READERS: dict[str, Callable[[Any, Owner, Any], Iterator[Use]]] = {
    "field": _field,
    "code": _one,
    "codes": _several,
    "first": _several,
    "text": _one,
    "year": _one,
    "number": _one,
    "date": _one,
    "unique": _one,
    "cycle": _one,
    "casefold": _one,
    "alphanumeric": _one,
    "trim": _one,
    "squash": _one,
    "first_word": _one,
    "characters": _one,
    "midnight": _one,
    "input": _input,
    "sent": _fields,
    "count": _several,
    "holds": _holds,
    "choose": _choices,
    "collect": _fields,
    "join": _parts,
    "in": _list,
    "by": _by,
    "rows": _field,
    "of": _of_rows,
    "otherwise": _one,
}
