"""An entry of a comparison: one cause, what it is worth, and whom it concerns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import orjson
import yaml

import register_spec as spec
from register_contract.diff.causes import Named
from register_contract.diff.evaluators import Change
from register_contract.diff.names import Rename
from register_contract.diff.raw import Raw
from register_contract.target.ending import StoppedError

_LEVELS = Path(__file__).with_name("levels.yaml")
BREAKING, UNDECIDED, DANGER, ADDITION, NOTE = (
    "breaking",
    "undecided",
    "danger",
    "addition",
    "note",
)
ORDER = (BREAKING, UNDECIDED, DANGER, ADDITION, NOTE)
"""Levels, the worst first."""
PROFILES = ("dfe", "strict")


@dataclass(frozen=True)
class Profile:
    """What each id is worth."""

    name: str
    levels: Mapping[str, str]

    def level(self, id: str) -> str:
        """The level of an id."""
        return self.levels[id]


def profile_of(name: str) -> Profile:
    """One of the profiles, or that of a file. Raises StoppedError for what is neither."""
    rows = table()
    if name in PROFILES:
        return Profile(name, {id: row[name] for id, row in rows.items()})
    path = Path(name)
    try:
        own = spec.read_foreign(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, spec.SpecError) as error:
        raise StoppedError(
            f"--profile takes {', '.join(PROFILES)} or a file of ids and levels; "
            f"{name} cannot be read: {error}"
        ) from error
    own_levels = {id: row["dfe"] for id, row in rows.items()}
    for id, level in (own if isinstance(own, dict) else {"": own}).items():
        if id not in own_levels:
            raise StoppedError(f"{name}: there is no id {id!r}; ids are those of {_LEVELS.name}")
        if level not in ORDER:
            raise StoppedError(f"{name}: {id}: {level!r} is none of {', '.join(ORDER)}")
        own_levels[id] = level
    return Profile(path.name, own_levels)


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """What each id is worth, and what it says."""
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(_LEVELS.read_text(encoding="utf-8"))
    return found


def worst(levels: Iterable[str]) -> str:
    """The worst of some levels."""
    return min(levels, key=ORDER.index)


@dataclass
class Entry:
    """One cause: what changed, in one sentence, and each of its changes.

    ``sentence`` is that of the step where it is one of ours; ``sources`` are documents. ``reason``
    says why it is undecided, or less than it looks.
    """

    key: tuple[str, ...]
    level: str
    sentence: str
    changes: list[Change]
    operations: list[str]
    sources: list[str] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    renames: list[Rename] = field(default_factory=list)
    details: list[tuple[str, str, str]] = field(default_factory=list)
    witness: Any = None
    accepted: str = ""
    reason: str = ""

    @property
    def ids(self) -> list[str]:
        """What its changes are, the worst first."""
        return list(dict.fromkeys(change.id for change in self.changes))

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same cause, whatever else changes and wherever it stands."""
        said = sorted({(c.id, c.field, c.kind, _value(c.raw)) for c in self.changes})
        text = orjson.dumps([self.key, said]).decode()
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _value(raw: Raw) -> str:
    values = [None if fact is None else fact.value for fact in (raw.old, raw.new)]
    return orjson.dumps(values, default=str, option=orjson.OPT_SORT_KEYS).decode()
