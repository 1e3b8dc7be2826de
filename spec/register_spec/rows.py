"""What is wrong with a row of a table though its form is right.

Cells and columns of `x-domain`, what a value follows, and words that ask for what is not known in
that place: the time, say, of a value that is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from register_spec.documents import Document
from register_spec.resolve import operations, parameters


def row_problems(document: Document) -> Iterator[str]:
    """Yield what is wrong with the rows of the tables."""
    for name, table in document.get("x-domain", {}).items():
        for number, row in enumerate(table["rows"], start=1):
            yield from _cell_problems(f"x-domain.{name}, row {number}", table["columns"], row)
    for kind, phases in document.get("x-derived", {}).items():
        if not kind.startswith("x-"):
            yield from _follows_problems(f"x-derived.{kind}", phases)
    for place, node, unknown in _places(document):
        for word in _words(node):
            if word in unknown:
                yield f"{place}: {word!r} is not known there; not known are {', '.join(unknown)}"


def used_words(document: Document) -> set[str]:
    """Return every word of values and conditions that a row of the document uses."""
    return {word for _, node, _ in _places(document) for word in _words(node)}


def _cell_problems(place: str, columns: list[str], row: list[Any]) -> Iterator[str]:
    if len(row) != len(columns):
        yield f"{place} has {len(row)} cells; the columns are {', '.join(columns)}"
        return
    for column, cell in zip(columns, row, strict=True):
        if isinstance(cell, dict) and cell["from"] > cell["to"]:
            yield f"{place}, {column}: from {cell['from']} to {cell['to']} is no number"


def _follows_problems(place: str, phases: dict[str, Any]) -> Iterator[str]:
    for phase, rows in phases.items():
        for name, row in rows.items():
            if "follows" in row and not _is_default(row):
                yield (
                    f"{place}.{phase}.{name}: a value that follows another field is written "
                    f"first: [{row['field']}, the other field]"
                )


def _is_default(row: dict[str, Any]) -> bool:
    value = row["value"]
    fields = value.get("first", []) if isinstance(value, dict) else []
    return len(fields) == 2 and fields[0] == row["field"] and isinstance(fields[1], str)


_OF_EVENTS = ("now", "input", "sent", "register", "children")
_OF_UPDATES = ("state", "today", "now", "sent", "children")
_KEPT = ("state", "today", "now", "input", "sent", "register", "children")


def _places(document: Document) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """Yield values and conditions with the words that ask for what is not known there."""
    for kind, phases in document.get("x-derived", {}).items():
        if not kind.startswith("x-"):
            yield (
                f"x-derived.{kind}.nested",
                _asked(phases.get("nested", {})),
                ("input", "sent", "children"),
            )
            yield f"x-derived.{kind}.stored", _asked(phases.get("stored", {})), ("children",)
            yield f"x-derived.{kind}.shown", _asked(phases.get("shown", {})), _KEPT
    for kind, row in document.get("x-duplicates", {}).items():
        if not kind.startswith("x-"):
            keys = [value for part in ("all", "any", "new") for value in row.get(part, {}).values()]
            yield f"x-duplicates.{kind}", keys, _KEPT
    for name, row in document.get("x-rules", {}).items():
        yield f"x-rules.{name}", [row["must"], row.get("when")], ("input", "sent")
    for name, event in document.get("x-lifecycle", {}).get("events", {}).items():
        whens = [edge.get("when") for edge in event["edges"]]
        yield f"x-lifecycle.events.{name}.edges", whens, _OF_EVENTS
        yield (
            f"x-lifecycle.events.{name}.writes",
            [*event["writes"].values()],
            ("sent", "register", "children"),
        )
        told = [*event.get("defaults", {}).values()]
        yield f"x-lifecycle.events.{name}.defaults", told, ("state", "sent", "register", "children")
    yield from _of_requests(document)
    for path, _, operation, shared in operations(document):
        for parameter in parameters(document, operation, shared):
            meanings = [*parameter.get("x-meaning", {}).values()]
            yield f"{path}: x-meaning", meanings, ("input", "sent", "register", "children")


def _of_requests(document: Document) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """Yield the same of what stands beside the schemas of requests."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        yield f"components.schemas.{name}: x-read-as", _asked(schema.get("x-read-as", {})), _KEPT
        whens = [row["when"] for row in schema.get("x-replaced", [])]
        yield f"components.schemas.{name}: x-replaced", whens, _OF_UPDATES


def _asked(rows: dict[str, Any]) -> list[Any]:
    return [row.get(word) for row in rows.values() for word in ("value", "when")]


def _words(node: Any) -> Iterator[str]:
    """The words of values and conditions, at any depth; a constant has none."""
    if isinstance(node, list):
        for child in node:
            yield from _words(child)
    elif isinstance(node, dict):
        yield from node
        for key, child in node.items():
            if key != "constant":
                yield from _words(child)
