"""Reads files that a user names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from register_contract.target.ending import StoppedError


def read_json(path: Path) -> Any:
    """What a file holds as JSON. Raises StoppedError, in words, where it holds none."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise StoppedError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise StoppedError(f"{path} is no JSON: {error}") from error
