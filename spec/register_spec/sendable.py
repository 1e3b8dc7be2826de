"""What requests may send, as the schemas of a document say: fields, codes, records in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from register_spec.documents import Document
from register_spec.resolve import resolve, schema_properties

JSON = "application/json"
BLANK = (None, "")
"""What stands for no value."""


def data_schema(document: Document, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the schema under `data` in the body of an operation, if it has one."""
    body = resolve(document, row.get("requestBody", {}))
    schema = body.get("content", {}).get(JSON, {}).get("schema", {})
    found: dict[str, Any] | None = resolve(document, schema).get("properties", {}).get("data")
    return found


def fields_of(
    document: Document, schema: dict[str, Any]
) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    """Yield the fields of a schema, each with the name of the schema that says it."""
    own = _saying(document, schema, "")
    for name, row in schema_properties(document, schema).items():
        yield name, (own.get(name, ""), row)


def _saying(document: Document, schema: dict[str, Any], name: str) -> dict[str, str]:
    name = str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else name
    schema = resolve(document, schema)
    found: dict[str, str] = {}
    for part in schema.get("allOf", []):
        if "if" not in part:
            found.update(_saying(document, part, name))
    return {**found, **dict.fromkeys(schema.get("properties", {}), name)}


def _branches(document: Document, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and its alternatives, and what entries of a list are."""
    row = resolve(document, row)
    yield row
    for part in (*row.get("anyOf", ()), *row.get("oneOf", ())):
        yield from _branches(document, part)
    if isinstance(row.get("items"), dict):
        yield from _branches(document, row["items"])


def codes_of(document: Document, row: dict[str, Any]) -> frozenset[Any] | None:
    """Return the codes that a field takes; None where it takes anything."""
    lists = [each["enum"] for each in _branches(document, row) if "enum" in each]
    found = frozenset(code for listed in lists for code in listed if code not in BLANK)
    return found or None


def code_list_of(document: Document, row: dict[str, Any]) -> str | None:
    """Return the name of the code list of a field, if it has one."""
    named = (each.get("x-code-list") for each in _branches(document, row))
    return next(filter(None, named), None)


def entries_of(document: Document, row: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema of the records that a field holds, if it holds such."""
    for each in _branches(document, row):
        items = each.get("items")
        if isinstance(items, dict) and schema_properties(document, items):
            return items
    return None
