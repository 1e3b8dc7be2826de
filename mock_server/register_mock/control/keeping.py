"""The journal of a world as `readiness` looks at it, and the documents of the world's server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

import register_spec as spec
from register_mock.client import Request
from register_mock.config import Options
from register_mock.control.entries import Personal, personal_fields, shown_entry, shown_json
from register_mock.control.entries import token_headers as carriers_of
from register_mock.readiness.kept import Kept
from register_mock.world.world import World
from register_mock.world.worlds import Worlds


def kept_of(world: World, worlds: Worlds, options: Options) -> Kept:
    """Return the journal of a world, shown and masked as the control API does."""
    editions = worlds.editions[world.origin.reading].values()
    personal = personal_fields(editions) if options.mask_personal_data else Personal()
    carriers = carriers_of(editions)
    with world.lock:
        entries = world.journal.entries()
    rows = orjson.loads(shown_json([shown_entry(each, personal, carriers) for each in entries]))
    return Kept(world.name, world.origin.reading, [Request.of(row) for row in rows])


@dataclass(frozen=True)
class Served:
    """The documents that a server has."""

    worlds: Worlds
    folder: Path | None

    def versions(self, reading: str) -> Sequence[str]:
        """Return the versions of a reading, oldest first."""
        return list(self.worlds.editions.documents_of(reading))

    def document(self, version: str, reading: str) -> dict[str, Any]:
        """Return the bundled document of a version in a reading."""
        return self.worlds.editions.documents_of(reading)[version]

    def rows(self) -> dict[str, Any]:
        """Return the rows of `readiness.yaml`."""
        return _rows(self.folder)


@cache
def _rows(folder: Path | None) -> dict[str, Any]:
    """Return the rows as they were when they were first asked for, like the documents."""
    return spec.readiness_rows(folder)
