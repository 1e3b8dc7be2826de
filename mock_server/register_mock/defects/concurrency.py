"""What goes wrong when calls meet: a check and what it was made for are two steps.

A call lets go of the lock of its world for a moment, and others come in between.
"""

from __future__ import annotations

from time import sleep
from typing import Any

from register_mock.contract.envelopes import Answer
from register_mock.defects.patches import defect
from register_mock.operations import OPERATIONS
from register_mock.request import pipeline
from register_mock.request.pipeline import Pipeline
from register_mock.request.walk import Walk
from register_mock.world.world import World

KIND = "concurrency"
PAUSE = 0.02


def let_in(world: World) -> None:
    """Let other calls have a world for a moment."""
    world.lock.release()
    sleep(PAUSE)
    world.lock.acquire()
    world.hold_still()


def _late(function: Any) -> Any:
    """Return an operation that others overtake; it goes on with what it read before."""

    def late(walk: Walk) -> Any:
        let_in(walk.world)
        return function(walk)

    return late


def _late_and_fresh(function: Any) -> Any:
    """Return an operation that others overtake; it reads its trainee again, but checks nothing."""

    def late(walk: Walk) -> Any:
        let_in(walk.world)
        walk.trainee = walk.world.store.get(walk.found_trainee().id)
        return function(walk)

    return late


@defect(KIND, OPERATIONS, "create_trainee", meeting=True)
def trainee_check_and_store_apart(function: Any) -> Any:
    """Two equal trainees created at the same time are both answered 201."""
    return _late(function)


@defect(KIND, OPERATIONS, "create_degree", meeting=True)
def degree_check_and_store_apart(function: Any) -> Any:
    """Two equal degrees added at the same time are both kept."""
    return _late_and_fresh(function)


@defect(KIND, OPERATIONS, "update_trainee", meeting=True)
def later_update_overwrites_earlier(function: Any) -> Any:
    """Of two updates of different fields at the same time one is lost."""
    return _late(function)


@defect(KIND, OPERATIONS, "create_placement", meeting=True)
def placement_lost_beside_another(function: Any) -> Any:
    """Of two placements added at the same time only one is kept, though both are answered 201."""
    return _late(function)


@defect(KIND, OPERATIONS, "delete_degree", meeting=True)
def deleted_degree_comes_back(function: Any) -> Any:
    """Of two degrees deleted at the same time one is there again afterwards."""
    return _late(function)


@defect(KIND, OPERATIONS, "withdraw_trainee", meeting=True)
def state_check_and_withdrawal_apart(function: Any) -> Any:
    """A trainee is withdrawn twice at the same time, and both are answered 200."""
    return _late(function)


@defect(KIND, OPERATIONS, "recommend_for_qts", meeting=True)
def state_check_and_recommendation_apart(function: Any) -> Any:
    """A trainee is recommended twice at the same time, and both are answered 202."""
    return _late(function)


@defect(KIND, OPERATIONS, "update_degree", meeting=True)
def trainee_gone_while_a_degree_changes(function: Any) -> Any:
    """A trainee cannot be found by others for as long as one of its degrees is being changed."""

    def update_degree(walk: Walk) -> Any:
        records: dict[str, Any] = walk.world.store._trainees
        kept = records.pop(walk.found_trainee().id)
        let_in(walk.world)
        records[kept.id] = kept
        return function(walk)

    return update_degree


@defect(KIND, Pipeline, "_lived", meeting=True)
def answer_of_another_call(function: Any) -> Any:
    """An answer is kept where all calls share it, so a slow client is sent that of another one."""
    shared: dict[str, Answer] = {}

    def lived(self: Pipeline, walk: Walk) -> None:
        function(self, walk)
        if walk.asked is not None and walk.asked.name == "show_trainee":
            shared["answer"] = walk.answer()
            let_in(walk.world)
            walk.outcome = shared["answer"]

    return lived


@defect(KIND, OPERATIONS, "create_placement", meeting=True)
def placement_identifier_given_twice(function: Any) -> Any:
    """Placements made at the same time get the same identifier."""

    def create_placement(walk: Walk) -> Any:
        ids = walk.world.ids
        state = ids.state()
        let_in(walk.world)
        ids.restore(state)
        walk.trainee = walk.world.store.get(walk.found_trainee().id)
        return function(walk)

    return create_placement


@defect(KIND, pipeline, "limited", meeting=True)
def calls_at_once_count_as_one(limited: Any) -> Any:
    """Calls that come at the same time count as one for the rate limit."""

    def counted(walk: Walk) -> Any:
        if walk.world.settings.rate_limit.enabled:
            before = walk.world.windows.copy()
            let_in(walk.world)
            walk.world.windows = before
        return limited(walk)

    return counted
