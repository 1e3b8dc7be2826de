"""The records: immutable, replaced on each write, so that a snapshot is a copy of references.

`fields` hold what a request may set (as it was sent and accepted) and what events wrote, under the
names used inside. Everything else an answer shows is made when it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Kind = Literal["placement", "degree"]
CHILD_KINDS: tuple[Kind, ...] = ("placement", "degree")
Fields = Mapping[str, Any]


class Child(NamedTuple):
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

    def changed(
        self,
        now: str,
        *,
        fields: Fields | None = None,
        state: str | None = None,
        placements: tuple[Child, ...] | None = None,
        degrees: tuple[Child, ...] | None = None,
    ) -> Trainee:
        """Return the record as it is after a write at `now`; it knows what state it left."""
        is_moved = state is not None and state != self.state
        return Trainee(
            id=self.id,
            ukprn=self.ukprn,
            state=self.state if state is None else state,
            fields=self.fields if fields is None else fields,
            created_at=self.created_at,
            updated_at=now,
            sequence=self.sequence,
            placements=self.placements if placements is None else placements,
            degrees=self.degrees if degrees is None else degrees,
            previous_state=self.state if is_moved else self.previous_state,
        )

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
