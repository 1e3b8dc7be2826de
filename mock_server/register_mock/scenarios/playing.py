"""Playing a scenario: a world of its own, what is given, its requests, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.contract.edition import Edition
from register_mock.scenarios.asking import Answered, ask
from register_mock.scenarios.comparing import differences
from register_mock.wire import Application
from register_mock.world.worlds import Worlds
from register_spec import SpecError
from register_spec.scenarios.files import Scenario
from register_spec.scenarios.kept import TRAINEE
from register_spec.scenarios.script import CONTROL, NOW, WORLD, Request, at_first, put_in, script

__all__ = ["NOW", "Played", "Stage"]

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

    def play(
        self, scenario: Scenario, edition: Edition, told: Edition | None = None
    ) -> list[Played]:
        """Return the steps of a scenario as they went in a fresh world of an edition.

        What is wanted is what the scenario says of that edition, or of the one `told`. Raises
        SpecError when what is given cannot be, or the scenario asks for what is not there.
        """
        form = edition.token_header
        header = (form.name, f"{form.before}{{token}}{form.after}")
        served = self._worlds.editions[edition.reading]
        requests = script(scenario, edition, header, told, served)
        playing = _Playing(self._app, scenario, at_first(edition))
        try:
            steps = [playing.send(each) for each in requests]
        finally:
            self._worlds.delete(playing.known.get(WORLD, ""))
        return [each for each in steps if each is not None]


@dataclass
class _Playing:
    """A scenario while it is played; `known` is what answers have told."""

    app: Application
    scenario: Scenario
    known: dict[str, Any]
    state: str | None = None

    def send(self, request: Request) -> Played | None:
        """Send a request; return what came of it, if the scenario says what is to come of it."""
        before = self.state
        sent = put_in(request.body, self.known)
        answer = self._ask(request, sent)
        for each in request.known:
            found = each.value(answer.body)
            if found is not None:
                self.known[each.name] = found
        if request.wanted is None:
            if answer.status >= 300:
                told = answer.body.get("detail", answer.body)
                raise SpecError(f"scenario {self.scenario.name}: {told}")
            self.state = self._state()
            return None
        self.state = self._state()
        return Played(
            operation=request.operation,
            event=request.event,
            sent=None if isinstance(sent, str) else sent,
            wanted=put_in(request.wanted, self.known),
            status=answer.status,
            headers=answer.headers if request.operation else {},
            body=answer.body,
            explanation=self._explanation(answer) if request.operation else (),
            before=before,
            after=self.state,
        )

    def _ask(self, request: Request, sent: Any) -> Answered:
        path = put_in(request.path, self.known)
        headers = put_in(request.headers, self.known)
        body = sent.encode() if isinstance(sent, str) else orjson.dumps(sent)
        return ask(self.app, request.method, path, headers, b"" if sent is None else body)

    def _look(self, path: str) -> Any:
        headers = {"X-Mock-World": self.known[WORLD]}
        return ask(self.app, "GET", f"{CONTROL}{path}", headers).body

    def _state(self) -> str | None:
        """Return the state of the trainee that the scenario is about."""
        wanted = self.known.get(f"{TRAINEE}_id")
        found = self._look("/trainees")["trainees"]
        return next((row["state"] for row in found if row["trainee_id"] == wanted), None)

    def _explanation(self, answer: Answered) -> tuple[Json, ...]:
        return tuple(self._look(f"/requests/{answer.headers['X-Mock-Request-Id']}")["explanation"])
