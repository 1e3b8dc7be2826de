"""The contract as the suite reads it: operations, schemas, examples and tables of one document.

Decides nothing; it turns the bundled OpenAPI document into values that the checks ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from contract_tests.oracle.moments import FORMAT, is_moment

METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """One documented response of an operation; ``schema`` is None when it has no body."""

    status: int
    media_type: str
    schema: Mapping[str, Any] | None
    examples: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Operation:
    """One operation as documented. ``body`` is the schema of the whole request body."""

    id: str
    method: str
    path: str
    summary: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None
    examples: Mapping[str, Mapping[str, Any]]
    answers: Mapping[int, Answer]
    source: str

    @property
    def writes(self) -> bool:
        """Whether calling it may change something."""
        return self.method != "GET"

    @property
    def success(self) -> int:
        """The documented 2xx status."""
        return min(status for status in self.answers if 200 <= status < 300)

    @property
    def path_names(self) -> tuple[str, ...]:
        """Names of the parts of the path that are ids."""
        return tuple(p["name"] for p in self.parameters if p["in"] == "path")

    @property
    def queries(self) -> tuple[Mapping[str, Any], ...]:
        """The documented query parameters."""
        return tuple(p for p in self.parameters if p["in"] == "query")

    @property
    def kind(self) -> str:
        """What the operation works on: trainee, placement, degree or info."""
        for kind in ("placement", "degree", "trainee"):
            if f"/{kind}s" in self.path:
                return kind
        return "info"


def source_text(source: Any) -> str:
    """One line for an ``x-source``, which is a text or an object with notes."""
    if isinstance(source, Mapping):
        words = [str(source.get("document", ""))]
        words += [f"({source['note']})"] if source.get("note") else []
        return " ".join(words).strip()
    return str(source) if source else "the contract"


class Contract:
    """One bundled document. Schemas may hold ``$ref`` to ``#/components/schemas`` only."""

    def __init__(self, version: str, document: Mapping[str, Any]) -> None:
        self.version = version
        self.document = document
        self.operations = {operation.id: operation for operation in self._read_operations()}
        self.sources = {
            operation.id: self._document_of(operation.source)
            for operation in self.operations.values()
        }
        self._validators: dict[int, jsonschema_rs.Draft202012Validator] = {}

    def table(self, name: str) -> Any:
        """One of the ``x-`` tables at the root; empty when the document has none."""
        return self.document.get(name) or {}

    def schema(self, name: str) -> Mapping[str, Any]:
        """A named component schema."""
        found = self.document["components"]["schemas"][name]
        assert isinstance(found, Mapping)
        return found

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow ``$ref`` until there is none."""
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def validator(self, schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
        """A compiled validator of ``schema``, with formats asserted; kept for the next time."""
        if id(schema) not in self._validators:
            whole = {**schema, "components": self.document["components"]}
            self._validators[id(schema)] = jsonschema_rs.Draft202012Validator(
                whole, validate_formats=True, formats={FORMAT: is_moment}
            )
        return self._validators[id(schema)]

    def data_schema(self, operation: Operation) -> Mapping[str, Any]:
        """The schema of what stands under ``data`` in the request."""
        body = self.resolve(operation.body or {})
        return self.resolve(body["properties"]["data"])

    def sentence(self, name: str) -> Mapping[str, Any]:
        """A row of the documented answers: status, error code and message."""
        row = self.table("x-sentences")["answers"][name]
        assert isinstance(row, Mapping)
        return row

    def _document_of(self, source: str) -> str:
        """Add the title of the document to a source like ``001 GET /trainees``."""
        title = self.table("x-documents").get(source.split(" ")[0].rstrip(","))
        return f"{source} ({title})" if title else source

    def _read_operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    shared = item.get("parameters", [])
                    yield self._operation(path, method, item[method], shared)

    def _operation(
        self, path: str, method: str, node: Mapping[str, Any], shared: list[Mapping[str, Any]]
    ) -> Operation:
        contents: Mapping[str, Any] = self.resolve(node.get("requestBody", {})).get("content", {})
        content = contents.get(JSON, {})
        parameters = [self.resolve(raw) for raw in [*shared, *node.get("parameters", [])]]
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            summary=node.get("summary", ""),
            parameters=tuple(parameters),
            body=content.get("schema"),
            examples=content.get("examples", {}),
            answers={
                int(status): self._answer(int(status), raw)
                for status, raw in node["responses"].items()
            },
            source=source_text(node.get("x-source")),
        )

    def _answer(self, status: int, raw: Mapping[str, Any]) -> Answer:
        contents: Mapping[str, Any] = self.resolve(raw).get("content", {})
        nothing: tuple[str, Mapping[str, Any]] = ("", {})
        media_type, body = next(iter(contents.items()), nothing)
        return Answer(status, media_type, body.get("schema"), body.get("examples", {}))
