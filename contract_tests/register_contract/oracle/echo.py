"""Which request fields come back in the answer unchanged: those no derivation touches."""

from __future__ import annotations

from register_contract.oracle.contract import Contract
from register_contract.oracle.derived import touched_by
from register_contract.oracle.fields import properties


def echoes(contract: Contract, kind: str) -> set[str]:
    """Names of fields of that kind whose value in an answer is the value that was sent."""
    request = properties(contract, contract.stored(kind))
    sent = {name for name, field in request.items() if not field.get("readOnly")}
    if not sent:
        return set()
    return (sent & set(properties(contract, contract.shown(kind)))) - touched_by(contract, kind)
