"""What is wrong with a JSON document of our own (a control request, a seed), in sentences.

A sentence says what was sent and what would be right: the known keys, the allowed values, the
form with an example. The words for a form are the `description` of its schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jsonschema_rs

from register_spec.resolve import resolve

Path = tuple[str | int, ...]

LONGEST = 60
MOST_NAMED = 5
INTEGER = re.compile("-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One wrong place: a code for programs, a sentence for people, and where."""

    code: str
    sentence: str
    path: Path


class Form:
    """A JSON Schema with `components` for its references; compiled when it is first asked."""

    def __init__(self, schema: Mapping[str, Any], components: Mapping[str, Any]) -> None:
        """Take the schema."""
        self._root = {"allOf": [schema], "components": components}
        self._schema = schema

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(self._root, validate_formats=True)

    def read(self, text: str) -> Any:
        """Return the text of a query parameter as a value of the type its schema has."""
        kind = self._resolved(dict(self._schema)).get("type")
        if kind == "integer" and INTEGER.fullmatch(text):
            return int(text)
        if kind == "boolean":
            return {"true": True, "false": False}.get(text, text)
        return text

    def flaws(self, document: Any) -> list[Flaw]:
        """Return the first flaws of a document, one a place; none when it fits."""
        if self._validator.is_valid(document):
            return []
        found: dict[Path, Flaw] = {}
        for error in self._validator.iter_errors(document):
            for flaw in self._of(error):
                found.setdefault(flaw.path, flaw)
            if len(found) >= MOST_NAMED:
                break
        return list(found.values())

    def _of(self, error: Any) -> Iterator[Flaw]:
        if error.kind.name in ("oneOf", "anyOf"):
            yield from self._chosen(error)
            return
        path: Path = tuple(error.instance_path)
        code, sentence = self._said(error)
        yield Flaw(code, f"{_place(path)}{sentence}", path)

    def _chosen(self, error: Any) -> Iterator[Flaw]:
        """Speak of the branch that was meant: the one whose constant (`kind`, `event`) fits."""
        branches = [self._resolved(each) for each in self._at(error)[error.kind.name]]
        found = _discriminator(branches)
        if found is None or not isinstance(error.instance, dict):
            yield from self._of(error.kind.context[0][0])
            return
        key, constants = found
        if error.instance.get(key) in constants:
            for inner in error.kind.context[constants.index(error.instance[key])]:
                yield from self._of(inner)
            return
        allowed = ", ".join(constants)
        path: Path = tuple(error.instance_path)
        if key in error.instance:
            sentence = f"{shown(error.instance[key])} is not one of {allowed}"
            yield Flaw("invalid_value", f"{_place((*path, key))}{sentence}", (*path, key))
        else:
            sentence = f"{shown(key)} is missing; give: one of {allowed}"
            yield Flaw("missing_key", f"{_place(path)}{sentence}", path)

    def _said(self, error: Any) -> tuple[str, str]:
        kind, schema = error.kind, self._at(error)
        match kind.name:
            case "additionalProperties" | "unevaluatedProperties":
                unknown = ", ".join(shown(name) for name in kind.unexpected[:MOST_NAMED])
                return "unknown_key", f"unknown key {unknown}; known are {_names(schema)}"
            case "required":
                form = _form(self._resolved(schema.get("properties", {}).get(kind.property, {})))
                return "missing_key", f"{shown(kind.property)} is missing{form}"
            case "minProperties" | "maxProperties":
                number = "one" if kind.name == "maxProperties" else "at least one"
                return "missing_key", f"give {number} of {_names(schema)}"
            case "enum":
                allowed = ", ".join(str(value) for value in kind.options)
                return "invalid_value", f"{shown(error.instance)} is not one of {allowed}"
            case "type":
                wanted = " or ".join("nothing (null)" if t == "null" else t for t in kind.types)
                return "invalid_value", f"{shown(error.instance)} is not of type {wanted}"
        return "invalid_value", f"{shown(error.instance)} is not right{_form(schema)}"

    def _at(self, error: Any) -> dict[str, Any]:
        """Return the schema whose keyword was broken."""
        node: Any = self._root
        for step in list(error.schema_path)[:-1]:
            if isinstance(node, dict):
                node = self._resolved(node)
            node = node[step]
        return self._resolved(node)

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        return {**resolve(self._root, node), **{k: v for k, v in node.items() if k != "$ref"}}


def shown(value: Any) -> str:
    """Return a value as a sentence quotes it, cut when long."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _discriminator(branches: list[dict[str, Any]]) -> tuple[str, list[str]] | None:
    """Return the key whose constant tells the branches apart, and the constants in order."""
    for key, first in branches[0].get("properties", {}).items():
        constants = [branch.get("properties", {}).get(key, {}).get("const") for branch in branches]
        if "const" in first and all(isinstance(constant, str) for constant in constants):
            return key, constants
    return None


def _place(path: Path) -> str:
    return ".".join(str(step) for step in path) + ": " if path else ""


def _names(schema: Mapping[str, Any]) -> str:
    return ", ".join(schema.get("properties", {}))


_FORMATS = {
    "date": "a date such as 2025-10-15",
    "date-time": "a date-time such as 2025-10-15T09:00:00Z",
}


def _form(schema: Mapping[str, Any]) -> str:
    """Return what a schema asks for, as the end of a sentence."""
    said = [_FORMATS[schema["format"]]] if schema.get("format") in _FORMATS else []
    if "enum" in schema:
        said.append("one of " + ", ".join(str(value) for value in schema["enum"]))
    if "minimum" in schema:
        upper = f" to {schema['maximum']}" if "maximum" in schema else " upwards"
        said.append(f"a number from {schema['minimum']}{upper}")
    if "description" in schema and ("pattern" in schema or not said):
        said.append(schema["description"].rstrip("."))
    if "examples" in schema and "format" not in schema:
        said.append(f"such as {schema['examples'][0]}")
    return f"; give: {', '.join(said)}" if said else ""
