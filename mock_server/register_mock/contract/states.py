"""The state machine: the rows of `x-lifecycle`, and what firing an event makes of a record.

Nobody else sets a state. Operations and the control API name an event; the table says from which
states it leads where, and what it writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from register_mock.contract.language import Language
from register_mock.contract.moments import timestamp
from register_mock.contract.values import NOTHING, Condition, Fields, Scope, Value
from register_mock.trainee.model import Trainee


@dataclass(frozen=True, slots=True)
class Edge:
    """From which states to which; `same` and `previous` are the record's own.

    `looks_at` are the fields that `when` asks about.
    """

    origins: frozenset[str]
    target: str
    when: Condition | None
    looks_at: frozenset[str]
    starts: str | None

    def leads_on(self, state: str, fields: Fields, now: datetime = NOTHING.now) -> bool:
        """Tell whether a record in this state takes the edge at this time, if that matters."""
        if state not in self.origins:
            return False
        return self.when is None or self.when(fields, Scope(now, state)) is True


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its edges, what it writes, which timer it starts, how it is refused.

    `timer` is the setting that says when it comes by itself, `issues` the input that is a new
    number when nobody gives one. `inputs` has for each field that takes an input as it is the
    input's name, `defaults` what the control API tells when nobody says otherwise, by input.
    """

    name: str
    cause: str
    edges: tuple[Edge, ...]
    writes: tuple[tuple[str, Value], ...]
    refusal: str | None
    timer: str | None
    issues: str | None
    source: Any
    inputs: Mapping[str, str]
    defaults: tuple[tuple[str, Value], ...]

    def edge(self, trainee: Trainee, now: datetime) -> Edge | None:
        """Return the edge that leads on from this record now, if there is one."""
        for edge in self.edges:
            if edge.leads_on(trainee.state, trainee.fields, now):
                return edge
        return None


@dataclass(frozen=True, slots=True)
class Lock:
    """States in which operations are refused, and the answer."""

    states: frozenset[str]
    operations: frozenset[str]
    refusal: str


class Lifecycle:
    """The compiled `x-lifecycle` of one edition."""

    def __init__(self, table: Mapping[str, Any], language: Language) -> None:
        """Compile the table."""
        self.initial: str = table["initial"]
        self.states: dict[str, str] = table["states"]
        self.events = {name: _event(name, row, language) for name, row in table["events"].items()}
        self.hides_wholly = any(row.get("hides") is True for row in table["events"].values())
        self.locks = [
            Lock(frozenset(row["states"]), frozenset(row["operations"]), row["refusal"])
            for row in table["locks"]
        ]

    def event_of(self, operation: str) -> Event | None:
        """Return the event an operation causes, if any."""
        return next((e for e in self.events.values() if e.cause == operation), None)

    def refusal(self, operation: str, trainee: Trainee, now: datetime) -> str | None:
        """Return the answer that refuses an operation in this state now, if one does."""
        for lock in self.locks:
            if operation in lock.operations and trainee.state in lock.states:
                return lock.refusal
        event = self.event_of(operation)
        if event is not None and event.edge(trainee, now) is None:
            return event.refusal
        return None

    def needed(self, operation: str) -> list[str]:
        """Return the states in which an operation may be done, in the order of the table."""
        event = self.event_of(operation)
        if event is not None:
            allowed = {state for edge in event.edges for state in edge.origins}
        else:
            lock = next((lock for lock in self.locks if operation in lock.operations), None)
            allowed = set(self.states) - (lock.states if lock else frozenset())
        return [state for state in self.states if state in allowed]

    def why_refused(self, operation: str, trainee: Trainee, now: datetime) -> str:
        """Return in a sentence what an operation needs, and what is possible instead."""
        causes = [event.cause for event in self.events.values() if event.cause != "outside"]
        calls = ", ".join(cause for cause in causes if self.possible(trainee, now, cause))
        events = ", ".join(self.possible(trainee, now))
        return (
            f"{operation} needs a trainee in state {' or '.join(self.needed(operation))}; this one "
            f"is {trainee.state}. Now possible: the calls {calls or 'none'}; the outside events "
            f"{events or 'none'}"
        )

    def possible(self, trainee: Trainee, now: datetime, cause: str = "outside") -> list[str]:
        """Return the events with this cause that the record allows now."""
        return [
            event.name
            for event in self.events.values()
            if event.cause == cause and event.edge(trainee, now) is not None
        ]

    def fire(
        self, event: str, edge: Edge, trainee: Trainee, inputs: Mapping[str, Any], now: datetime
    ) -> Trainee:
        """Return the record after an event that takes this edge.

        `inputs` are the values the event's `writes` ask for, under their public names.
        """
        row = self.events[event]
        fields = dict(trainee.fields)
        scope = Scope(now=now, state=trainee.state, inputs=inputs)
        for name, value in row.writes:
            fields[name] = value(fields, scope)
        target: str | None = edge.target
        if target == "same":
            target = None
        elif target == "previous":
            target = trainee.previous_state
        return trainee.changed(timestamp(now), fields=fields, state=target)


def _event(name: str, row: Mapping[str, Any], language: Language) -> Event:
    edges = tuple(_edge(edge, row.get("starts"), language.apart()) for edge in row["edges"])
    return Event(
        name=name,
        cause=row["cause"],
        edges=edges,
        writes=_values(row["writes"], language),
        refusal=row.get("refusal"),
        timer=row.get("timer"),
        issues=row.get("issues"),
        source=row.get("x-source"),
        inputs={
            field: value["input"]
            for field, value in row["writes"].items()
            if isinstance(value, dict) and "input" in value
        },
        defaults=_values(row.get("defaults", {}), language),
    )


def _edge(row: Mapping[str, Any], starts: str | None, language: Language) -> Edge:
    when = language.condition(row["when"]) if "when" in row else None
    looks_at = frozenset(language.looked_at)
    return Edge(frozenset(row["from"]), row["to"], when, looks_at, row.get("starts", starts))


def _values(rows: Mapping[str, Any], language: Language) -> tuple[tuple[str, Value], ...]:
    return tuple((name, language.value(row)) for name, row in rows.items())
