"""A request's life: `Pipeline.life` is the list of its steps, and what runs.

A step takes the walk and returns what has come of it, an `Answer` or a `Refusal`, which is a value
until the envelope makes bytes of it; or None, which leaves things as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter_ns
from typing import NamedTuple

from register_mock.contract.credentials import token_header
from register_mock.contract.edition import Edition, Operation
from register_mock.contract.envelopes import Answer
from register_mock.contract.problems import Refusal
from register_mock.contract.routes import Matched
from register_mock.explain.access import HINT, owner_of
from register_mock.explain.reasons import explained
from register_mock.operations import OPERATIONS, Function
from register_mock.request.arrival import arrived
from register_mock.request.forwarding import Forwarder
from register_mock.request.injection import failed_after, injected
from register_mock.request.masking import shown_path
from register_mock.request.prefer import preferred
from register_mock.request.ratelimit import limited
from register_mock.request.rehearsal import rehearsed
from register_mock.request.selfcheck import checked
from register_mock.request.stages import authentication, stages_of
from register_mock.request.walk import Outcome, Walk
from register_mock.trainee.serialise import to_json
from register_mock.wire import Call
from register_mock.world.journal import Entry, Moved, request_id
from register_mock.world.world import World
from register_mock.world.worlds import DEFAULT, Worlds
from register_spec import SpecError, plain

Step = Callable[[Walk], Outcome]
Steps = tuple[Step, ...]


class Asked(NamedTuple):
    """The operation that a path and method mean: its version and its name."""

    version: str
    name: str


class Life(NamedTuple):
    """The steps of a request's life, in their order, by when they are taken."""

    before: Steps
    """Always."""
    first: Steps
    """While nothing is decided. What is an `Answer` here is the client's as it stands."""
    next: Steps
    """While nothing is decided. What goes wrong here is a fault of the mock, answered as one."""
    then: Steps
    """Once something is decided, unless a first step answered."""
    after: Steps
    """Always."""


UNKNOWN_ROUTE = "unknown_route"


def unknown_route(walk: Walk) -> Refusal:
    """Refuse a path or method that no document has, after authentication (decision 2)."""
    return Refusal(UNKNOWN_ROUTE)


class Pipeline:
    """Serves public calls over the worlds of one server.

    Raises SpecError at start when an operation of a document has no function here, or may give
    an answer that the document does not have.
    """

    def __init__(
        self,
        worlds: Worlds,
        self_check: bool = False,
        forwarder: Forwarder | None = None,
        record: Callable[[World], None] | None = None,
    ) -> None:
        """Compile the stages of every operation of an edition, as soon as that is compiled.

        With a `forwarder` a deployment answers; `record` is told of each new entry of a journal.
        """
        self.worlds = worlds
        self._forwarder, self._record = forwarder, record
        self._is_checking = self_check
        self._headers = {
            token_header(document): None
            for documents in worlds.editions.documents.values()
            for document in documents.values()
        }
        self._stages: dict[tuple[str, str], Sequence[Step]] = {}
        self._functions: dict[tuple[str, str], Step] = {}
        self._nowhere: dict[str, Sequence[Step]] = {}
        worlds.editions.when_compiled(self._prepare)
        self.life = Life(
            before=(
                # The outside events whose time has come.
                due,
            ),
            first=(
                # A body that did not come in time is given up.
                arrived,
                # The world's faults: an answer instead, a delay, or a mark for later.
                injected,
                # The rate limit.
                limited,
                # A documented answer, when the request asks for one.
                preferred,
            ),
            next=(
                # What `x-precedence` says, in its order; the first refusal ends them.
                self._stages_passed,
                # The function named like the operationId.
                self._operated,
            ),
            then=(
                # A refusal becomes status and body, in the words of this edition.
                self._enveloped,
                # The answer is held against the document, when asked for.
                self._checked,
                # A fault that waited for the answer takes it.
                failed_after,
            ),
            after=(
                # Request, answer and why are kept; the answer carries the entry's id, and how long
                # it is held back: that is waited for outside the lock.
                journalled,
                # And in a file, when asked for.
                self._recorded,
            ),
        )

    def _prepare(self, editions: Mapping[str, Edition]) -> None:
        for edition in editions.values():
            for operation in edition.operations.values():
                key = (edition.key, operation.name)
                stages = stages_of(edition, operation).values()
                self._stages[key] = [stage.look for stage in stages]
                self._functions[key] = _done(operation, _function(edition, operation))
            self._nowhere[edition.key] = _without_operation(edition)
            rehearsed(edition, UNKNOWN_ROUTE)

    def serve(self, asked: Matched[Asked], call: Call) -> Answer:
        """Answer a call of an operation that at least one reading has."""
        world = self.world_of(call)
        here = asked.readings.get(plain(world.origin.reading))
        if here is None:
            return self._not_here(world, asked, call)
        (version, name), names = here
        edition = self.worlds.editions[world.origin.reading][version]
        operation = edition.operations[name]
        return self._served(Walk(call, world, edition, operation, asked.arguments(names)))

    def _not_here(self, world: World, asked: Matched[Asked], call: Call) -> Answer:
        """Answer a call that another reading knows, but the world's does not: 404 and a hint."""
        answer = self.serve_unknown(call)
        version = next(target.version for target, _ in asked.readings.values())
        there = ", ".join(self.worlds.editions[world.origin.reading])
        hint = (
            f"the world {world.name} has the {world.origin.reading} reading, in which {version} "
            f"does not have this; it serves {there}"
        )
        return answer._replace(headers=(*answer.headers, ("X-Mock-Hint", hint)))

    def serve_unknown(self, call: Call) -> Answer:
        """Answer a call of no operation: 401 without a token, else 404 (decision 2)."""
        world = self.world_of(call)
        editions = list(self.worlds.editions[world.origin.reading].values())
        path = "/" + call.path.lstrip("/")
        asked = [each for each in editions if path.startswith(f"{each.base_path}/")]
        asked.sort(key=lambda each: len(each.base_path))
        return self._served(Walk(call, world, (asked or editions)[-1], None, {}))

    def world_of(self, call: Call) -> World:
        """Return the world of a call: its token's, else the header's, else the default one."""
        for header in self._headers:
            token = call.token(header)
            world = self.worlds.of_token(token) if token else None
            if world is not None:
                return world
        return self.worlds.get(call.header("X-Mock-World") or DEFAULT) or self.worlds.all()[0]

    def _served(self, walk: Walk) -> Answer:
        """Take the steps of a request's life, with its world's lock held, at one moment."""
        world, forwarder = walk.world, self._forwarder
        if forwarder is not None and walk.version is not None:
            # What is far away is waited for without the lock.
            walk.outcome = forwarder.outcome(walk)
        with world.lock:
            world.hold_still()
            try:
                if walk.outcome is None:
                    self._lived(walk)
                else:
                    self._passed_on(walk)
            finally:
                world.go_on()
        return walk.answer()

    def _passed_on(self, walk: Walk) -> None:
        """Take the steps of a request that a deployment has answered."""
        for step in (self._enveloped, *self.life.after):
            walk.outcome = step(walk) or walk.outcome

    def _lived(self, walk: Walk) -> None:
        life = self.life
        for step in life.before:
            step(walk)
        walk.outcome = _first(life.first, walk)
        if not isinstance(walk.outcome, Answer):
            if walk.outcome is None:
                walk.outcome = _safely(life.next, walk)
            for step in life.then:
                walk.outcome = step(walk) or walk.outcome
        for step in life.after:
            walk.outcome = step(walk) or walk.outcome

    def _stages_passed(self, walk: Walk) -> Outcome:
        if walk.asked is None:
            return _first(self._nowhere[walk.edition.key], walk)
        return _first(self._stages[walk.edition.key, walk.asked.name], walk)

    def _operated(self, walk: Walk) -> Outcome:
        return self._functions[walk.edition.key, walk.operation.name](walk)

    def _enveloped(self, walk: Walk) -> Outcome:
        refusal = walk.outcome
        if not isinstance(refusal, Refusal):
            return None
        walk.refusal = refusal
        walk.notes.extend(explained(walk, refusal))
        row = walk.answer_row(refusal.answer)
        answer = walk.edition.answers.answer(row, refusal, _conflicts(walk, refusal))
        token = walk.token if refusal.answer == "unauthorized" else None
        if not token or self.worlds.of_token(token) is not None:
            return answer
        hint = (("X-Mock-Hint", HINT),)
        return Answer(answer.status, answer.body, answer.content_type, answer.headers + hint)

    def _recorded(self, walk: Walk) -> None:
        if self._record is not None:
            self._record(walk.world)

    def _checked(self, walk: Walk) -> Outcome:
        return checked(walk, walk.answer()) if self._is_checking else None


def _without_operation(edition: Edition) -> Sequence[Step]:
    """Return what looks at a path that no document has, in the order of `x-precedence`."""
    steps: dict[str, Step] = {"authentication": authentication, "route": unknown_route}
    order = edition.precedence.of(None)
    missing = ", ".join(sorted(steps.keys() - set(order)))
    if missing:
        raise SpecError(f"{edition.version}: x-precedence lacks {missing}, for any path")
    return [steps[name] for name in order if name in steps]


def due(walk: Walk) -> None:
    """Let happen what is due by the world's clock: a TRN, an award."""
    walk.world.fire_due()


def journalled(walk: Walk) -> Answer:
    """Keep the request in the journal; the answer carries the entry's id and its delay."""
    journal, answer = walk.world.journal, walk.answer()
    number = journal.next_number()
    headers = (*answer.headers, ("X-Mock-Request-Id", request_id(number)))
    answer = Answer(answer.status, answer.body, answer.content_type, headers, walk.delay)
    took = perf_counter_ns() - walk.began + int(walk.delay * 1e9)
    journal.add(_entry(walk, number, answer, took))
    return answer


def _safely(steps: Steps, walk: Walk) -> Outcome:
    try:
        return _first(steps, walk)
    except Exception as error:
        path = shown_path(walk.call.path)
        logging.getLogger("register_mock").exception("%s %s", walk.call.method, path)
        return Refusal("server_error", flaw=repr(error))


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
        return found if isinstance(found, Refusal) else operation.success.answer(found, walk.page)

    return done


def _function(edition: Edition, operation: Operation) -> Function:
    try:
        return OPERATIONS[operation.acts_as]
    except KeyError:
        raise SpecError(
            f"{edition.version}: operation {operation.name} has no function in operations/"
        ) from None


def _entry(walk: Walk, number: int, answer: Answer, nanoseconds: int) -> Entry:
    call = walk.call
    token = None if walk.ukprn else walk.token
    owner = owner_of(walk.world, token) if token else None
    return Entry(
        number=number,
        at=walk.world.now(),
        operation=walk.asked.name if walk.asked else None,
        version=walk.version,
        provider=walk.ukprn or (owner[0].ukprn if owner else None),
        method=call.method,
        path=call.path,
        query=call.query_string,
        headers=call.headers(),
        body=call.body,
        answer=answer,
        began=walk.began,
        nanoseconds=nanoseconds,
        faults=tuple({"id": fault.id, "effect": fault.effect} for fault in walk.faults),
        findings=tuple(walk.notes),
        moved=_moved(walk),
    )


def _moved(walk: Walk) -> Moved | None:
    """Return which trainee the request was about, as far as it came to one."""
    if walk.trainee is None:
        return None
    kept = walk.world.store.get(walk.trainee.id) or walk.trainee
    return Moved(kept.id, walk.state_before, kept.state)


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
        for child in walk.edition.in_order(kind, walk.found_trainee().children(kind))
        if child.id in refusal.conflicts
    ]
