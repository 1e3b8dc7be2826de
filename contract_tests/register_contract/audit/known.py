"""What the suite is known to leave out: rows that no call exercises, each with the reason.

The list is ``unexercised.yaml``. It is of the suite, not of a target: of whole runs on the mock
with seed 1, which exercise the same rows each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LIST = Path(__file__).with_name("unexercised.yaml")


@dataclass(frozen=True)
class Known:
    """A row that is left out, in which editions, and why.

    ``where`` are versions, readings, or both as ``v1.0-pre@deployed``; none means everywhere. One
    that is ``long`` is exercised by whole runs, and left out by those that CI makes of parts. One
    that is met ``by_chance`` is exercised by some runs and left out by others.
    """

    row: str
    why: str
    where: Sequence[str] = ()
    long: bool = False
    by_chance: bool = False

    def holds(self, edition: str, is_whole: bool) -> bool:
        """Whether a run of an edition, named ``<version>@<reading>``, leaves the row out."""
        if self.long and is_whole:
            return False
        version, _, reading = edition.partition("@")
        return not self.where or not {version, reading, edition}.isdisjoint(self.where)


def known(path: Path = LIST) -> list[Known]:
    """The rows that a file lists."""
    rows: Sequence[Mapping[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return [
        Known(
            each["row"],
            each["why"],
            tuple(each.get("in", ())),
            each.get("long", False),
            each.get("by_chance", False),
        )
        for each in rows
    ]
