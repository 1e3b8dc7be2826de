"""Proves that one schema takes all that another takes, in the time that there is.

What jsonschema-rs does cannot be interrupted: for large schemas it is done in a process that can.
As a program it reads both schemas, and prints whether it is proved.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import jsonschema_rs
import orjson

SECONDS = 5.0
"""How long a proof may take."""
_SMALL = 20_000
"""Below as many characters of JSON, it takes a few milliseconds."""
_YES = "proved"


class NoTimeError(Exception):
    """A proof takes longer than there is time for."""


def is_proved(inner: Any, outer: Any, seconds: float = SECONDS) -> bool:
    """Whether ``outer`` is proved to take all that ``inner`` takes. Raises NoTimeError."""
    both = orjson.dumps([inner, outer])
    if len(both) < _SMALL:
        return _covers(inner, outer)
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=both,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise NoTimeError(f"a proof takes longer than {seconds:g} s") from error
    return done.stdout.decode().strip() == _YES


def _covers(inner: Any, outer: Any) -> bool:
    found = _form(outer).covers(_form(inner))
    return bool(found == jsonschema_rs.canonical.Containment.YES)


def _form(schema: Any) -> jsonschema_rs.CanonicalSchema:
    return jsonschema_rs.canonicalize(
        schema, draft=jsonschema_rs.Draft202012, validate_formats=True
    )


if __name__ == "__main__":
    print(_YES if _covers(*orjson.loads(sys.stdin.buffer.read())) else "not proved")
