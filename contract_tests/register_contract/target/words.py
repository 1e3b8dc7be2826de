"""Values and kinds of values in words short enough for a report."""

from __future__ import annotations

import json
from typing import Any

_SHOWN = 300
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "a boolean"),
    ((int, float), "a number"),
    (str, "a text"),
    (list, "a list"),
    (dict, "an object"),
)


def kind_of(value: Any) -> str:
    """The JSON kind of a value in words."""
    if value is None:
        return "null"
    return next(word for kinds, word in _KINDS if isinstance(value, kinds))


def short(value: Any) -> str:
    """A value as JSON, cut where a reader has seen enough."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"
