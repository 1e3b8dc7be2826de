"""Decides what a reference page tells of the drift between documents and service.

The ledger stands at the root of a bundled document of another reading, as ``x-drift``; an entry is
shown beside each operation, object and field that it touches.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Deviation:
    """One entry of the ledger, ready to be shown."""

    id: str
    documents: str
    service: str
    since: str
    reproduced: bool


def of_operation(document: Schema, id: str) -> tuple[Deviation, ...]:
    """Return what the service does otherwise in an operation."""
    return _touching(document, "operations", (id,))


def of_object(document: Schema, name: str) -> tuple[Deviation, ...]:
    """Return what the service does otherwise about an object as a whole."""
    return _touching(document, "schemas", _with_parts(document, name))


def of_field(document: Schema, name: str, field: str) -> tuple[Deviation, ...]:
    """Return what the service does otherwise about a field of an object."""
    return _touching(
        document, "fields", (f"{each}.{field}" for each in _with_parts(document, name))
    )


def _touching(document: Schema, kind: str, names: Iterable[str]) -> tuple[Deviation, ...]:
    wanted = set(names)
    return tuple(
        Deviation(id, row["documents"], row["service"], row["since"], row["reproduced"])
        for id, row in document.get("x-drift", {}).items()
        if wanted.intersection(row["touches"][kind])
    )


def _with_parts(document: Schema, name: str) -> list[str]:
    """Return the object and those that its ``allOf`` lays together."""
    found = [name]
    for part in document["components"]["schemas"].get(name, {}).get("allOf", ()):
        if "$ref" in part:
            found += _with_parts(document, str(part["$ref"]).rpartition("/")[2])
    return found
