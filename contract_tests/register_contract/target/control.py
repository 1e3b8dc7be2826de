"""The mock's control API, for what the public API cannot do: a TRN, an award, another day.

The mock's own client makes the calls, and each leaves as every request of a run does: by the
guarded transport, read within bounds, noted in the history. A target without a control API is
tested by its public API alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from register_contract.target.client import Wire
from register_contract.target.ending import RunEndedError
from register_contract.target.exchange import NO_JSON, Exchange
from register_mock import client


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


class Guarded:
    """Carries the client's calls over the wire of the run, and keeps the last exchange."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._last: Exchange | None = None

    def __call__(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, bytes]:
        """Send a call; returns status and body. A body that is not plain JSON counts as none."""
        self._last = self._wire.send(method, target, headers=headers, body=body)
        return self._last.status, b"" if self._last.json is NO_JSON else self._last.body

    @property
    def last(self) -> Exchange:
        """What came back last."""
        assert self._last is not None
        return self._last


class Control:
    """Control calls for one world of the mock.

    ``made`` holds the names of the worlds that this run made and has not deleted.
    """

    def __init__(self, wire: Wire, world: str = "default", made: list[str] | None = None) -> None:
        self.wire = wire
        self.world = world
        self.made = [] if made is None else made
        self._sent = Guarded(wire)
        self._api = client.Control(wire.base, world, transport=self._sent)

    def probe(self) -> tuple[str, ...] | None:
        """Return the versions that the mock serves, or None when what answers is none.

        Raises ControlError when it is nearly one.
        """
        try:
            return self._api.health().versions
        except client.ControlError as error:
            answer = self._sent.last
            if answer.status == 200 and isinstance(answer.json, dict) and "worlds" in answer.json:
                raise ControlError(f"unlike the mock: {answer.describe()}") from error
            return None

    def create_world(
        self, name: str, reading: str, seed: str = "empty"
    ) -> tuple[Control, list[Holder]]:
        """Make a world; returns control over it and its providers, of whom there is one."""
        # Before it is made: a run that is stopped in between must know what to delete.
        self.made.append(name)
        with self._asked():
            world = self._api.create_world(name, reading=reading, seed=seed)
        holders = list(_holders(world))
        if not holders:
            raise ControlError(f"{_call(self._sent.last)}: no provider with a token")
        return Control(self.wire, name, self.made), holders

    def delete_world(self) -> None:
        """Throw this world away."""
        with self._asked():
            self._api.delete_world()
        self.made.remove(self.world)

    def leave(self) -> str:
        """Delete every world of this run that is left; returns what hinders it, in words."""
        hindered = ""
        while self.made:
            name = self.made.pop()
            try:
                self._api.delete_world(name)
            except client.ControlError as error:
                if error.status != 404:
                    told = self._sent.last.describe()
                    hindered = f"the world {name} is left behind in the mock: {told}"
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
        with self._asked():
            self._api.fire(trainee_id, event)

    def place(self, provider: str, version: str, data: Any, state: str) -> client.MadeTrainee:
        """Create a trainee of ``provider`` in ``state``; returns ids and the shown record."""
        with self._asked():
            return self._api.add_trainee(provider, version, data, state=state)

    def token(self, ukprn: str, status: str) -> str:
        """A fresh token of that provider in that status."""
        with self._asked():
            return self._api.add_token(ukprn, status).token

    def advance(self, seconds: int) -> None:
        """Move the world's clock on."""
        with self._asked():
            self._api.advance(seconds=seconds)

    def prepare(self, now: datetime) -> None:
        """Set the world's time; let TRNs and awards arrive only when the suite says so."""
        with self._asked():
            self._api.settings(trn="manual", award="manual")
        self.go_to(now)

    def now(self) -> datetime:
        """What the world's clock says."""
        with self._asked():
            return self._api.now()

    def go_to(self, now: datetime) -> None:
        """Set the world's clock, which goes on from there."""
        with self._asked():
            self._api.set_clock(now)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Tell a call that failed in the block with the answer as the run saw it."""
        try:
            yield
        except client.ControlError as error:
            if 200 <= error.status < 300:
                raise ControlError(f"{_call(self._sent.last)}: {error.detail}") from error
            raise ControlRefusedError(self._sent.last) from error


def _call(exchange: Exchange) -> str:
    return f"{exchange.method} {urlsplit(exchange.url).path}"


def _holders(world: client.World) -> Iterator[Holder]:
    for provider in world.providers:
        with suppress(LookupError):
            yield Holder(provider.ukprn, provider.token)
