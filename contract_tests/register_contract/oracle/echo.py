"""Which request fields come back in the answer unchanged: those no derivation touches."""

from __future__ import annotations

from register_contract.oracle.contract import Contract
from register_contract.oracle.derived import SCHEMAS, touched_by
from register_contract.oracle.fields import properties


def echoes(contract: Contract, kind: str) -> set[str]:
    """Names of fields of that kind whose value in an answer is the value that was sent."""
    if kind not in SCHEMAS:
        return set()
    request, shown = (properties(contract, contract.schema(n)) for n in SCHEMAS[kind])
    sent = {name for name, field in request.items() if not field.get("readOnly")}
    return (sent & set(shown)) - touched_by(contract, kind)
