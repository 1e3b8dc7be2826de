"""The mock's control API, for what the public API cannot do: a TRN, an award, another day.

Each call leaves as every request of a run does: by the guarded transport, read within bounds,
noted in the history. A target without a control API is tested by its public API alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import register_spec as spec
from register_contract.target.client import Wire
from register_contract.target.clock import Clock
from register_contract.target.ending import RunEndedError
from register_contract.target.exchange import Exchange

Json = dict[str, Any]
_KINDS: Mapping[type, str] = {str: "a text", list: "a list", dict: "an object"}


def in_reading(reading: str) -> dict[str, Any]:
    """What of a request for a world says its reading, and what is switched on in it."""
    switches = spec.switched_on(reading)
    return {"reading": spec.plain(reading), **({"switched_on": switches} if switches else {})}


class ControlError(Exception):
    """A control call did not do what it is for; the message has the call and what came of it."""

    verb = "fails"

    @property
    def reason(self) -> str:
        """Why something could not be tried because of it."""
        return f"the control API {self.verb}: {self}"


class ControlRefusedError(ControlError):
    """A control call was refused; the message has the call and the answer."""

    verb = "refuses"

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(f"{_call(exchange)} answers {exchange.describe()}")
        self.exchange = exchange


@dataclass(frozen=True)
class Holder:
    """A provider of a world, and a token of it that is active."""

    ukprn: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Placed:
    """A trainee that the control API made: its id, and how the version of the call shows it."""

    trainee_id: str
    data: Json


class Control:
    """Control calls for one world of the mock.

    ``made`` holds the names of the worlds that this run made and has not deleted; ``calls`` is
    the number of calls that may have changed something.
    """

    def __init__(self, wire: Wire, world: str = "default", made: list[str] | None = None) -> None:
        self.wire = wire
        self.world = world
        self.made = [] if made is None else made
        self.calls = 0
        self.clock = Clock()

    def probe(self) -> tuple[str, ...] | None:
        """Return the versions that the mock serves, or None when what answers is none.

        Raises ControlError when it is nearly one.
        """
        answer = self._send("GET", "health")
        told = answer.json
        if answer.status != 200 or not isinstance(told, dict) or "worlds" not in told:
            return None
        versions = told.get("versions")
        if not isinstance(versions, list) or not all(isinstance(each, str) for each in versions):
            raise ControlError(f"unlike the mock: {answer.describe()}")
        return tuple(versions)

    def create_world(
        self, name: str, seed: str = "empty", reading: str | None = None
    ) -> tuple[Control, list[Holder]]:
        """Make a world; returns control over it and its providers, of whom there is one.

        Without a ``reading`` it is in the one that the mock was started in: what is held to a
        contract is the target as it is.
        """
        # Before it is made: a run that is stopped in between must know what to delete.
        self.made.append(name)
        asked: dict[str, Any] = {"name": name, "seed": seed}
        asked |= in_reading(reading) if reading else {}
        exchange, world = self._ask("POST", "worlds", body=asked)
        holders = list(_holders(exchange, world))
        if not holders:
            raise ControlError(f"{_call(exchange)}: no provider with a token")
        return Control(self.wire, name, self.made), holders

    def delete_world(self) -> None:
        """Throw this world away."""
        self._ask("DELETE", "worlds", self.world)
        self.made.remove(self.world)

    def leave(self) -> str:
        """Delete every world of this run that is left; returns what hinders it, in words."""
        hindered = ""
        while self.made:
            name = self.made.pop()
            gone = self._send("DELETE", "worlds", name)
            if not 200 <= gone.status < 300 and gone.status != 404:
                hindered = f"the world {name} is left behind in the mock: {gone.describe()}"
        return hindered

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Throw this world away when the block ends, however it ends.

        After a failure in the block a further one is left unsaid: it would hide the first.
        """
        try:
            yield
        except BaseException:
            with suppress(ControlError, RunEndedError):
                self.delete_world()
            raise
        self.delete_world()

    def event(self, trainee_id: str, event: str) -> None:
        """Let something outside the API happen to a trainee."""
        self._ask("POST", "trainees", trainee_id, "events", body={"event": event})

    def place(self, provider: str, version: str, data: Any, state: str) -> Placed:
        """Create a trainee of ``provider`` in ``state``; returns its id and the shown record."""
        asked = {"provider": provider, "version": version, "data": data, "state": state}
        exchange, made = self._ask("POST", "trainees", body=asked)
        return Placed(
            trainee_id=_of(exchange, made, "trainee_id", str),
            data=_of(exchange, made, "data", dict),
        )

    def token(self, ukprn: str, status: str, expires_on: date | None = None) -> str:
        """A fresh token of that provider in that status, good before a day if one is said."""
        asked = {"status": status}
        asked |= {"expires_on": expires_on.isoformat()} if expires_on is not None else {}
        exchange, made = self._ask("POST", "providers", ukprn, "tokens", body=asked)
        return str(_of(exchange, made, "token", str))

    def discard_provider(self, ukprn: str) -> None:
        """Let a provider be gone, and its tokens with it."""
        self._ask("DELETE", "providers", ukprn)

    def registers(self) -> dict[str, list[Json]]:
        """The schools and the partners of the world, which requests may name."""
        return {name: _rows(*self._ask("GET", name), name) for name in ("schools", "partners")}

    def keep(self, name: str) -> None:
        """Keep the world as it is under a name."""
        self._ask("POST", "snapshots", name)

    def restore(self, name: str) -> None:
        """Make the world what it was when it was kept."""
        self._ask("POST", "snapshots", name, "restore")

    def advance(self, seconds: int) -> None:
        """Move the world's clock on."""
        self._ask("POST", "clock", "advance", body={"seconds": seconds})

    def prepare(self, now: datetime, timers: Sequence[str]) -> None:
        """Set the world's time; let what has a timer happen only when the suite says so."""
        self._ask("PUT", "settings", body={timer: {"mode": "manual"} for timer in timers})
        self.go_to(now)

    def wait(self, timer: str, seconds: int) -> None:
        """Let what has this timer happen so long after it began to be waited for."""
        self._ask("PUT", "settings", body={timer: {"mode": "after", "seconds": seconds}})

    def limit(self, requests: int, seconds: int) -> None:
        """Refuse more requests than that in a window of the world's clock."""
        asked = {"enabled": True, "requests": requests, "seconds": seconds}
        self._ask("PUT", "settings", body={"rate_limit": asked})

    def now(self) -> datetime:
        """What the world's clock says."""
        exchange, clock = self._ask("GET", "clock")
        text = _of(exchange, clock, "now", str)
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise _unlike(exchange, f"now is {text[:40]!r}") from error

    def go_to(self, now: datetime) -> None:
        """Set the world's clock, which goes on from there."""
        self._ask("PUT", "clock", body={"now": now.isoformat(), "frozen": False})

    def _ask(
        self, method: str, *steps: str, body: Mapping[str, Any] | None = None
    ) -> tuple[Exchange, Json]:
        """Send a call that must succeed; returns what came, and its JSON, empty without a body."""
        exchange = self._send(method, *steps, body=body)
        if not 200 <= exchange.status < 300:
            raise ControlRefusedError(exchange)
        answer = {} if exchange.status == 204 else exchange.json
        if not isinstance(answer, dict):
            raise _unlike(exchange, f"not {_KINDS[dict]}")
        if steps[0] == "clock":
            self._hear(answer)
        return exchange, answer

    def _hear(self, told: Json) -> None:
        """The clock of the world goes on from what was told of it, unless it stands still."""
        self.clock = Clock()
        with suppress(ValueError, TypeError, KeyError):
            if told.get("frozen") is False:
                self.clock.start(datetime.fromisoformat(told["now"]))

    def _send(self, method: str, *steps: str, body: Mapping[str, Any] | None = None) -> Exchange:
        """Send a call and return what came back, whatever it was."""
        self.calls += method != "GET"
        path = "".join(f"/{quote(step, safe='')}" for step in ("_mock", *steps))
        headers = {"X-Mock-World": self.world}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        return self.wire.send(method, path, headers=headers, body=content)


def _call(exchange: Exchange) -> str:
    return f"{exchange.method} {urlsplit(exchange.url).path}"


def _unlike(exchange: Exchange, flaw: str) -> ControlError:
    where = urlsplit(exchange.url)
    base = f"{where.scheme}://{where.netloc}"
    return ControlError(f"{_call(exchange)}: {base} is not a mock of this kind: {flaw}")


def _of(exchange: Exchange, answer: Json, key: str, kind: type) -> Any:
    """What an answer has under a key. Raises ControlError when that is of another type."""
    value = answer.get(key)
    if not isinstance(value, kind):
        raise _unlike(exchange, f"{key}: not {_KINDS[kind]}")
    return value


def _holders(exchange: Exchange, world: Json) -> Iterator[Holder]:
    """Each provider in the description of a world that has an active token."""
    for provider in _rows(exchange, world, "providers"):
        tokens = _rows(exchange, provider, "tokens")
        active = next((each for each in tokens if each.get("status") == "active"), None)
        if active is not None:
            ukprn = _of(exchange, provider, "ukprn", str)
            yield Holder(ukprn, _of(exchange, active, "token", str))


def _rows(exchange: Exchange, answer: Json, key: str) -> list[Json]:
    """The objects in a list of an answer. Raises ControlError when it is none."""
    rows: list[Json] = _of(exchange, answer, key, list)
    if not all(isinstance(row, dict) for row in rows):
        raise _unlike(exchange, f"{key}: not a list of objects")
    return rows
