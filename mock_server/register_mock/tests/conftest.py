"""An API to talk to in tests: the Flask application in process, an empty world, a still clock."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.world.world import World
from register_mock.world.worlds import Worlds
from register_spec.tests.copies import changed_contract

NOW = "2025-10-15T09:00:00.000Z"
VERSIONS = spec.versions()
Body = dict[str, Any]


@dataclass
class Api:
    """One version of the public API for one provider of the world `default`."""

    client: FlaskClient
    worlds: Worlds
    version: str
    token: str

    @property
    def world(self) -> World:
        """Return the world behind the API."""
        world = self.worlds.get("default")
        assert world is not None
        return world

    def call(self, method: str, path: str, data: Any = None) -> tuple[int, Any]:
        """Return status and JSON of a call; `data` goes under `data`."""
        body: dict[str, Any] = {} if data is None else {"json": {"data": data}}
        answer = self.client.open(
            f"/api/{self.version}{path}",
            method=method,
            headers={"Authorization": f"Bearer {self.token}"},
            **body,
        )
        return answer.status_code, answer.json

    def create(self, **changes: Any) -> tuple[int, Any]:
        """Create the documented trainee, with changes; None leaves a field out."""
        return self.call("POST", "/trainees", trainee_data(self.version, **changes))

    def created(self, **changes: Any) -> Any:
        """Return a new trainee."""
        status, answer = self.create(**changes)
        assert status == 201, answer
        return answer["data"]

    def messages(self, outcome: tuple[int, Any]) -> list[str]:
        """Return the messages of a refusal.

        Sentences that begin with the field's name are given the label that others begin with, so
        that a test says the same of each version.
        """
        status, answer = outcome
        assert status >= 400, answer
        return [
            _labelled(error) if isinstance(error, str) else error["message"]
            for error in answer["errors"]
        ]

    def named(self, field: str) -> str:
        """Return what this version calls a field, by its name inside (the newest one)."""
        return named(self.version, field)

    def other_provider(self) -> Api:
        """Return the same API for the second provider."""
        provider = list(self.world.providers.values())[1]
        return Api(self.client, self.worlds, self.version, provider.tokens[0].token)


def _labelled(sentence: str) -> str:
    field, _, text = sentence.partition(" ")
    return f"{field.removesuffix('_id').replace('_', ' ').capitalize()} {text}"


def named(version: str, field: str) -> str:
    """Return what a version calls a field, by its name inside (the newest one)."""
    rows: dict[str, str] = spec.bundle(version)["x-names"]
    return next((public for public, inner in rows.items() if inner == field), field)


def documented(
    version: str, path: str, method: str, status: str | None = None, name: str = "documented"
) -> Any:
    """Return the documented example of a request, or of the answer with a status."""
    operation = spec.bundle(version)["paths"][path][method]
    part = operation["requestBody"] if status is None else operation["responses"][status]
    return copy.deepcopy(part["content"]["application/json"]["examples"][name]["value"])


def missing_data(version: str) -> str:
    """Return what a version says of a request without data."""
    body = documented(version, "/trainees", "post", "422", "missing_data")
    return str(body["errors"][0]["message"])


def trainee_data(version: str, **changes: Any) -> Body:
    """Return the documented request of POST /trainees, with changes; None leaves a field out."""
    data: Body = documented(version, "/trainees", "post")["data"] | changes
    return {key: value for key, value in data.items() if value is not None}


def make_api(version: str, spec_dir: Path | None = None, seed: str = "empty") -> Api:
    """Return an API over a fresh application."""
    options = Options(seed=seed, spec_dir=spec_dir, now=NOW, frozen=True, self_check=True)
    app = create_app(options)
    worlds: Worlds = app.extensions["register_mock"]
    world = worlds.get("default")
    assert world is not None
    token = next(iter(world.providers.values())).tokens[0].token
    return Api(app.test_client(), worlds, version, token)


@pytest.fixture(params=VERSIONS)
def api(request: pytest.FixtureRequest) -> Api:
    """The API of each version."""
    return make_api(request.param)


@pytest.fixture
def newest() -> Api:
    """The API of the newest version."""
    return make_api(VERSIONS[-1])


@pytest.fixture
def tampered(tmp_path: Path) -> Callable[[Callable[[Any], None]], Api]:
    """Return an API over another contract: call it with a function that changes the newest one."""

    def make(change: Callable[[Any], None]) -> Api:
        return make_api(VERSIONS[-1], spec_dir=changed_contract(tmp_path / "spec", change))

    return make
