"""What an answer shows of the code lists: ``x-lists`` and ``x-attribute``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from register_contract.oracle.contract import Contract
from register_contract.oracle.sentences import Sentences

Row = Mapping[str, Any]


def lists_shown(contract: Contract, schema: Row) -> dict[str, Any]:
    """What the answer shows, by the name of the field that shows a list; empty without any."""
    whole, label = contract.resolve(schema), Sentences(contract).label
    found = {
        name: _made(
            contract,
            field,
            {"name": name, "label": label(name)},
            contract.table("x-code-lists")[field["x-lists"]],
        )
        for name, field in whole.get("properties", {}).items()
        if "x-lists" in field
    }
    for part in whole.get("anyOf", ()):
        found = found or lists_shown(contract, part)
    return found


def _made(contract: Contract, schema: Row, row: Row, codes: Sequence[Row]) -> Any:
    """What a schema shows of a list, or of one of its codes (``row``)."""
    schema = contract.resolve(schema)
    items = schema.get("items", {})
    if "const" in schema:
        return schema["const"]
    if "enum" in items:
        return list(items["enum"])
    if "properties" in schema:
        fields = schema["properties"].items()
        return {name: _made(contract, field, row, codes) for name, field in fields}
    if "items" in schema:
        return [_made(contract, items, each, ()) for each in _each(contract, items, codes)]
    found = row.get(schema["x-attribute"])
    return bool(found) if schema.get("type") == "boolean" else found


def _each(contract: Contract, items: Row, codes: Sequence[Row]) -> Iterator[Row]:
    """The codes; those with several values of an attribute that is shown once for each of these."""
    names = [field.get("x-attribute") for field in contract.resolve(items)["properties"].values()]
    many = [name for name in names if any(isinstance(code.get(name), list) for code in codes)]
    if not many:
        yield from codes
        return
    values = [value for code in codes for value in code.get(many[0]) or ()]
    for value in dict.fromkeys(values):
        yield from (
            {**code, many[0]: value} for code in codes if value in (code.get(many[0]) or ())
        )


def differs(due: Any, came: Any) -> str:
    """The first place at which what came is not what is due; empty where there is none."""
    if isinstance(due, Mapping) and isinstance(came, Mapping) and due.keys() == came.keys():
        places = ((name, differs(due[name], came[name])) for name in due)
        return next((f"{name}.{place}".rstrip(".") for name, place in places if place), "")
    if isinstance(due, list) and isinstance(came, list) and len(due) == len(came):
        pairs = enumerate(zip(due, came, strict=True))
        found = ((number, differs(*pair)) for number, pair in pairs)
        return next((f"{number}.{place}".rstrip(".") for number, place in found if place), "")
    return "" if due == came and isinstance(due, bool) == isinstance(came, bool) else "."
