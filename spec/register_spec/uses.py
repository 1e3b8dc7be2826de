"""Where one part of a document names another: the place, the kind of thing, the name.

One generator a table; `agreement` holds what they yield against what there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from register_spec.documents import METHODS, Document
from register_spec.vocabulary import Owner, Use, condition_uses, value_uses


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
            here = f"{place}.{parameter['name']}.x-meaning.{value}"
            yield from condition_uses(meaning, Owner(here, "Trainee"))


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
        request = None if outside else requests.get(event["cause"])
        for field, value in event["writes"].items():
            owner = Owner(f"{place}.writes", "Trainee", request)
            yield owner.field(field)
            yield from value_uses(value, owner.at(field))


def _edge(place: str, edge: dict[str, Any]) -> Iterator[Use]:
    for state in (*edge["from"], edge["to"]):
        if state not in ("same", "previous"):
            yield Use(place, "state", state)
    if "when" in edge:
        yield from condition_uses(edge["when"], Owner(f"{place}.when", "Trainee"))


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
        for group in ("all", "any"):
            for label, key in rule.get(group, {}).items():
                yield from value_uses(key, Owner(f"{place}.{group}.{label}", record))


def _rules(document: Document, requests: dict[str, str]) -> Iterator[Use]:
    for name, rule in document.get("x-rules", {}).items():
        place = f"x-rules.{name}"
        for operation in rule["operations"]:
            yield Use(place, "operation", operation)
            owner = f"{requests[operation]} or Trainee" if operation in requests else "Trainee"
            yield Owner(place, owner).field(rule["field"])
            for word in ("must", "when"):
                if word in rule:
                    yield from condition_uses(rule[word], Owner(f"{place}.{word}", owner))


def _derivation(place: str, record: str, row: dict[str, Any]) -> Iterator[Use]:
    owner = Owner(place, record)
    by = row.get("by", {})
    for field in (*([row["field"]] if "field" in row else row["fields"]), *by):
        yield owner.field(field)
    if "value" in row:
        yield from value_uses(row["value"], owner.at("value"))
    if "put_first" in row:
        kind = f"code of {row['fields'][0]} of {record}"
        yield Use(f"{place}.put_first", kind, row["put_first"])
    if "when" in row:
        yield from condition_uses(row["when"], owner.at("when"))


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
