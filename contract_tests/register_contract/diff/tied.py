"""Whether a condition on several fields refuses what was taken before.

Decided with all that the old document says of these fields: what each takes, which have to be
there, and the other conditions on them alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Any, Protocol

import orjson

from register_contract.diff.containment import Contained, contained_among, takes
from register_contract.diff.decisions import Decided, Fact, Place
from register_contract.diff.raw import Raw

_MOST = 4096
_MISSING = object()
_REQUIRED = "(required)"
_BEGINNINGS = ("abc", "2024-02-29", "name@example.com", "1", "")


class BothSides(Protocol):
    """Both documents."""

    @property
    def old(self) -> Decided:
        """The one before."""

    @property
    def new(self) -> Decided:
        """The one after."""


def tied(raw: Raw, sides: BothSides) -> Contained:
    """Whether all that was taken of the fields of a new condition fulfils it."""
    assert raw.new is not None
    around = raw.place.at[:-1]
    names = _about(raw.place)
    before: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "allOf": []}
    for name in names:
        at = (*around, name)
        fact = sides.old.facts.get(Place("request", raw.place.operation, at))
        if fact is None:
            continue  # Whatever is sent under a name that was not known was taken.
        before["properties"][name] = _schema(fact, sides.old, raw.place.operation, at)
        if Place("request", raw.place.operation, (*at, _REQUIRED)) in sides.old.facts:
            before["required"].append(name)
    for place, fact in sides.old.facts.items():
        own = (*place[:2], place.at[:-1]) == (*raw.place[:2], around)
        if own and set(_about(place)) <= set(names):
            before["allOf"].append(orjson.loads(fact.value))
    before = {key: value for key, value in before.items() if value}
    after = orjson.loads(raw.new.value)
    values = {
        name: _values(before.get("properties", {}).get(name, {}), after, name) for name in names
    }
    return contained_among(before, after, _objects(values))


def _about(place: Place) -> list[str]:
    return place.at[-1].partition(" (")[0].split(", ")


def _schema(fact: Fact, side: Decided, operation: str, at: tuple[str, ...]) -> Any:
    """What a field takes, and what stands in it where it is a list."""
    schema = orjson.loads(fact.value)
    inner = side.facts.get(Place("request", operation, (*at, "[]")))
    if inner is not None and isinstance(schema, dict):
        return {**schema, "items": orjson.loads(inner.value)}
    return schema


def _values(schema: Any, after: Any, name: str) -> list[Any]:
    """Values of a field that the old document takes: those that a condition names among them."""
    named = [*_named(after, name)]
    inside = schema.get("items", {}) if isinstance(schema, dict) else {}
    codes = [*_codes(schema)]
    lists = [[code] for code in [*_codes(inside), *named] if not isinstance(code, (list, dict))]
    tried = [_MISSING, None, *named, *codes[:40], *lists[:40], *_BEGINNINGS, [], 7]
    text = orjson.dumps(schema).decode()
    return [each for each in tried if each is _MISSING or takes(text, each)]


def _codes(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict):
        yield from schema.get("enum", ())
        if "const" in schema:
            yield schema["const"]


def _named(node: Any, name: str) -> Iterator[Any]:
    """The values that a condition names for a field, or for what is in its list."""
    if isinstance(node, list):
        for each in node:
            yield from _named(each, name)
    elif isinstance(node, dict):
        for key, row in node.get("properties", {}).items():
            if key == name:
                yield from _consts(row)
        for key, each in node.items():
            if key != "properties":
                yield from _named(each, name)
            else:
                yield from _named(list(each.values()), name)


def _consts(node: Any) -> Iterator[Any]:
    if isinstance(node, list):
        for each in node:
            yield from _consts(each)
    elif isinstance(node, dict):
        yield from _codes(node)
        for key, each in node.items():
            if key not in ("enum", "const"):
                yield from _consts(each)


def _objects(values: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Objects of these fields, each with and without a value."""
    for chosen in islice(product(*values.values()), _MOST):
        rows = zip(values, chosen, strict=True)
        yield {name: value for name, value in rows if value is not _MISSING}
