"""Where one part of a document names another: the place, the kind of thing, the name.

One generator a table; `agreement` holds what they yield against what there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from register_spec.documents import METHODS, Document
from register_spec.resolve import operations as rows_of
from register_spec.resolve import parameters
from register_spec.vocabulary import Owner, Use, condition_uses, value_uses

Domain = Mapping[str, Any]
LISTED_BY = ("sorted_by", "at_or_after", "with_value", "in_cycle")
"""The words of x-list that a value stands under."""


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the content of every operation."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield f"paths.{path}.{method}", item[method]


def uses(document: Document) -> Iterator[Use]:
    """Yield every name that a part of the document takes from another part."""
    requests, trainee = data_schemas(document), _trainee(document)
    domain = document.get("x-domain", {})
    for path, method, operation, shared in rows_of(document):
        place = f"paths.{path}.{method}"
        yield from _links(place, operation)
        for row in parameters(document, operation, shared):
            yield from _meanings(place, row, trainee, domain)
        if "x-record" in operation:
            yield Use(place, "kind of record", operation["x-record"]["kind"])
    yield from _tables(document)
    yield from _events(document, requests)
    yield from _locks(document)
    yield from _duplicates(document)
    yield from _rules(document, requests)
    for record, rows in _records(document, "x-derived"):
        for phase, derivations in rows.items():
            for name, row in derivations.items():
                place = f"x-derived.{record}.{phase}.{name}"
                yield from _derivation(place, record_schemas(document)[record], row, domain)
    yield from _labels(document)
    yield from _answers(document)
    yield from _exceptions(document)
    for public in document.get("x-names", {}):
        yield Use("x-names", "field of any schema", public)
    yield from _schemas(document)


def data_schemas(document: Document) -> dict[str, str]:
    """The schema under `data` in the request of each operation that has a body."""
    found = {}
    for _, operation in operations(document):
        media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        data = media.get("schema", {}).get("properties", {}).get("data", {})
        if "$ref" in data:
            found[operation["operationId"]] = data["$ref"].rpartition("/")[2]
    return found


def record_schemas(document: Document) -> dict[str, str]:
    """The schema that shows each kind of record; the last, when there are several."""
    schemas = document.get("components", {}).get("schemas", {})
    return {each["x-record"]["kind"]: name for name, each in schemas.items() if "x-record" in each}


def _trainee(document: Document) -> str:
    """The schema that shows a trainee: the record that events, rules and filters are about."""
    return record_schemas(document).get("trainee", "")


def _tables(document: Document) -> Iterator[Use]:
    for table in ("x-derived", "x-duplicates"):
        for record in document.get(table, {}):
            if not record.startswith("x-"):
                yield Use(table, "kind of record", record)


def _records(document: Document, table: str) -> Iterator[tuple[str, Any]]:
    """The rows of a table by kind of record; one that nothing shows is a use of its own."""
    known = record_schemas(document)
    for record, rows in document.get(table, {}).items():
        if record in known:
            yield record, rows


def _links(place: str, operation: dict[str, Any]) -> Iterator[Use]:
    for status, response in operation.get("responses", {}).items():
        for name, link in response.get("links", {}).items():
            here = f"{place}.responses.{status}.links.{name}"
            if "operationId" not in link:
                continue
            yield Use(here, "operation", link["operationId"])
            for parameter in link.get("parameters", {}):
                yield Use(here, f"parameter of {link['operationId']}", parameter)


def _meanings(place: str, parameter: dict[str, Any], trainee: str, domain: Domain) -> Iterator[Use]:
    for value, meaning in parameter.get("x-meaning", {}).items():
        here = f"{place}.{parameter['name']}.x-meaning.{value}"
        yield from condition_uses(meaning, Owner(here, trainee, domain))
    for word, value in parameter.get("x-list", {}).items():
        here = f"{place}.{parameter['name']}.x-list.{word}"
        if word in LISTED_BY:
            yield from value_uses(value, Owner(here, trainee, domain))


def _events(document: Document, requests: dict[str, str]) -> Iterator[Use]:
    domain, trainee = document.get("x-domain", {}), _trainee(document)
    if "x-lifecycle" in document:
        yield Use("x-lifecycle.initial", "state", document["x-lifecycle"]["initial"])
    for name, event in document.get("x-lifecycle", {}).get("events", {}).items():
        place = f"x-lifecycle.events.{name}"
        outside = event["cause"] == "outside"
        if not outside:
            yield Use(place, "operation", event["cause"])
        if "refusal" in event:
            yield Use(place, "answer", event["refusal"])
        for row in (event, *event["edges"]):
            if "starts" in row:
                yield Use(place, "event with a timer", row["starts"])
        for edge in event["edges"]:
            yield from _edge(place, edge, trainee, domain)
        request = None if outside else requests.get(event["cause"])
        for field, value in event["writes"].items():
            owner = Owner(f"{place}.writes", trainee, domain, request)
            yield owner.field(field)
            yield from value_uses(value, owner.at(field))
        for field, value in event.get("defaults", {}).items():
            owner = Owner(f"{place}.defaults", trainee, domain, request or "the request")
            yield Use(owner.place, f"field of {owner.inputs}", field)
            yield from value_uses(value, owner.at(field))


def _edge(place: str, edge: dict[str, Any], trainee: str, domain: Domain) -> Iterator[Use]:
    for state in edge["from"]:
        yield Use(place, "state", state)
    if edge["to"] not in ("same", "previous"):
        yield Use(place, "state", edge["to"])
    if "when" in edge:
        yield from condition_uses(edge["when"], Owner(f"{place}.when", trainee, domain))


def _locks(document: Document) -> Iterator[Use]:
    for lock in document.get("x-lifecycle", {}).get("locks", []):
        yield Use("x-lifecycle.locks", "answer", lock["refusal"])
        for state in lock["states"]:
            yield Use("x-lifecycle.locks", "state", state)
        for operation in lock["operations"]:
            yield Use("x-lifecycle.locks", "operation", operation)


def _duplicates(document: Document) -> Iterator[Use]:
    domain = document.get("x-domain", {})
    for record, rule in _records(document, "x-duplicates"):
        place = f"x-duplicates.{record}"
        schema = record_schemas(document)[record]
        yield Use(place, "answer", rule["answer"])
        for operation in rule["operations"]:
            yield Use(place, "operation", operation)
        for group in ("all", "any", "new"):
            for label, key in rule.get(group, {}).items():
                yield from value_uses(key, Owner(f"{place}.{group}.{label}", schema, domain))


def _labels(document: Document) -> Iterator[Use]:
    for field in document.get("x-sentences", {}).get("label", {}).get("own", {}):
        yield Use("x-sentences.label.own", "field of any schema", field)


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
    domain, trainee = document.get("x-domain", {}), _trainee(document)
    for name, rule in document.get("x-rules", {}).items():
        place = f"x-rules.{name}"
        for operation in rule["operations"]:
            yield Use(place, "operation", operation)
            if "of" in rule:
                yield Use(place, "kind of record", rule["of"])
            owner = f"{requests[operation]} or {trainee}" if operation in requests else trainee
            owner = record_schemas(document).get(rule["of"], "") if "of" in rule else owner
            yield Owner(place, owner, domain).field(rule["field"])
            for word in ("must", "when"):
                if word in rule:
                    yield from condition_uses(rule[word], Owner(f"{place}.{word}", owner, domain))
            for fact, value in rule.get("facts", {}).items():
                yield from value_uses(value, Owner(f"{place}.facts.{fact}", owner, domain))


def _derivation(place: str, record: str, row: dict[str, Any], domain: Domain) -> Iterator[Use]:
    owner = Owner(place, record, domain)
    by = row.get("by", {})
    for field in (*([row["field"]] if "field" in row else row["fields"]), *by):
        yield owner.field(field)
    if "value" in row:
        yield from value_uses(row["value"], owner.at("value"))
    if "put_first" in row:
        kind = f"code of {row['fields'][0]} of {record}"
        yield Use(f"{place}.put_first", kind, row["put_first"])
    if "nobody" in row:
        yield Use(f"{place}.nobody", "code list", row["nobody"])
    if "when" in row:
        yield from condition_uses(row["when"], owner.at("when"))


def _schemas(document: Document) -> Iterator[Use]:
    domain = document.get("x-domain", {})
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        place = f"components.schemas.{name}"
        yield from _shown(Owner(place, name, domain), schema)
        yield from _request(Owner(place, name, domain, name), schema)
        for field, content in schema.get("properties", {}).items():
            if "x-record" in content:
                there = f"{place}.properties.{field}.x-record"
                yield Use(there, "kind of record", content["x-record"]["kind"])
            for other in content.get("x-silent-beside", {}):
                there = f"{place}.properties.{field}.x-silent-beside"
                yield Use(there, f"field of {name}", other)
            for keyword in content.get("x-sentences", {}):
                yield Use(f"{place}.properties.{field}.x-sentences", "keyword", keyword)


def _shown(owner: Owner, schema: dict[str, Any]) -> Iterator[Use]:
    """What stands beside the schema of an answer."""
    record = schema.get("x-record", {})
    if "unknown" in record:
        yield Use(f"{owner.place}.x-record.unknown", "answer", record["unknown"])
    if "sorted_by" in record:
        yield owner.at("x-record", "sorted_by").field(record["sorted_by"])
    for field in schema.get("x-order", []):
        yield Use(f"{owner.place}.x-order", f"field of {owner.schemas}", field)


def _request(owner: Owner, schema: dict[str, Any]) -> Iterator[Use]:
    """What stands beside the schema of a request."""
    if "x-merged" in schema:
        yield Use(owner.place, "schema", schema["x-merged"])
    for blank, fields in schema.get("x-unchanged-by", {}).items():
        for field in fields:
            yield Use(f"{owner.place}.x-unchanged-by.{blank}", f"field of {owner.schemas}", field)
    for id_, row in schema.get("x-read-as", {}).items():
        yield from _derivation(owner.at("x-read-as", id_).place, owner.schemas, row, owner.domain)
    for field in schema.get("x-lost-when-refused", ()):
        yield Use(f"{owner.place}.x-lost-when-refused", f"field of {owner.schemas}", field)
    for number, row in enumerate(schema.get("x-replaced", [])):
        here = owner.at("x-replaced", number)
        yield from map(here.field, row["fields"])
        yield from condition_uses(row["when"], here.at("when"))
