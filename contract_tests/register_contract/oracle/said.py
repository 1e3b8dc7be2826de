"""What of a request says something: not what the contract ignores, or what changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.contract import Contract
from register_contract.oracle.fields import constraint, properties

_MANY = ("array", "object")


def effective(
    contract: Contract, schema: Mapping[str, Any], data: Mapping[str, Any]
) -> dict[str, Any]:
    """``data`` without arrays and objects that are ignored, and blanks that leave a field as it is.

    ``schema`` is that of the request.
    """
    row = schema.get("x-unchanged-by", {})
    silent: set[tuple[Any, str]] = {(None, name) for name in row.get("null", ())}
    silent |= {("", name) for name in row.get("empty", ())}
    ignored = _plain(contract, schema)
    return {
        name: value
        for name, value in data.items()
        if not (isinstance(value, dict | list) and name in ignored)
        and not (value in (None, "") and (value, name) in silent)
    }


def is_missing_data(contract: Contract, schema: Mapping[str, Any], data: Any) -> bool:
    """Whether what stands under ``data`` counts as no data."""
    if not isinstance(data, Mapping) or not data:
        return True
    if not _has("x-needs-known-key", contract, schema):
        return False
    whole = contract.schema(schema["x-merged"]) if "x-merged" in schema else schema
    return properties(contract, whole).keys().isdisjoint(data)


def _plain(contract: Contract, schema: Mapping[str, Any]) -> set[str]:
    """The fields for which arrays and objects count as not sent."""
    if not _has("x-scalars", contract, schema):
        return set()
    fields = properties(contract, schema).items()
    return {name for name, field in fields if constraint(contract, field).get("type") not in _MANY}


def _has(key: str, contract: Contract, schema: Mapping[str, Any]) -> bool:
    whole = contract.resolve(schema)
    return key in whole or any(_has(key, contract, part) for part in whole.get("allOf", ()))
