"""Which request fields come back in the answer unchanged: those no derivation touches."""

from __future__ import annotations

from register_contract.oracle.contract import Contract
from register_contract.oracle.fields import properties


def derived(contract: Contract, kind: str) -> set[str]:
    """Fields that ``x-derived`` computes or changes."""
    rows = contract.table("x-derived").get(kind, {})
    touched: set[str] = set()
    for row in [*rows.get("stored", {}).values(), *rows.get("shown", {}).values()]:
        touched |= {row["field"]} if "field" in row else set(row.get("fields", ()))
    return touched


def echoes(contract: Contract, kind: str) -> set[str]:
    """Names of fields of that kind whose value in an answer is the value that was sent."""
    stored = [each for each in contract.operations.values() if each.stores and each.kind == kind]
    if not stored:
        return set()
    request = properties(contract, contract.data_schema(stored[0]))
    sent = {name for name, field in request.items() if not field.get("readOnly")}
    return (sent & set(contract.shown(kind)["properties"])) - derived(contract, kind)
