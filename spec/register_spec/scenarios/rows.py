"""The rows of an edition that scenarios show, by id.

An id is the place of the row in the document: `x-rules.<rule>`, `x-duplicates.<kind>`,
`x-derived.<kind>.<stored or shown>.<row>`, `x-sentences.answers.<answer>`,
`x-sentences.fields.<problem>`, `x-drift.<entry>`; what is not reproduced is no row. Of the state
machine each move is one, and each event in a state where nothing comes of it:
`x-lifecycle.<event>.<from>.<to or refused>`; and each operation in a state that locks it:
`x-lifecycle.locks.<operation>.<state>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from register_spec.scenarios.editions import Edition

OUTSIDE, REFUSED, LOCKS = "outside", "refused", "locks"


def rows_of(edition: Edition) -> dict[str, Any]:
    """Return the rows of an edition by id."""
    document = edition.document
    return {
        **{f"x-rules.{id}": row for id, row in document["x-rules"].items()},
        **dict(_lifecycle(edition)),
        **{f"x-duplicates.{kind}": row for kind, row in _own(document["x-duplicates"])},
        **dict(_derived(edition)),
        **{
            f"x-sentences.{table}.{id}": row
            for table in ("answers", "fields")
            for id, row in document["x-sentences"][table].items()
        },
        **{
            f"x-drift.{id}": row
            for id, row in document.get("x-drift", {}).items()
            if row["reproduced"]
        },
    }


def _own(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the rows of a table without what is said of the whole of it."""
    return ((id, row) for id, row in table.items() if not id.startswith("x-"))


def _derived(edition: Edition) -> Iterator[tuple[str, Any]]:
    """Yield the derived values; what no answer carries cannot be shown."""
    for kind, phases in _own(edition.document["x-derived"]):
        carried = _carried(edition, kind)
        for phase, rows in phases.items():
            for id, row in rows.items():
                fields = [row["field"]] if "field" in row else row["fields"]
                if carried & {edition.names.public(field) for field in fields}:
                    yield f"x-derived.{kind}.{phase}.{id}", row


def _carried(edition: Edition, kind: str) -> set[str]:
    """Return the keys that answers show of a kind of record."""
    schemas = edition.document["components"]["schemas"].values()
    schema = next(row for row in schemas if row.get("x-record", {}).get("kind") == kind)
    fields = schema["properties"]
    return {key for key in schema.get("x-order", fields) if fields[key].get("x-sent") != "never"}


def _lifecycle(edition: Edition) -> Iterator[tuple[str, Any]]:
    table = edition.document["x-lifecycle"]
    for name, event in table["events"].items():
        moved = set()
        for edge in event["edges"]:
            for origin in edge["from"]:
                moved.add(origin)
                yield f"x-lifecycle.{name}.{origin}.{edge['to']}", edge
        if _can_be_refused(edition, event):
            for state in table["states"]:
                if state not in moved:
                    yield f"x-lifecycle.{name}.{state}.{REFUSED}", event
    for lock in table["locks"]:
        for operation in lock["operations"]:
            for state in lock["states"]:
                yield f"x-lifecycle.{LOCKS}.{operation}.{state}", lock


def _can_be_refused(edition: Edition, event: Mapping[str, Any]) -> bool:
    """Tell whether an event may come in any state: its operation is about a trainee that exists."""
    cause = event["cause"]
    return cause == OUTSIDE or "trainee" in edition.operations[cause].ids
