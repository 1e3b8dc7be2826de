"""The control API as one typed object: everything a tester needs that the public API cannot do.

Each method is one call of `spec/control.yaml`, which describes it in full.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Literal, TypedDict, TypeVar, Unpack

from register_mock.client.answers import (
    Answer,
    Clock,
    Fault,
    FullTrainee,
    Health,
    Json,
    Lifecycle,
    MadeTrainee,
    Notice,
    Partner,
    Provider,
    RateLimit,
    Request,
    School,
    Settings,
    Timer,
    Token,
    Trainee,
    World,
)
from register_mock.client.link import Link
from register_mock.client.reading import read_rows

SECONDS_A_DAY = 86_400
Day = date | str
Moment = datetime | str
Mode = Literal["after", "manual"]
Kind = TypeVar("Kind", bound=Answer)


class Filters(TypedDict, total=False):
    """Which requests are meant: those that fit all that is said; `limit` keeps the newest.

    `since` is a moment of the world's clock, or the id of a request: those after it.
    """

    operation: str | None
    status: int | None
    version: str | None
    provider: str | None
    trainee_id: str | None
    since: Moment | None
    limit: int | None


class Control:
    """The control API of the mock at `url`, for one of its worlds.

    A method raises ControlError when the mock refuses the call, and ConnectionError when no mock
    answers. Moments are datetimes (without a zone: UTC) or ISO texts; days are dates or ISO texts.
    """

    def __init__(
        self,
        url: str,
        world: str = "default",
        *,
        control_token: str | None = None,
        timeout: float = 30,
    ) -> None:
        """Talk to one world, waiting so long for an answer; ValueError when `url` is no address."""
        self._link = Link(url, world, control_token, timeout)

    @property
    def url(self) -> str:
        """Where the mock is."""
        return self._link.url

    @property
    def world(self) -> str:
        """The name of the world that calls are about."""
        return self._link.world

    def in_world(self, name: str) -> Control:
        """Return the same control of another world."""
        link = self._link
        return Control(link.url, name, control_token=link.control_token, timeout=link.timeout)

    def _one(self, kind: type[Kind], method: str, *path: str, body: Json | None = None) -> Kind:
        """Make a call that answers with one value."""
        return self._link.call(method, *path, read=kind.of, body=body)

    def _rows(self, kind: type[Kind], name: str, query: Json | None = None) -> list[Kind]:
        """Make a call that answers with a list, which has the name of the path."""
        rows = read_rows(kind.of)

        def read(answer: Any) -> list[Kind]:
            return list(rows(answer.get(name)))

        return self._link.call("GET", name, read=read, query=query)

    # --- server and worlds

    def health(self) -> Health:
        """Ask whether the mock answers."""
        return self._one(Health, "GET", "health")

    def document(self) -> str:
        """Return the OpenAPI document of the control API, as YAML."""
        return self._link.text("openapi.yaml")

    def worlds(self) -> list[World]:
        """Return all worlds, in the order they were made."""
        return self._rows(World, "worlds")

    def create_world(
        self,
        name: str | None = None,
        *,
        reading: str | None = None,
        switched_on: Sequence[str] | None = None,
        seed: str | None = None,
        random_seed: int | None = None,
    ) -> World:
        """Make a world; what is not said is as the mock was started, the name a free one."""
        body = _given(
            name=name,
            reading=reading,
            switched_on=switched_on,
            seed=seed,
            random_seed=random_seed,
        )
        return self._one(World, "POST", "worlds", body=body)

    def show_world(self, name: str | None = None) -> World:
        """Return a world, by default the one calls are about."""
        return self._one(World, "GET", "worlds", name or self.world)

    def delete_world(self, name: str | None = None) -> None:
        """Remove a world, by default the one calls are about."""
        self._link.call("DELETE", "worlds", name or self.world, read=_nothing)

    def reset(self, seed: str | None = None) -> World:
        """Put the world back to the seed it was made with, or to another one."""
        return self._one(World, "POST", "reset", body=_given(seed=seed))

    def snapshot(self, name: str) -> World:
        """Keep what the world is like now."""
        return self._one(World, "POST", "snapshots", name)

    def restore(self, name: str) -> World:
        """Make the world what it was at a snapshot."""
        return self._one(World, "POST", "snapshots", name, "restore")

    # --- time

    def clock(self) -> Clock:
        """Return the world's clock."""
        return self._one(Clock, "GET", "clock")

    def now(self) -> datetime:
        """Return what time it is in the world."""
        return self.clock().now

    def set_clock(self, now: Moment | None, *, frozen: bool = False) -> Clock:
        """Go to a moment, or with None to real time; stand still there or run on."""
        text = None if now is None else _moment(now)
        return self._one(Clock, "PUT", "clock", body={"now": text, "frozen": frozen})

    def freeze(self, now: Moment | None = None) -> Clock:
        """Let time stand still at a moment, by default at the present one."""
        body: dict[str, Any] = {"frozen": True}
        if now is not None:
            body["now"] = _moment(now)
        return self._one(Clock, "PUT", "clock", body=body)

    def advance(self, *, days: float = 0, seconds: float = 0) -> Clock:
        """Move time on; TRNs and awards that become due by it arrive in order."""
        body = {"days": days} if days and not seconds else {}
        body = body or {"seconds": days * SECONDS_A_DAY + seconds}
        return self._one(Clock, "POST", "clock", "advance", body=body)

    # --- providers, schools, partners

    def providers(self) -> list[Provider]:
        """Return the providers that are not discarded."""
        return self._rows(Provider, "providers")

    def add_provider(self, name: str, ukprn: str) -> Provider:
        """Add a provider with one active token."""
        return self._one(Provider, "POST", "providers", body={"name": name, "ukprn": ukprn})

    def discard_provider(self, ukprn: str) -> None:
        """Discard a provider: its tokens are answered with 401, its trainees stay."""
        self._link.call("DELETE", "providers", ukprn, read=_nothing)

    def add_token(self, ukprn: str, status: str = "active", expires_on: Day | None = None) -> Token:
        """Give a provider one token more: active, expired or revoked."""
        body = _given(status=status, expires_on=_day(expires_on))
        return self._one(Token, "POST", "providers", ukprn, "tokens", body=body)

    def schools(self) -> list[School]:
        """Return the schools that requests may name."""
        return self._rows(School, "schools")

    def add_school(
        self, urn: str, name: str, *, town: str | None = None, postcode: str | None = None
    ) -> School:
        """Add a school."""
        body = _given(urn=urn, name=name, town=town, postcode=postcode)
        return self._one(School, "POST", "schools", body=body)

    def partners(self) -> list[Partner]:
        """Return the lead (training) partners that requests may name."""
        return self._rows(Partner, "partners")

    def add_partner(
        self, name: str, *, urn: str | None = None, ukprn: str | None = None
    ) -> Partner:
        """Add a lead (training) partner."""
        body = _given(name=name, urn=urn, ukprn=ukprn)
        return self._one(Partner, "POST", "partners", body=body)

    # --- trainees and what happens to them outside the API

    def trainees(
        self,
        *,
        provider: str | None = None,
        state: str | None = None,
        search: str | None = None,
        order: Literal["oldest", "newest"] | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> list[Trainee]:
        """Return the records that fit, drafts and discarded ones too, in the order of creation.

        `search` are words that each stand in the id or in a text of the record; `offset` records
        are left out, and not more than `limit` returned.
        """
        query = _given(
            provider=provider, state=state, search=search, order=order, offset=offset, limit=limit
        )
        return self._rows(Trainee, "trainees", query)

    def trainee(self, trainee_id: str, version: str | None = None) -> FullTrainee:
        """Return one record as a version shows it, the newest unless said, and what may be done."""
        path = ("GET", "trainees", trainee_id)
        return self._link.call(*path, read=FullTrainee.of, query=_given(version=version))

    def lifecycle(self) -> Lifecycle:
        """Return how many trainees are in each state, and how often each edge was taken."""
        return self._one(Lifecycle, "GET", "lifecycle")

    def add_trainee(
        self,
        provider: str,
        version: str,
        data: Mapping[str, Any],
        *,
        state: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> MadeTrainee:
        """Make a trainee in any state; `data` is what the create call takes inside its `data`.

        `details` is what the events on the way are told: the fields of the calls that move a
        trainee on, `trn`, `reinstate_date`, `awarded_at`. A refusal of the create
        rules is a ControlError of status 422 whose `more["response"]` is the public body.
        """
        body = _given(provider=provider, version=version, data=data, state=state, details=details)
        return self._one(MadeTrainee, "POST", "trainees", body=body)

    def receive_trn(self, trainee_id: str, trn: str | None = None) -> str:
        """Let the TRN arrive, by default the next one; return the state after it."""
        return self.fire(trainee_id, "receive_trn", trn=trn)

    def award(self, trainee_id: str, awarded_at: Moment | None = None) -> str:
        """Let the award arrive; return the state after it."""
        at = None if awarded_at is None else _moment(awarded_at)
        return self.fire(trainee_id, "award", awarded_at=at)

    def reinstate(self, trainee_id: str, reinstate_date: Day | None = None) -> str:
        """Let a deferred trainee come back; return the state after it."""
        return self.fire(trainee_id, "reinstate", reinstate_date=_day(reinstate_date))

    def undo_withdrawal(self, trainee_id: str) -> str:
        """Put a withdrawn trainee back; return the state after it."""
        return self.fire(trainee_id, "undo_withdrawal")

    def discard(self, trainee_id: str) -> str:
        """Discard a trainee; return the state it keeps."""
        return self.fire(trainee_id, "discard")

    def fire(self, trainee_id: str, event: str, **carried: Any) -> str:
        """Let the event of that name happen, with what it carries; return the state after it."""
        body = {"event": event, **_given(**carried)}
        return self._link.call("POST", "trainees", trainee_id, "events", read=_state, body=body)

    # --- settings and faults

    def settings(
        self,
        *,
        trn: Mode | float | Timer | None = None,
        award: Mode | float | Timer | None = None,
        rate_limit: bool | RateLimit | Mapping[str, Any] | None = None,
    ) -> Settings:
        """Change what is said, and return all settings.

        `trn` and `award` are "manual", "after", a Timer, or the seconds after which they come;
        `rate_limit` is True, False, a RateLimit, or any of `enabled`, `requests` and `seconds`.
        """
        limit: Mapping[str, Any] | bool | None = (
            asdict(rate_limit) if isinstance(rate_limit, RateLimit) else rate_limit
        )
        limit = {"enabled": limit} if isinstance(limit, bool) else limit
        body = _given(trn=_timer(trn), award=_timer(award), rate_limit=limit)
        if not body:
            return self._one(Settings, "GET", "settings")
        return self._one(Settings, "PUT", "settings", body=body)

    def faults(self) -> list[Fault]:
        """Return the faults, oldest first; used-up ones too."""
        return self._rows(Fault, "faults")

    def fault(
        self,
        kind: Literal[
            "status", "delay", "drop", "fail_after_commit", "malformed_json", "extra_field"
        ],
        *,
        operation: str | None = None,
        version: str | None = None,
        provider: str | None = None,
        trainee_id: str | None = None,
        times: int | None = None,
        probability: float | None = None,
        status: int | None = None,
        seconds: float | None = None,
        body: Any = None,
        name: str | None = None,
    ) -> Fault:
        """Let public calls go wrong: those that fit all of operation, version, provider, trainee.

        `status` answers so (with `body`, if given), `delay` answers after `seconds`, `drop` closes
        the connection, `fail_after_commit` does what was asked and then answers `status` (500
        unless said), `malformed_json` breaks the answer off, `extra_field` adds a field of this
        `name` to it that no document has. Without `times` it goes on for ever.
        """
        if kind == "fail_after_commit" and status is None:
            status = 500
        match = _given(
            operation=operation, version=version, provider=provider, trainee_id=trainee_id
        )
        effect = _given(kind=kind, status=status, seconds=seconds, body=body, name=name)
        sent = _given(match=match, times=times, probability=probability, effect=effect)
        return self._one(Fault, "POST", "faults", body=sent)

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._link.call("DELETE", "faults", read=_nothing)

    def delete_fault(self, fault_id: str) -> None:
        """Remove one fault."""
        self._link.call("DELETE", "faults", fault_id, read=_nothing)

    # --- journal

    def requests(self, **filters: Unpack[Filters]) -> list[Request]:
        """Return the public requests that fit, newest last."""
        return self._rows(Request, "requests", _query(filters))

    def har(self, **filters: Unpack[Filters]) -> dict[str, Any]:
        """Return the same requests as an HTTP Archive (HAR 1.2)."""
        return self._link.call("GET", "requests.har", read=dict, query=_query(filters))

    def watch(self, seconds: int, **filters: Unpack[Filters]) -> list[Notice]:
        """Return the requests that are answered in so many seconds, or are since `since`.

        The seconds are fewer than this control waits for an answer.
        """
        query = {**_query(filters), "seconds": seconds}
        told = self._link.text("requests", "stream", query=query)
        lines = [line.partition(": ") for line in told.splitlines()]
        return [Notice.of(json.loads(data)) for name, _, data in lines if name == "data"]

    def request(self, request_id: str) -> Request:
        """Return one request, by the `X-Mock-Request-Id` of its answer."""
        return self._one(Request, "GET", "requests", request_id)

    def clear_requests(self) -> None:
        """Forget all requests; ids go on."""
        self._link.call("DELETE", "requests", read=_nothing)


def _query(filters: Filters) -> dict[str, Any]:
    since = filters.get("since")
    return {**filters, "since": None if since is None else _moment(since)}


def _state(answer: Any) -> str:
    state = answer.get("state")
    if not isinstance(state, str):
        raise ValueError("state: not a text")
    return state


def _nothing(answer: Any) -> None:
    """Take what a call answers that has nothing to say."""


def _given(**values: Any) -> dict[str, Any]:
    """Return what was said: what is not None."""
    return {name: value for name, value in values.items() if value is not None}


def _moment(value: Moment) -> str:
    if isinstance(value, str):
        return value
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()


def _day(value: Day | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _timer(value: Mode | float | Timer | None) -> dict[str, Any] | None:
    if value is None:
        return None
    if isinstance(value, Timer):
        return asdict(value)
    if isinstance(value, str):
        return {"mode": value}
    return {"mode": "after", "seconds": value}
