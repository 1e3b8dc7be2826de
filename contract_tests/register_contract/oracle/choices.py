"""The conditions (``if``) of a schema, apart from it: so that each is judged only on right fields.

While a field that a condition looks at is wrong itself, nobody knows whether the condition holds;
what it would ask for is then no problem of its own (spec/README.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from register_contract.oracle.contract import Contract

Schema = Mapping[str, Any]

CHOICE = ("if", "then", "else")
_NESTING = ("allOf", "anyOf", "oneOf")


class BareSchemas:
    """The schemas of one contract without their conditions, each made once."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._kept: dict[int, tuple[Schema, Schema]] = {}

    def of(self, schema: Schema) -> Schema:
        """The bare form of a schema, the same object each time, as validators are kept by it."""
        if id(schema) not in self._kept:
            self._kept[id(schema)] = schema, bare(self._contract, schema)
        return self._kept[id(schema)][1]


def bare_schemas(contract: Contract) -> BareSchemas:
    """Those of a contract, which keeps them."""
    return contract.once("bare", contract.document, lambda: BareSchemas(contract))


def bare(contract: Contract, schema: Schema) -> Schema:
    """The schema without its conditions, those of its fields and list entries too.

    A part that has none stays the same object.
    """
    whole = contract.resolve(schema)
    cut = {key: value for key, value in whole.items() if key not in CHOICE}
    for key in _NESTING:
        if key in cut:
            cut[key] = [bare(contract, part) for part in cut[key]]
    if "properties" in cut:
        fields = cut["properties"].items()
        cut["properties"] = {name: bare(contract, field) for name, field in fields}
    if isinstance(cut.get("items"), Mapping):
        cut["items"] = bare(contract, cut["items"])
    return schema if cut == whole else cut


def choices(contract: Contract, schema: Schema) -> Iterator[Schema]:
    """The conditions that judge an object of this schema, in the order of the spec."""
    schema = contract.resolve(schema)
    if "if" in schema:
        yield schema
    for part in schema.get("allOf", ()):
        yield from choices(contract, part)


def looked_at(schema: Any) -> set[str]:
    """The names of the fields a condition looks at."""
    if not isinstance(schema, Mapping):
        return set()
    names = {*schema.get("properties", ()), *schema.get("required", ())}
    for key in (*_NESTING, *CHOICE, "not"):
        parts = schema.get(key, ())
        for part in [parts] if isinstance(parts, Mapping) else parts:
            names |= looked_at(part)
    return names
