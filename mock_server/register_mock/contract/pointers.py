"""Following a JSON pointer into a document."""

from __future__ import annotations

from typing import Any


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
