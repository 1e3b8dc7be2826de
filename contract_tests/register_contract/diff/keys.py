"""How a change is judged: by the table of keywords here, and by what stands beside our own keys.

A key of ours without a judgement, or a judgement that nothing knows, is an error at start.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

import register_spec as spec

_KEYWORDS = Path(__file__).with_name("keywords.yaml")
_MORE = ("refuses", "allows", "answers")
EACH = "each"
"""How deep rows lie that are lists without ids: each is told apart by what it is about."""


class Judged(Enum):
    """How a change of a key of ours is judged."""

    NOTHING = "nothing"
    CODES = "codes"
    NAMES = "names"
    PRESENCE = "presence"
    ORDER = "order"
    ACCESS = "access"
    WORDING = "wording"
    PRECEDENCE = "precedence"
    BEHAVIOUR = "behaviour"


class JudgementError(Exception):
    """A key has no judgement, or one that nothing knows; the message names it."""


class Keys:
    """What stands beside each key of ours about its changes."""

    @cached_property
    def _rows(self) -> Mapping[str, Mapping[str, Any]]:
        rows = spec.how_changes_are_judged()
        for key, row in rows.items():
            check_judgement(key, row)
        return rows

    def judged(self, key: str) -> Judged:
        """How a change of a key is judged; one that is none of ours is nothing."""
        row = self._rows.get(key)
        return Judged.NOTHING if row is None else Judged(row["judged"])

    def more(self, key: str) -> str:
        """What one row more does: it `refuses` requests, `allows` some, or `answers` otherwise."""
        return str(self._rows[key].get("more", "answers"))

    def rows(self, key: str) -> Any:
        """How deep the rows of a table lie: a number, or one for each part of it."""
        return self._rows[key].get("rows", 0)

    def ordered(self, key: str) -> list[list[str]]:
        """The parts of a table in which the order of rows decides."""
        return list(self._rows[key].get("ordered", ()))


def check_judgement(key: str, row: Any) -> None:
    """Raise JudgementError for what stands beside a key and says nothing."""
    if not isinstance(row, Mapping) or "judged" not in row:
        raise JudgementError(f"{key} has no x-change, which says how its changes are judged")
    known = [each.value for each in Judged]
    if row["judged"] not in known:
        raise JudgementError(f"{key}: {row['judged']!r} judges nothing; known are {known}")
    if (row["judged"] == Judged.BEHAVIOUR.value) is not (row.get("more") in _MORE):
        raise JudgementError(f"{key}: behaviour, and nothing else, says what `more` of it does")
    if (row["judged"] == Judged.NOTHING.value) is not bool(row.get("because")):
        raise JudgementError(f"{key}: what is judged as nothing, and nothing else, says `because`")


KEYS = Keys()


def keywords() -> Mapping[str, Mapping[str, Any]]:
    """The table of keywords: evaluators, each with its keywords, of `schema` and `openapi`.

    And under `asymmetries` the ids without an opposite, each with its reason.
    """
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(_KEYWORDS.read_text(encoding="utf-8"))
    return found
