"""What the suite is known to leave out: rows that no call exercises, each with the reason.

The list is ``unexercised.yaml``. It is of the suite, not of a target: of whole runs on the mock
with seed 1, which exercise the same rows each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

LIST = Path(__file__).with_name("unexercised.yaml")


@dataclass(frozen=True)
class Known:
    """A row that is left out, in which editions, and why.

    ``where`` are versions, readings, or both as ``v1.0-pre@deployed``; none means everywhere.
    """

    row: str
    why: str
    where: Sequence[str] = ()

    def holds(self, edition: str) -> bool:
        """Whether the row is left out in an edition, which is named ``<version>@<reading>``."""
        version, _, reading = edition.partition("@")
        return not self.where or not {version, reading, edition}.isdisjoint(self.where)


def known(path: Path = LIST) -> list[Known]:
    """The rows that a file lists."""
    rows: Mapping[str, Mapping[str, str | list[str]]] = yaml.safe_load(path.read_text("utf-8"))
    return [Known(row, str(said["why"]), said.get("in", ())) for row, said in rows.items()]
