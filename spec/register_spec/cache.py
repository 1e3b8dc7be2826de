"""The bundles that were made before, in the user's cache directory; without them it is only slower.

The name of a file ends in the digest of its content: one that was cut, changed or written by
something else is no bundle, and is made again. Those not used for longest are deleted when a new
one is stored.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

# Every version and reading of this folder, and of a few changed copies; a bundle has a megabyte.
MOST_STORED = 24


def cached(folder: Path, key: str) -> dict[str, Any] | None:
    """Return the bundle stored under a key; None when there is none, or not as it was written."""
    for path in folder.glob(f"{key}-*.json"):
        with suppress(OSError):
            bundle = path.read_bytes()
            if path == _path(folder, key, bundle):
                _note_use(path)
                document: dict[str, Any] = orjson.loads(bundle)
                return document
    return None


def store(folder: Path, key: str, document: dict[str, Any]) -> None:
    """Write a bundle whole or not at all, and delete those that were not used for longest."""
    bundle = orjson.dumps(document)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(bundle)
        os.replace(file.name, _path(folder, key, bundle))
        _prune(folder)
    except OSError:
        return


def _path(folder: Path, key: str, bundle: bytes) -> Path:
    return folder / f"{key}-{hashlib.sha256(bundle).hexdigest()[:16]}.json"


def _note_use(path: Path) -> None:
    """Note the time of the last use, where that may be written."""
    with suppress(OSError):
        os.utime(path)


def _prune(folder: Path) -> None:
    """Delete all but the newest files; one that a process left unfinished is old some day too."""
    files = [each for each in folder.iterdir() if each.is_file()]
    for old in sorted(files, key=_last_used, reverse=True)[MOST_STORED:]:
        with suppress(OSError):
            old.unlink()


def _last_used(path: Path) -> float:
    """Return when a file was last used; one that another process has deleted meanwhile is old."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
