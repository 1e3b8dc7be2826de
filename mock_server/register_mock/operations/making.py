"""New records: identifiers and times from the world, fields from the request."""

from __future__ import annotations

from collections.abc import Mapping

from register_mock.contract.derive import Record
from register_mock.contract.edition import Edition
from register_mock.trainee.model import Child, Kind, Trainee
from register_mock.world.world import World


def made_child(world: World, fields: Record, at: str | None = None) -> Child:
    """Return a new placement or degree, made at the time `at`, by default now."""
    now = at or world.timestamp()
    return Child(world.ids.record(), fields, now, now)


def made_trainee(
    world: World,
    edition: Edition,
    ukprn: str,
    fields: Record,
    children: Mapping[Kind, list[Record]],
    at: str | None = None,
) -> Trainee:
    """Return a new trainee in the first state, with its children; it is not kept yet."""
    now = at or world.timestamp()
    return Trainee(
        id=world.ids.record(),
        ukprn=ukprn,
        state=edition.lifecycle.initial,
        fields=fields,
        created_at=now,
        updated_at=now,
        sequence=world.ids.next_number(),
        placements=tuple(made_child(world, each, now) for each in children.get("placement", [])),
        degrees=tuple(made_child(world, each, now) for each in children.get("degree", [])),
    )
