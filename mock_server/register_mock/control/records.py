"""A trainee in any state: checked as the create call checks it, then led there by its events.

The control API and the seeds make their trainees here. The way to a state is searched in
`x-lifecycle`, so a changed table leads another way; the values that events write come from
`details`, and what is missing gets a sensible value.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

import register_spec as spec
from register_mock.contract.edition import Edition, Operation
from register_mock.contract.moments import timestamp
from register_mock.contract.problems import Problem, Refusal
from register_mock.contract.states import Lifecycle
from register_mock.contract.values import Scope
from register_mock.control.visit import Wrong, no_time, time_of
from register_mock.operations.making import made_trainee
from register_mock.request.record import event_input, prepared
from register_mock.trainee.model import Trainee
from register_mock.world.world import World

CREATE = "create_trainee"
WITHDRAW = "withdraw_trainee"
# A draft may be incomplete: what is blank there is not wrong.
BLANK = frozenset({"blank"})
# Under these names whatever the version; the fields of the withdraw call come on top.
DETAILS = ("trn", "defer_date", "defer_reason", "outcome_date", "awarded_at")


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
    state = wanted.state or _state_after_creation(edition)
    route = _route(edition, state, wanted.details)
    if isinstance(route, Wrong):
        return route
    times = wanted.times or (world.now(),)
    operation = edition.operations[CREATE]
    may_lack = BLANK if state == edition.lifecycle.initial else frozenset()
    found = prepared(
        edition,
        operation,
        wanted.data,
        None,
        Scope(world.now(), registers=world, sent=wanted.data),
        may_lack,
    )
    if found.problems:
        return _refused(edition, operation, found.problems)
    inputs: list[dict[str, Any]] = []
    for place, event in enumerate(route, start=1):
        given = _inputs(edition, event, wanted.details, found.record, _at(times, place))
        if isinstance(given, Wrong):
            return given
        inputs.append(given)
    first = timestamp(times[0])
    trainee = made_trainee(world, edition, wanted.ukprn, found.record, found.children, first)
    world.store.put(trainee)
    for place, (event, given) in enumerate(zip(route, inputs, strict=True), start=1):
        moved = world.fire(
            event,
            trainee,
            given,
            _at(times, place),
            timers=wanted.timers,
            lifecycle=edition.lifecycle,
        )
        assert moved is not None, f"{event} leads nowhere from {trainee.state}"
        trainee = moved
    return trainee


def _at(times: tuple[datetime, ...], place: int) -> datetime:
    return times[min(place, len(times) - 1)]


def _state_after_creation(edition: Edition) -> str:
    event = edition.lifecycle.event_of(CREATE)
    return edition.lifecycle.initial if event is None else event.edges[0].target


def _refused(edition: Edition, operation: Operation, problems: list[Problem]) -> Wrong:
    """Pass on what the public call would answer."""
    refusal = Refusal("invalid_fields", tuple(problems))
    answers = edition.answers
    row = answers.chosen(refusal.answer, operation.acts_as, lambda _: None)
    body = orjson.loads(answers.answer(row, refusal).body)
    messages = "; ".join(map(answers.words.sentence, problems))
    detail = f"{operation.name} refuses this: {messages}"
    return Wrong(422, "refused", detail, {"response": body})


# --- the way to a state


def _route(edition: Edition, state: str, details: Mapping[str, Any]) -> tuple[str, ...] | Wrong:
    """Return the events that lead to a state and write every detail."""
    withdrawal = edition.operations.get(WITHDRAW)
    shape = None if withdrawal is None else withdrawal.shape
    known = (*DETAILS, *(() if shape is None else shape.fields))
    for name in details:
        if name not in known:
            there = ", ".join(dict.fromkeys(known))
            return Wrong(400, "unknown_key", f"details: unknown key {name!r}; known are {there}")
    if state not in edition.lifecycle.states:
        there = ", ".join(edition.lifecycle.states)
        return Wrong(400, "invalid_value", f"state: {state!r} is not one of {there}")
    writers = {_writer(edition, name) for name, value in details.items() if value is not None}
    needed = frozenset(writer for writer in writers if writer is not None)
    issuing = {e.name: e.issues for e in edition.lifecycle.events.values() if e.issues}
    without = any(name in details and details[name] is None for name in issuing.values())
    if not without:
        found = _search(edition.lifecycle, state, needed | frozenset(issuing), False)
        if found is not None:
            return found
    found = _search(edition.lifecycle, state, needed, without)
    if found is None:
        detail = f"details: no way leads to {state} with {', '.join(details)}; leave them out"
        return Wrong(400, "invalid_value", detail)
    return found


def _writer(edition: Edition, name: str) -> str | None:
    """Return the event that writes a detail: by the name of the field or of its input."""
    for event, row in edition.document["x-lifecycle"]["events"].items():
        for written, source in row["writes"].items():
            if "input" in source and name in (written, source["input"]):
                return str(event)
    return None


@lru_cache(maxsize=4096)
def _search(
    lifecycle: Lifecycle, state: str, needed: frozenset[str], without_number: bool
) -> tuple[str, ...] | None:
    """Return the shortest way from the first state through all needed events."""
    start = (lifecycle.initial, frozenset[str](), frozenset[str]())
    no_events: tuple[str, ...] = ()
    queue = deque([(start, no_events)])
    seen = {start}
    while queue:
        (here, issued, met), way = queue.popleft()
        if here == state and met == needed:
            return way
        for event, target in _steps(lifecycle, here, issued):
            issues = lifecycle.events[event].issues
            if issues and without_number:
                continue
            then = (target, issued | ({issues} if issues else set()), met | ({event} & needed))
            if then not in seen:
                seen.add(then)
                queue.append((then, (*way, event)))
    return None


def _steps(lifecycle: Lifecycle, state: str, issued: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Return the events that lead on from a state with these numbers, and where to."""
    written = (e.writes for e in lifecycle.events.values() if e.issues in issued)
    fields = {name: "0000000" for writes in written for name, _ in writes}
    for event in lifecycle.events.values():
        for edge in event.edges:
            if edge.leads_on(state, fields):
                if edge.target != "previous":
                    yield event.name, state if edge.target == "same" else edge.target
                break


# --- what events write


def _inputs(
    edition: Edition,
    event: str,
    details: Mapping[str, Any],
    record: Mapping[str, Any],
    at: datetime,
) -> dict[str, Any] | Wrong:
    """Return what an event is told: the details for it, and sensible values for the rest."""
    row = edition.document["x-lifecycle"]["events"][event]
    given: dict[str, Any] = {}
    for written, source in row["writes"].items():
        if "input" in source:
            name = source["input"]
            value = details.get(name, details.get(written))
            if value is not None:
                given[name] = value
    if "awarded_at" in given:
        awarded_at = time_of(given["awarded_at"])
        if awarded_at is None:
            return no_time("details.awarded_at", given["awarded_at"])
        given["awarded_at"] = timestamp(awarded_at)
    operation = edition.operations.get(row["cause"])
    if operation is None or operation.name == CREATE or operation.shape is None:
        return given
    return _completed(edition, operation, given, record, at)


def _completed(
    edition: Edition,
    operation: Operation,
    given: dict[str, Any],
    record: Mapping[str, Any],
    at: datetime,
) -> dict[str, Any] | Wrong:
    """Add what the operation of an event asks for; refuse what it refuses."""
    assert operation.shape is not None
    sent = dict(given)
    public, problems = event_input(edition, operation, sent, record, Scope(at))
    while problems:
        name = next((n for n in _fields_of(problems) if n not in sent), None)
        if name is None:
            return _refused(edition, operation, problems)

        def flaws(value: Any, name: str = name) -> tuple[int, int]:
            """Count the problems; those of what is there already weigh more, nothing mends them."""
            trial = {**sent, name: value}
            wrong = _fields_of(event_input(edition, operation, trial, record, Scope(at))[1])
            return sum(each in trial for each in wrong), len(wrong)

        sent[name] = min(_sensible(edition, operation.shape.fields[name], at), key=flaws)
        public, problems = event_input(edition, operation, sent, record, Scope(at))
    return public


def _fields_of(problems: list[Problem]) -> list[str]:
    return [str(problem.path[0]) for problem in problems if problem.path]


def _sensible(edition: Edition, schema: Mapping[str, Any], at: datetime) -> Iterator[Any]:
    """Return values for a field that was not sent, best first."""
    if schema.get("format") == "date":
        yield at.date().isoformat()
    yield from schema.get("examples", [])
    yield from schema.get("enum", [])
    items = spec.resolve(edition.document, schema.get("items", {}))
    for value in items.get("enum", []):
        yield [value]
    yield None
