"""Playing a scenario: a world of its own, what is given, its requests, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Flask

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.contract.edition import JSON, Edition
from register_mock.scenarios.asking import ask
from register_mock.scenarios.bodies import CREATE, data_of, field_names, outward
from register_mock.scenarios.comparing import differences, record_in
from register_mock.scenarios.editions import answer_of
from register_mock.scenarios.files import Scenario, filled
from register_mock.wire import Application
from register_mock.world.worlds import Worlds
from register_spec import SpecError

# When scenarios happen, unless they say another day: a Wednesday in the academic cycle 2025.
NOW = "2025-10-15T09:00:00.000Z"
FIRST, SECOND = "first", "second"
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Played:
    """A step that was played: what was sent and answered, and why, as the journal has it.

    `wanted` is what the scenario says of the answer, `before` and `after` are states of the
    trainee, `operation` is None when something happened outside the API.
    """

    operation: str | None
    event: str | None
    sent: Any
    wanted: Json
    status: int
    headers: Json
    body: Any
    explanation: tuple[Json, ...]
    before: str | None
    after: str | None

    @property
    def differences(self) -> list[str]:
        """How the answer differs from what was wanted."""
        return list(differences(self.wanted, self.status, self.headers, self.body))


class Stage:
    """An application on which scenarios are played, all editions of a folder of documents."""

    def __init__(self, app: Flask | None = None) -> None:
        """Build an application with a still clock, or take one."""
        app = app or create_app(Options(seed="empty", now=NOW, frozen=True, self_check=True))
        worlds: Worlds = app.extensions["register_mock"]
        self.editions = [
            edition for served in worlds.editions.values() for edition in served.values()
        ]
        self._app, self._worlds = app, worlds
        self._numbers = count(1)

    def play(
        self, scenario: Scenario, edition: Edition, told: Edition | None = None
    ) -> list[Played]:
        """Return the steps of a scenario as they went in a fresh world of an edition.

        What is wanted is what the scenario says of that edition, or of the one `told`. Raises
        SpecError when what is given cannot be, or the scenario asks for what is not there.
        """
        name = f"scenario-{next(self._numbers)}"
        served = self._worlds.editions[edition.reading]
        world = _World(self._app, name, edition, scenario, told or edition, served)
        made = world.control("POST", "/worlds", {"name": name, "reading": edition.reading})
        world.providers = made["providers"]
        try:
            world.prepare(scenario.given)
            return [world.step(step) for step in scenario.steps]
        finally:
            world.control("DELETE", f"/worlds/{name}")


@dataclass
class _World:
    """A world while a scenario is played in it; `known` are the values of placeholders."""

    app: Application
    name: str
    edition: Edition
    scenario: Scenario
    told: Edition
    served: Mapping[str, Edition]
    providers: list[Any] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    sent: Any = None
    state: str | None = None

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Return what a control call answers that has to succeed."""
        status, answer = self._control(method, path, body)
        if status >= 300:
            raise SpecError(f"scenario {self.scenario.name}: {answer.get('detail', answer)}")
        return answer

    def _control(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"X-Mock-World": self.name, "Content-Type": JSON}
        sent = b"" if body is None else orjson.dumps(body)
        answer = ask(self.app, method, f"/_mock{path}", headers, sent)
        return answer.status, answer.body

    # --- what is given

    def prepare(self, given: Json) -> None:
        """Make what is there before the first request."""
        self.known.update(field_names(self.edition))
        self.known["token"] = self.providers[0]["tokens"][0]["token"]
        self.known |= {"megabyte": "a" * 2**20, "thousand": "a" * 1000}
        self.known["other_token"] = self.providers[1]["tokens"][0]["token"]
        if "clock" in given:
            self.set_clock(given["clock"])
        for other in given.get("others", ()):
            self._make(other, "other_")
        if "trainee" in given:
            self._make(given["trainee"], "")
        self.state = self._state()
        if "settings" in given:
            self.control("PUT", "/settings", given["settings"])
        if "fault" in given:
            self.control("POST", "/faults", given["fault"])

    def set_clock(self, moment: str) -> None:
        """Let it be that moment, and stand still."""
        now = moment if "T" in moment else f"{moment}T09:00:00Z"
        self.control("PUT", "/clock", {"now": now, "frozen": True})

    def _make(self, row: Json, prefix: str) -> None:
        version = row.get("version", self.edition.version)
        edition = self._edition(version)
        number = 1 if row.get("provider") == SECOND else 0
        body = {
            "provider": self.providers[number]["ukprn"],
            "version": version,
            "data": data_of(edition, CREATE, row.get("data", {}), row.get("lacks", ())),
            "details": outward(row.get("details", {}), edition.names),
        }
        if "state" in row:
            body["state"] = row["state"]
        made = self.control("POST", "/trainees", body)
        self._know(prefix, made["trainee_id"], made["placements"], made["degrees"])
        for event in row.get("events", ()):
            self._event(made["trainee_id"], event)

    def _edition(self, version: str) -> Edition:
        if version not in self.served:
            raise SpecError(
                f"scenario {self.scenario.name}: there is no version {version!r}; "
                f"there are {', '.join(self.served)}"
            )
        return self.served[version]

    def _know(self, prefix: str, trainee: str, placements: list[str], degrees: list[str]) -> None:
        self.known[f"{prefix}trainee_id"] = trainee
        for kind, ids in (("placement", placements), ("degree", degrees)):
            if ids:
                self.known[f"{prefix}{kind}_id"] = ids[0]

    # --- what happens

    def step(self, step: Json) -> Played:
        """Play a step."""
        if "clock" in step:
            self.set_clock(step["clock"])
        before = self.state
        request = step["request"]
        wanted = answer_of(self.scenario, step, self.told)
        if "event" in request:
            status, body = self._event(self.known["trainee_id"], request)
            headers: Json = {}
            explanation: tuple[Json, ...] = ()
        else:
            status, headers, body = self._call(request)
            explanation = self._explanation(headers)
            self._learn(body)
        self.state = self._state()
        return Played(
            operation=request.get("operation"),
            event=request.get("event"),
            sent=self.sent,
            wanted=filled(outward(wanted, self.edition.names), self.known),
            status=status,
            headers=headers,
            body=body,
            explanation=explanation,
            before=before,
            after=self.state,
        )

    def _state(self) -> str | None:
        """Return the state of the trainee that the scenario is about."""
        wanted = self.known.get("trainee_id")
        found = self.control("GET", "/trainees")["trainees"] if wanted else []
        return next((row["state"] for row in found if row["trainee_id"] == wanted), None)

    def _event(self, trainee: str, request: Json) -> tuple[int, Any]:
        body = {"event": request["event"], **request.get("with", {})}
        return self._control("POST", f"/trainees/{trainee}/events", body)

    def _call(self, request: Json) -> tuple[int, Any, Any]:
        request = filled(request, {**self.known, **_capitals(self.known)})
        operation = self.edition.operations[request["operation"]]
        path = request.get("address", operation.path)
        for kind, name in operation.ids.items():
            value = request.get("path", {}).get(name, self.known.get(f"{kind}_id", "unknown"))
            path = path.replace(f"{{{name}}}", str(value))
        query = urlencode(request.get("query", {}))
        target = f"{self.edition.base_path}{path}?{query}"
        answer = ask(
            self.app, operation.method, target, self._headers(request), self._body(request)
        )
        return answer.status, answer.headers, answer.body

    def _headers(self, request: Json) -> dict[str, str]:
        form = self.edition.token_header
        # Without a token that the mock knows the world would be the default one.
        token = f"{form.before}{self.known['token']}"
        headers = {"X-Mock-World": self.name, form.name: token, "Content-Type": JSON}
        given = {**headers, **request.get("headers", {})}
        return {name: str(value) for name, value in given.items() if value is not None}

    def _body(self, request: Json) -> bytes:
        self.sent = None
        if "text" in request:
            return str(request["text"]).encode()
        if "body" in request:
            self.sent = outward(request["body"], self.edition.names)
            return orjson.dumps(self.sent)
        operation = self.edition.operations[request["operation"]]
        if "requestBody" not in operation.document:
            return b""
        changes, lacks = request.get("data", {}), request.get("lacks", ())
        data = data_of(self.edition, request["operation"], changes, lacks)
        self.sent = {"data": data}
        return orjson.dumps(self.sent)

    def _explanation(self, headers: Json) -> tuple[Json, ...]:
        entry = self.control("GET", f"/requests/{headers['X-Mock-Request-Id']}")
        return tuple(entry["explanation"])

    def _learn(self, body: Any) -> None:
        """Remember the ids of a record that an answer shows: what follows is about that one."""
        record = record_in(body)
        if isinstance(record, Mapping):
            for kind in ("trainee", "placement", "degree"):
                if f"{kind}_id" in record:
                    self.known[f"{kind}_id"] = record[f"{kind}_id"]
            for kind in ("placement", "degree"):
                children = record.get(f"{kind}s")
                if isinstance(children, list) and children:
                    self.known[f"{kind}_id"] = children[0][f"{kind}_id"]


def _capitals(known: Json) -> dict[str, str]:
    """Return the identifiers in capital letters, under names in capital letters."""
    return {key.upper(): value.upper() for key, value in known.items() if key.endswith("_id")}
