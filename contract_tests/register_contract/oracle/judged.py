"""What of a request is judged: the record that it leaves behind, and how that is compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from register_contract.oracle.contract import Contract, Operation
from register_contract.oracle.fields import FieldRules
from register_contract.oracle.rules import as_stored
from register_contract.oracle.said import effective, left_behind
from register_contract.oracle.scope import Scope

_MANY = (dict, list)


def judged_schema(contract: Contract, operation: Operation) -> Mapping[str, Any]:
    """What a request is held to: for an update, the schema of the merged record."""
    schema = contract.data_schema(operation)
    return contract.schema(schema["x-merged"]) if "x-merged" in schema else schema


def judged_record(
    contract: Contract,
    operation: Operation,
    base: Mapping[str, Any],
    data: Mapping[str, Any],
    said: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What is judged: ``data``, laid over the ``base`` of the record when it is an update.

    ``said`` is what is read of it, where that is known already.
    """
    schema = contract.data_schema(operation)
    said = effective(contract, schema, data) if said is None else said
    if "x-merged" not in schema:
        return dict(said)
    record = dict(left_behind(contract, operation, base, said))
    needed = judged_schema(contract, operation).get("required", ())
    for name, value in said.items():
        if value in (None, "") and name not in needed:
            del record[name]
    return record


def as_compared(
    contract: Contract,
    rules: FieldRules,
    operation: Operation,
    base: Mapping[str, Any],
    data: Mapping[str, Any],
    today: date,
    said: Mapping[str, Any] | None = None,
) -> Scope:
    """The record as it is compared with others: what is wrong by itself is a value too."""
    schema = contract.data_schema(operation)
    said = effective(contract, schema, data) if said is None else said
    record = judged_record(contract, operation, base, data, said)
    wrong = rules.wrong_by_themselves(judged_schema(contract, operation), record)
    right = {name: value for name, value in record.items() if name not in wrong}
    plain = {n: record[n] for n in wrong & record.keys() if not isinstance(record[n], _MANY)}
    sent = said if "x-merged" in schema else None
    return as_stored(contract, operation.id, right, today, sent).over(plain)
