"""Decides how a schema of a bundled document reads as a table of fields.

A row is what a vendor asks of a field: its name, its type, whether it must be sent, how long it
may be, which values it takes, what it means, and which document says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from register_mock.pages.drift import Deviation
from register_spec import LABELS, resolve

Schema = dict[str, Any]

# Longer lists are read on a page of their own.
SHORT_LIST = 8


@dataclass(frozen=True)
class Row:
    """One field of an object, ready to be shown.

    ``values`` are the values allowed, with their labels; of a long code list only the name is
    given, in ``code_list``.
    """

    name: str
    type: str
    presence: str
    description: str
    limits: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    code_list: str | None
    example: Any
    source: str
    drift: tuple[Deviation, ...] = ()


@dataclass(frozen=True)
class Parts:
    """An object with its ``allOf`` parts laid together; answers are closed, requests are open."""

    properties: Mapping[str, Schema]
    required: frozenset[str]
    conditions: tuple[Schema, ...]
    closed: bool


def rows(document: Schema, schema: Schema) -> list[Row]:
    """Return the fields of an object, those of objects written inside it as ``outer.inner``."""
    return list(_rows(document, schema, ""))


def parts(document: Schema, schema: Schema) -> Parts:
    """Return the properties, the required names and the conditions of an object."""
    properties: dict[str, Schema] = {}
    required = set(schema.get("required", ()))
    conditions = [schema] if "if" in schema else []
    for part in schema.get("allOf", ()):
        inner = parts(document, resolve(document, part))
        properties |= inner.properties
        required |= inner.required
        conditions += inner.conditions
    properties |= schema.get("properties", {})
    closed = schema.get("additionalProperties") is False
    return Parts(properties, frozenset(required), tuple(conditions), closed)


def ref_name(schema: Schema) -> str | None:
    """Return the name of the object that a schema refers to."""
    reference = schema.get("$ref")
    return None if reference is None else str(reference).rpartition("/")[2]


def source_text(source: Any) -> str:
    """Return an ``x-source`` as one line."""
    if isinstance(source, Mapping):
        return ". ".join(str(value) for value in source.values())
    return "" if source is None else str(source)


def type_text(document: Schema, schema: Schema) -> str:
    """Return the type in words: ``string (date)``, ``list of Placement``, ``string or null``."""
    name = ref_name(schema)
    if name is not None:
        target = resolve(document, schema)
        # A name is worth following only when there is a table behind it.
        return name if parts(document, target).properties else type_text(document, target)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            choices = (type_text(document, choice) for choice in schema[key])
            return " or ".join(dict.fromkeys(choices))
    if schema.get("maxLength") == 0:
        return "null or blank"
    values = _values(schema)
    types = schema.get("type") or dict.fromkeys(_json_type(value) for value in values) or "any"
    return " or ".join(_one_type(document, schema, each) for each in _as_list(types))


def leaves(schema: Schema) -> Iterator[Schema]:
    """Yield the schema and the choices and items inside it."""
    yield schema
    for inner in (
        *schema.get("anyOf", ()),
        *schema.get("oneOf", ()),
        *([schema["items"]] if "items" in schema else ()),
    ):
        yield from leaves(inner)


def _rows(document: Schema, schema: Schema, prefix: str) -> Iterator[Row]:
    whole = parts(document, schema)
    conditional = {
        str(name)
        for condition in whole.conditions
        for branch in _branches(condition)
        for name in branch.get("required", ())
    }
    for name, field in whole.properties.items():
        presence = _presence(name, field, whole, conditional)
        yield _row(document, prefix + name, field, presence)
        inner, mark = (field["items"], "[].") if "items" in field else (field, ".")
        if "properties" in inner:
            yield from _rows(document, inner, prefix + name + mark)


def _presence(name: str, field: Schema, whole: Parts, conditional: set[str]) -> str:
    """Return whether the field of an answer is sent, or that of a request must be."""
    if "x-sent" in field:
        return "never sent" if field["x-sent"] == "never" else f"sent {field['x-sent']}"
    if name in whole.required:
        return "always sent" if whole.closed else "required"
    if name in conditional:
        return "conditional"
    return "read-only" if field.get("readOnly") else "optional"


def _row(document: Schema, name: str, field: Schema, presence: str) -> Row:
    choices = [choice for choice in leaves(field) if ref_name(choice) is None]
    code_list = next((str(each["x-code-list"]) for each in choices if "x-code-list" in each), None)
    values = dict.fromkeys(str(value) for each in choices for value in _values(each))
    if code_list is not None and len(values) > SHORT_LIST:
        values = {}
    labels = _labels(document, code_list)
    limits = [limit for each in choices for limit in _limits(each)]
    examples = field.get("examples") or ([field["example"]] if "example" in field else [])
    return Row(
        name=name,
        type=type_text(document, field),
        presence=presence,
        # The codes have a column of their own.
        description=str(field.get("description", "")).partition(LABELS)[0],
        limits=tuple(dict.fromkeys(limits)),
        values=tuple((value, labels.get(value, "")) for value in values),
        code_list=code_list,
        example=examples[0] if examples else None,
        source=source_text(field.get("x-source")),
    )


def _labels(document: Schema, code_list: str | None) -> dict[str, str]:
    entries = document.get("x-code-lists", {}).get(code_list, ())
    return {str(entry["code"]): str(entry.get("label", "")) for entry in entries}


def _values(schema: Schema) -> list[Any]:
    values = [schema["const"]] if "const" in schema else list(schema.get("enum", ()))
    return [value for value in values if value is not None]


def _limits(schema: Schema) -> Iterator[str]:
    words = {
        "minLength": "at least {} characters",
        "maxLength": "at most {} characters",
        "minimum": "{} or more",
        "maximum": "{} or less",
        "minItems": "at least {} of them",
        "maxItems": "at most {} of them",
        "default": "{} when not sent",
    }
    for key, text in words.items():
        if key in schema:
            yield text.format(schema[key])
    pattern = schema.get("pattern")
    if pattern == r"\S":
        yield "not blank"
    elif pattern is not None:
        yield f"matches {pattern}"


def _one_type(document: Schema, schema: Schema, each: str) -> str:
    if each == "array":
        return f"list of {type_text(document, schema.get('items', {}))}"
    return f"{each} ({schema['format']})" if "format" in schema and each == "string" else each


def _branches(schema: Schema) -> Iterator[Schema]:
    for key in ("then", "else"):
        if key in schema:
            yield schema[key]
            yield from _branches(schema[key])


def _json_type(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return names.get(type(value), "object")


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, dict)) else [value]
