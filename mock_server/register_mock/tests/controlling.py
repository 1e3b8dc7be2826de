"""The control API in tests: every answer is held against its own document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs
from flask import Flask

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.world.world import World

NOW = "2025-10-15T09:00:00.000Z"
A, B = "10000571", "10007140"
NEWEST = spec.versions()[-1]


@dataclass
class Controlled:
    """A mock with a still clock, and the control calls that were made of it."""

    app: Flask
    called: set[str] = field(default_factory=set)

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = spec.documents.read_yaml(spec.source_folder() / "control.yaml")
        return document

    @property
    def world(self) -> World:
        world = self.app.extensions["register_mock"].get("default")
        assert isinstance(world, World)
        return world

    def ask(
        self, method: str, path: str, body: Any = None, world: str | None = None
    ) -> tuple[int, Any]:
        """Return status and JSON of a control call; its answer is in the document."""
        headers = {} if world is None else {"X-Mock-World": world}
        sent: dict[str, Any] = {} if body is None else {"json": body}
        answer = self.app.test_client().open(
            f"/_mock{path}", method=method, headers=headers, **sent
        )
        content = answer.json if answer.is_json and answer.data else None
        self._check(method, path.partition("?")[0], answer.status_code, content)
        return answer.status_code, content

    def done(self, method: str, path: str, body: Any = None, world: str | None = None) -> Any:
        """Return the JSON of a control call that has to succeed."""
        status, content = self.ask(method, path, body, world)
        assert status < 300, content
        return content

    def public(self, method: str, path: str, token: str, data: Any = None) -> tuple[int, Any]:
        """Return status and JSON of a public call of the newest version."""
        sent: dict[str, Any] = {} if data is None else {"json": {"data": data}}
        answer = self.app.test_client().open(
            f"/api/{NEWEST}{path}",
            method=method,
            headers={"Authorization": f"Bearer {token}"},
            **sent,
        )
        return answer.status_code, answer.json

    def _check(self, method: str, path: str, status: int, content: Any) -> None:
        operation = self._operation(method, f"/_mock{path}")
        if operation is None:
            assert status == 404
            assert set(content) == {"error", "detail"}
            return
        document = self.document
        response = operation["responses"].get(str(status))
        assert response is not None, f"{operation['operationId']} answers {status}: {content}"
        if status < 300:
            self.called.add(operation["operationId"])
        kinds = spec.resolve(document, response).get("content", {})
        if "application/json" in kinds:
            schema = {
                "allOf": [kinds["application/json"]["schema"]],
                "components": document["components"],
            }
            jsonschema_rs.validate(schema, content, validate_formats=True)
        else:
            assert content is None

    def _operation(self, method: str, path: str) -> Any:
        steps = path.split("/")
        for template, item in self.document["paths"].items():
            wanted = template.split("/")
            fits = len(wanted) == len(steps) and all(
                want.startswith("{") or want == step
                for want, step in zip(wanted, steps, strict=True)
            )
            if fits and method.lower() in item:
                return item[method.lower()]
        return None


def controlled(**options: Any) -> Controlled:
    """Return a mock with the empty seed and a still clock, unless told otherwise."""
    told: dict[str, Any] = {"seed": "empty", "now": NOW, "frozen": True, **options}
    return Controlled(create_app(Options(**told)))


def trainee_data(version: str = NEWEST) -> dict[str, Any]:
    """Return the documented example of a new trainee."""
    operation = spec.bundle(version)["paths"]["/trainees"]["post"]
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    data: dict[str, Any] = next(iter(examples.values()))["value"]["data"]
    return dict(data)
