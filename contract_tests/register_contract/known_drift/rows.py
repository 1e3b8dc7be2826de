"""The entries of a drift ledger, and which of them may be what a finding is about.

That is only a guess, by what an entry touches and what the finding's sentences name: it says which
entries are worth trying, and stands in a report as such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from register_contract.verdict.finding import Example
from register_contract.verdict.recipe import Aspect

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Row:
    """One entry: what documents say and service does, and what it touches."""

    id: str
    documents: str
    service: str
    reproduced: bool
    operations: frozenset[str]
    schemas: frozenset[str]
    fields: frozenset[str]


def rows_of(document: Mapping[str, Any]) -> list[Row]:
    """The entries of a bundled document, in their order; none in one that only documents."""
    return [
        Row(
            id,
            " ".join(entry["documents"].split()),
            " ".join(entry["service"].split()),
            entry["reproduced"],
            frozenset(entry["touches"]["operations"]),
            frozenset(entry["touches"]["schemas"]),
            frozenset(name.rpartition(".")[2] for name in entry["touches"]["fields"]),
        )
        for id, entry in document.get("x-drift", {}).items()
    ]


def field_names(*documents: Mapping[str, Any]) -> frozenset[str]:
    """The names of all fields in the schemas of documents."""
    return frozenset(
        name
        for document in documents
        for schema in document["components"]["schemas"].values()
        for name in schema.get("properties", {})
    )


def named(example: Example, aspect: Aspect, fields: frozenset[str]) -> frozenset[str]:
    """The fields that an example is about, as far as its words name some."""
    text = f"{example.sentence} {aspect.said} {aspect.field} {' '.join(map(str, aspect.at))}"
    words = set(_WORD.findall(text))
    plain = " ".join(_WORD.findall(text.casefold()))
    return frozenset(
        name
        for name in fields
        if name in words or ("_" in name and name.replace("_", " ") in plain)
    )


def may_be(row: Row, operation: str, fields: frozenset[str]) -> bool:
    """Whether an entry may be what an example of an operation, about these fields, shows."""
    if row.fields & fields:
        return True
    if row.fields and fields:
        return False
    return operation in row.operations or bool(row.schemas) or not row.operations


def speaks_of(row: Row, operation: str, fields: frozenset[str]) -> bool:
    """Whether an entry names the field, or the operation where no field is in question."""
    if row.fields:
        return bool(row.fields & fields)
    return not fields and operation in row.operations
