"""Values of query parameters at and beyond their limits, read from the parameters' schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from register_contract.oracle.contract import Contract, Operation
from register_contract.oracle.moments import FORMAT
from register_contract.suite.strategies.moments import WRONG, forms

_SOME_MOMENT = datetime(2020, 2, 29, 23, 30, 15, 250_000, tzinfo=UTC)


def query_boundaries(
    operation: Operation, contract: Contract, today: date
) -> Iterator[tuple[str, str, bool]]:
    """Name, value as text, and whether the contract takes it."""
    for parameter in operation.queries:
        schema = contract.resolve(parameter["schema"])
        for value, valid in values(schema, today):
            yield parameter["name"], value, valid
        for example in parameter.get("examples", {}).values():
            yield parameter["name"], str(example["value"]), True


def values(schema: Mapping[str, Any], today: date) -> Iterator[tuple[str, bool]]:
    """Values for one schema; a query holds text, so types show in how the text reads."""
    kinds = {branch.get("type") for branch in schema.get("anyOf", [schema])}
    if "enum" in schema:
        yield from ((str(value), True) for value in schema["enum"])
        yield from (("busy", False), (str(schema["enum"][0]).upper(), False))
    elif "integer" in kinds:
        least = schema.get("minimum", 1)
        yield from ((str(least), True), (str(least + 1), True), (str(least - 1), False))
        yield from (("abc", False), ("1.5", False), ("-1", False))
    elif "boolean" in kinds:
        yield from (("true", True), ("false", True), ("maybe", False))
    elif schema.get("format") == FORMAT:
        yield today.isoformat(), True
        yield from ((text, True) for text in forms(_SOME_MOMENT).values())
        yield from ((text, False) for text in WRONG)
    elif "pattern" in schema:
        year = str(today.year)
        for text in (year, "24", "20245", "last", f"{year}abc", f"abc{year}", f" {year}"):
            yield text, re.search(schema["pattern"], text) is not None
