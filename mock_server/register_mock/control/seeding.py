"""Filling a fresh world with its seed; trainees are made as the control API makes them."""

from __future__ import annotations

from collections.abc import Mapping

from register_mock.contract.edition import Edition
from register_mock.control.records import Wanted, made
from register_mock.control.visit import Wrong
from register_mock.world.seeds import Row, rows, seed_document
from register_mock.world.world import World
from register_spec import SpecError


def fill(world: World, editions: Mapping[str, Edition], seed: str) -> None:
    """Put a seed's providers, registers and trainees into a fresh world.

    Raises SpecError naming the row that is wrong, and what would be right.
    """
    document = seed_document(seed)
    for row in document["providers"]:
        world.add_provider(row["name"], row["ukprn"])
    for name, register in world.registers.items():
        for row in document[name]:
            register.add(row)
    try:
        for each in rows(document, world.now()):
            _add(world, editions, each)
    except SpecError as error:
        raise SpecError(f"seed {seed}: {error}") from None


def _add(world: World, editions: Mapping[str, Edition], row: Row) -> None:
    edition = editions.get(row.version)
    if edition is None:
        there = ", ".join(editions)
        raise SpecError(f"{row.place}: version {row.version!r} is not served; there are {there}")
    if row.provider not in world.providers:
        there = ", ".join(world.providers)
        raise SpecError(f"{row.place}: there is no provider {row.provider!r}; there are {there}")
    wanted = Wanted(row.provider, row.data, row.state, row.details, row.times, timers=False)
    trainee = made(world, edition, wanted)
    if isinstance(trainee, Wrong):
        raise SpecError(f"{row.place}: {trainee.detail}")
    if row.discarded:
        at = row.times[-1] if row.times else None
        world.fire(_discarding(row, edition), trainee, {}, at, lifecycle=edition.lifecycle)


def _discarding(row: Row, edition: Edition) -> str:
    """Return the event that discards a trainee: the one that hides it."""
    for name, event in edition.document["x-lifecycle"]["events"].items():
        if "hides" in event:
            return str(name)
    raise SpecError(f"{row.place}: no event of {edition.version} hides a trainee")
