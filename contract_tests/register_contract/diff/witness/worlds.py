"""Two worlds of one mock: in one it does as the old side says, in the other as the new.

Both have the same time and the same providers, so that only the contract makes a difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import register_spec as spec
from register_contract.diff.sides import Side
from register_contract.oracle.contract import (
    CREATE,
    TRAINEE,
    CannotTryError,
    Contract,
    Operation,
)
from register_contract.oracle.fields import FieldRules, Problem
from register_contract.suite.strategies.bodies import Bodies
from register_contract.target.client import Client, Wire
from register_contract.target.control import Control, ControlError
from register_contract.target.exchange import NO_JSON, OF_THE_CONNECTION, Exchange
from register_contract.target.mock_process import MockServers, MockStartError, running_mock
from register_contract.target.transport import GuardedSession

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
"""What time it is in both worlds: the same whenever a comparison is made."""
_SECONDS = 20.0
_SEED = 11
_READINGS = ("old", "new")
_BEGINNING = "beginning"
_OF_THE_RECORDER = frozenset({*OF_THE_CONNECTION, "host", "cookie", "x-mock-world"})


@dataclass(frozen=True)
class Asked:
    """A call as it is made on both sides: names of fields are those used inside.

    Those of ``old_names`` are sent to both under what the old side calls them; where it is
    ``at_old``, both are asked at the old base path. ``data`` stands under `data`; ``body`` is a
    whole body instead, as bytes with its type. ``event`` is one outside the API, by the control
    API, instead of a call.
    """

    operation: Operation | None
    data: Any = None
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: tuple[bytes, str] | None = None
    token: bool = True
    old_names: frozenset[str] = frozenset()
    ids: Mapping[str, str] = field(default_factory=dict)
    event: str = ""
    days: int = 0
    capitals: bool = False
    at_old: bool = False


@dataclass(frozen=True)
class Trial:
    """What may show a change: a trainee in a state, if one is needed, and calls; the last counts.

    ``having`` is what the trainee was sent with, under the names used inside.
    """

    words: str
    calls: tuple[Asked, ...]
    state: str | None = None
    having: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Played:
    """What came of a trial on one side: each call with its answer, and why the last was refused."""

    exchanges: tuple[Exchange, ...]
    reasons: tuple[Mapping[str, Any], ...] = ()

    @property
    def last(self) -> Exchange:
        """The answer that counts."""
        return self.exchanges[-1]


class Player:
    """One side: its contract, and a world of the mock that keeps to it."""

    def __init__(self, side: Side, wire: Wire, reading: str) -> None:
        self.side = side
        self.contract = Contract(side.version, side.document, spec.every_code())
        self.contract.registers = lambda: self._registers
        self.today: date = NOW.date()
        self.rules = FieldRules(self.contract, self.today)
        self.bodies = Bodies(self.contract, NOW, _SEED, "diff", "")
        self._wire = wire
        self._reading = reading
        self._control = Control(wire)
        self._registers: Any = None
        self._changed = False
        self._begin()

    def _begin(self) -> None:
        """Make the world, and keep it as it is before anything happens."""
        self._world, holders = self._control.create_world(self._reading, reading=self._reading)
        place = self.contract.place
        self._world.prepare(NOW, place.timers)
        self._holder = holders[0]
        self._api = Client(self._wire, place, self._holder.token)
        self._registers = self._world.registers()
        self._world.keep(_BEGINNING)

    def renew(self) -> None:
        """Begin anew, where something was changed."""
        if self._changed:
            self._world.restore(_BEGINNING)
            self._changed = False

    @property
    def token(self) -> str:
        """The token of the first provider."""
        return self._holder.token

    def leave(self) -> None:
        """Throw the world away."""
        self._control.leave()

    def public(self, data: Any) -> Any:
        """Data under the names of this side."""
        return _named(data, self.contract.public)

    def inner(self, data: Any) -> Any:
        """Data under the names used inside."""
        return _named(data, self.contract.inner)

    def problems(self, data: Mapping[str, Any], kind: str = TRAINEE) -> Sequence[Problem] | None:
        """What is wrong with a new record, under the names used inside; None if nobody can say."""
        try:
            made = self.contract.doing(CREATE, kind)
            schema = self.contract.data_schema(made)
            return self.rules.problems(schema, self.public(data), made.id)
        except CannotTryError:
            return None

    def record(self, kind: str) -> dict[str, Any]:
        """A valid new record of this side, under the names used inside."""
        found: dict[str, Any] = self.inner(self.bodies.record(kind))
        return found

    def apart(self, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """The same with another identity."""
        found: dict[str, Any] = self.inner(self.bodies.apart(kind, self.public(data)))
        return found

    def play(self, trial: Trial, old: Player) -> Played | None:
        """Do what a trial says, in a world of its own; None when there is no such trainee here."""
        self.renew()
        ids: dict[str, str] = {}
        made: list[Exchange] = []
        if trial.state is not None:
            self._changed = True
            data = self.public(trial.having or {})
            try:
                placed = self._world.place(
                    self._holder.ukprn, self.contract.version, data, trial.state
                )
            except ControlError:
                return None
            ids = self._ids(placed.trainee_id, placed.data)
        for call in trial.calls:
            made.append(self._call(call, ids, old))
            ids |= self._new_ids(call, made[-1])
            is_read = call.operation is not None and not call.operation.writes
            self._changed = self._changed or not (is_read or made[-1].status >= 400)
        return Played(tuple(made), self._reasons(made[-1]))

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Played:
        """Send a request as it was recorded, below the base path of this side, with its token."""
        place = self.contract.place
        own = {name.partition(": ")[0].lower() for name in (place.header,)}
        kept = {n: v for n, v in headers.items() if n.lower() not in own | _OF_THE_RECORDER}
        asked = any(name.lower() in own for name in headers)
        carried = place.carrying(self.token) if asked else {}
        exchange = self._wire.send(
            method, f"{place.path}{path}", headers={**kept, **carried}, body=body
        )
        self._changed = True
        return Played((exchange,), self._reasons(exchange))

    def _call(self, asked: Asked, ids: Mapping[str, str], old: Player) -> Exchange:
        if asked.days:
            self._world.advance(asked.days * 86_400)
        if asked.event:
            return self._world._send(
                "POST", "trainees", ids[TRAINEE], "events", body={"event": asked.event}
            )
        assert asked.operation is not None
        operation = self._same(asked.operation)
        calls = old.contract.public

        def name(inner: str) -> str:
            return calls(inner) if inner in asked.old_names else self.contract.public(inner)

        data = _named(asked.data, name)
        known = {**ids, **asked.ids}
        if asked.capitals:
            known = {kind: id.upper() for kind, id in known.items()}
        body = None if data is None else {"data": data}
        # A token is that of the world of the moment.
        headers = {n: v.replace("{token}", self.token) for n, v in asked.headers.items()}
        raw = None
        if asked.body is not None:
            raw, headers["Content-Type"] = asked.body
        api = self._api if asked.token else self._api.as_token(None)
        # The token names the world; without one a header does.
        headers = headers if asked.token else {"X-Mock-World": self._world.world, **headers}
        if asked.at_old:
            api = Client(self._wire, old.contract.place, api.token)
        return api.call(
            operation.method,
            operation.path,
            path=operation.filled({kind: known.get(kind, "0" * 24) for kind in operation.ids}),
            query=asked.query,
            json_body=body,
            raw_body=raw,
            headers=headers,
            places={status: answer.place for status, answer in operation.answers.items()},
        )

    def _same(self, operation: Operation) -> Operation:
        """The operation of this side under the same method and path; else that of the other."""
        found = self.contract.operations.get(operation.id)
        if found is not None and found.method == operation.method:
            return found
        return operation

    def _ids(self, id: str, shown: Mapping[str, Any]) -> dict[str, str]:
        found = {TRAINEE: id}
        for kind, holder in self.contract.held.items():
            rows = shown.get(holder)
            if isinstance(rows, list) and rows:
                found[kind] = str(rows[0].get(self.contract.id_field(kind), ""))
        return found

    def _new_ids(self, asked: Asked, exchange: Exchange) -> dict[str, str]:
        """The ids in an answer that shows a record, for the calls after it."""
        data = exchange.data
        shown = data[0] if isinstance(data, list) and data else data
        if not isinstance(shown, Mapping) or exchange.status >= 400 or asked.event:
            return {}
        for kind in self.contract.kinds:
            id = shown.get(self.contract.id_field(kind))
            if isinstance(id, str):
                return self._ids(id, shown) if kind == TRAINEE else {kind: id}
        return {}

    def _reasons(self, exchange: Exchange) -> tuple[Mapping[str, Any], ...]:
        """Why the mock refused it, in its own words."""
        id = exchange.headers.get("x-mock-request-id", "")
        if exchange.status < 400 or not id:
            return ()
        entry = self._world._send("GET", "requests", id).json
        return tuple(entry.get("explanation", ())) if isinstance(entry, dict) else ()


def _named(node: Any, name: Any) -> Any:
    if isinstance(node, list):
        return [_named(each, name) for each in node]
    if isinstance(node, Mapping):
        return {name(key): _named(each, name) for key, each in node.items()}
    return node


class CannotServeError(Exception):
    """No mock serves a side; the message says why."""


@contextmanager
def both_served(
    old: Side, new: Side, servers: MockServers | None = None
) -> Iterator[tuple[Player, Player]]:
    """Serve both sides in two worlds of one mock. Raises CannotServeError."""
    with TemporaryDirectory(prefix="register-contract-") as name:
        folder = Path(name)
        for side, reading in zip((old, new), _READINGS, strict=True):
            # A copy: a document of the cache is shared.
            document = json.loads(json.dumps(side.document))
            spec.make_ready(document, reading, folder)
        start = running_mock if servers is None else servers.running
        try:
            with start("--spec", name, "--as", _READINGS[0]) as base:
                wire = Wire(GuardedSession(base, writes=True), base, _SECONDS)
                players = [Player(old, wire, _READINGS[0]), Player(new, wire, _READINGS[1])]
                try:
                    yield players[0], players[1]
                finally:
                    for player in players:
                        player.leave()
        except (MockStartError, ControlError, CannotTryError) as error:
            raise CannotServeError(" ".join(str(error).split())[-300:]) from error


class Serving:
    """Two sides that are served while this is entered, from when it is begun or asked for.

    It begins on a thread of its own, so that a mock starts while documents are compared.
    """

    def __init__(self, old: Side, new: Side, servers: MockServers | None = None) -> None:
        self._sides = old, new
        self._servers = servers
        self._kept = ExitStack()
        self._thread = ThreadPoolExecutor(1)
        self._begun: Future[tuple[Player, Player]] | None = None

    def begin(self) -> Future[tuple[Player, Player]]:
        """Start the mock, if it is not started; returns at once."""
        if self._begun is None:
            served = both_served(*self._sides, self._servers)
            self._begun = self._thread.submit(self._kept.enter_context, served)
        return self._begun

    def players(self) -> tuple[Player, Player]:
        """Both sides, served. Raises CannotServeError."""
        return self.begin().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()
        self._kept.close()


def shown_of(exchange: Exchange) -> list[Mapping[str, Any]]:
    """The records that an answer shows."""
    data = exchange.data if exchange.json is not NO_JSON else None
    rows = data if isinstance(data, list) else [data]
    return [row for row in rows if isinstance(row, Mapping)]
