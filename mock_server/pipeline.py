"""A request's life, as one list you can read on a screen.

    world     whose token it is, and the outside events that are due there
    stages    what `x-precedence` says, in its order; the first refusal ends the walk
    operation the function named like the operationId
    envelope  a refusal becomes status and body, in the words of this edition

A stage or operation returns values; only the last step makes bytes of them.
"""

from __future__ import annotations

from mock_server.edition import Edition, Operation
from mock_server.envelopes import Answer, refusal_answer
from mock_server.operations import OPERATIONS, Function
from mock_server.problems import Refusal
from mock_server.selfcheck import checked
from mock_server.stages import Stage, stages_of
from mock_server.trainee.serialise import to_json
from mock_server.walk import Walk
from mock_server.wire import Call
from mock_server.world.world import World
from mock_server.world.worlds import DEFAULT, Worlds
from spec import SpecError


class Pipeline:
    """Serves public calls over the worlds of one server.

    Raises SpecError at start when an operation of a document has no function here.
    """

    def __init__(self, worlds: Worlds, self_check: bool = False) -> None:
        """Compile the stages of every operation of every edition."""
        self.worlds = worlds
        self._self_check = self_check
        self._plans: dict[tuple[str, str], tuple[list[Stage], Function]] = {
            (edition.key, operation.name): (
                stages_of(edition, operation),
                _function(edition, operation),
            )
            for editions in worlds.editions.values()
            for edition in editions.values()
            for operation in edition.operations.values()
        }

    def serve(self, version: str, name: str, call: Call, arguments: dict[str, str]) -> Answer:
        """Answer a call of one operation of one version."""
        world = self.world_of(call)
        with world.lock:
            world.fire_due()
            edition = self.worlds.editions[world.origin.reading][version]
            walk = Walk(call, world, edition, edition.operations[name], arguments)
            return self._answer(walk)

    def _answer(self, walk: Walk) -> Answer:
        stages, function = self._plans[walk.edition.key, walk.operation.name]
        outcome: Answer | Refusal | None = None
        for stage in stages:
            outcome = stage(walk)
            if outcome is not None:
                break
        if outcome is None:
            outcome = function(walk)
        if isinstance(outcome, Refusal):
            walk.refusal = outcome
            outcome = self.refused(walk, outcome)
        return checked(walk, outcome) if self._self_check else outcome

    def refused(self, walk: Walk, refusal: Refusal) -> Answer:
        """Return the answer to a refused request."""
        return refusal_answer(
            refusal, walk.edition.answers[refusal.answer], _conflicts(walk, refusal)
        )

    def serve_unknown(self, call: Call) -> Answer:
        """Answer a call of no operation: 401 without a token, else 404 (DECISIONS 2)."""
        world = self.world_of(call)
        with world.lock:
            world.fire_due()
            edition = list(self.worlds.editions[world.origin.reading].values())[-1]
            is_known = call.token is not None and world.provider_of(call.token) is not None
            refusal = Refusal("unknown_route" if is_known else "unauthorized")
            return refusal_answer(refusal, edition.answers[refusal.answer], [])

    def world_of(self, call: Call) -> World:
        """Return the world of a call: its token's, else the header's, else the default one."""
        token = call.token
        world = self.worlds.of_token(token) if token else None
        if world is None:
            world = self.worlds.get(call.header("X-Mock-World") or DEFAULT)
        return world or self.worlds.all()[0]


def _function(edition: Edition, operation: Operation) -> Function:
    try:
        return OPERATIONS[operation.acts_as]
    except KeyError:
        raise SpecError(
            f"{edition.version}: operation {operation.name} has no function in operations/"
        ) from None


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
