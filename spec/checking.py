"""Every `x-` key of a document is known and has its form; every name it uses exists."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from spec.documents import Document, SpecError, read_yaml

_SCHEMA = Path(__file__).with_name("x-keys.schema.yaml")


def check_document(document: Document, name: str) -> None:
    """Check the `x-` keys of one document as written.

    Raises SpecError naming the first place that is wrong.
    """
    for place, key, value in _x_keys(document, ()):
        problem = _problem(key, value)
        if problem:
            raise SpecError(f"{name}: {'.'.join((*place, key))}: {problem}")
    _check_names(document, name)


def _x_keys(node: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _x_keys(child, (*place, str(index)))
    elif isinstance(node, dict):
        for key, child in node.items():
            if isinstance(key, str) and key.startswith("x-"):
                yield place, key, child
            elif key not in ("value", "example"):
                yield from _x_keys(child, (*place, str(key)))


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = read_yaml(_SCHEMA)
    return schema


@cache
def _validator(key: str) -> Any:
    from jsonschema import Draft202012Validator  # 0.1 s, and only needed without a cache

    return Draft202012Validator({"$ref": f"#/$defs/{key}", "$defs": _schema()["$defs"]})


def _problem(key: str, value: Any) -> str | None:
    if key not in _schema()["$defs"]:
        known = sorted(k for k in _schema()["$defs"] if k.startswith("x-"))
        return f"unknown key; known are {', '.join(known)}"
    from jsonschema.exceptions import best_match

    error = best_match(_validator(key).iter_errors(value))
    if error is None:
        return None
    where = ".".join(str(step) for step in error.absolute_path)
    return f"{where}: {error.message}" if where else str(error.message)


def _check_names(document: Document, name: str) -> None:
    operations = {
        operation["operationId"]
        for item in document.get("paths", {}).values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    for place, kind, used in _used_names(document):
        known: set[str] = {"operation": operations, **_tables(document)}[kind]
        if used not in known:
            raise SpecError(f"{name}: {place}: there is no {kind} {used!r}")


def _tables(document: Document) -> dict[str, set[str]]:
    lifecycle = document.get("x-lifecycle", {})
    return {
        "state": set(lifecycle.get("states", {})) | {"same", "previous"},
        "event": set(lifecycle.get("events", {})),
        "answer": set(document.get("x-sentences", {}).get("answers", {})),
    }


def _used_names(document: Document) -> Iterator[tuple[str, str, str]]:
    """Yield (place, kind of name, name) for every name that one table takes from another."""
    lifecycle = document.get("x-lifecycle", {"events": {}, "locks": []})
    for event_name, event in lifecycle["events"].items():
        place = f"x-lifecycle.events.{event_name}"
        if event["cause"] != "outside":
            yield place, "operation", event["cause"]
        if "refusal" in event:
            yield place, "answer", event["refusal"]
        for row in (event, *event["edges"]):
            if "starts" in row:
                yield place, "event", row["starts"]
        for edge in event["edges"]:
            for state in (*edge["from"], edge["to"]):
                yield place, "state", state
    for lock in lifecycle["locks"]:
        yield "x-lifecycle.locks", "answer", lock["refusal"]
        for state in lock["states"]:
            yield "x-lifecycle.locks", "state", state
        for operation in lock["operations"]:
            yield "x-lifecycle.locks", "operation", operation
    for rule_name, rule in document.get("x-duplicates", {}).items():
        yield f"x-duplicates.{rule_name}", "answer", rule["answer"]
        for operation in rule["operations"]:
            yield f"x-duplicates.{rule_name}", "operation", operation
    for rule in document.get("x-rules", []):
        for operation in rule["operations"]:
            yield f"x-rules.{rule['id']}", "operation", operation
