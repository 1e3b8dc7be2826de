"""Following `$ref`s inside one bundled document, and the fields of a composed schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from register_spec.documents import METHODS, Document, SpecError


def resolve(document: Document, node: dict[str, Any]) -> dict[str, Any]:
    """Return `node`, or what its internal `$ref` points to.

    Raises SpecError when the reference leaves the document or leads nowhere.
    """
    while "$ref" in node:
        reference = str(node["$ref"])
        if not reference.startswith("#/"):
            raise SpecError(f"{reference} leaves the document")
        target: Any = document
        for step in reference[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(target, dict) or key not in target:
                raise SpecError(f"{reference} leads nowhere")
            target = target[key]
        node = target
    return node


Row = dict[str, Any]


def operations(document: Document) -> Iterator[tuple[str, str, Row, list[Row]]]:
    """Yield path, method, operation, and the parameters the operations of its path share."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method], item.get("parameters", [])


def parameters(document: Document, operation: Row, shared: list[Row]) -> list[Row]:
    """Return the parameters of an operation, references followed; its own replace shared ones.

    Raises SpecError for a reference that leads nowhere.
    """
    rows = [resolve(document, row) for row in (*shared, *operation.get("parameters", []))]
    return list({(row["in"], row["name"]): row for row in rows}.values())


def schema_properties(document: Document, schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties of a schema and of all it is composed of, in their order.

    Only unconditional parts count: `allOf` members with properties of their own, not the `then`
    of a condition.
    """
    schema = resolve(document, schema)
    found: dict[str, dict[str, Any]] = {}
    for part in schema.get("allOf", []):
        if "if" not in part:
            found.update(schema_properties(document, part))
    found.update(schema.get("properties", {}))
    return found
