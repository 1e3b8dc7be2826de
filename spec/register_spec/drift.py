"""The drift ledger: what the documents say, what the service does, and whom it concerns.

Each change of a reading that holds in a version is an entry. What it touches is read from the
places it changes: the operations, the schemas and the fields beside which a reader looks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from register_spec.documents import METHODS, Document
from register_spec.overlay import Action, Path


@dataclass(frozen=True, slots=True)
class Touched:
    """An action of a version, and which action of its overlay touched which place."""

    version: str
    action: Action
    places: Mapping[Path, Action]


def ledger(
    document: Document, touched: Iterable[Touched], *, told_whole: bool = True
) -> dict[str, dict[str, Any]]:
    """Return the entries by id, in the order of the actions; names are the public ones.

    `document` is the composed one, before its names go outward. An entry of which nothing is left,
    because later changes say something else in each of its places, is over. One that has a switch
    is `on_request`, and reproduced where it is on. What an entry touches is much of the work, and
    left out where it is not `told_whole`.
    """
    entries: dict[str, dict[str, Any]] = {}
    places: dict[str, list[Path]] = {}
    touched = list(touched)
    for each in touched:
        action = each.action
        if action.change not in entries and "x-drift" not in action.row:
            continue
        if "x-drift" in action.row:
            entries[action.change] = _entry(each)
        own = [path for path, by in each.places.items() if by is action]
        places.setdefault(action.change, []).extend(own)
    lasting = _lasting(touched)
    found = {}
    for change, entry in entries.items():
        if change in lasting or not entry["reproduced"]:
            own = places[change] if told_whole else []
            found[change] = {**entry, "touches": touches(document, own)}
    return found


def _lasting(touched: Iterable[Touched]) -> set[str]:
    """The changes that have said the last word somewhere."""
    lasting: set[str] = set()
    said: set[Path] = set()
    for each in reversed(list(touched)):
        if each.action.without_effect:
            continue
        own = {path for path, by in each.places.items() if by is each.action}
        if any(_unsaid(path, said) for path in own):
            lasting.add(each.action.change)
        said |= own
    return lasting


def _unsaid(path: Path, said: Set[Path]) -> bool:
    """Whether nothing later was said of a place, or of one that it lies in."""
    return not any(path[:size] in said for size in range(1, len(path) + 1))


def _entry(each: Touched) -> dict[str, Any]:
    row = each.action.row
    drift = row["x-drift"]
    has_switch = "reproduced" in drift and drift["reproduced"] is not False
    return {
        "description": " ".join(row["description"].split()),
        **{key: drift[key] for key in ("documents", "service", "evidence", "since")},
        "reproduced": not each.action.without_effect,
        **({"on_request": True} if has_switch else {}),
        "version": each.version,
        "source": row["x-source"],
    }


def touches(document: Document, paths: Iterable[Path]) -> dict[str, list[str]]:
    """Return the operations, the schemas and the fields (`Schema.name`) that places are about."""
    found: dict[str, dict[str, None]] = {"operations": {}, "schemas": {}, "fields": {}}
    for path in paths:
        for kind, name in _concerned(document, path):
            found[kind][name] = None
    # What holds for an operation holds for those that repeat it.
    for id, row in _all(document):
        if row.get("x-same-as") in found["operations"]:
            found["operations"][id] = None
    return {kind: list(names) for kind, names in found.items()}


def _concerned(document: Document, path: Path) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of all that a place is about."""
    room, rest = path[0], path[1:]
    if room == "paths" and rest:
        yield from _operations(_of_path(document, rest))
    elif path[:2] == ("components", "schemas") and len(path) > 2:
        yield from _of_schema(document, path[2:])
    elif room == "components" and len(path) > 2:
        name = f"#/components/{path[1]}/{path[2]}"
        yield from _operations(id for id, row in _all(document) if _refers(row, name))
    elif room == "x-code-lists" and rest:
        yield from _fields(document, lambda field: field.get("x-code-list") == rest[0])
    elif isinstance(room, str):
        yield from _of_table(document, room, rest)


def _operations(ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    for id in ids:
        yield "operations", id


def _all(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the id and the row of every operation, with the parameters of its path."""
    for item in document["paths"].values():
        shared = item.get("parameters", [])
        for method in METHODS:
            if method in item:
                yield item[method]["operationId"], {**item[method], "x": shared}


def _of_path(document: Document, rest: Path) -> Iterator[str]:
    """Yield the operations of a path, or the one of a method."""
    item = document["paths"].get(rest[0], {})
    if len(rest) > 1 and rest[1] in METHODS:
        item = {key: row for key, row in item.items() if key == rest[1]}
    yield from (id for id, _ in _all({"paths": {rest[0]: item}}))


def _refers(node: Any, name: str) -> bool:
    if isinstance(node, list):
        return any(_refers(child, name) for child in node)
    if not isinstance(node, Mapping):
        return False
    return node.get("$ref") == name or any(_refers(child, name) for child in node.values())


def _of_schema(document: Document, rest: Path) -> Iterator[tuple[str, str]]:
    """Yield the fields that a change inside a schema is about, or the schema itself."""
    schema = str(rest[0])
    if len(rest) > 2 and rest[1] == "properties":
        yield "fields", f"{schema}.{rest[2]}"
    elif schema in document["components"]["schemas"]:
        yield "schemas", schema


def _fields(document: Document, wanted: Any) -> Iterator[tuple[str, str]]:
    for schema, row in document["components"]["schemas"].items():
        for name, field in row.get("properties", {}).items():
            if isinstance(field, Mapping) and wanted(field):
                yield "fields", f"{schema}.{name}"


def _named(document: Document, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for schema, row in document["components"]["schemas"].items():
        for name in names:
            if name in row.get("properties", {}):
                yield "fields", f"{schema}.{name}"


def _of_table(document: Document, table: str, rest: Path) -> Iterator[tuple[str, str]]:
    """Yield what a row of a table names: its operations, its fields, or the cause of an event."""
    row: Any = document.get(table)
    for step in rest:
        if isinstance(row, Mapping):
            yield from _of_row(document, row)
        row = row.get(step) if isinstance(row, Mapping) else None
    if isinstance(row, Mapping):
        yield from _of_row(document, row)
    if (table, *rest[:1]) == ("x-sentences", "answers") and len(rest) > 1:
        yield from _operations(_refused_with(document, str(rest[1])))


def _of_row(document: Document, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    known = {id for id, _ in _all(document)}
    operations = row.get("operations", [])
    if isinstance(operations, list):
        yield from _operations(id for id in operations if id in known)
    if row.get("cause") in known:
        yield "operations", row["cause"]
    names = [row["field"]] if isinstance(row.get("field"), str) else row.get("fields", [])
    if isinstance(names, list):
        yield from _named(document, names)


def _refused_with(document: Document, answer: str) -> Iterator[str]:
    """Yield the operations that an answer of `x-sentences` refuses, as far as tables say it."""
    named = document["x-sentences"]["answers"].get(answer, {}).get("for", answer)
    for event in document["x-lifecycle"]["events"].values():
        if event.get("refusal") == named and event["cause"] != "outside":
            yield event["cause"]
    for row in document.get("x-duplicates", {}).values():
        if row["answer"] == named:
            yield from row["operations"]
