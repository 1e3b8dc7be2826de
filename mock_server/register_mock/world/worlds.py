"""All worlds of one server: made from seeds, found by name or by token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from threading import Lock

from register_mock.contract.credentials import base_path
from register_mock.contract.duplicates import DuplicateRule
from register_mock.contract.edition import Edition
from register_mock.contract.editions import Editions
from register_mock.world.settings import timers
from register_mock.world.store import IndexKey
from register_mock.world.world import Origin, World
from register_spec import SpecError

DEFAULT = "default"
DISCARDED_AT = "discarded_at"
Start = Callable[[World], None]
Fill = Callable[[World, Mapping[str, Edition], str], None]


class Worlds:
    """The worlds of one server.

    `editions` is reading -> version -> edition, versions oldest first; `start` sets the clock of
    a world that begins or is reset; `fill` puts the seed of this name into a fresh world that
    speaks these editions.
    """

    def __init__(self, editions: Editions, start: Start, fill: Fill) -> None:
        """Start without a world.

        Raises SpecError when two versions have one base path; and a reading is refused, once it is
        compiled, in which an event has a timer that is no setting, or hides what stays there.
        """
        self.editions = editions
        _check_base_paths(editions)
        editions.when_compiled(_check)
        self._start = start
        self._fill = fill
        self._worlds: dict[str, World] = {}
        self._by_token: dict[str, World] = {}
        self._lock = Lock()

    def create(self, origin: Origin) -> World | None:
        """Make a world from its seed and return it, or None when the name is taken.

        Raises SpecError when the seed is wrong.
        """
        if origin.name in self._worlds:
            return None
        world = self._made(origin, origin.seed)
        with self._lock:
            if origin.name in self._worlds:
                return None
            self._worlds[origin.name] = world
        return world

    def free_name(self) -> str:
        """Return a name no world has."""
        numbers = count(len(self._worlds))
        return next(name for n in numbers if (name := f"world-{n}") not in self._worlds)

    def _made(self, origin: Origin, seed: str) -> World:
        served = self.editions[origin.reading]
        editions = list(served.values())
        world = World(origin, editions[-1].lifecycle, _indexes(editions))
        world.seed = seed
        self._start(world)
        self._fill(world, served, seed)
        world.moves.begin()
        world.first = {seed: world.content()}
        return world

    def reset(self, world: World, seed: str | None = None) -> None:
        """Put a world back to the seed it was made with, or to another one.

        The providers of the seed keep the tokens they were given since.
        """
        seed = seed or world.origin.seed
        with world.lock:
            if seed not in world.first:
                world.first |= self._made(world.origin, seed).first
            given = world.providers
            world.restore(world.first[seed])
            for ukprn in given.keys() & world.providers.keys():
                world.providers[ukprn] = replace(world.providers[ukprn], tokens=given[ukprn].tokens)
            self._start(world)

    def delete(self, name: str) -> bool:
        """Forget a world; return whether there was one of this name."""
        with self._lock:
            self._by_token = {}
            return self._worlds.pop(name, None) is not None

    def get(self, name: str) -> World | None:
        """Return the world of this name."""
        return self._worlds.get(name)

    def all(self) -> list[World]:
        """Return all worlds, in the order they were made."""
        return list(self._worlds.values())

    def of_token(self, token: str) -> World | None:
        """Return the world that issued a token, good or not."""
        world = self._by_token.get(token)
        if world is not None and world.issued(token):
            return world
        for world in self.all():
            if world.issued(token):
                self._by_token[token] = world
                return world
        return None


def _check_base_paths(editions: Editions) -> None:
    of: dict[str, str] = {}
    for versions in editions.documents.values():
        for version, document in versions.items():
            path = base_path(document)
            other = of.setdefault(path, version)
            if other != version:
                raise SpecError(
                    f"{other} and {version} have the same base path, {path}: each version has one "
                    f"of its own (`servers`)"
                )


def _check(versions: Mapping[str, Edition]) -> None:
    for edition in versions.values():
        _check_timers(edition)
        _check_hiding(edition)


def _check_timers(edition: Edition) -> None:
    there = timers()
    for event in edition.lifecycle.events.values():
        if event.timer is not None and event.timer not in there:
            raise SpecError(
                f"{edition.version}: x-lifecycle.events.{event.name}.timer: there is no setting "
                f"{event.timer!r}; there are {', '.join(there)}"
            )


def _check_hiding(edition: Edition) -> None:
    """A record is hidden by what it holds (`Trainee.is_discarded`), whatever the event."""
    for name, event in edition.document["x-lifecycle"]["events"].items():
        if ("hides" in event) is not (DISCARDED_AT in event["writes"]):
            raise SpecError(
                f"{edition.version}: x-lifecycle.events.{name}: an event hides a trainee (`hides`) "
                f"when it writes {DISCARDED_AT}, and no other does"
            )


def _indexes(editions: list[Edition]) -> dict[str, IndexKey]:
    rules: list[DuplicateRule] = [
        rule for edition in editions for rule in edition.duplicates if rule.among == "provider"
    ]
    return {rule.digest: rule.index_key for rule in rules}
