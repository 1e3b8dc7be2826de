"""A schema in one form, whatever way it is written in: fields, what each takes, conditions.

References are followed, `allOf` is put together, alternatives of objects become one object whose
fields are those of any of them; what is left of a field is a schema without structure, in the
canonical form of jsonschema-rs. So two ways of writing the same thing are the same value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

from register_contract.diff.keys import keywords

Schema = Mapping[str, Any]
Origin = tuple[str, ...]
"""Where something stands in a document, as keys."""
_DEEPEST = 24
_JUDGED = keywords()["schema"]
_ANNOTATIONS = frozenset(_JUDGED["annotation"])
_STRUCTURE = frozenset(
    word for name in ("written_out", "field", "required", "condition") for word in _JUDGED[name]
)
_KNOWN = frozenset(word for words in _JUDGED.values() for word in words)
ITEMS = "[]"
"""The name of what a list holds, as a field."""


class DocumentError(Exception):
    """A document cannot be read as OpenAPI; the message names the place."""


@dataclass(frozen=True)
class Condition:
    """One `if` with what follows from it, in canonical form; ``about`` are the fields it names.

    ``lists`` are the code lists that stand in it.
    """

    about: tuple[str, ...]
    schema: str
    origin: Origin
    lists: tuple[str, ...] = ()


@dataclass
class Node:
    """What one place of a body is.

    ``value`` is what it may be apart from its fields, as canonical JSON; ``plain`` the same as a
    schema. ``required`` are the fields that every object there has; ``keys`` the ``x-`` keys that
    stand there, and ``origins`` the places of the document that say all this.
    """

    value: str = "true"
    fields: dict[str, Node] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    conditions: list[Condition] = field(default_factory=list)
    is_closed: bool = False
    is_object: bool = False
    keys: dict[str, Any] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)

    @property
    def plain(self) -> Any:
        """What it may be, as a schema."""
        return orjson.loads(self.value)


class Reader:
    """Reads the schemas of one document. ``unknown`` are keywords that nothing judges."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._old = str(document.get("openapi", "")).startswith("3.0")
        self._made: dict[Origin, Node] = {}
        self.unknown: dict[str, Origin] = {}

    def node(self, schema: Any, origin: Origin) -> Node:
        """The schema at a place. Raises DocumentError for what is none."""
        if origin not in self._made:
            self._made[origin] = self._node(schema, origin, ())
        return self._made[origin]

    def resolved(self, node: Any, origin: Origin) -> tuple[Any, Origin]:
        """What a reference names, and where that stands. Raises DocumentError."""
        seen: set[str] = set()
        while isinstance(node, Mapping) and "$ref" in node:
            name = str(node["$ref"])
            if name in seen:
                raise DocumentError(f"{name} refers to itself")
            seen.add(name)
            if not name.startswith("#/"):
                raise DocumentError(f"{name}: references to other documents cannot be followed")
            origin = tuple(
                step.replace("~1", "/").replace("~0", "~") for step in name[2:].split("/")
            )
            node = self._document
            for step in origin:
                if not isinstance(node, Mapping) or step not in node:
                    raise DocumentError(f"{name} leads nowhere")
                node = node[step]
        return node, origin

    def _node(self, schema: Any, origin: Origin, inside: tuple[Origin, ...]) -> Node:
        if isinstance(schema, bool) or schema is None:
            return Node("false" if schema is False else "true", origins=[origin])
        if not isinstance(schema, Mapping):
            raise DocumentError(f"{'.'.join(origin)} is no schema")
        if len(inside) > _DEEPEST or origin in inside:
            # A schema that holds itself is looked at once.
            return Node(origins=[origin])
        inside = (*inside, origin)
        parts = [self._own(schema, origin, inside)]
        if "$ref" in schema:
            target, where = self.resolved({"$ref": schema["$ref"]}, origin)
            parts.append(self._node(target, where, inside))
        for place, part in enumerate(schema.get("allOf", ())):
            parts.append(self._node(part, (*origin, "allOf", str(place)), inside))
        for word in ("anyOf", "oneOf"):
            if word in schema:
                parts.append(self._alternatives(schema, word, origin, inside))
        return _together(parts)

    def _own(self, schema: Schema, origin: Origin, inside: tuple[Origin, ...]) -> Node:
        """What a schema says itself, without what it is put together of."""
        made = Node(origins=[origin])
        for key in schema:
            if not (key in _KNOWN or key.startswith("x-")):
                self.unknown.setdefault(key, origin)
        made.keys = {key: value for key, value in schema.items() if key.startswith("x-")}
        for name, row in (schema.get("properties") or {}).items():
            made.fields[name] = self._node(row, (*origin, "properties", name), inside)
        if "items" in schema:
            made.fields[ITEMS] = self._node(schema["items"], (*origin, "items"), inside)
        made.required = frozenset(map(str, schema.get("required") or ()))
        made.is_object = bool(made.fields.keys() - {ITEMS}) or schema.get("type") == "object"
        made.is_closed = schema.get("additionalProperties") is False
        if "if" in schema:
            made.conditions.append(self._condition(schema, origin))
        made.value = canonical(self._leaf(schema))
        return made

    def _leaf(self, schema: Schema) -> dict[str, Any]:
        """The keywords about a value by itself, as those of 2020-12."""
        leaf = {
            key: self._written_out(value)
            for key, value in schema.items()
            if not (key in _STRUCTURE or key in _ANNOTATIONS or key.startswith("x-"))
        }
        if leaf.get("type", "") is None:
            del leaf["type"]
        if leaf.get("additionalProperties") is False and (schema.get("properties") or {}):
            del leaf["additionalProperties"]
        if self._old:
            self._modernise(leaf)
        return leaf

    def _written_out(self, value: Any) -> Any:
        """A value of a keyword that holds schemas, such as `not`, without references."""
        if isinstance(value, list):
            return [self._written_out(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        if "$ref" in value:
            value, _ = self.resolved(value, ())
        return {
            key: self._written_out(each)
            for key, each in value.items()
            if not (key.startswith("x-") or key in _ANNOTATIONS - {"default"})
        }

    @staticmethod
    def _modernise(leaf: dict[str, Any]) -> None:
        """`nullable` and the exclusive limits of 3.0, as 3.1 says them."""
        nullable = leaf.pop("nullable", False)
        for word, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if isinstance(leaf.get(word), bool) and leaf.pop(word) and limit in leaf:
                leaf[word] = leaf.pop(limit)
        if nullable and "type" in leaf:
            types = leaf["type"] if isinstance(leaf["type"], list) else [leaf["type"]]
            leaf["type"] = [*types, "null"]
            if "enum" in leaf and None not in leaf["enum"]:
                leaf["enum"] = [*leaf["enum"], None]

    def _alternatives(
        self, schema: Schema, word: str, origin: Origin, inside: tuple[Origin, ...]
    ) -> Node:
        rows = schema[word]
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            raise DocumentError(f"{'.'.join(origin)}.{word} is no list")
        nodes = [
            self._node(row, (*origin, word, str(place)), inside) for place, row in enumerate(rows)
        ]
        return _one_of(nodes)

    def _condition(self, schema: Schema, origin: Origin) -> Condition:
        asked = {
            word: orjson.loads(canonical(self._bare(schema[word])))
            for word in ("if", "then", "else")
            if word in schema
        }
        about = tuple(sorted(set(_named(asked))))
        parts = [schema.get(word) for word in ("if", "then", "else")]
        return Condition(about, _dumped(asked), origin, tuple(sorted(set(_lists(parts)))))

    def _bare(self, schema: Any) -> Any:
        """A part of a condition without what does not decide."""
        if isinstance(schema, list):
            return [self._bare(each) for each in schema]
        if not isinstance(schema, Mapping):
            return schema
        if "$ref" in schema:
            schema, _ = self.resolved(schema, ())
        found: dict[str, Any] = {}
        for key, value in schema.items():
            if key == "properties":
                found[key] = {name: self._bare(each) for name, each in value.items()}
            elif key == "required":
                found[key] = sorted(value)
            elif key == "enum":
                found[key] = sorted(value, key=_dumped)
            elif not (key.startswith("x-") or key in _ANNOTATIONS):
                found[key] = self._bare(value)
        return found


def _named(node: Any) -> Iterator[str]:
    """The fields that a condition names."""
    if isinstance(node, list):
        for each in node:
            yield from _named(each)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("properties", "required"):
                yield from value
            yield from _named(value)


def _lists(node: Any) -> Iterator[str]:
    """The code lists that a schema names."""
    if isinstance(node, list):
        for each in node:
            yield from _lists(each)
    elif isinstance(node, Mapping):
        if isinstance(node.get("x-code-list"), str):
            yield node["x-code-list"]
        for value in node.values():
            yield from _lists(value)


def _together(parts: Sequence[Node]) -> Node:
    """One node of which all parts are true."""
    if len(parts) == 1:
        return parts[0]
    made = Node()
    made.value = canonical({"allOf": [part.plain for part in parts if part.value != "true"]})
    for part in parts:
        for name, inner in part.fields.items():
            known = made.fields.get(name)
            made.fields[name] = inner if known is None else _together([known, inner])
        made.required |= part.required
        made.conditions += part.conditions
        made.is_closed |= part.is_closed
        made.is_object |= part.is_object
        made.origins += part.origins
        for key, value in part.keys.items():
            made.keys.setdefault(key, value)
    return made


def _one_of(parts: Sequence[Node]) -> Node:
    """One node of which any part is true: of objects with the fields of any of them."""
    if len(parts) == 1:
        return parts[0]
    made = Node()
    made.value = canonical({"anyOf": [part.plain for part in parts]})
    objects = [part for part in parts if part.is_object]
    lists = [part for part in parts if ITEMS in part.fields]
    for part in parts:
        for name, inner in part.fields.items():
            known = made.fields.get(name)
            made.fields[name] = inner if known is None else _one_of([known, inner])
        made.conditions += part.conditions
        made.origins += part.origins
        for key, value in part.keys.items():
            made.keys.setdefault(key, value)
    if objects and not (lists and len(objects) + len(lists) < len(parts)):
        made.required = frozenset.intersection(*(part.required for part in objects))
        made.is_closed = all(part.is_closed for part in objects)
    made.is_object = bool(objects)
    return made


def canonical(schema: Any) -> str:
    """A schema without structure in the form that all like it have, as JSON."""
    if schema in ({}, True, {"allOf": []}):
        return "true"
    return _canonical(_dumped(schema))


@lru_cache(maxsize=65536)
def _canonical(text: str) -> str:
    schema = orjson.loads(text)
    try:
        made = jsonschema_rs.canonicalize(
            schema, draft=jsonschema_rs.Draft202012, validate_formats=True
        ).to_json_schema()
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        raise DocumentError(f"{text[:80]} is no schema: {str(error)[:120]}") from error
    if not isinstance(made, dict):
        return _dumped(made)
    made.pop("$schema", None)
    return _dumped(made) if made else "true"


def _dumped(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
