"""Decides what the reference pages of operations and objects hold.

They are made from the bundled document alone, so that a document changed by ``--spec`` shows its
own rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from register_mock.pages.conditions import sentence
from register_mock.pages.drift import Deviation, of_field, of_object, of_operation
from register_mock.pages.fields import Row, Schema, parts, ref_name, rows, source_text, type_text
from register_mock.pages.topics import plain_json
from register_spec import resolve

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
    drift: tuple[Deviation, ...]


@dataclass(frozen=True)
class Object:
    """One schema that has fields."""

    name: str
    description: str
    used_by: tuple[str, ...]
    fields: tuple[Row, ...]
    conditions: tuple[str, ...]
    drift: tuple[Deviation, ...]


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
            used_by=tuple(_users(document, name)),
            fields=tuple(
                replace(row, drift=of_field(document, name, row.name))
                for row in rows(document, schema)
            ),
            drift=of_object(document, name),
            conditions=tuple(sentence(each) for each in parts(document, schema).conditions),
        )
        for name, schema in schemas.items()
        if parts(document, schema).properties
    ]


def _users(document: Schema, name: str) -> Iterator[str]:
    """Yield the operations whose bodies name this object."""
    reference = f"#/components/schemas/{name}"
    for item in document.get("paths", {}).values():
        for method in METHODS:
            bodies = [item.get(method, {}).get("requestBody", {})]
            bodies += item.get(method, {}).get("responses", {}).values()
            if any(_names(resolve(document, body), reference) for body in bodies):
                yield str(item[method]["operationId"])


def _names(node: Any, reference: str) -> bool:
    if isinstance(node, list):
        return any(_names(child, reference) for child in node)
    if not isinstance(node, Mapping):
        return False
    return node.get("$ref") == reference or any(
        _names(child, reference) for key, child in node.items() if key != "examples"
    )


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
            name for name, rule in document.get("x-rules", {}).items() if id in rule["operations"]
        ),
        drift=of_operation(document, id),
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
        yield Example(
            str(name), plain_json(example.get("value")), source_text(example.get("x-source"))
        )


def _response(document: Schema, status: str, response: Schema) -> Response:
    return Response(
        status=status,
        description=str(response.get("description", "")),
        body=_body(document, response),
        next_operations=tuple(
            str(link["operationId"]) for link in response.get("links", {}).values()
        ),
    )
