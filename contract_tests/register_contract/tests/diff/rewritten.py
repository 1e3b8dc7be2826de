"""Ways to write the same document otherwise: none of them changes what it says."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

Document = dict[str, Any]
_NO_SCHEMAS = ("examples", "example", "enum", "const", "securitySchemes")


def _schemas(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a document that is written with a type."""
    if isinstance(node, list):
        for each in node:
            yield from _schemas(each)
    elif isinstance(node, dict):
        if "type" in node and not isinstance(node["type"], dict):
            yield node
        for key, value in node.items():
            if not (key.startswith("x-") or key in _NO_SCHEMAS):
                yield from _schemas(value)


def _operations(document: Document) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for item in document["paths"].values():
        for method in ("get", "put", "post", "patch", "delete"):
            if method in item:
                yield item, item[method]


def _each(document: Document, change: Callable[[dict[str, Any]], None]) -> None:
    for schema in list(_schemas({k: document[k] for k in ("paths", "components")})):
        change(schema)


def all_of_one(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if "maxLength" in schema:
            schema.setdefault("allOf", []).append({"maxLength": schema.pop("maxLength")})

    _each(document, change)


def any_of_one(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if "enum" in schema and "anyOf" not in schema:
            schema["anyOf"] = [{"enum": schema.pop("enum")}]

    _each(document, change)


def one_of_for_any_of(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if isinstance(schema["type"], list) and "oneOf" not in schema and "enum" not in schema:
            schema["oneOf"] = [{"type": each} for each in schema.pop("type")]

    _each(document, change)


def nested_any_of(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        types = schema["type"]
        if isinstance(types, list) and "anyOf" not in schema:
            schema["anyOf"] = [{"anyOf": [{"type": types[0]}]}, {"type": types[1:]}]
            del schema["type"]

    _each(document, change)


def types_turned_round(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if isinstance(schema["type"], list):
            schema["type"] = schema["type"][::-1]

    _each(document, change)


def type_in_a_list(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if isinstance(schema["type"], str):
            schema["type"] = [schema["type"]]

    _each(document, change)


def null_as_an_enum(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if schema["type"] == ["string", "null"] and "anyOf" not in schema and "enum" not in schema:
            schema["anyOf"] = [{"type": "string"}, {"enum": [None]}]
            del schema["type"]

    _each(document, change)


def null_as_a_const(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if schema["type"] == ["string", "null"] and "anyOf" not in schema and "enum" not in schema:
            schema["anyOf"] = [{"const": None}, {"type": "string"}]
            del schema["type"]

    _each(document, change)


def enum_of_one(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if "const" in schema:
            schema["enum"] = [schema.pop("const")]

    _each(document, change)


def codes_turned_round(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if isinstance(schema.get("enum"), list):
            schema["enum"] = schema["enum"][::-1]

    _each(document, change)


def required_turned_round(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if isinstance(schema.get("required"), list):
            schema["required"] = schema["required"][::-1]

    _each(document, change)


def exclusive_limits(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        if schema["type"] == "integer" and "minimum" in schema:
            schema["exclusiveMinimum"] = schema.pop("minimum") - 1

    _each(document, change)


def described(document: Document) -> None:
    def change(schema: dict[str, Any]) -> None:
        schema["description"] = "Otherwise."
        schema["examples"] = ["x"]
        schema["title"] = "T"

    _each(document, change)


def parameters_of_the_path(document: Document) -> None:
    for item, operation in _operations(document):
        own = operation.pop("parameters", [])
        methods = [m for m in item if m in ("get", "put", "post", "patch", "delete")]
        if len(methods) == 1:
            item["parameters"] = [*item.get("parameters", []), *own]
        elif own:
            operation["parameters"] = own


def parameters_of_the_operation(document: Document) -> None:
    for item, operation in _operations(document):
        shared = item.get("parameters", [])
        operation["parameters"] = [*copy.deepcopy(shared), *operation.get("parameters", [])]
    for item in document["paths"].values():
        item.pop("parameters", None)


def parameters_as_components(document: Document) -> None:
    made = document["components"].setdefault("parameters", {})
    for _, operation in _operations(document):
        for number, row in enumerate(operation.get("parameters", [])):
            name = f"{operation['operationId']}_{number}"
            made[name] = row
            operation["parameters"][number] = {"$ref": f"#/components/parameters/{name}"}


def path_parameters_called_otherwise(document: Document) -> None:
    text = json.dumps(document["paths"]).replace("{trainee_id}", "{id}")
    document["paths"] = json.loads(text.replace('"name": "trainee_id"', '"name": "id"'))


def answers_as_components(document: Document) -> None:
    made = document["components"].setdefault("responses", {})
    for _, operation in _operations(document):
        for status, row in operation["responses"].items():
            if "$ref" not in row:
                name = f"{operation['operationId']}_{status}"
                made[name] = row
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}


def bodies_as_components(document: Document) -> None:
    made = document["components"].setdefault("requestBodies", {})
    for _, operation in _operations(document):
        if "requestBody" in operation:
            made[operation["operationId"]] = operation["requestBody"]
            operation["requestBody"] = {
                "$ref": f"#/components/requestBodies/{operation['operationId']}"
            }


def written_out(document: Document) -> None:
    """Each reference to a schema replaced by what it names."""
    schemas = document["components"]["schemas"]

    def inlined(node: Any) -> Any:
        if isinstance(node, list):
            return [inlined(each) for each in node]
        if not isinstance(node, dict):
            return node
        if str(node.get("$ref", "")).startswith("#/components/schemas/"):
            found = copy.deepcopy(schemas[node["$ref"].rpartition("/")[2]])
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return inlined({"allOf": [found], **rest} if rest else found)
        return {key: inlined(value) for key, value in node.items()}

    document["paths"] = inlined(document["paths"])


def schemas_called_otherwise(document: Document) -> None:
    text = json.dumps(document).replace("#/components/schemas/", "#/components/schemas/My")
    found = json.loads(text)
    schemas = found["components"]["schemas"]
    found["components"]["schemas"] = {f"My{name}": row for name, row in schemas.items()}
    text = json.dumps(found)
    for name in schemas:
        # The keys of ours name schemas too.
        for key in ("x-shows", "x-merged"):
            text = text.replace(f'"{key}": "{name}"', f'"{key}": "My{name}"')
    document.clear()
    document.update(json.loads(text))


def keys_turned_round(document: Document) -> None:
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = dict(reversed(schemas.items()))
    document["paths"] = dict(reversed(document["paths"].items()))


def descriptions_gone(document: Document) -> None:
    def bare(node: Any) -> Any:
        if isinstance(node, list):
            return [bare(each) for each in node]
        if not isinstance(node, dict):
            return node
        gone = ("description", "summary", "examples", "x-source", "tags", "links")
        return {k: bare(v) for k, v in node.items() if k not in gone or isinstance(v, dict)}

    document["paths"] = bare(document["paths"])


def security_of_each_operation(document: Document) -> None:
    for _, operation in _operations(document):
        operation.setdefault("security", copy.deepcopy(document["security"]))


WAYS = [
    all_of_one,
    any_of_one,
    one_of_for_any_of,
    nested_any_of,
    types_turned_round,
    type_in_a_list,
    null_as_an_enum,
    null_as_a_const,
    enum_of_one,
    codes_turned_round,
    required_turned_round,
    exclusive_limits,
    described,
    parameters_of_the_path,
    parameters_of_the_operation,
    parameters_as_components,
    path_parameters_called_otherwise,
    answers_as_components,
    bodies_as_components,
    written_out,
    schemas_called_otherwise,
    keys_turned_round,
    descriptions_gone,
    security_of_each_operation,
]
