"""Whether what was read from YAML is what JSON has: YAML can say more, and say it many times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Written out, not as it stands: a dozen lines of aliases can stand for billions of values.
MOST_VALUES = 1_000_000
DEEPEST = 100


def flaw(document: Any, *, any_keys: bool = False) -> str | None:
    """Return what of a document JSON has not, and where; None when there is nothing.

    With `any_keys` those that are no texts, such as 200, are let pass.
    """
    return _flaw(document, (), {}, any_keys)


def _flaw(node: Any, path: tuple[Any, ...], sizes: dict[int, int], any_keys: bool) -> str | None:
    """Return the first flaw below a node; `sizes` are those of the parts that have none.

    Each part is looked at once, so that aliases cost no time.
    """
    if not isinstance(node, (dict, list)):
        return _wrong_value(node, path)
    if id(node) in sizes:
        return None
    if len(path) >= DEEPEST:
        return f"{_place(path[:3])}nested more than {DEEPEST} deep, or inside itself"
    size = 1
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(node, dict) and not (any_keys or isinstance(key, str)):
            return f"{_place(path)}the key {key!r} is not a text; put it in quotes"
        found = _flaw(inner, (*path, key), sizes, any_keys)
        if found is not None:
            return found
        size += sizes.get(id(inner), 1)
    if size > MOST_VALUES:
        return f"{_place(path)}more than {MOST_VALUES:,} values, with its aliases written out"
    sizes[id(node)] = size
    return None


def _wrong_value(value: Any, path: tuple[Any, ...]) -> str | None:
    if value is None or isinstance(value, (bool, int, float)):
        return None
    if not isinstance(value, str):
        return f"{_place(path)}a {type(value).__name__} is not a text, number, list or mapping"
    return f"{_place(path)}a text cannot have the character NUL" if "\0" in value else None


def _place(path: tuple[Any, ...]) -> str:
    return ".".join(str(step) for step in path) + ": " if path else ""


def texts_in(node: Any) -> Iterator[str]:
    """All texts in plain data, as keys and as values."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for each in node:
            yield from texts_in(each)
    elif isinstance(node, dict):
        for key, each in node.items():
            yield key
            yield from texts_in(each)
