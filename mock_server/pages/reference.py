"""Decides what the reference page of one document holds: operations, objects, tables.

The page is made from the bundled document alone, so that a document changed by ``--spec`` shows
its own rules.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.pages.conditions import plain, sentence
from mock_server.pages.fields import (
    Row,
    Schema,
    parts,
    ref_name,
    rows,
    source_text,
    type_text,
)
from spec import resolve

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Example:
    """A body as the documents print it."""

    name: str
    text: str
    source: str


@dataclass(frozen=True)
class Body:
    """What a request or a response carries."""

    type: str
    fields: tuple[Row, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Response:
    """One documented answer."""

    status: str
    description: str
    body: Body | None
    next_operations: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One operation with everything that decides its answers."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    source: str
    parameters: tuple[Row, ...]
    body: Body | None
    responses: tuple[Response, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Object:
    """One schema that has fields."""

    name: str
    description: str
    fields: tuple[Row, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One of the document's own tables, as rows of text."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def operations(document: Schema) -> list[Operation]:
    """Return the operations in the order of the document."""
    return [
        _operation(document, path, method, item)
        for path, item in document.get("paths", {}).items()
        for method in METHODS
        if method in item
    ]


def objects(document: Schema) -> list[Object]:
    """Return the schemas that have fields, in the order of the document."""
    schemas = document.get("components", {}).get("schemas", {})
    return [
        Object(
            name=name,
            description=str(schema.get("description", "")),
            fields=tuple(rows(document, schema)),
            conditions=tuple(sentence(each) for each in parts(document, schema).conditions),
        )
        for name, schema in schemas.items()
        if parts(document, schema).properties
    ]


def tables(document: Schema) -> list[Table]:
    """Return what OpenAPI has no words for: lifecycle, duplicates, rules, order of refusals."""
    made = (
        _documents(document),
        _states(document),
        _events(document),
        _duplicates(document),
        _rules(document),
    )
    return [table for table in (*made, _precedence(document), _answers(document)) if table.rows]


def _operation(document: Schema, path: str, method: str, item: Mapping[str, Any]) -> Operation:
    operation = item[method]
    id = str(operation["operationId"])
    parameters = [
        resolve(document, each)
        for each in (*item.get("parameters", ()), *operation.get("parameters", ()))
    ]
    return Operation(
        id=id,
        method=method.upper(),
        path=path,
        tag=str(next(iter(operation.get("tags", ())), "Operations")),
        summary=str(operation.get("summary", "")),
        description=str(operation.get("description", "")),
        source=source_text(operation.get("x-source")),
        parameters=tuple(_parameter(document, each) for each in parameters),
        body=_body(document, resolve(document, operation.get("requestBody", {}))),
        responses=tuple(
            _response(document, str(status), resolve(document, response))
            for status, response in operation.get("responses", {}).items()
        ),
        rules=tuple(
            str(rule["id"]) for rule in document.get("x-rules", ()) if id in rule["operations"]
        ),
    )


def _parameter(document: Schema, parameter: Schema) -> Row:
    schema = {**parameter.get("schema", {}), "x-source": parameter.get("x-source")}
    schema["description"] = f"{parameter.get('description', '')}"
    if "example" in parameter:
        schema["examples"] = [parameter["example"]]
    elif "examples" in parameter:
        schema["examples"] = [example["value"] for example in parameter["examples"].values()]
    name = str(parameter["name"])
    required = [name] if parameter.get("required") else []
    (row,) = rows(document, {"properties": {name: schema}, "required": required})
    return row


def _body(document: Schema, carrier: Schema) -> Body | None:
    for content in carrier.get("content", {}).values():
        schema = content.get("schema", {})
        return Body(
            type=type_text(document, schema),
            fields=tuple(rows(document, schema)) if ref_name(schema) is None else (),
            examples=tuple(_examples(content)),
        )
    return None


def _examples(content: Schema) -> Iterator[Example]:
    for name, example in content.get("examples", {}).items():
        text = example.get("value")
        if not isinstance(text, str):
            text = json.dumps(text, indent=2, ensure_ascii=False)
        yield Example(str(name), text, source_text(example.get("x-source")))


def _response(document: Schema, status: str, response: Schema) -> Response:
    return Response(
        status=status,
        description=str(response.get("description", "")),
        body=_body(document, response),
        next_operations=tuple(
            str(link["operationId"]) for link in response.get("links", {}).values()
        ),
    )


def _documents(document: Schema) -> Table:
    return Table(
        "documents",
        "Documents it rests on",
        ("Number", "Document"),
        tuple((str(key), plain(text)) for key, text in document.get("x-documents", {}).items()),
    )


def _states(document: Schema) -> Table:
    states = document.get("x-lifecycle", {}).get("states", {})
    return Table(
        "states",
        "States of a trainee",
        ("State", "Meaning"),
        tuple((str(name), plain(text)) for name, text in states.items()),
    )


def _events(document: Schema) -> Table:
    lifecycle = document.get("x-lifecycle", {})
    return Table(
        "events",
        "What moves a trainee from state to state",
        ("Event", "Caused by", "From", "To", "Condition", "Writes"),
        tuple(
            (
                str(name),
                str(event["cause"]),
                plain(edge["from"]),
                str(edge["to"]),
                _when(edge.get("when", {})),
                plain(list(event.get("writes", {}))),
            )
            for name, event in lifecycle.get("events", {}).items()
            for edge in event["edges"]
        ),
    )


def _when(condition: Mapping[str, Any]) -> str:
    """Return ``{field: trn, is: blank}`` as ``trn is blank``."""
    if "field" not in condition:
        return plain(condition)
    asked = (f"{key.replace('_', ' ')} {plain(value)}" for key, value in condition.items())
    return " ".join([str(condition["field"]), *list(asked)[1:]])


def _duplicates(document: Schema) -> Table:
    return Table(
        "duplicates",
        "What counts as a duplicate",
        ("Of", "Operations", "Compared with those of the same", "All of", "Any of", "Source"),
        tuple(
            (
                str(name),
                plain(rule.get("operations", "")),
                plain(rule.get("among", "")),
                "; ".join(_key(key) for key in rule.get("all", ())),
                "; ".join(_key(key) for key in rule.get("any", ())),
                source_text(rule.get("x-source")),
            )
            for name, rule in document.get("x-duplicates", {}).items()
            if isinstance(rule, Mapping) and "operations" in rule
        ),
    )


def _key(key: Mapping[str, Any]) -> str:
    name = key.get("field") or "first of " + plain(key.get("first_of", ""))
    how = key.get("as")
    return f"{name} (as {plain(how)})" if how else str(name)


def _rules(document: Schema) -> Table:
    known = {"id", "operations", "field", "check", "x-source"}
    return Table(
        "rules",
        "Rules across fields, dates and registers",
        ("Rule", "Operations", "Field", "Check", "With", "Source"),
        tuple(
            (
                str(rule["id"]),
                plain(rule["operations"]),
                plain(rule.get("field", "")),
                plain(rule.get("check", "")).replace("_", " "),
                plain({key: value for key, value in rule.items() if key not in known}),
                source_text(rule.get("x-source")),
            )
            for rule in document.get("x-rules", ())
        ),
    )


def _precedence(document: Schema) -> Table:
    stages = document.get("x-precedence", {}).get("stages", ())
    return Table(
        "precedence",
        "Which refusal comes first",
        ("Step", "What is looked at"),
        tuple((str(number), plain(stage)) for number, stage in enumerate(stages, 1)),
    )


def _answers(document: Schema) -> Table:
    answers = document.get("x-sentences", {}).get("answers", {})
    return Table(
        "answers",
        "Words of the refusals",
        ("Refusal", "Status", "Error", "Message"),
        tuple(
            (
                str(name).replace("_", " "),
                str(answer.get("status", "")),
                str(answer.get("error", "")),
                str(answer.get("message", "")).strip(),
            )
            for name, answer in answers.items()
        ),
    )
