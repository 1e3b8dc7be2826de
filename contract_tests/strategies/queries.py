"""Values of query parameters at and beyond their limits, read from the parameters' schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from contract_tests.contract import Contract, Operation


def query_boundaries(
    operation: Operation, contract: Contract, today: date
) -> Iterator[tuple[str, str, bool]]:
    """Name, value as text, and whether the contract takes it."""
    for parameter in operation.queries:
        schema = contract.resolve(parameter["schema"])
        for value, valid in values(schema, today):
            yield parameter["name"], value, valid


def values(schema: Mapping[str, Any], today: date) -> Iterator[tuple[str, bool]]:
    """Values for one schema; a query holds text, so types show in how the text reads."""
    branches = schema.get("anyOf", [schema])
    kinds = {branch.get("type") for branch in branches}
    if "enum" in schema:
        yield from ((str(value), True) for value in schema["enum"])
        yield from (("busy", False), (str(schema["enum"][0]).upper(), False))
    elif "integer" in kinds:
        least = schema.get("minimum", 1)
        yield from ((str(least), True), (str(least + 1), True), (str(least - 1), False))
        yield from (("abc", False), ("1.5", False), ("-1", False))
    elif "boolean" in kinds:
        yield from (("true", True), ("false", True), ("maybe", False))
    elif any(branch.get("format") == "date" for branch in branches):
        yield from ((today.isoformat(), True), ("2020-01-01T00:00:00.000Z", True))
        yield from (("2020-01-32", False), ("01-01-2020", False), ("date", False))
    elif "pattern" in schema:
        yield from ((str(today.year), True), ("24", False), ("20245", False), ("last", False))
