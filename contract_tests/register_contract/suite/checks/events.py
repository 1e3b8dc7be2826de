"""What an event has written into a trainee, held against ``x-lifecycle``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from register_contract.oracle.contract import TRAINEE, Contract
from register_contract.oracle.derived import shown_scope
from register_contract.oracle.exercised import LIFECYCLE, WRITES, row_id
from register_contract.oracle.kept import rows_of, written_by
from register_contract.oracle.lifecycle import name_of, written
from register_contract.oracle.schemas import properties
from register_contract.oracle.scope import UNKNOWN
from register_contract.oracle.words import value_word
from register_contract.suite.checks import expect
from register_contract.verdict.finding import Breach


def written_breaches(
    contract: Contract,
    event: Mapping[str, Any],
    shown: Mapping[str, Any],
    today: date,
    inputs: Mapping[str, Any] | None,
    what: str,
) -> list[Breach]:
    """What a trainee shows otherwise than an event wrote it, or not at all.

    ``inputs`` are what was sent, None for an event outside the API of which only the name is known.
    """
    scope = replace(shown_scope(contract, TRAINEE, shown, today), inputs=inputs)
    derived = {
        contract.public(name)
        for row in rows_of(contract, TRAINEE, "shown").values()
        for name in written_by(row)
    }
    schema = contract.shown(TRAINEE)
    fields = properties(contract, schema)
    # Where the order of the keys is said, others are not among them.
    keys = [name for name in schema.get("x-order", fields) if name in fields]
    always = {name for name in keys if fields[name].get("x-sent") in (None, "when present")}
    breaches: list[Breach] = []
    values = written(event, scope).items()
    name = name_of(contract, event)
    for (own, row), (field, value) in zip(event["writes"].items(), values, strict=True):
        if field in derived or (field not in shown and (field not in always or value is UNKNOWN)):
            continue
        if value is not UNKNOWN or value_word(row) in ("now", "input"):
            contract.exercised.note(row_id(LIFECYCLE, name, WRITES, own))
        if value is not UNKNOWN:
            breaches += expect.value(field, value, shown.get(field), what, "x-lifecycle")
        elif value_word(row) in ("now", "input"):
            breaches += expect.holds(
                shown[field] is not None,
                "lifecycle.not-written",
                f"{what} leaves {field} empty",
                f"{field} with what the service puts in",
                shown[field],
            )
    return breaches
