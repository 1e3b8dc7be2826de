"""Which request fields come back in the answer unchanged: those no derivation touches."""

from __future__ import annotations

from register_contract.oracle.contract import Contract
from register_contract.oracle.derived import touched_by
from register_contract.oracle.reading import read_otherwise
from register_contract.oracle.schemas import properties


def echoes(contract: Contract, kind: str) -> set[str]:
    """Names of fields of that kind whose value in an answer is the value that was sent."""
    return kept_as_read(contract, kind) - read_otherwise(contract, contract.stored(kind))


def kept_as_read(contract: Contract, kind: str) -> set[str]:
    """Those whose value is what was read of the one that was sent."""
    request = properties(contract, contract.stored(kind))
    sent = {name for name, field in request.items() if not field.get("readOnly")}
    if not sent:
        return set()
    shown = set(properties(contract, contract.shown(kind)))
    return (sent & shown) - touched_by(contract, kind)
