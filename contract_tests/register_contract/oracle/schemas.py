"""The schema of a request, taken apart: its fields, and what each has to satisfy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from register_contract.oracle.contract import Contract


def properties(contract: Contract, schema: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The fields of an object schema in the order of the spec, with those of its ``allOf``."""
    return contract.once("properties", schema, lambda: _properties(contract, schema))


def _properties(contract: Contract, schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    schema = contract.resolve(schema)
    found: dict[str, Mapping[str, Any]] = {}
    for part in schema.get("allOf", ()):
        found.update(properties(contract, part))
    found.update(schema.get("properties", {}))
    return found


def with_entries(
    contract: Contract,
    schema: Mapping[str, Any],
    data: Mapping[str, Any],
    make: Callable[[Contract, Mapping[str, Any], Mapping[str, Any]], Any],
) -> dict[str, Any]:
    """``data`` with what is made of each object in its lists, by the schema of these objects."""
    made = dict(data)
    for name, items in contract.once("lists", schema, lambda: _lists(contract, schema)).items():
        if isinstance(made.get(name), list):
            made[name] = [
                make(contract, items, each) if isinstance(each, Mapping) else each
                for each in made[name]
            ]
    return made


def _lists(contract: Contract, schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What each entry of the fields that are lists has to satisfy."""
    found = {
        name: constraint(contract, field).get("items")
        for name, field in properties(contract, schema).items()
    }
    return {name: items for name, items in found.items() if items}


def constraint(contract: Contract, field: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a value has to satisfy, leaving out the branch that clears the field."""
    return contract.once("constraint", field, lambda: _constraint(contract, field))


def _constraint(contract: Contract, field: Mapping[str, Any]) -> Mapping[str, Any]:
    field = contract.resolve(field)
    branches = [b for b in field.get("anyOf", ()) if not is_clearing(contract, b)]
    if len(branches) == 1 and len(field["anyOf"]) > 1:
        return {**branches[0], **{k: v for k, v in field.items() if k.startswith("x-")}}
    if branches and all("enum" in branch for branch in branches):
        return {**field, **_one_list(branches)}
    return field


def _one_list(branches: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The same codes in several types (``"201"`` and ``201``) as one list of values."""
    return {
        **branches[0],
        "type": [branch["type"] for branch in branches],
        "enum": [code for branch in branches for code in branch["enum"]],
    }


def is_clearing(contract: Contract, branch: Mapping[str, Any]) -> bool:
    """Whether a branch is the one for null and the empty text."""
    return "x-clears" in contract.resolve(branch)
