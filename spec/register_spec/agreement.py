"""Every name that one part of a document takes from another exists there.

The tables of a document point at each other and at its schemas: an event at the operation that
causes it, a rule at a field, a refusal at its sentence. A name that leads nowhere is an error when
the document is loaded, and the message says where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from register_spec.documents import Document, SpecError
from register_spec.resolve import resolve, schema_properties
from register_spec.uses import operations, uses

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
    yield from _status_problems(document)
    known = _Known(document)
    for use in uses(document):
        if use.name not in known[use.kind]:
            yield f"{use.place}: there is no {use.kind} {use.name!r}"


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


class _Known(dict[str, set[str]]):
    """The names there are, by kind; the fields of a schema and the attributes of a list too."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        lifecycle = document.get("x-lifecycle", {})
        self["operation"] = {each["operationId"] for _, each in operations(document)}
        self["state"] = set(lifecycle.get("states", {}))
        self["event"] = set(lifecycle.get("events", {}))
        sentences = document.get("x-sentences", {})
        self["answer"] = {row.get("for", id_) for id_, row in sentences.get("answers", {}).items()}
        self["keyword"] = {
            word for row in sentences.get("fields", {}).values() for word in row["on"]
        }
        self["code list"] = set(document.get("x-code-lists", {}))
        self["schema"] = set(document.get("components", {}).get("schemas", {}))

    def __missing__(self, kind: str) -> set[str]:
        what, _, owner = kind.partition(" of ")
        found = {
            "field": self._fields,
            "attribute": self._attributes,
            "parameter": self._parameters,
        }[what](owner)
        self[kind] = found
        return found

    def _fields(self, owners: str) -> set[str]:
        schemas = self._document["components"]["schemas"]
        wanted = schemas if owners == "any schema" else owners.split(" or ")
        return {
            field
            for owner in wanted
            if owner in schemas
            for field in schema_properties(self._document, schemas[owner])
        }

    def _attributes(self, code_list: str) -> set[str]:
        rows = self._document.get("x-code-lists", {}).get(code_list, [])
        return {attribute for row in rows for attribute in row}

    def _parameters(self, operation_id: str) -> set[str]:
        for place, operation in operations(self._document):
            if operation["operationId"] == operation_id:
                rows = [resolve(self._document, row) for row in operation.get("parameters", [])]
                return {str(row["name"]) for row in rows} | set(re.findall(r"{(\w+)}", place))
        return set()
