"""Reads a body as JSON, and says in words what keeps it from being used as such.

A target may send anything. What Python's decoder lets through and other code then stumbles over
(a thousand levels, half a surrogate pair, NaN) is refused here, so that every check downstream
meets plain JSON or ``NO_JSON``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

NO_JSON = object()
"""What stands for the value of a body that is not JSON (null is a JSON value)."""

DEEPEST = 100
"""Levels of nesting that are read; the deepest documented body has six."""

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


def decoded(body: bytes) -> tuple[Any, str]:
    """Return the value of ``body`` and "", or NO_JSON and why it is none."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refused)
    except UnicodeDecodeError:
        return NO_JSON, "a body that is not UTF-8"
    except RecursionError:
        return NO_JSON, _too_deep()
    except ValueError:
        return NO_JSON, "a body that is not JSON"
    flaw = _flaw(value, body)
    return (NO_JSON, flaw) if flaw else (value, "")


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _too_deep() -> str:
    return f"a body that is nested deeper than {DEEPEST} levels"


def _flaw(value: Any, body: bytes) -> str:
    """What is wrong with a decoded body; the walk is spared where nothing can be."""
    halves = _SURROGATE_ESCAPE.search(body) is not None
    if not halves and body.count(b"[") + body.count(b"{") <= DEEPEST:
        return ""
    level, depth = [value], 0
    while level:
        if depth > DEEPEST:
            return _too_deep()
        if halves and any(_is_broken(each) for each in level):
            return "a body in which half of a surrogate pair stands alone"
        level = [inner for each in level for inner in _inside(each)]
        depth += 1
    return ""


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _is_broken(value: Any) -> bool:
    """Whether a text holds a code point that no encoding can write."""
    return isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value)


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a value, but for keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def standing_at(value: Any, path: Sequence[str | int]) -> Any:
    """What stands at a place of a value, or NO_JSON where there is no such place."""
    for step in path:
        inside = isinstance(value, dict) and step in value
        inside = inside or (isinstance(value, list) and isinstance(step, int) and step < len(value))
        if not inside:
            return NO_JSON
        value = value[step]
    return value


def plain(value: Any, made_up: Collection[str], key: str = "") -> Any:
    """A value with ``~`` for the texts under keys that targets make up."""
    if isinstance(value, dict):
        return {name: plain(inner, made_up, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, made_up, key) for inner in value]
    return "~" if isinstance(value, str) and value and key in made_up else value
