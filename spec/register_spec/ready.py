"""Documents that are bundled already, in a folder of their own: read as they are.

``bundled/<reading>/<version>.json`` is what ``register-contract spec`` prints. A folder that has
such documents has no others. It is how a program serves documents that it made itself, such as a
reading without one of its deviations.
"""

from __future__ import annotations

from pathlib import Path

import orjson

from register_spec.documents import Document, SpecError

_ROOM = "bundled"


def ready_versions(folder: Path) -> list[str]:
    """Return the versions of the bundled documents in a folder; none in most folders."""
    return sorted({path.stem for path in (folder / _ROOM).glob("*/*.json")})


def ready_readings(version: str, folder: Path) -> list[str]:
    """Return the readings that there are bundled documents of a version in."""
    return sorted(path.parent.name for path in (folder / _ROOM).glob(f"*/{version}.json"))


def ready(version: str, reading: str, folder: Path) -> Document:
    """Return a bundled document. Raises SpecError when there is none, or it cannot be read."""
    path = _path(version, reading, folder)
    try:
        document: Document = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise SpecError(f"{path} cannot be read: {error}") from error
    return document


def make_ready(document: Document, reading: str, folder: Path) -> None:
    """Put a bundled document into a folder, as one of a reading."""
    path = _path(document["info"]["version"], reading, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(document))


def _path(version: str, reading: str, folder: Path) -> Path:
    return folder / _ROOM / reading / f"{version}.json"
