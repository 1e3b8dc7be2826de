"""What of a request says something: not what the contract ignores, or what changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from register_contract.oracle.contract import Contract, Operation
from register_contract.oracle.kept import laid_over
from register_contract.oracle.reading import read
from register_contract.oracle.schemas import constraint, properties, with_entries
from register_contract.oracle.scope import Scope

_MANY = ("array", "object")


def effective(
    contract: Contract, schema: Mapping[str, Any], data: Mapping[str, Any]
) -> dict[str, Any]:
    """What is read of ``data``, without what is ignored and blanks that leave a field as it is.

    ``schema`` is that of the request.
    """
    row = schema.get("x-unchanged-by", {})
    silent: set[tuple[Any, str]] = {(None, name) for name in row.get("null", ())}
    silent |= {("", name) for name in row.get("empty", ())}
    ignored = _plain(contract, schema)
    said = {
        name: value
        for name, value in data.items()
        if not (isinstance(value, dict | list) and name in ignored)
        and not (value in (None, "") and (value, name) in silent)
    }
    return read(contract, schema, with_entries(contract, schema, said, effective))


def left_behind(
    contract: Contract,
    operation: Operation,
    base: Mapping[str, Any],
    said: Mapping[str, Any],
) -> dict[str, Any]:
    """The record that an update leaves behind: what was said of it, over what was sent before."""
    schema = contract.data_schema(operation)
    stored = read(contract, schema, base)
    gone = replaced(contract, schema, Scope(contract, stored, whole=True), said)
    left = {name: value for name, value in stored.items() if name not in gone}
    return laid_over(contract, operation.kind, left, said)


def replaced(
    contract: Contract, schema: Mapping[str, Any], stored: Scope, said: Mapping[str, Any]
) -> set[str]:
    """The fields that an update takes from the request alone. Raises CannotSayError."""
    scope = replace(stored, inputs=said)
    return {
        contract.public(name)
        for row in schema.get("x-replaced", ())
        if scope.holds(row["when"])
        for name in row["fields"]
    }


def is_missing_data(contract: Contract, schema: Mapping[str, Any], data: Any) -> bool:
    """Whether what stands under ``data`` counts as no data."""
    if not isinstance(data, Mapping) or not data:
        return True
    if not _has("x-needs-known-key", contract, schema):
        return False
    whole = contract.schema(schema["x-merged"]) if "x-merged" in schema else schema
    known = not properties(contract, whole).keys().isdisjoint(data)
    return not known and not any(gathered(contract, schema, data).values())


def gathered(
    contract: Contract, schema: Mapping[str, Any], data: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The fields that gather what is sent under names of some form (``x-gathers``), with that."""
    whole = contract.resolve(schema)
    found: dict[str, dict[str, Any]] = {}
    for part in whole.get("allOf", ()):
        found |= gathered(contract, part, data)
    for field, form in whole.get("x-gathers", {}).items():
        found[field] = {
            name: value
            for name, value in data.items()
            if re.fullmatch(form, name) and not isinstance(value, dict | list)
        }
    return found


def _plain(contract: Contract, schema: Mapping[str, Any]) -> set[str]:
    """The fields for which arrays and objects count as not sent."""
    if not _has("x-scalars", contract, schema):
        return set()
    fields = properties(contract, schema).items()
    return {name for name, field in fields if constraint(contract, field).get("type") not in _MANY}


def _has(key: str, contract: Contract, schema: Mapping[str, Any]) -> bool:
    whole = contract.resolve(schema)
    return key in whole or any(_has(key, contract, part) for part in whole.get("allOf", ()))
