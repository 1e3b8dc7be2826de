"""What a row of a table says that its form cannot: cells and columns, and what a value follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from register_spec.documents import Document


def row_problems(document: Document) -> Iterator[str]:
    """Yield what is wrong with the rows of `x-domain`, and with `follows` in `x-derived`."""
    for name, table in document.get("x-domain", {}).items():
        for number, row in enumerate(table["rows"], start=1):
            yield from _cell_problems(f"x-domain.{name}, row {number}", table["columns"], row)
    for kind, phases in document.get("x-derived", {}).items():
        if not kind.startswith("x-"):
            yield from _follows_problems(f"x-derived.{kind}", phases)


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
