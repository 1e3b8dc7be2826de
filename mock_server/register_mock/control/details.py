"""What the events on the way to a state are told: the details of a call, and for the rest defaults.

Which details there are, and what they are called, is read from `x-lifecycle`: the inputs of its
events, under the name that a request has for them or the one that the trainee shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from register_mock.contract.edition import Edition
from register_mock.contract.moments import timestamp
from register_mock.contract.problems import Problem
from register_mock.contract.states import Event
from register_mock.contract.values import Scope
from register_mock.control.visit import Wrong, no_time, time_of
from register_mock.request.record import event_input


@dataclass(frozen=True, slots=True)
class Detail:
    """An input of an event, and its names in the details of a call; the first one counts more.

    `is_moment` says that it is shown as a date-time.
    """

    event: str
    input: str
    names: tuple[str, ...]
    is_moment: bool


@lru_cache(maxsize=64)
def details_of(edition: Edition) -> tuple[Detail, ...]:
    """Return all details that an edition knows."""
    found = []
    for event in edition.lifecycle.events.values():
        for field, name in event.inputs.items():
            public = edition.names.public(field)
            shown = edition.trainee_fields.get(public)
            names = (name,) if shown is None or public == name else (name, public)
            is_moment = shown is not None and shown.get("format") == "date-time"
            found.append(Detail(event.name, name, names, is_moment))
    return tuple(found)


def unknown_detail(edition: Edition, details: Mapping[str, Any]) -> Wrong | None:
    """Return the refusal of a detail that no event takes, if there is one."""
    known = dict.fromkeys(name for each in details_of(edition) for name in each.names)
    for name in details:
        if name not in known:
            there = ", ".join(known)
            return Wrong(400, "unknown_key", f"details: unknown key {name!r}; known are {there}")
    return None


def told_events(edition: Edition, details: Mapping[str, Any]) -> frozenset[str]:
    """Return the events that a detail is for."""
    given = {name for name, value in details.items() if value is not None}
    return frozenset(each.event for each in details_of(edition) if given & {*each.names})


def told(
    edition: Edition,
    event: Event,
    details: Mapping[str, Any],
    record: Mapping[str, Any],
    at: datetime,
) -> tuple[dict[str, Any], list[Problem]] | Wrong:
    """Return what an event is told, and what its operation would refuse of that."""
    given = _given(edition, event, details)
    operation = edition.operations.get(event.cause)
    if isinstance(given, Wrong) or operation is None or operation.shape is None:
        return given if isinstance(given, Wrong) else (given, [])
    if operation.stores_record:
        return given, []
    for name, value in event.defaults:
        if name not in given:
            found = value(record, Scope(at, inputs=given))
            if found is not None:
                given[name] = found
    return event_input(edition, operation, given, record, Scope(at))


def _given(edition: Edition, event: Event, details: Mapping[str, Any]) -> dict[str, Any] | Wrong:
    """Return the details that are for an event, moments as records keep them."""
    given: dict[str, Any] = {}
    for each in details_of(edition):
        name = next((name for name in each.names if details.get(name) is not None), None)
        if each.event == event.name and name is not None:
            given[each.input] = details[name]
            if each.is_moment:
                wrong = moment_told(given, each.input, f"details.{name}")
                if wrong is not None:
                    return wrong
    return given


def moment_told(given: dict[str, Any], name: str, place: str) -> Wrong | None:
    """Write a moment as records keep it; or return the refusal of one that does not exist."""
    text = str(given[name])
    moment = time_of(text)
    if moment is None:
        return no_time(place, text)
    given[name] = timestamp(moment)
    return None
