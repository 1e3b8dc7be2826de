"""Every `x-` key of a document is known and has its form."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from register_spec.documents import Document, SpecError, read_yaml

_SCHEMA = Path(__file__).with_name("x-keys.schema.yaml")


def check_document(document: Document, name: str) -> None:
    """Check the `x-` keys of one document as written.

    Raises SpecError naming the first place that is wrong.
    """
    for place, key, value in _x_keys(document, ()):
        problem = form_problem(key, value)
        if problem:
            raise SpecError(f"{name}: {'.'.join((*place, key))}: {problem}")


def _x_keys(node: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _x_keys(child, (*place, str(index)))
    elif isinstance(node, dict):
        for key, child in node.items():
            if not isinstance(key, str) or key.startswith("x-"):
                yield place, str(key), child
            elif key not in ("value", "example"):
                yield from _x_keys(child, (*place, str(key)))


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = read_yaml(_SCHEMA)
    return schema


def how_changes_are_judged() -> dict[str, dict[str, Any]]:
    """Return what stands beside each `x-` key about the judgement of its changes, by key."""
    rows = _schema()["$defs"].items()
    return {key: row["x-change"] for key, row in rows if key.startswith("x-")}


def x_key_forms() -> dict[str, Any]:
    """Return the forms of the `x-` keys and of what they are made of, by name."""
    forms: dict[str, Any] = _schema()["$defs"]
    return forms


def form_problem_of(schema: Any, value: Any) -> str | None:
    """Return what is wrong with a value by a schema, and where, in words; or None."""
    from jsonschema_rs import Draft202012Validator

    return None if Draft202012Validator(schema).is_valid(value) else _told(schema, value)


def _told(schema: Any, value: Any) -> str:
    """The same of a value that is wrong, by the slower validator, whose words suit people."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(schema).iter_errors(value))
    if error is None:
        return "has another form than its schema says"
    where = ".".join(str(step) for step in error.absolute_path)
    return f"{where}: {_sentence(error)}" if where else _sentence(error)


@cache
def _form(key: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{key}", "$defs": _schema()["$defs"]}


@cache
def _validator(key: str) -> Any:
    from jsonschema_rs import Draft202012Validator  # only needed without a cache

    return Draft202012Validator(_form(key))


def form_problem(key: str, value: Any) -> str | None:
    """Return what is wrong with an `x-` key and its value, or None."""
    if not key.startswith("x-"):
        return "a key must be text: put it in quotes"
    if key not in _schema()["$defs"]:
        known = sorted(k for k in _schema()["$defs"] if k.startswith("x-"))
        return f"unknown key; known are {', '.join(known)}"
    return None if _validator(key).is_valid(value) else _told(_form(key), value)


def _sentence(error: Any) -> str:
    """An error in words; the validator prints whole schemas where it means a few words."""
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        unknown = next((key for key in error.instance if key not in known), None)
        if unknown is not None and known:
            return f"unknown key {unknown!r}; known are {', '.join(known)}"
    if error.validator == "maxProperties":
        return f"{' and '.join(map(repr, error.instance))} cannot stand together"
    if error.validator in ("oneOf", "anyOf"):
        words = [word for branch in error.validator_value for word in branch.get("required", [])]
        there = [repr(word) for word in words if word in error.instance]
        if words and not there:
            return f"{_shortened(error.instance)} needs one of {', '.join(words)}"
        if len(there) > 1:
            return f"{' and '.join(there)} stand together; one of them is right"
    return str(error.message)


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 80 else f"{text[:80]}…"
