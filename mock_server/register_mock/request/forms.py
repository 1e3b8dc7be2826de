"""A form-encoded body as the object it stands for: `data[degrees_attributes][][subject]=100425`.

Brackets lead into an object, empty ones to a list. A further object of a list begins when the one
before has the key already. All values are texts, and of a repeated key the last counts. A name that
contradicts one before it (`data=1&data[sex]=10`) makes the body malformed, as for the service's own
parser.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

MOST_STEPS = 32
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP = re.compile(r"\[([^\[\]]*)\]")


def read_form(body: bytes) -> dict[str, Any]:
    """Return the content of a form; raises ValueError when it is none, or none to be kept."""
    content: dict[str, Any] = {}
    pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    for name, value in pairs:
        found = _NAME.fullmatch(name)
        steps = [found[1], *_STEP.findall(found[2])] if found else [name]
        if len(steps) > MOST_STEPS:
            raise ValueError(f"nested more than {MOST_STEPS} deep")
        if "\0" in name or "\0" in value:
            raise ValueError("a text contains the character NUL")
        _put(content, steps, value)
    return content


def _put(content: dict[str, Any], steps: list[str], value: str) -> None:
    """Put a value into an object, where its steps lead; behind an empty one is a list."""
    step, *rest = steps
    kind: type[Any] = str if not rest else dict if rest[0] else list
    here = content.setdefault(step, kind())
    if not isinstance(here, kind):
        raise ValueError(f"{step} is several things at once")
    if kind is str:
        content[step] = value
    elif kind is dict:
        _put(here, rest, value)
    else:
        _add(here, rest[1:], value)


def _add(entries: list[Any], steps: list[str], value: str) -> None:
    """Put a value into a list, by itself or into its last object."""
    if not steps:
        entries.append(value)
        return
    if not (entries and isinstance(entries[-1], dict)) or _has(entries[-1], steps):
        entries.append({})
    _put(entries[-1], steps, value)


def _has(content: Any, steps: list[str]) -> bool:
    """Tell whether an object has a value already where these steps lead."""
    for step in steps:
        if not step:
            return False
        if not isinstance(content, dict) or step not in content:
            return False
        content = content[step]
    return True
