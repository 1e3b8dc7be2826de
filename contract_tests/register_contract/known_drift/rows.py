"""The entries of a drift ledger, and which of them may be what a finding is about.

That is only a guess, by what an entry touches and what the finding's sentences name: it says which
entries are worth trying, and stands in a report as such.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import register_spec as spec
from register_contract.verdict.finding import Example
from register_contract.verdict.recipe import Aspect

_WORD = re.compile(r"\w+")
_SHORTEST = 4
_ENVELOPE = "data"
"""No field: a sentence that speaks of reference data is not about it."""
_SPECIFIC = 1.0
"""What it is worth that an entry names the field: as much as a word that no other entry has."""


@dataclass(frozen=True)
class Row:
    """One entry: what documents say and service does, and what it touches.

    ``place`` is where it stands in the ledger; ``words`` are those of its sentences, and of the
    names of the places it changes.
    """

    id: str
    place: int
    words: frozenset[str]
    documents: str
    service: str
    reproduced: bool
    operations: frozenset[str]
    schemas: frozenset[str]
    fields: frozenset[str]


def rows_of(document: Mapping[str, Any], targets: Mapping[str, Sequence[str]]) -> list[Row]:
    """The entries of a bundled document, in their order; none in one that only documents.

    ``targets`` are the places that each changes.
    """
    return [
        Row(
            id,
            place,
            words_of(
                f"{entry['description']} {entry['documents']} {entry['service']} "
                f"{' '.join(targets.get(id, ()))}"
            ),
            " ".join(entry["documents"].split()),
            " ".join(entry["service"].split()),
            entry["reproduced"],
            frozenset(entry["touches"]["operations"]),
            frozenset(entry["touches"]["schemas"]),
            frozenset(name.rpartition(".")[2] for name in entry["touches"]["fields"]),
        )
        for place, (id, entry) in enumerate(document.get("x-drift", {}).items())
    ]


def targets_of(version: str, reading: str, folder: Path) -> dict[str, list[str]]:
    """The places that each change of a reading targets up to a version."""
    found: dict[str, list[str]] = {}
    for each in spec.versions(folder):
        step = spec.deviations(each, folder).get(reading)
        for action in step.actions if step else ():
            found.setdefault(action.change, []).append(str(action.row.get("target", "")))
        if each == version:
            break
    return found


def field_names(*documents: Mapping[str, Any]) -> frozenset[str]:
    """The names of fields in the schemas of documents, but for what they stand under.

    Those of the parameters of a query too.
    """
    return frozenset(
        name
        for document in documents
        for schema in (*document["components"]["schemas"].values(), _queried(document))
        for name in schema.get("properties", {})
        if name != _ENVELOPE
    )


def _queried(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of queries, as if they were the fields of a schema."""
    nodes = (each for item in document["paths"].values() for each in item.values())
    rows = [
        row for node in nodes if isinstance(node, Mapping) for row in node.get("parameters", ())
    ]
    return {"properties": {row["name"]: row for row in rows if row.get("in") == "query"}}


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


def words_of(text: str) -> frozenset[str]:
    """The words of a text that are long enough to tell something."""
    return frozenset(word for word in _WORD.findall(text.casefold()) if len(word) >= _SHORTEST)


def likeliest(
    rows: Sequence[Row], example: Example, aspect: Aspect, fields: frozenset[str]
) -> list[Row]:
    """The rows that an example may show, those first that are likely by their words."""
    said = f"{example.sentence} {example.source} {example.expected} {example.got} {aspect.said}"
    words = words_of(said)
    often = Counter(word for row in rows for word in row.words)

    def rank(row: Row) -> float:
        shared = sum(1 / often[word] for word in row.words & words)
        return shared + (_SPECIFIC if speaks_of(row, example.operation, fields) else 0)

    possible = [row for row in rows if may_be(row, example.operation, fields)]
    return sorted(possible, key=rank, reverse=True)


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
