"""What a reader of the bundled document sees of a field: its coding, and its codes in words.

OpenAPI tools show descriptions everywhere, so that is where both go; a long list is only named
there. Tools that know `x-enumDescriptions` show the label of every code beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from register_spec.documents import Document

# What stands behind it in a description is made from a code list, not written by a person.
LABELS = "\n\nCodes:"
_SHORT_LIST = 30
_CONDITIONS = ("if", "then", "else", "not", "contains")


def describe(document: Document) -> None:
    """Complete the descriptions of all fields and parameters, in place; the enums stand already."""
    for field in _described(document.get("components", {}).get("schemas", {})):
        _say(document, field)
    for field in _described(document.get("paths", {})):
        _say(document, field)


def _described(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema of a field; those inside conditions describe nothing."""
    if isinstance(node, list):
        for child in node:
            yield from _described(child)
    elif isinstance(node, dict):
        for key, child in node.items():
            if key == "properties" and isinstance(child, dict):
                yield from (field for field in child.values() if isinstance(field, dict))
            if key not in (*_CONDITIONS, "examples"):
                yield from _described(child)


def _say(document: Document, field: dict[str, Any]) -> None:
    """Add to one field what it does not say itself."""
    said = [str(field["description"])] if "description" in field else []
    coding = field.get("externalDocs", {}).get("description")
    if coding:
        said.append(f"Coded according to the {coding}.")
    text = " ".join(said)
    for part in (field, *field.get("anyOf", ()), field.get("items", {})):
        if "enum" in part and "x-code-list" in part:
            labels = _labels(document, part)
            part["x-enumDescriptions"] = labels
            if text and LABELS not in text:
                text += _codes(part["x-code-list"], labels)
    if text:
        field["description"] = text


def _labels(document: Document, part: dict[str, Any]) -> dict[str, str]:
    """Return code -> label of the codes a schema takes."""
    taken = {str(code) for code in part["enum"]}
    rows = document["x-code-lists"][part["x-code-list"]]
    return {row["code"]: row["label"] for row in rows if row["code"] in taken}


def _codes(name: str, labels: dict[str, str]) -> str:
    """Return the codes as a list in Markdown, or where to find them when they are many."""
    if len(labels) > _SHORT_LIST:
        return f"{LABELS} the {len(labels):,} of the list `{name}` (`x-code-lists.{name}`)."
    return LABELS + "\n" + "".join(f"\n- `{code}`: {label}" for code, label in labels.items())
