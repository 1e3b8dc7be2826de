"""Filling a world from a seed document: providers, schools, lead partners."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from mock_server.world.world import World
from spec.documents import SpecError, read_yaml


def seed_document(seed: str) -> dict[str, Any]:
    """Return a seed by its name in `fixtures/seeds`, or by the path of a file.

    Raises SpecError when there is none or it is not a seed.
    """
    shipped = Path(str(files("fixtures"))) / "seeds" / f"{seed}.yaml"
    path = shipped if shipped.is_file() else Path(seed)
    document = read_yaml(path)
    if not isinstance(document, dict) or "providers" not in document:
        raise SpecError(f"{path} is not a seed: it needs a list of `providers`")
    return document


def fill(world: World, seed: str) -> None:
    """Put a seed's providers and registers into a fresh world."""
    document = seed_document(seed)
    for row in document["providers"]:
        world.add_provider(row["name"], row["ukprn"])
    for name, register in world.registers.items():
        register.rows.extend(dict(row) for row in document.get(name, []))
