"""Numbers and states that the life of a trainee gets wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from register_mock.contract.states import Lifecycle
from register_mock.defects.patches import defect
from register_mock.operations import OPERATIONS
from register_mock.request.stages import STAGES
from register_mock.request.walk import Walk
from register_mock.trainee.model import Trainee
from register_mock.world.ids import Ids
from register_mock.world.world import World

KIND = "lifecycle"


@defect(KIND, Ids, "trn")
def trn_issued_twice(trn: Any) -> Any:
    """Two trainees get the same TRN."""

    def repeated(self: Ids) -> str:
        found: str = trn(self)
        return f"{int(found) // 2 * 2:07d}"

    return repeated


@defect(KIND, Ids, "trn")
def trn_of_six_digits(trn: Any) -> Any:
    """A TRN has six digits instead of seven."""
    return lambda self: trn(self)[1:]


@defect(KIND, OPERATIONS, "create_trainee")
def trn_issued_at_once(function: Any) -> Any:
    """A new trainee has its TRN at once, and is never waiting for it."""

    def create_trainee(walk: Walk) -> Any:
        function(walk)
        made = list(walk.world.store.all())[-1]
        received = walk.world.fire("receive_trn", made, {})
        return [walk.edition.show_changed(received or made)]

    return create_trainee


@defect(KIND, World, "_start_timer")
def trn_never_comes(start_timer: Any) -> Any:
    """A new trainee waits for its TRN for ever."""

    def started(self: World, event: str, *rest: Any) -> None:
        if event != "receive_trn":
            start_timer(self, event, *rest)

    return started


@defect(KIND, World, "_start_timer")
def award_never_comes(start_timer: Any) -> Any:
    """A recommended trainee waits for its award for ever."""

    def started(self: World, event: str, *rest: Any) -> None:
        if event != "award":
            start_timer(self, event, *rest)

    return started


@defect(KIND, Lifecycle, "fire")
def trn_lost_by_a_deferral(fire: Any) -> Any:
    """A deferral takes the TRN of a trainee away."""

    def fired(self: Lifecycle, event: str, *rest: Any) -> Trainee:
        found: Trainee = fire(self, event, *rest)
        fields = {**found.fields, "trn": None} if event == "defer" else found.fields
        return replace(found, fields=fields)

    return fired


@defect(KIND, Lifecycle, "fire")
def deferral_forgotten_by_a_withdrawal(fire: Any) -> Any:
    """A withdrawal clears the date and the reason of an earlier deferral."""

    def fired(self: Lifecycle, event: str, *rest: Any) -> Trainee:
        found: Trainee = fire(self, event, *rest)
        if event != "withdraw":
            return found
        return replace(found, fields={**found.fields, "defer_date": None, "defer_reason": None})

    return fired


@defect(KIND, STAGES, "state")
def states_not_asked(stage: Any) -> Any:
    """Locks of a state do not bind a PATCH."""

    def state(walk: Walk) -> Any:
        return None if walk.call.method == "PATCH" else stage.look(walk)

    return replace(stage, look=state)


@defect(KIND, OPERATIONS, "update_trainee")
def update_returns_a_deferred_trainee(function: Any) -> Any:
    """An update brings a deferred trainee back."""

    def update_trainee(walk: Walk) -> Any:
        trainee = walk.found_trainee()
        if trainee.state == "deferred":
            walk.trainee = replace(trainee, state="trn_received")
        return function(walk)

    return update_trainee
