"""Making, showing and changing a trainee, and the events a request may fire on one."""

from __future__ import annotations

from register_mock.contract.envelopes import Answer, data_answer, json_answer
from register_mock.operations.making import made_trainee
from register_mock.request.walk import Walk
from register_mock.trainee.model import Trainee


def show_info(walk: Walk) -> Answer:
    """Say that the API answers."""
    return json_answer(200, {"status": "ok"})


def create_trainee(walk: Walk) -> Answer:
    """Keep a new trainee and submit it for a TRN in the same breath."""
    draft = made_trainee(walk.world, walk.edition, walk.ukprn, walk.record, walk.children)
    return _fired(walk, draft, 201)


def show_trainee(walk: Walk) -> Answer:
    """Show one trainee."""
    return data_answer(200, walk.edition.show(walk.found_trainee()))


def update_trainee(walk: Walk) -> Answer:
    """Keep the merged record. Placements and degrees have operations of their own."""
    changed = walk.found_trainee().changed(walk.world.timestamp(), fields=walk.record)
    walk.world.store.put(changed)
    return data_answer(200, walk.edition.show(changed))


def defer_trainee(walk: Walk) -> Answer:
    """Defer a trainee."""
    return _fired(walk, walk.found_trainee(), 200)


def withdraw_trainee(walk: Walk) -> Answer:
    """Withdraw a trainee."""
    return _fired(walk, walk.found_trainee(), 200)


def recommend_for_qts(walk: Walk) -> Answer:
    """Recommend a trainee for the award of QTS."""
    return _fired(walk, walk.found_trainee(), 202)


def _fired(walk: Walk, trainee: Trainee, status: int) -> Answer:
    """Fire the event this operation causes; the `state` stage has seen that it may."""
    lifecycle = walk.edition.lifecycle
    event = lifecycle.event_of(walk.operation.acts_as)
    assert event is not None
    changed = walk.world.fire(event.name, trainee, walk.record, lifecycle=lifecycle)
    assert changed is not None
    return data_answer(status, walk.edition.show(changed))
