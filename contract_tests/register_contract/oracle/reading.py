"""What is read of a request before anything looks at it: the rows of ``x-read-as``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.contract import Contract
from register_contract.oracle.kept import changes_of, written_by
from register_contract.oracle.schemas import with_entries
from register_contract.oracle.scope import Scope


def read(contract: Contract, schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What the rows of ``x-read-as`` make of ``data``, and of the entries of lists in it.

    A field that was sent and is read as nothing is there without a value.
    """
    made = dict(data)
    for row in _reading(contract, schema):
        found = changes_of(row, Scope(contract, made, whole=True))
        made |= {name: value for name, value in found.items() if name in data or value is not None}
    return with_entries(contract, schema, made, read)


def _reading(contract: Contract, schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return contract.once("reading", schema, lambda: _rows(contract, schema))


def _rows(contract: Contract, schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    whole = contract.resolve(schema)
    inner = [row for part in whole.get("allOf", ()) for row in _reading(contract, part)]
    return [*inner, *whole.get("x-read-as", {}).values()]


def read_otherwise(contract: Contract, schema: Mapping[str, Any]) -> set[str]:
    """The fields of a request that may be read as something else than was sent."""
    rows = _reading(contract, schema)
    return {contract.public(name) for row in rows for name in written_by(row)}
