"""The records: immutable, replaced on each write, so that a snapshot is a copy of references.

`fields` hold what a request may set (as it was sent and accepted) and what events wrote, under the
names used inside. Everything else an answer shows is made when it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal["placement", "degree"]
CHILD_KINDS: tuple[Kind, ...] = ("placement", "degree")
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Child:
    """A placement or a degree of a trainee."""

    id: str
    fields: Fields
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Trainee:
    """One trainee record. Times are ISO texts with milliseconds, so their order is time's order.

    `sequence` is the place in the order of creation, `previous_state` what a withdrawal can be
    undone to. `shown` keeps the bytes of each edition beside the record they were made from.
    """

    id: str
    ukprn: str
    state: str
    fields: Fields
    created_at: str
    updated_at: str
    sequence: int
    placements: tuple[Child, ...] = ()
    degrees: tuple[Child, ...] = ()
    previous_state: str | None = None
    shown: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    def changed(self, now: str, **changes: Any) -> Trainee:
        """Return the record as it is after a write at `now`."""
        return replace(self, updated_at=now, shown={}, **changes)

    def children(self, kind: Kind) -> tuple[Child, ...]:
        """Return the placements or the degrees."""
        return self.placements if kind == "placement" else self.degrees

    def with_children(self, kind: Kind, children: tuple[Child, ...], now: str) -> Trainee:
        """Return the record with other placements or degrees."""
        if kind == "placement":
            return self.changed(now, placements=children)
        return self.changed(now, degrees=children)

    @property
    def is_discarded(self) -> bool:
        """Whether the record was deleted behind the API's back."""
        return self.fields.get("discarded_at") is not None
