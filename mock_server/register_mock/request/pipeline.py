"""A request's life, as one list you can read on a screen.

    world       whose token it is, else the header's; then, under its lock:
    due         the outside events whose time has come
    arrived     a body that did not come in time is given up
    injected    the world's faults: an answer instead, a delay, or a mark for later
    limited     the rate limit
    preferred   a documented answer, when the request asks for one
    stages      what `x-precedence` says, in its order; the first refusal ends the walk
    operation   the function named like the operationId; what it shows stands as the document says
    envelope    a refusal becomes status and body, by the row of `x-sentences` for this request
    self-check  the answer is held against the document, when asked for
    spoiled     a fault that waits for the answer takes it
    journal     request, answer and why; the answer carries the entry's id
    delay       the answer says how long it is held back; that is waited for outside the lock

A step returns None to let the request on, or what ends the walk: an `Answer`, or a `Refusal`,
which is a value until the envelope makes bytes of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter_ns

from register_mock.contract.edition import Edition, Operation
from register_mock.contract.envelopes import Answer, Layout
from register_mock.contract.problems import Refusal
from register_mock.contract.query import Query
from register_mock.explain.access import HINT, owner_of
from register_mock.explain.reasons import explained
from register_mock.operations import OPERATIONS, Function
from register_mock.request.arrival import arrived
from register_mock.request.injection import injected, spoiled
from register_mock.request.masking import shown_path
from register_mock.request.prefer import preferred
from register_mock.request.ratelimit import limited
from register_mock.request.rehearsal import rehearsed
from register_mock.request.selfcheck import checked
from register_mock.request.stages import authentication, stages_of
from register_mock.request.walk import Walk
from register_mock.trainee.serialise import to_json
from register_mock.wire import Call
from register_mock.world.journal import Entry, request_id
from register_mock.world.world import World
from register_mock.world.worlds import DEFAULT, Worlds
from register_spec import SpecError

Outcome = Answer | Refusal | None
Step = Callable[[Walk], Outcome]

# What any request meets before it is looked at.
FIRST: tuple[Step, ...] = (arrived, injected, limited, preferred)

# What a call is about that no document has; its name is not in any either.
NOWHERE = Operation(
    name="",
    acts_as="",
    method="",
    path="",
    kind=None,
    stores_record=False,
    ids={},
    query=Query({}, ""),
    shape=None,
    merged=None,
    rules=(),
    duplicates=(),
    success=Layout(404),
    source=None,
    document={"responses": {"401": {}, "404": {}, "429": {}, "500": {}}},
)


UNKNOWN_ROUTE = "unknown_route"


def unknown_route(walk: Walk) -> Refusal:
    """Refuse a path or method that no document has, after authentication (DECISIONS 2)."""
    return Refusal(UNKNOWN_ROUTE)


class Pipeline:
    """Serves public calls over the worlds of one server.

    Raises SpecError at start when an operation of a document has no function here, or may give
    an answer that the document does not have.
    """

    def __init__(self, worlds: Worlds, self_check: bool = False) -> None:
        """Compile the steps of every operation of every edition."""
        self.worlds = worlds
        self._self_check = self_check
        self._headers = {
            edition.token_header: None
            for editions in worlds.editions.values()
            for edition in editions.values()
        }
        self._plans: dict[tuple[str, str], Sequence[Step]] = {}
        for editions in worlds.editions.values():
            for edition in editions.values():
                self._plans[edition.key, NOWHERE.name] = (authentication, unknown_route)
                for operation in edition.operations.values():
                    looks = (stage.look for stage in stages_of(edition, operation).values())
                    done = _done(operation, _function(edition, operation))
                    self._plans[edition.key, operation.name] = (*looks, done)
                rehearsed(edition, NOWHERE, UNKNOWN_ROUTE)

    def serve(self, version: str, name: str, call: Call, arguments: dict[str, str]) -> Answer:
        """Answer a call of one operation of one version."""
        world = self.world_of(call)
        edition = self.worlds.editions[world.origin.reading].get(version)
        if edition is None or name not in edition.operations:
            return self._not_here(world, version, call)
        return self._served(Walk(call, world, edition, edition.operations[name], arguments))

    def _not_here(self, world: World, version: str, call: Call) -> Answer:
        """Answer a call that another reading knows, but the world's does not: 404 and a hint."""
        answer = self.serve_unknown(call)
        there = ", ".join(self.worlds.editions[world.origin.reading])
        hint = (
            f"the world {world.name} has the {world.origin.reading} reading, in which {version} "
            f"does not have this; it serves {there}"
        )
        return replace(answer, headers=(*answer.headers, ("X-Mock-Hint", hint)))

    def serve_unknown(self, call: Call) -> Answer:
        """Answer a call of no operation: 401 without a token, else 404 (DECISIONS 2)."""
        world = self.world_of(call)
        editions = list(self.worlds.editions[world.origin.reading].values())
        asked = [each for each in editions if call.path.startswith(f"{each.base_path}/")]
        return self._served(Walk(call, world, (asked or editions)[-1], NOWHERE, {}))

    def world_of(self, call: Call) -> World:
        """Return the world of a call: its token's, else the header's, else the default one."""
        for header in self._headers:
            token = call.token(header)
            world = self.worlds.of_token(token) if token else None
            if world is not None:
                return world
        return self.worlds.get(call.header("X-Mock-World") or DEFAULT) or self.worlds.all()[0]

    def _served(self, walk: Walk) -> Answer:
        began = perf_counter_ns()
        world = walk.world
        with world.lock:
            world.fire_due()
            number = world.journal.next_number()
            answer = self._answer(walk)
            headers = (*answer.headers, ("X-Mock-Request-Id", request_id(number)))
            answer = Answer(answer.status, answer.body, answer.content_type, headers, walk.delay)
            took = perf_counter_ns() - began + int(walk.delay * 1e9)
            world.journal.add(_entry(walk, number, answer, took))
        return answer

    def _answer(self, walk: Walk) -> Answer:
        outcome = _first(FIRST, walk)
        if isinstance(outcome, Answer):
            return outcome
        if outcome is None:
            outcome = self._outcome(walk)
        answer = outcome if isinstance(outcome, Answer) else self._refused(walk, outcome)
        if self._self_check:
            answer = checked(walk, answer)
        return spoiled(walk, answer) if walk.pending else answer

    def _outcome(self, walk: Walk) -> Answer | Refusal:
        try:
            outcome = _first(self._plans[walk.edition.key, walk.operation.name], walk)
        except Exception as error:
            path = shown_path(walk.call.path)
            logging.getLogger("register_mock").exception("%s %s", walk.call.method, path)
            return Refusal("server_error", flaw=repr(error))
        assert outcome is not None
        return outcome

    def _refused(self, walk: Walk, refusal: Refusal) -> Answer:
        walk.refusal = refusal
        walk.notes.extend(explained(walk, refusal))
        row = walk.answer_row(refusal.answer)
        answer = walk.edition.answers.answer(row, refusal, _conflicts(walk, refusal))
        token = walk.token if refusal.answer == "unauthorized" else None
        if not token or self.worlds.of_token(token) is not None:
            return answer
        hint = (("X-Mock-Hint", HINT),)
        return Answer(answer.status, answer.body, answer.content_type, answer.headers + hint)


def _first(steps: Sequence[Step], walk: Walk) -> Outcome:
    """Take the steps in order, until one ends the walk."""
    for step in steps:
        outcome = step(walk)
        if outcome is not None:
            return outcome
    return None


def _done(operation: Operation, function: Function) -> Step:
    """Return the last step: the function, and its records in the operation's own answer."""

    def done(walk: Walk) -> Outcome:
        found = function(walk)
        return found if isinstance(found, Refusal) else operation.success.answer(found)

    return done


def _function(edition: Edition, operation: Operation) -> Function:
    try:
        return OPERATIONS[operation.acts_as]
    except KeyError:
        raise SpecError(
            f"{edition.version}: operation {operation.name} has no function in operations/"
        ) from None


def _entry(walk: Walk, number: int, answer: Answer, nanoseconds: int) -> Entry:
    call, edition = walk.call, walk.edition
    is_known = bool(walk.operation.name) or call.path.startswith(edition.base_path)
    token = None if walk.ukprn else walk.token
    owner = owner_of(walk.world, token) if token else None
    return Entry(
        number=number,
        at=walk.world.now(),
        operation=walk.operation.name or None,
        version=edition.version if is_known else None,
        provider=walk.ukprn or (owner[0].ukprn if owner else None),
        method=call.method,
        path=call.path,
        query=call.query_string,
        headers=call.headers(),
        body=call.body,
        answer=answer,
        nanoseconds=nanoseconds,
        faults=tuple({"id": fault.id, "effect": fault.effect} for fault in walk.faults),
        findings=tuple(walk.notes),
    )


def _conflicts(walk: Walk, refusal: Refusal) -> list[bytes]:
    """Show the records a duplicate collides with."""
    if not refusal.conflicts:
        return []
    if walk.operation.kind == "trainee":
        found = (walk.world.store.get(id_) for id_ in refusal.conflicts)
        return [walk.edition.show(trainee) for trainee in found if trainee is not None]
    kind = walk.child_kind()
    return [
        to_json(walk.edition.shown_child(kind, child))
        for child in walk.found_trainee().children(kind)
        if child.id in refusal.conflicts
    ]
