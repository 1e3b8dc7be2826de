"""What a document says once, written out in each of its places.

- ``x-clearable: true`` beside an optional field: null and an empty text are taken as well.
- ``x-shows: SCHEMA`` beside a field of an answer: what the request's field of that name takes, as
  an answer shows it, with what stands beside it instead.
- ``x-like: FIELD`` beside a field: the same as another field of its schema, with what stands beside
  it instead.
- ``x-like: SAMPLE`` in a sample: the same as another sample, merged with its ``value`` and
  ``x-without`` some of its keys.
- ``x-same-as: OPERATION`` in an operation: what that one says, with what stands beside it instead.
"""

from __future__ import annotations

import copy
from typing import Any

from register_spec.documents import Document, SpecError
from register_spec.resolve import operations, parameters, resolve

Schema = dict[str, Any]

# What says something about a field, not about its values.
_NOTES = (
    *("description", "externalDocs", "examples", "readOnly"),
    *("x-keeps-empty", "x-label", "x-personal", "x-record", "x-sentences", "x-silent-beside"),
    "x-source",
)
# What a request has to keep to and an answer cannot break.
_DEMANDS = (
    *("pattern", "examples", "x-label", "x-sentences", "minLength", "allOf", "anyOf"),
    *("x-clearable", "x-keeps-empty", "x-silent-beside"),
)
_DATE_LENGTH = 10


def write_out(document: Document, name: str) -> None:
    """Write out all of it, in place; `name` stands in the messages.

    Raises SpecError naming the first place that leads nowhere.
    """
    schemas: dict[str, Schema] = document.get("components", {}).get("schemas", {})
    for word, written in (("x-like", _same), ("x-shows", _shown)):
        for owner, schema in schemas.items():
            fields = schema.get("properties", {})
            for field, content in fields.items():
                if word in content:
                    place = f"{name}: components.schemas.{owner}.properties.{field}"
                    fields[field] = written(schemas, fields, field, place)
    _write_out_clearable(schemas, name)
    _write_out_samples(document.get("components", {}).get("examples", {}), name)
    _write_out_operations(document, name)


def _same(schemas: dict[str, Schema], fields: Schema, field: str, place: str) -> Schema:
    content: Schema = fields[field]
    like = _found(fields, content["x-like"], place, "x-like")
    if "x-like" in like:
        raise SpecError(f"{place}: x-like leads to {content['x-like']!r}, which is like another")
    return _beside(like, content, "x-like")


def _shown(schemas: dict[str, Schema], fields: Schema, field: str, place: str) -> Schema:
    """A field as an answer shows it: null when the record has none, and never refused."""
    content: Schema = fields[field]
    owner = _found(schemas, content["x-shows"], place, "x-shows")
    request = _found(owner.get("properties", {}), field, place, "x-shows")
    shown = {key: value for key, value in request.items() if key not in _DEMANDS}
    types = shown.get("type", [])
    if "x-code-list" in shown and "string" in types:
        # Whatever a request takes in place of a code, an answer shows codes.
        types = "string"
    if isinstance(types, str):
        shown["type"] = [types, "null"]
    if shown.get("format") == "date":
        # A tool that ignores formats would take "" for a date (decision 16).
        shown["minLength"] = _DATE_LENGTH
    if isinstance(shown.get("x-source"), dict):
        shown["x-source"] = shown["x-source"]["document"]
    return _beside(shown, content, "x-shows")


def _found(among: dict[str, Schema], name: str, place: str, word: str) -> Schema:
    if name not in among:
        raise SpecError(f"{place}: {word} leads to {name!r}, which is not there")
    return among[name]


def _beside(written: Schema, content: Schema, word: str) -> Schema:
    return copy.deepcopy(written) | {key: content[key] for key in content if key != word}


def _write_out_clearable(schemas: dict[str, Schema], name: str) -> None:
    clearing = [each for each, schema in schemas.items() if schema.get("x-clears")]
    there = ", ".join(clearing) or "none"
    for owner, schema in schemas.items():
        fields = schema.get("properties", {})
        for field, content in fields.items():
            if not content.get("x-clearable"):
                continue
            if len(clearing) != 1:
                place = f"{name}: components.schemas.{owner}.properties.{field}"
                raise SpecError(f"{place}: x-clearable: one schema has x-clears; found {there}")
            branch = {"$ref": f"#/components/schemas/{clearing[0]}"}
            fields[field] = _clearable(content, branch)


def _clearable(content: Schema, clearing: Schema) -> Schema:
    """The value stands in a branch of its own, or a code list would refuse null."""
    notes = {key: content[key] for key in content if key in _NOTES}
    value = {key: content[key] for key in content if key not in (*_NOTES, "x-clearable")}
    branches = value.pop("anyOf", None) or [value]
    return {
        **notes,
        "anyOf": [*branches, clearing],
        "x-clearable": True,
    }


def _write_out_samples(samples: dict[str, Schema], name: str) -> None:
    for key, sample in samples.items():
        if "x-like" not in sample:
            continue
        place = f"{name}: samples/{key}.yaml"
        like = copy.deepcopy(_found(samples, sample["x-like"], place, "x-like"))
        if "x-like" in like:
            raise SpecError(f"{place}: x-like leads to {sample['x-like']!r}, which is like another")
        value = _merged(like["value"], sample.get("value", {}))
        for path in sample.get("x-without", []):
            _take_away(value, path.split("."), place)
        samples[key] = {"value": value} | {
            word: sample[word] for word in sample if word not in ("x-like", "x-without", "value")
        }


def _merged(value: Any, patch: Any) -> Any:
    if not (isinstance(value, dict) and isinstance(patch, dict)):
        return patch
    return value | {key: _merged(value.get(key), patch[key]) for key in patch}


def _take_away(value: Any, path: list[str], place: str) -> None:
    for step in path[:-1]:
        value = value.get(step, {})
    if path[-1] not in value:
        raise SpecError(f"{place}: x-without names {'.'.join(path)}, which is not there")
    del value[path[-1]]


def _write_out_operations(document: Document, name: str) -> None:
    by_id = {row[2].get("operationId"): row for row in operations(document)}
    for path, method, content, shared in list(operations(document)):
        if "x-same-as" not in content:
            continue
        place = f"{name}: paths.{path}.{method}"
        like = by_id.get(content["x-same-as"])
        if like is None:
            raise SpecError(f"{place}: x-same-as names {content['x-same-as']!r}, no operation here")
        if "x-same-as" in like[2]:
            raise SpecError(f"{place}: {content['x-same-as']!r} repeats another operation itself")
        written = copy.deepcopy(like[2])
        if like[0] != path:
            there = _ids(parameters(document, like[2], like[3]))
            here = _ids(parameters(document, content, shared))
            _move(document, written, there, here, place)
        document["paths"][path][method] = {**written, **content}


def _ids(rows: list[Schema]) -> dict[str, str]:
    """The parameters of a path, by the kind of record each is the identifier of."""
    return {
        row.get("x-record", {}).get("kind", row["name"]): row["name"]
        for row in rows
        if row.get("in") == "path"
    }


def _move(
    document: Document, operation: Schema, there: dict[str, str], here: dict[str, str], place: str
) -> None:
    """Let an operation that was copied to another path speak of the parameters of that path."""
    if "parameters" in operation:
        rows = operation["parameters"]
        kept = [row for row in rows if resolve(document, row).get("in") != "path"]
        operation["parameters"] = kept
    names = {f"$request.path.{name}": kind for kind, name in there.items()}
    for status, response in operation.get("responses", {}).items():
        for link, content in response.get("links", {}).items():
            for parameter, value in content.get("parameters", {}).items():
                if value not in names:
                    continue
                if names[value] not in here:
                    spot = f"{place}.responses.{status}.links.{link}"
                    raise SpecError(f"{spot}: {value} leads to no parameter of this path")
                content["parameters"][parameter] = f"$request.path.{here[names[value]]}"
