"""Where one part of a document names another: the place, the kind of thing, the name.

One generator a table; `agreement` holds what they yield against what there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from register_spec.documents import METHODS, Document


@dataclass(frozen=True, slots=True)
class Use:
    """A name used at a place; `kind` may carry an owner, as in `field of Trainee`."""

    place: str
    kind: str
    name: str


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the content of every operation."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield f"paths.{path}.{method}", item[method]


def uses(document: Document) -> Iterator[Use]:
    """Yield every name that a part of the document takes from another part."""
    requests = _requests(document)
    for place, operation in operations(document):
        yield from _links(place, operation)
        yield from _meanings(place, operation)
    yield from _events(document, requests)
    yield from _locks(document)
    yield from _duplicates(document)
    yield from _rules(document, requests)
    for record, rows in _records(document.get("x-derived", {})):
        for phase, derivations in rows.items():
            for name, row in derivations.items():
                yield from _derivation(f"x-derived.{record.lower()}.{phase}.{name}", record, row)
    yield from _answers(document)
    yield from _exceptions(document)
    for public in document.get("x-names", {}):
        yield Use("x-names", "field of any schema", public)
    yield from _schemas(document)


def _requests(document: Document) -> dict[str, str]:
    """The schema under `data` in the request of each operation that has a body."""
    found = {}
    for _, operation in operations(document):
        media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        data = media.get("schema", {}).get("properties", {}).get("data", {})
        if "$ref" in data:
            found[operation["operationId"]] = data["$ref"].rpartition("/")[2]
    return found


def _records(table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The rows of a table by record: `trainee` is the schema Trainee."""
    for record, rows in table.items():
        if not record.startswith("x-"):
            yield record.capitalize(), rows


def _links(place: str, operation: dict[str, Any]) -> Iterator[Use]:
    for status, response in operation.get("responses", {}).items():
        for name, link in response.get("links", {}).items():
            here = f"{place}.responses.{status}.links.{name}"
            if "operationId" not in link:
                continue
            yield Use(here, "operation", link["operationId"])
            for parameter in link.get("parameters", {}):
                yield Use(here, f"parameter of {link['operationId']}", parameter)


def _meanings(place: str, operation: dict[str, Any]) -> Iterator[Use]:
    for parameter in operation.get("parameters", []):
        for value, meaning in parameter.get("x-meaning", {}).items():
            for state in meaning["states"]:
                yield Use(f"{place}.{parameter['name']}.x-meaning.{value}", "state", state)


def _events(document: Document, requests: dict[str, str]) -> Iterator[Use]:
    for name, event in document.get("x-lifecycle", {}).get("events", {}).items():
        place = f"x-lifecycle.events.{name}"
        outside = event["cause"] == "outside"
        if not outside:
            yield Use(place, "operation", event["cause"])
        if "refusal" in event:
            yield Use(place, "answer", event["refusal"])
        for row in (event, *event["edges"]):
            if "starts" in row:
                yield Use(place, "event", row["starts"])
        for edge in event["edges"]:
            yield from _edge(place, edge)
        for field, value in event["writes"].items():
            yield Use(f"{place}.writes", "field of Trainee", field)
            request = None if outside else requests.get(event["cause"])
            yield from _written(f"{place}.writes.{field}", value, request)


def _edge(place: str, edge: dict[str, Any]) -> Iterator[Use]:
    for state in (*edge["from"], edge["to"]):
        if state not in ("same", "previous"):
            yield Use(place, "state", state)
    if "when" in edge:
        yield from _condition(f"{place}.when", "Trainee", edge["when"])


def _written(place: str, value: dict[str, Any], request: str | None) -> Iterator[Use]:
    """What comes with an outside event is not in this document."""
    if "input" in value and request is not None:
        yield Use(place, f"field of {request}", value["input"])
    if "midnight" in value:
        yield Use(place, "field of Trainee", value["midnight"])
    if "otherwise" in value:
        yield from _written(place, value["otherwise"], request)


def _locks(document: Document) -> Iterator[Use]:
    for lock in document.get("x-lifecycle", {}).get("locks", []):
        yield Use("x-lifecycle.locks", "answer", lock["refusal"])
        for state in lock["states"]:
            yield Use("x-lifecycle.locks", "state", state)
        for operation in lock["operations"]:
            yield Use("x-lifecycle.locks", "operation", operation)


def _duplicates(document: Document) -> Iterator[Use]:
    for record, rule in _records(document.get("x-duplicates", {})):
        place = f"x-duplicates.{record.lower()}"
        yield Use(place, "schema", record)
        yield Use(place, "answer", rule["answer"])
        for operation in rule["operations"]:
            yield Use(place, "operation", operation)
        for key in (*rule.get("all", []), *rule.get("any", [])):
            for field in key.get("first_of", [key.get("field")]):
                yield Use(place, f"field of {record}", field)


def _answers(document: Document) -> Iterator[Use]:
    """An answer that a header chooses: the operations have that header as a parameter."""
    for name, row in document.get("x-sentences", {}).get("answers", {}).items():
        place = f"x-sentences.answers.{name}"
        for operation in row.get("operations", []):
            yield Use(place, "operation", operation)
            for header in row.get("asked_with", {}):
                yield Use(place, f"parameter of {operation}", header)


def _exceptions(document: Document) -> Iterator[Use]:
    for name, row in document.get("x-precedence", {}).get("exceptions", {}).items():
        for operation in row["operations"]:
            yield Use(f"x-precedence.exceptions.{name}", "operation", operation)


def _rules(document: Document, requests: dict[str, str]) -> Iterator[Use]:
    for name, rule in document.get("x-rules", {}).items():
        place = f"x-rules.{name}"
        for operation in rule["operations"]:
            yield Use(place, "operation", operation)
            owner = f"{requests[operation]} or Trainee" if operation in requests else "Trainee"
            yield Use(place, f"field of {owner}", rule["field"])
            if "field" in rule.get("limit", {}):
                yield Use(place, f"field of {owner}", rule["limit"]["field"])
            for condition in (rule[key] for key in ("when", "unless") if key in rule):
                yield from _condition(place, owner, condition)


def _derivation(place: str, record: str, row: dict[str, Any]) -> Iterator[Use]:
    for field in _derivation_fields(row):
        yield Use(place, f"field of {record}", field)
    yield from _attribute(place, row)
    for case in (row, *row.get("cases", [])):
        if "when" in case:
            yield from _condition(place, record, case["when"])


def _derivation_fields(row: dict[str, Any]) -> Iterator[str]:
    """The fields a derivation writes and reads, whatever its rule calls them."""
    for key in ("field", "fields", "from", "code", "codes", "of"):
        named = row.get(key, [])
        yield from [named] if isinstance(named, str) else named
    by = row.get("by", [])
    yield from [by] if isinstance(by, str) else by
    for part in row.get("parts", []):
        yield from re.findall(r"{(\w+)}", part)


def _condition(place: str, owner: str, condition: dict[str, Any]) -> Iterator[Use]:
    yield Use(place, f"field of {owner}", condition["field"])
    if "equals_field" in condition:
        yield Use(place, f"field of {owner}", condition["equals_field"])
    yield from _attribute(place, condition)


def _attribute(place: str, row: dict[str, Any]) -> Iterator[Use]:
    if "list" in row:
        yield Use(place, "code list", row["list"])
        yield Use(place, f"attribute of {row['list']}", row["take"])


def _schemas(document: Document) -> Iterator[Use]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        place = f"components.schemas.{name}"
        if "x-merged" in schema:
            yield Use(place, "schema", schema["x-merged"])
        for field in schema.get("x-order", []):
            yield Use(f"{place}.x-order", f"field of {name}", field)
        for field, content in schema.get("properties", {}).items():
            for keyword in content.get("x-sentences", {}):
                yield Use(f"{place}.properties.{field}.x-sentences", "keyword", keyword)
