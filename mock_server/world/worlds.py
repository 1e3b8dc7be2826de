"""All worlds of one server: made from seeds, found by name or by token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock

from mock_server.edition import Edition
from mock_server.trainee.duplicates import DuplicateRule
from mock_server.world.store import IndexKey
from mock_server.world.world import Content, Origin, World

DEFAULT = "default"
Fill = Callable[[World, str], None]
Editions = Mapping[str, Mapping[str, Edition]]


class Worlds:
    """The worlds of one server.

    `editions` is reading -> version -> edition, versions oldest first; `fill` puts the seed of
    this name into a fresh world.
    """

    def __init__(self, editions: Editions, fill: Fill) -> None:
        """Start without a world."""
        self.editions = editions
        self._fill = fill
        self._worlds: dict[str, World] = {}
        self._pristine: dict[str, Content] = {}
        self._by_token: dict[str, World] = {}
        self._lock = Lock()

    def create(self, origin: Origin) -> World:
        """Make a world from its seed; raises KeyError when the name or the reading is taken."""
        world = self._made(origin)
        with self._lock:
            if origin.name in self._worlds:
                raise KeyError(origin.name)
            self._worlds[origin.name] = world
            self._pristine[origin.name] = world.content()
        return world

    def _made(self, origin: Origin) -> World:
        editions = list(self.editions[origin.reading].values())
        world = World(origin, editions[-1].lifecycle, _indexes(editions))
        self._fill(world, origin.seed)
        return world

    def reset(self, name: str, seed: str | None = None) -> World:
        """Put a world back to the seed it was made with, or to another one."""
        world = self._worlds[name]
        with world.lock:
            if seed is not None and seed != world.origin.seed:
                origin = Origin(name, world.origin.reading, seed, world.origin.random_seed)
                made = self._made(origin)
                world.origin = origin
                self._pristine[name] = made.content()
            world.restore(self._pristine[name])
        return world

    def delete(self, name: str) -> None:
        """Forget a world; raises KeyError when there is none of this name."""
        with self._lock:
            del self._worlds[name]
            del self._pristine[name]
            self._by_token = {}

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


def _indexes(editions: list[Edition]) -> dict[str, IndexKey]:
    rules: list[DuplicateRule] = [
        rule for edition in editions for rule in edition.duplicates if rule.among == "provider"
    ]
    return {rule.digest: rule.index_key for rule in rules}
