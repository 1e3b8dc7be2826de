"""A client of an older version, and what the mock recorded of it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import orjson

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.scenarios.asking import Answered, ask
from register_mock.world.worlds import Worlds

OLDER, NEWEST = spec.versions()[-2:]
SECONDARY = {"course_age_range": "13918"}


class Recorder:
    """A world of the mock, asked in a version; its ids are not those of a rehearsal."""

    def __init__(self, version: str = OLDER, now: str = "2025-10-01T09:00:00Z", **options: Any):
        self.version = version
        self.reading = options.get("reading", spec.DOCUMENTED)
        given: dict[str, Any] = {"seed": "empty", "random_seed": 7} | options
        self.app = create_app(Options(now=now, frozen=True, **given))
        worlds: Worlds = self.app.extensions["register_mock"]
        self.world = worlds.all()[0]
        self.tokens = [each.tokens[0].token for each in self.world.providers.values()]
        self.sample = sample(version, self.reading)

    def ask(self, method: str, path: str, data: Any = None, provider: int = 0) -> Any:
        """Return what is answered."""
        token = f"Bearer {self.tokens[provider]}"
        headers = {"Authorization": token, "Content-Type": "application/json"}
        body = b"" if data is None else orjson.dumps({"data": data})
        return ask(self.app, method, f"/api/{self.version}{path}", headers, body).body

    def created(self, **changes: Any) -> str:
        """Make a trainee and return its id."""
        answer = self.ask("POST", "/trainees", self.sample | changes)
        return str(answer["data"]["trainee_id"])

    def control(self, method: str, path: str, body: Any = None) -> Answered:
        """Call the control API."""
        sent = b"" if body is None else orjson.dumps(body)
        headers = {"Content-Type": "application/json"}
        return ask(self.app, method, f"/_mock{path}", headers, sent)

    def archive(self) -> dict[str, Any]:
        """Return all that was asked, as an HTTP archive."""
        found: dict[str, Any] = self.control("GET", "/requests.har").body
        return found

    def saved(self, folder: Path, name: str = "traffic.har") -> Path:
        """Write the archive into a folder."""
        return written(folder / name, self.archive())


def written(path: Path, content: Any) -> Path:
    """Write JSON content and return where."""
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def sample(version: str, reading: str = spec.DOCUMENTED) -> dict[str, Any]:
    """Return the documented data of a new trainee, on a course that is no primary one."""
    post = spec.bundle(version, reading)["paths"]["/trainees"]["post"]
    examples = post["requestBody"]["content"]["application/json"]["examples"]
    found: dict[str, Any] = copy.deepcopy(next(iter(examples.values()))["value"]["data"])
    return found | SECONDARY
