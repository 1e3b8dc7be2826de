"""A trainee in any state: checked as the create call checks it, then led there by its events.

The control API and the seeds make their trainees here. The way to a state is searched in
`x-lifecycle`, so a changed table leads another way; what the events on it are told comes from
`details`, and for the rest from the `defaults` of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from register_mock.contract.edition import Edition, Operation
from register_mock.contract.moments import timestamp
from register_mock.contract.problems import Problem, Refusal
from register_mock.contract.shape import field_rules
from register_mock.contract.values import Scope
from register_mock.control.details import details_of, told, told_events, unknown_detail
from register_mock.control.visit import Wrong
from register_mock.control.ways import Way, shortest_way
from register_mock.operations.making import made_trainee
from register_mock.request.record import Prepared, prepared
from register_mock.trainee.model import Trainee
from register_mock.world.world import World


@dataclass(frozen=True, slots=True)
class Wanted:
    """A trainee to make. `times` are the moments of creation and of each event, in order.

    With fewer times than events the last one counts; without any it is the present. `timers` says
    whether a TRN or an award is on its way afterwards.
    """

    ukprn: str
    data: Mapping[str, Any]
    state: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    times: tuple[datetime, ...] = ()
    timers: bool = True


def made(world: World, edition: Edition, wanted: Wanted) -> Trainee | Wrong:
    """Make a trainee and return it, or say why not and change nothing."""
    operation = edition.creation
    if operation is None:
        return Wrong(400, "invalid_value", f"version: {edition.version} cannot make a trainee")
    state = wanted.state or _state_after(edition, operation)
    way = _way(edition, state, wanted.details)
    if isinstance(way, Wrong):
        return way
    found = _prepared(world, edition, operation, wanted.data, state)
    if found.problems:
        return _refused(edition, operation, found.problems)
    times = wanted.times or (world.now(),)
    inputs = _inputs(edition, way, wanted.details, found.record, times)
    if isinstance(inputs, Wrong):
        return inputs
    first = timestamp(times[0])
    trainee = made_trainee(world, edition, wanted.ukprn, found.record, found.children, first)
    world.store.put(trainee)
    for place, ((event, edge), given) in enumerate(zip(way, inputs, strict=True), start=1):
        moved = world.fire(
            event.name,
            trainee,
            given,
            _at(times, place),
            timers=wanted.timers,
            lifecycle=edition.lifecycle,
            edge=edge,
        )
        assert moved is not None, f"{event.name} has an edge"
        trainee = moved
    return trainee


def _at(times: tuple[datetime, ...], place: int) -> datetime:
    return times[min(place, len(times) - 1)]


def _state_after(edition: Edition, creation: Operation) -> str:
    event = edition.lifecycle.event_of(creation.acts_as)
    return edition.lifecycle.initial if event is None else event.edges[0].target


def _prepared(
    world: World, edition: Edition, creation: Operation, data: Mapping[str, Any], state: str
) -> Prepared:
    """Return what creation makes of the data; a record in the first state may be incomplete."""
    blank = frozenset(r.id for r in field_rules(edition.document) if "required" in r.keywords)
    asking = {rule.id for rule in (*creation.rules, *creation.late_rules) if rule.asks_for_a_value}
    forgiven = blank | asking if state == edition.lifecycle.initial else frozenset()
    scope = Scope(world.now(), registers=world, sent=data)
    return prepared(edition, creation, data, None, scope, forgiven)


def _refused(edition: Edition, operation: Operation, problems: list[Problem]) -> Wrong:
    """Pass on what the public call would answer."""
    refusal = Refusal("invalid_fields", tuple(problems))
    answers = edition.answers
    row = answers.chosen(refusal.answer, operation.acts_as, lambda _: None)
    body = orjson.loads(answers.answer(row, refusal).body)
    messages = "; ".join(map(answers.words.sentence, problems))
    detail = f"{operation.name} refuses this: {messages}"
    return Wrong(422, "refused", detail, {"response": body})


def _way(edition: Edition, state: str, details: Mapping[str, Any]) -> Way | Wrong:
    """Return the way that leads to a state and writes every detail.

    It leads through all events that issue a number, where it can and the details do not say that
    there is none.
    """
    lifecycle = edition.lifecycle
    wrong = unknown_detail(edition, details)
    if wrong is not None:
        return wrong
    if state not in lifecycle.states:
        there = ", ".join(lifecycle.states)
        return Wrong(400, "invalid_value", f"state: {state!r} is not one of {there}")
    needed = told_events(edition, details)
    issuing = frozenset(event.name for event in lifecycle.events.values() if event.issues)
    none = {name for name, value in details.items() if value is None}
    without = any(each.event in issuing and none & {*each.names} for each in details_of(edition))
    found = None if without else shortest_way(lifecycle, state, needed | issuing, issues=True)
    found = found or shortest_way(lifecycle, state, needed, issues=not without)
    if found is None:
        if not details:
            return Wrong(400, "invalid_value", f"state: no events lead to {state}")
        detail = f"details: no way leads to {state} with {', '.join(details)}; leave them out"
        return Wrong(400, "invalid_value", detail)
    return found


def _inputs(
    edition: Edition,
    way: Way,
    details: Mapping[str, Any],
    record: Mapping[str, Any],
    times: tuple[datetime, ...],
) -> list[dict[str, Any]] | Wrong:
    """Return what each event on the way is told, or why one of them is not to be told that."""
    inputs = []
    for place, (event, _) in enumerate(way, start=1):
        found = told(edition, event, details, record, _at(times, place))
        if isinstance(found, Wrong):
            return found
        given, problems = found
        if problems:
            return _refused(edition, edition.operations[event.cause], problems)
        inputs.append(given)
    return inputs
