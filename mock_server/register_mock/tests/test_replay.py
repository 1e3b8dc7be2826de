"""A script of 300 steps played to two worlds of one server, and to a second server: equal bytes.

It is drawn once from a seed and says "the third trainee", never an id, so that ids are answers
like the rest.
"""

from __future__ import annotations

import http.client
import json
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from register_mock.client import ControlError, RegisterMock
from register_mock.in_process import InProcessMock
from register_mock.tests.conftest import VERSIONS, trainee_data
from register_mock.world.world import Origin

STEPS = 300
SCRIPT = 5
NOW = "2025-10-15T09:00:00Z"
OURS = ("Content-Type", "Content-Length", "X-Mock-Request-Id", "X-Mock-Hint", "Retry-After")
KINDS = {
    "create": 9,
    "change": 6,
    "show": 8,
    "move": 8,
    "place": 4,
    "list": 5,
    "wrong": 4,
    "clock": 4,
    "event": 3,
    "fault": 2,
}
FAULTS: list[dict[str, Any]] = [
    {"kind": "status", "status": 503, "probability": 0.1},
    {"kind": "drop", "probability": 0.05},
    {"kind": "fail_after_commit", "operation": "create_trainee", "probability": 0.4},
    {"kind": "malformed_json", "operation": "show_trainee", "probability": 0.3, "times": 5},
    {"kind": "delay", "seconds": 0.001, "probability": 0.1},
]
MOVES = [
    ("recommend-for-qts", {"qts_standards_met_date": "2025-06-17"}),
    ("defer", {"defer_date": "2025-06-17", "defer_reason": "Away"}),
    (
        "withdraw",
        {
            "trigger": "provider",
            "future_interest": "no",
            # The older and the newer name; an unknown key is ignored.
            "withdraw_date": "2025-03-05",
            "withdrawal_date": "2025-03-05",
            "reasons": ["unacceptable_behaviour"],
        },
    ),
]
CHANGES = [
    {"sex": "10"},
    {"sex": "42"},
    {"email": ""},
    {"date_of_birth": "x"},
    {"nationality": "FR"},
]
DETAILS: dict[str, list[Any]] = {
    "create": [{"last_name": f"Doe{letter}", **each} for letter in "abcdefgh" for each in CHANGES],
    "change": CHANGES,
    "move": MOVES,
    "place": [{"urn": "100003"}, {"name": "Lakeside Centre"}, {"name": ""}],
    "list": ["", "?academic_cycle=2022", "?per_page=2&page=1&sort_order=asc", "?page=x"],
    "wrong": ["token", "path", "json", "id", "prefer"],
    "clock": [30, 60, 3600],
    "event": ["receive_trn", "award", "reinstate", "undo_withdrawal"],
    "fault": FAULTS,
    "show": [None],
}


@dataclass(frozen=True)
class Step:
    """One thing to do. `who` is a number, taken modulo the trainees there are then."""

    kind: str
    version: str
    who: int
    what: Any


def script() -> list[Step]:
    """Return the steps: creates, updates, moves, children, lists, errors, time and faults."""
    random = Random(SCRIPT)
    return [
        Step(kind, random.choice(VERSIONS), random.randrange(1000), random.choice(DETAILS[kind]))
        for kind in random.choices(list(KINDS), list(KINDS.values()), k=STEPS)
    ]


@dataclass(frozen=True)
class Heard:
    """An answer: `status` is None for a dropped connection, `content` bytes or a control answer."""

    to: str
    status: int | None
    content: Any
    headers: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Player:
    """Plays a script to one world, and writes down every answer."""

    mock: RegisterMock
    trainees: list[str] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    def play(self, steps: list[Step]) -> list[Heard]:
        for step in steps:
            getattr(self, f"_{step.kind}")(step)
        return self.heard

    def _path(self, step: Step) -> str:
        known = self.trainees
        return f"/trainees/{known[step.who % len(known)] if known else 'nobody'}"

    def _send(self, step: Step, method: str, path: str, data: Any = None, **headers: str) -> Heard:
        body = data if data is None or isinstance(data, str) else json.dumps({"data": data})
        base = self.mock.url(step.version).removeprefix(self.mock.base_url)
        sent = {"Content-Type": "application/json", **self.mock.headers, **headers}
        address = self.mock.base_url.removeprefix("http://")
        with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
            connection.request(method, base + path, body, sent)
            try:
                answer = connection.getresponse()
                kept = {name: answer.getheader(name) for name in OURS}
                heard = Heard(method, answer.status, answer.read(), kept)
            except (ConnectionError, http.client.HTTPException):
                heard = Heard(method, None, b"")
        self.heard.append(heard)
        return heard

    def _create(self, step: Step) -> None:
        data = trainee_data(step.version, **step.what)
        heard = self._send(step, "POST", "/trainees", data)
        if heard.status == 201:
            self.trainees.append(json.loads(heard.content)["data"]["trainee_id"])

    def _change(self, step: Step) -> None:
        self._send(step, "PATCH", self._path(step), step.what)

    def _show(self, step: Step) -> None:
        self._send(step, "GET", self._path(step))

    def _move(self, step: Step) -> None:
        path, data = step.what
        self._send(step, "POST", f"{self._path(step)}/{path}", data)

    def _place(self, step: Step) -> None:
        self._send(step, "POST", f"{self._path(step)}/placements", step.what)

    def _list(self, step: Step) -> None:
        self._send(step, "GET", f"/trainees{step.what}")

    def _wrong(self, step: Step) -> None:
        match step.what:
            case "token":
                world = {"X-Mock-World": self.mock.world.name}
                self._send(step, "GET", "/trainees", Authorization="Bearer nobody", **world)
            case "path":
                self._send(step, "GET", "/nowhere")
            case "json":
                self._send(step, "POST", "/trainees", '{"data":')
            case "id":
                self._send(step, "DELETE", f"{self._path(step)}/placements/nothing")
            case _:
                self._send(step, "GET", self._path(step), Prefer="code=404")

    def _clock(self, step: Step) -> None:
        self.heard.append(Heard("clock", 200, self.mock.control.advance(seconds=step.what)))

    def _event(self, step: Step) -> None:
        fire = getattr(self.mock.control, step.what)
        try:
            heard = Heard(step.what, 200, fire(self._path(step).rpartition("/")[2]))
        except ControlError as error:
            # Its sentence may name the world.
            heard = Heard(step.what, error.status, (error.code, error.more))
        self.heard.append(heard)

    def _fault(self, step: Step) -> None:
        control = self.mock.control
        if len(control.faults()) > 2:
            control.clear_faults()
        self.heard.append(Heard("fault", 201, control.fault(**step.what)))


def played(server: InProcessMock, name: str, random_seed: int = 1) -> list[Heard]:
    """Play the script to a new world, twice with a reset between.

    Return all answers, and the records there are then.
    """
    origin = Origin(name, "documented", "empty", random_seed, NOW, frozen=True)
    with server.world(origin) as mock:
        heard = _heard(mock)
        mock.control.reset()
        assert _heard(mock) == heard
        return heard


def _heard(mock: RegisterMock) -> list[Heard]:
    return [*Player(mock).play(script()), Heard("trainees", 200, mock.control.trainees())]


@pytest.fixture(scope="module")
def first() -> list[Heard]:
    """What two worlds of one server answer."""
    with closing(InProcessMock()) as server:
        once, again = played(server, "once"), played(server, "again")
    assert once == again
    return once


def test_a_second_server_gives_the_same_bytes(first: list[Heard]) -> None:
    """Ids, TRNs, times, faults that came by chance, and the ids of requests."""
    with closing(InProcessMock()) as server:
        assert played(server, "once") == first
        assert played(server, "once", random_seed=2) != first


def test_the_script_sees_enough(first: list[Heard]) -> None:
    """A script of refusals alone would prove nothing."""
    assert len(first) == STEPS + 1
    seen = Counter(heard.status for heard in first)
    for status in (200, 201, 202, 400, 401, 404, 409, 422, 500, 503, None):
        assert seen[status], f"no {status} in {seen}"
    assert any(heard.to == "GET" and b'"trn":"1' in heard.content for heard in first)
