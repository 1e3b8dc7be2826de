"""Making, showing and changing a trainee, and the events a request may fire on one."""

from __future__ import annotations

from register_mock.operations.making import made_trainee
from register_mock.request.walk import Walk
from register_mock.trainee.model import Trainee


def show_info(walk: Walk) -> list[bytes]:
    """Say that the API answers; the document says with which words."""
    return []


def create_trainee(walk: Walk) -> list[bytes]:
    """Keep a new trainee and submit it for a TRN in the same breath."""
    draft = made_trainee(walk.world, walk.edition, walk.ukprn, walk.record, walk.children)
    return _fired(walk, draft)


def show_trainee(walk: Walk) -> list[bytes]:
    """Show one trainee."""
    return [walk.edition.show(walk.found_trainee())]


def update_trainee(walk: Walk) -> list[bytes]:
    """Keep the merged record. Placements and degrees have operations of their own."""
    changed = walk.found_trainee().changed(walk.world.timestamp(), fields=walk.record)
    walk.world.store.put(changed)
    return [walk.edition.show_changed(changed)]


def defer_trainee(walk: Walk) -> list[bytes]:
    """Defer a trainee."""
    return _fired(walk, walk.found_trainee())


def withdraw_trainee(walk: Walk) -> list[bytes]:
    """Withdraw a trainee."""
    return _fired(walk, walk.found_trainee())


def recommend_for_qts(walk: Walk) -> list[bytes]:
    """Recommend a trainee for the award of QTS."""
    return _fired(walk, walk.found_trainee())


def _fired(walk: Walk, trainee: Trainee) -> list[bytes]:
    """Fire the event this operation causes; the `state` stage has seen that it may."""
    lifecycle = walk.edition.lifecycle
    event = lifecycle.event_of(walk.operation.acts_as)
    assert event is not None
    changed = walk.world.fire(event.name, trainee, walk.record, lifecycle=lifecycle)
    assert changed is not None
    walk.trainee = changed
    return [walk.edition.show_changed(changed)]
