"""What a form of a page means as a control call: the document of the control API says.

A field is called like the key of the body, with dots between keys that lie in each other. What is
left empty is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_spec import operations, resolve

Schema = dict[str, Any]
OWN = "_"
JSON = "application/json"


def body_of(document: dict[str, Any], name: str, fields: Mapping[str, str]) -> Any:
    """Return the JSON body that the fields of a form make; None for a call without one.

    Raises KeyError when there is no such operation.
    """
    row = {row["operationId"]: row for _, _, row, _ in operations(document)}[name]
    if "requestBody" not in row:
        return None
    schema = row["requestBody"]["content"][JSON]["schema"]
    body: dict[str, Any] = {}
    for place, text in fields.items():
        if text and not place.startswith(OWN):
            *above, last = place.split(".")
            inner, form = body, _chosen(document, schema, fields, "")
            for depth, key in enumerate(above, start=1):
                inner = inner.setdefault(key, {})
                prefix = ".".join(above[:depth]) + "."
                form = _chosen(document, form.get("properties", {}).get(key, {}), fields, prefix)
            inner[last] = _read(document, form.get("properties", {}).get(last, {}), text)
    return body


def _chosen(
    document: dict[str, Any], schema: Schema, fields: Mapping[str, str], prefix: str
) -> Schema:
    """Return the form of an object; of several the one whose constants are those that were sent."""
    found: Schema = resolve(document, schema)
    for form in found.get("oneOf", ()):
        properties = form["properties"]
        constants = {name: row["const"] for name, row in properties.items() if "const" in row}
        if all(fields.get(prefix + name) == value for name, value in constants.items()):
            return dict(form)
    return found


def _read(document: dict[str, Any], schema: Schema, text: str) -> Any:
    """Return a text as a value of the kind that the schema has; as it is, if it is none."""
    kinds = resolve(document, schema).get("type", "string")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "null" in kinds and text == "null":
        return None
    if "boolean" in kinds:
        return {"true": True, "false": False}.get(text, text)
    for kind, made in (("integer", int), ("number", float)):
        if kind in kinds:
            try:
                return made(text)
            except ValueError:
                return text
    return text
