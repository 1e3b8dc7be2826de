"""The mock's control API, for what the public API cannot do: a TRN, an award, another day.

Only the calls the suite needs. A target without it is tested by its public API alone.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from contract_tests.client import Wire
from contract_tests.exchange import Exchange


class ControlError(Exception):
    """A control call was refused; the message has the call and the answer."""

    def __init__(self, exchange: Exchange, call: str) -> None:
        super().__init__(f"{call} answers {exchange.describe()}")
        self.exchange = exchange


class Control:
    """Control calls for one world of the mock."""

    def __init__(self, wire: Wire, world: str = "default") -> None:
        self._wire = wire
        self.world = world

    def call(self, method: str, path: str, body: Any = None) -> Exchange:
        """Send one control call and return what came back, whatever it was."""
        raw = None if body is None else json.dumps(body).encode()
        headers = {"X-Mock-World": self.world, "Content-Type": "application/json"}
        return self._wire.send(method, f"/_mock{path}", headers=headers, body=raw)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send one control call that must succeed; returns its JSON. Raises ControlError."""
        exchange = self.call(method, path, body)
        if not 200 <= exchange.status < 300:
            raise ControlError(exchange, f"{method} /_mock{path}")
        return exchange.json if exchange.body else None

    def create_world(self, name: str, reading: str, seed: str = "empty") -> tuple[Control, Any]:
        """Make a world; returns control over it and its description."""
        world = self.ask("POST", "/worlds", {"name": name, "reading": reading, "seed": seed})
        return Control(self._wire, name), world

    def delete_world(self) -> None:
        """Throw this world away."""
        self.ask("DELETE", f"/worlds/{self.world}")

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
        assert isinstance(placed, dict)
        return placed

    def token(self, ukprn: str, status: str) -> str:
        """A fresh token of that provider in that status."""
        made = self.ask("POST", f"/providers/{ukprn}/tokens", {"status": status})
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
