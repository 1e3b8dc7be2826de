"""The mock's control API, for what the public API cannot do: a TRN, an award, another day.

Only the calls the suite needs. A target without it is tested by its public API alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from register_contract.target.client import Wire
from register_contract.target.ending import RunEndedError
from register_contract.target.exchange import Exchange
from register_contract.target.words import short

_PLACED = {"trainee_id": str, "placements": list, "degrees": list, "data": dict}


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

    def __init__(self, exchange: Exchange, call: str) -> None:
        super().__init__(f"{call} answers {exchange.describe()}")
        self.exchange = exchange


@dataclass(frozen=True)
class Holder:
    """A provider of a world, and a token of it that is active."""

    ukprn: str
    token: str = field(repr=False)


class Control:
    """Control calls for one world of the mock.

    ``made`` holds the names of the worlds that this run made and has not deleted.
    """

    def __init__(self, wire: Wire, world: str = "default", made: list[str] | None = None) -> None:
        self.wire = wire
        self.world = world
        self.made = [] if made is None else made

    def call(self, method: str, path: str, body: Any = None) -> Exchange:
        """Send one control call and return what came back, whatever it was."""
        raw = None if body is None else json.dumps(body).encode()
        headers = {"X-Mock-World": self.world, "Content-Type": "application/json"}
        return self.wire.send(method, f"/_mock{path}", headers=headers, body=raw)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send one control call that must succeed; returns its JSON. Raises ControlError."""
        exchange = self.call(method, path, body)
        if not 200 <= exchange.status < 300:
            raise ControlRefusedError(exchange, f"{method} /_mock{path}")
        return exchange.json if exchange.body else None

    def create_world(
        self, name: str, reading: str, seed: str = "empty"
    ) -> tuple[Control, list[Holder]]:
        """Make a world; returns control over it and its providers, of whom there is one."""
        # Before it is made: a run that is stopped in between must know what to delete.
        self.made.append(name)
        world = self.ask("POST", "/worlds", {"name": name, "reading": reading, "seed": seed})
        return Control(self.wire, name, self.made), _holders(world)

    def delete_world(self) -> None:
        """Throw this world away."""
        self.ask("DELETE", f"/worlds/{self.world}")
        self.made.remove(self.world)

    def leave(self) -> str:
        """Delete every world of this run that is left; returns what hinders it, in words."""
        hindered = ""
        while self.made:
            name = self.made.pop()
            gone = self.call("DELETE", f"/worlds/{name}")
            if gone.status not in (204, 404):
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

    def event(self, trainee_id: str, event: str, **details: Any) -> Any:
        """Let something outside the API happen to a trainee."""
        return self.ask("POST", f"/trainees/{trainee_id}/events", {"event": event, **details})

    def place(
        self, provider: str, version: str, data: Any, state: str, details: Any = None
    ) -> dict[str, Any]:
        """Create a trainee of ``provider`` in ``state``; returns ids and the shown record."""
        body = {"provider": provider, "version": version, "data": data, "state": state}
        if details:
            body["details"] = details
        placed = self.ask("POST", "/trainees", body)
        if not isinstance(placed, dict) or not all(
            isinstance(placed.get(name), kind) for name, kind in _PLACED.items()
        ):
            raise ControlError(f"POST /_mock/trainees: not a placed trainee: {short(placed)}")
        return placed

    def token(self, ukprn: str, status: str) -> str:
        """A fresh token of that provider in that status."""
        made = self.ask("POST", f"/providers/{ukprn}/tokens", {"status": status})
        if not isinstance(made, dict) or not isinstance(made.get("token"), str):
            raise ControlError(f"POST /_mock/providers/{ukprn}/tokens: no token: {short(made)}")
        return str(made["token"])

    def advance(self, **step: int) -> None:
        """Move the world's clock: ``seconds=n`` or ``days=n``."""
        self.ask("POST", "/clock/advance", step)

    def prepare(self, now: datetime) -> None:
        """Set the world's time; let TRNs and awards arrive only when the suite says so."""
        self.ask("PUT", "/settings", {"trn": {"mode": "manual"}, "award": {"mode": "manual"}})
        self.ask("PUT", "/clock", {"now": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "frozen": False})

    def now(self) -> str:
        """What the world's clock says."""
        return str(self.ask("GET", "/clock")["now"])


def _holders(world: Any) -> list[Holder]:
    """The providers in the description of a world. Raises ControlError for another thing."""
    found = [
        Holder(provider["ukprn"], token["token"])
        for provider in _rows(world, "providers")
        for token in _active(provider)[:1]
        if isinstance(provider.get("ukprn"), str) and isinstance(token.get("token"), str)
    ]
    if not found:
        raise ControlError(f"POST /_mock/worlds: no provider with a token in {short(world)}")
    return found


def _rows(value: Any, name: str) -> list[dict[str, Any]]:
    """The objects in the list under ``name``, as far as there are any."""
    rows = value.get(name) if isinstance(value, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _active(provider: dict[str, Any]) -> list[dict[str, Any]]:
    return [token for token in _rows(provider, "tokens") if token.get("status") == "active"]
