"""How JSON becomes a value of the client: by the kinds its fields are said to have.

Whoever answers need not be a mock, so nothing is taken for granted: what is missing or of another
kind is a ValueError that names the place.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

Read = Callable[[Any], Any]
_KINDS: Mapping[Any, tuple[type | tuple[type, ...], str]] = {
    str: (str, "a text"),
    bool: (bool, "true or false"),
    int: (int, "a whole number"),
    float: ((int, float), "a number"),
    Mapping: (dict, "an object"),
}


def read_fields(kind: type, value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass from a JSON object; keys it does not know are left out."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    found = {}
    for name, read in _readers(kind).items():
        if name not in value:
            raise ValueError(f"{name}: missing")
        try:
            found[name] = read(value[name])
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return found


def read_rows(read: Read) -> Read:
    """Return what reads a list, each entry by `read`."""

    def rows(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("not a list")
        return tuple(read(row) for row in value)

    return rows


@cache
def _readers(kind: type) -> Mapping[str, Read]:
    return {name: _reader(hint) for name, hint in get_type_hints(kind).items()}


def _reader(hint: Any) -> Read:
    origin = get_origin(hint)
    if hint is Any:
        return _as_it_is
    if origin in (Union, types.UnionType):
        (inner,) = (each for each in get_args(hint) if each is not type(None))
        return _or_none(_reader(inner))
    if origin is tuple:
        return read_rows(_reader(get_args(hint)[0]))
    if hint is datetime:
        return _moment
    kinds = _KINDS.get(origin or hint)
    if kinds is None:
        read: Read = hint.of
        return read
    return _of_kind(*kinds)


def _as_it_is(value: Any) -> Any:
    return value


def _or_none(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


def _of_kind(kinds: type | tuple[type, ...], word: str) -> Read:
    def read(value: Any) -> Any:
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise ValueError(f"not {word}")
        return value

    return read


def _moment(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("not a moment") from None
