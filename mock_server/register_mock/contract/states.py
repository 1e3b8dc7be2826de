"""The state machine: the rows of `x-lifecycle`, and what firing an event makes of a record.

Nobody else sets a state. Operations and the control API name an event; the table says from which
states it leads where, and what it writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from register_mock.contract.names import Names
from register_mock.contract.reference import CodeLists, Condition, condition
from register_mock.trainee.model import Trainee

Source = Callable[[Mapping[str, Any], Mapping[str, Any], datetime], Any]


@dataclass(frozen=True, slots=True)
class Edge:
    """From which states to which; `same` and `previous` are the record's own."""

    origins: frozenset[str]
    target: str
    holds: Condition | None
    starts: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its edges, what it writes, which timer it starts, how it is refused.

    `timer` is the setting that says when it comes by itself, `issues` the input that is a new
    number when nobody gives one.
    """

    name: str
    cause: str
    edges: tuple[Edge, ...]
    writes: tuple[tuple[str, Source], ...]
    refusal: str | None
    timer: str | None
    issues: str | None
    source: Any

    def edge(self, trainee: Trainee) -> Edge | None:
        """Return the edge that leads on from this record, if there is one."""
        for edge in self.edges:
            if trainee.state in edge.origins and (edge.holds is None or edge.holds(trainee.fields)):
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

    def __init__(self, table: Mapping[str, Any], lists: CodeLists, names: Names) -> None:
        """Compile the table; field names in it become the ones used inside."""
        self.initial: str = table["initial"]
        self.states: dict[str, str] = table["states"]
        self.events = {
            name: _event(name, row, lists, names) for name, row in table["events"].items()
        }
        self.locks = [
            Lock(frozenset(row["states"]), frozenset(row["operations"]), row["refusal"])
            for row in table["locks"]
        ]

    def event_of(self, operation: str) -> Event | None:
        """Return the event an operation causes, if any."""
        return next((e for e in self.events.values() if e.cause == operation), None)

    def refusal(self, operation: str, trainee: Trainee) -> str | None:
        """Return the answer that refuses an operation in this state, if one does."""
        for lock in self.locks:
            if operation in lock.operations and trainee.state in lock.states:
                return lock.refusal
        event = self.event_of(operation)
        if event is not None and event.edge(trainee) is None:
            return event.refusal
        return None

    def possible(self, trainee: Trainee, cause: str = "outside") -> list[str]:
        """Return the events with this cause that the record allows now."""
        return [
            event.name
            for event in self.events.values()
            if event.cause == cause and event.edge(trainee) is not None
        ]

    def fire(
        self, event: str, trainee: Trainee, inputs: Mapping[str, Any], now: datetime
    ) -> tuple[Trainee, str | None] | None:
        """Return the record after an event and the timer it starts, or None when no edge fits.

        `inputs` are the values the event's `writes` ask for, under their public names.
        """
        row = self.events[event]
        edge = row.edge(trainee)
        if edge is None:
            return None
        fields = dict(trainee.fields)
        for name, source in row.writes:
            fields[name] = source(inputs, fields, now)
        target = {"same": trainee.state, "previous": trainee.previous_state}.get(
            edge.target, edge.target
        )
        changes: dict[str, Any] = {"fields": fields}
        if target != trainee.state:
            changes |= {"state": target, "previous_state": trainee.state}
        return trainee.changed(timestamp(now), **changes), edge.starts


def timestamp(now: datetime) -> str:
    """Return a time as answers show it: UTC, milliseconds, `Z`."""
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event(name: str, row: Mapping[str, Any], lists: CodeLists, names: Names) -> Event:
    edges = tuple(
        Edge(
            frozenset(edge["from"]),
            edge["to"],
            condition(edge["when"], lists, names) if "when" in edge else None,
            edge.get("starts", row.get("starts")),
        )
        for edge in row["edges"]
    )
    writes = tuple(
        (names.inner(field), _source(value, names)) for field, value in row["writes"].items()
    )
    own = (row.get(key) for key in ("refusal", "timer", "issues", "x-source"))
    return Event(name, row["cause"], edges, writes, *own)


_NOW: dict[str, Callable[[datetime], str]] = {
    "milliseconds": timestamp,
    "seconds": lambda now: now.isoformat(timespec="seconds").replace("+00:00", "Z"),
    "date": lambda now: now.date().isoformat(),
}


def _source(row: Mapping[str, Any], names: Names) -> Source:
    """Return where a written value comes from, as a function of inputs, record and time."""
    if "now" in row:
        form = _NOW[row["now"]]
        return lambda inputs, fields, now: form(now)
    if "midnight" in row:
        date_field = names.inner(row["midnight"])
        return lambda inputs, fields, now: _midnight(fields.get(date_field), now)
    if "input" in row:
        key = row["input"]
        otherwise = _source(row["otherwise"], names) if "otherwise" in row else None

        def read(inputs: Mapping[str, Any], fields: Mapping[str, Any], now: datetime) -> Any:
            value = inputs.get(key)
            if value is None and otherwise is not None:
                return otherwise(inputs, fields, now)
            return value

        return read
    value = row["value"]
    return lambda inputs, fields, now: value


def _midnight(date: str | None, now: datetime) -> str:
    return f"{date}T00:00:00.000Z" if date else timestamp(now)
