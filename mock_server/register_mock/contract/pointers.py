"""Following JSON pointers and references into a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCHEMAS = "#/components/schemas/"


def pointed(document: Any, pointer: str) -> Any:
    """Return what stands at `#/a/0/b` in a document, or None when nothing does."""
    node = document
    for step in pointer.removeprefix("#/").split("/"):
        if isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            return None
    return node


def referred(document: Mapping[str, Any], node: Any) -> dict[str, Any]:
    """Return the named schemas that a part of a document refers to, and those refer to, by name."""
    found: dict[str, Any] = {}
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())
            name = str(each.get("$ref", "")).removeprefix(SCHEMAS)
            if f"{SCHEMAS}{name}" == each.get("$ref") and name not in found:
                found[name] = document["components"]["schemas"][name]
                waiting.append(found[name])
    return found
