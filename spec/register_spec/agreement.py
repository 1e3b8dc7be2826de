"""Every name that one part of a document takes from another exists there.

The tables of a document point at each other and at its schemas: an event at the operation that
causes it, a rule at a field, a refusal at its sentence. A name that leads nowhere is an error when
the document is loaded, and the message says where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from register_spec.addresses import address_problems
from register_spec.documents import Document, SpecError
from register_spec.resolve import operations as rows_of
from register_spec.resolve import parameters, schema_properties
from register_spec.rows import row_problems
from register_spec.uses import data_schemas, operations, record_schemas, uses
from register_spec.vocabulary import Use

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def check_agreement(document: Document, name: str) -> None:
    """Check the names that the parts of a document take from each other.

    `document` has its code lists under `x-code-lists`, and PATCH operations written out.

    Raises SpecError naming the first place that is wrong.
    """
    problem = next(_problems(document), None)
    if problem is not None:
        raise SpecError(f"{name}: {problem}")


def _problems(document: Document) -> Iterator[str]:
    yield from _operation_problems(document)
    yield from address_problems(document)
    yield from _status_problems(document)
    yield from _record_problems(document)
    yield from row_problems(document)
    yield from _default_problems(document)
    yield from _meaning_problems(document)
    known = _Known(document)
    for use in uses(document):
        if use.name not in known[use.kind]:
            yield f"{use.place}: {_missing(use, known)}"


def _missing(use: Use, known: _Known) -> str:
    what, _, table = use.kind.partition(" columns of ")
    if table:
        (columns,) = known[use.kind]
        return f"{use.name} values are looked up in {table}, which has {columns} columns"
    return f"there is no {what.removeprefix('inner ')} {use.name!r}"


def _operation_problems(document: Document) -> Iterator[str]:
    seen: set[str] = set()
    for place, operation in operations(document):
        name = operation.get("operationId")
        if not isinstance(name, str) or not _SNAKE_CASE.fullmatch(name):
            yield f"{place}: operationId is {name!r}, not a name in snake_case"
            continue
        if name in seen:
            yield f"{place}: there are two operations {name!r}"
        seen.add(name)


def _status_problems(document: Document) -> Iterator[str]:
    """Each status of a refusal that an operation documents has an answer.

    That each answer is documented is seen when it is rendered, at the mock's start.
    """
    rows = document.get("x-sentences", {}).get("answers", {})
    said = {str(row["status"]) for row in rows.values()}
    for place, operation in operations(document) if rows else ():
        for status in sorted(operation.get("responses", {})):
            if status >= "400" and status not in said:
                yield f"{place}: x-sentences.answers has no row with status {status}"


class _Anything(frozenset[Any]):
    """What a value can be that no list is known of."""

    def __contains__(self, value: object) -> bool:
        return True


def _record_problems(document: Document) -> Iterator[str]:
    """One schema shows a kind of record, and each part of a path says what it identifies."""
    shown, schemas = record_schemas(document), document.get("components", {}).get("schemas", {})
    for name, schema in schemas.items():
        kind = schema.get("x-record", {}).get("kind")
        if kind is not None and shown[kind] != name:
            yield f"components.schemas.{name}.x-record: {shown[kind]} shows a {kind} already"
    for path, _, operation, shared in rows_of(document):
        for row in parameters(document, operation, shared):
            kind = row.get("x-record", {}).get("kind")
            if row["in"] == "path" and kind not in shown:
                there = f"one of {', '.join(shown)}" if shown else "and a schema that shows it"
                yield f"paths.{path}.{row['name']}: say by x-record the kind it identifies, {there}"
            elif row["in"] == "path" and "unknown" not in schemas[shown[kind]]["x-record"]:
                yield (
                    f"components.schemas.{shown[kind]}.x-record: paths identify a {kind}; say "
                    f"which answer an `unknown` one has"
                )


def _default_problems(document: Document) -> Iterator[str]:
    """What an event's operation requires has a default, unless its data is a record of its own."""
    requests = data_schemas(document)
    stores = {
        operation["operationId"]
        for _, operation in operations(document)
        if operation.get("x-record", {}).get("stores")
    }
    for name, event in document.get("x-lifecycle", {}).get("events", {}).items():
        schema = document["components"]["schemas"].get(requests.get(event["cause"]), {})
        for field in schema.get("required", []) if event["cause"] not in stores else ():
            if field not in event.get("defaults", {}):
                yield (
                    f"x-lifecycle.events.{name}.defaults: {event['cause']} requires {field!r}; say "
                    f"what the control API tells it when nobody says otherwise"
                )


def _meaning_problems(document: Document) -> Iterator[str]:
    """A parameter whose values mean trainees says so of each value that it takes."""
    for path, _, operation, shared in rows_of(document):
        for row in parameters(document, operation, shared):
            said, taken = row.get("x-meaning", {}), row["schema"].get("enum", [])
            for value in {**said, **dict.fromkeys(taken)} if said else ():
                if value not in said or value not in taken:
                    lacks = "x-meaning" if value in taken else "the enum of its schema"
                    yield f"paths.{path}.{row['name']}: {lacks} lacks {value!r}"


class _Known(dict[str, Collection[Any]]):
    """The names there are, by kind; those of a schema, a field, a list or a table too."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._inner: dict[str, str] = document.get("x-names", {})
        lifecycle = document.get("x-lifecycle", {})
        self["operation"] = {each["operationId"] for _, each in operations(document)}
        self["state"] = set(lifecycle.get("states", {}))
        events = lifecycle.get("events", {}).items()
        self["event with a timer"] = {name for name, event in events if "timer" in event}
        sentences = document.get("x-sentences", {})
        self["answer"] = {row.get("for", id_) for id_, row in sentences.get("answers", {}).items()}
        self["keyword"] = {
            word for row in sentences.get("fields", {}).values() for word in row["on"]
        }
        self["code list"] = set(document.get("x-code-lists", {}))
        self["table"] = set(document.get("x-domain", {}))
        self["kind of record"] = set(record_schemas(document))
        self["schema"] = set(document.get("components", {}).get("schemas", {}))

    def __missing__(self, kind: str) -> Collection[Any]:
        what, _, owner = kind.partition(" of ")
        found = {
            "field": self._fields,
            "inner field": self._inner_fields,
            "code": self._codes,
            "attribute": self._attributes,
            "value": self._values,
            "number columns": self._columns,
            "parameter": self._parameters,
        }[what](owner)
        self[kind] = found
        return found

    def _fields(self, owners: str) -> dict[str, dict[str, Any]]:
        schemas = self._document["components"]["schemas"]
        wanted = schemas if owners == "any schema" else owners.split(" or ")
        return {
            field: content
            for owner in wanted
            if owner in schemas
            for field, content in schema_properties(self._document, schemas[owner]).items()
        }

    def _inner_fields(self, owners: str) -> dict[str, dict[str, Any]]:
        fields = self._fields(owners)
        return {self._inner.get(name, name): content for name, content in fields.items()}

    def _codes(self, field_of_owners: str) -> Collection[Any]:
        """What a field can be: the codes of its list, the states, or the values of its `enum`."""
        field, _, owners = field_of_owners.partition(" of ")
        found = [*self._listed(self._inner_fields(owners).get(field, {}))]
        return set(found) if found else _Anything()

    def _listed(self, schema: Any) -> Iterator[Any]:
        for part in (schema, *schema.get("anyOf", []), *schema.get("allOf", [])):
            yield from part.get("enum", [])
            if "x-states" in part:
                yield from self["state"]
            if "x-code-list" in part:
                rows = self._document["x-code-lists"].get(part["x-code-list"], [])
                yield from (row["code"] for row in rows)

    def _attributes(self, code_list: str) -> set[str]:
        rows = self._document.get("x-code-lists", {}).get(code_list, [])
        return {attribute for row in rows for attribute in row}

    def _values(self, attribute_of_list: str) -> set[Any]:
        attribute, _, code_list = attribute_of_list.partition(" of ")
        rows = self._document.get("x-code-lists", {}).get(code_list, [])
        found = [row[attribute] for row in rows if attribute in row]
        return {one for each in found for one in (each if isinstance(each, list) else [each])}

    def _columns(self, table: str) -> set[int]:
        return {len(self._document["x-domain"][table]["columns"])}

    def _parameters(self, operation_id: str) -> set[str]:
        for _, _, operation, shared in rows_of(self._document):
            if operation["operationId"] == operation_id:
                rows = parameters(self._document, operation, shared)
                return {str(row["name"]) for row in rows}
        return set()
