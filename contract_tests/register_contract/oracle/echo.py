"""Which request fields come back in the answer unchanged: those no derivation touches."""

from __future__ import annotations

from register_contract.oracle.contract import Contract
from register_contract.oracle.derived import touched_by
from register_contract.oracle.reading import read_otherwise
from register_contract.oracle.schemas import properties


def echoes(contract: Contract, kind: str) -> set[str]:
    """Names of fields of that kind whose value in an answer is the value that was sent."""
    request = properties(contract, contract.stored(kind))
    sent = {name for name, field in request.items() if not field.get("readOnly")}
    if not sent:
        return set()
    made = touched_by(contract, kind) | read_otherwise(contract, contract.stored(kind))
    return (sent & set(properties(contract, contract.shown(kind)))) - made
