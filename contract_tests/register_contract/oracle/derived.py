"""Fields of an answer that follow from its other fields: the plain rows of ``x-derived``.

Rows that need a code list's attributes or a register are left to the service; those that copy,
fix or collect can be seen to hold in any answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from register_contract.oracle.contract import Contract, source_text
from register_contract.target.words import short
from register_contract.verdict.finding import Breach

NOT_SAID = object()


def derived_breaches(contract: Contract, kind: str, shown: Mapping[str, Any]) -> Iterator[Breach]:
    """A breach for each derived field of a record that does not follow from the others."""
    table = contract.table("x-derived")
    rows = list(table.get(kind, {}).get("shown", {}).values())
    fields = [row.get("field") for row in rows]
    for row in rows:
        field = row.get("field")
        wanted = expected(row, shown)
        if wanted is NOT_SAID or field not in shown or fields.count(field) > 1:
            continue
        if shown[field] != wanted:
            yield Breach(
                "derived.wrong",
                f"A {kind} is shown with {field} that does not follow from its other fields",
                f"{field} = {short(wanted)} ({row['rule']})",
                f"{field} = {short(shown[field])}",
                source_text(row.get("x-source") or table.get("x-source")),
            )


def expected(row: Mapping[str, Any], shown: Mapping[str, Any]) -> Any:
    """What a row makes of a shown record, or NOT_SAID when it needs more than the record."""
    rule = row["rule"]
    if rule == "copy":
        return shown.get(row["from"], NOT_SAID)
    if rule == "constant":
        return row["value"]
    if rule == "none_of":
        return not any(shown.get(name) for name in row["of"])
    if rule == "collect":
        found = {name: shown[name] for name in row["from"] if shown.get(name)}
        return found or None
    return NOT_SAID
