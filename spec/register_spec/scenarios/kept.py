"""What becomes known by an answer: the names and tokens of a world, the ids of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Place = tuple[str | int, ...]
TRAINEE = "trainee"
# A record stands alone, under `data`, or first in a list.
_RECORDS: Sequence[Place] = (("data", 0), ("data",), (0,), ())
NOTHING = object()


@dataclass(frozen=True)
class Known:
    """A name, and the places of an answer that it may be found in; the first that is there counts.

    Where none is there, it is what it was.
    """

    name: str
    places: tuple[Place, ...]

    def value(self, answer: Any) -> Any:
        """Return what is found, or None."""
        for place in self.places:
            found = standing_at(answer, place)
            if found is not NOTHING:
                return found
        return None


def standing_at(node: Any, place: Place) -> Any:
    """Return what stands in a place, or NOTHING."""
    for step in place:
        is_there = (
            isinstance(step, int) and len(node) > step
            if isinstance(node, list)
            else isinstance(node, Mapping) and step in node
        )
        if not is_there:
            return NOTHING
        node = node[step]
    return node


def made(prefix: str, kinds: Sequence[str]) -> Iterator[Known]:
    """Yield what a control call tells that makes a trainee, with records of other kinds."""
    for kind in kinds:
        place: Place = (f"{kind}_id",) if kind == TRAINEE else (f"{kind}s", 0)
        yield Known(f"{prefix}{kind}_id", (place,))


def in_answers(kinds: Sequence[str]) -> Iterator[Known]:
    """Yield the ids that a public answer tells: of the record it shows, or of the first in it."""
    for kind in kinds:
        own = [(*record, f"{kind}_id") for record in _RECORDS]
        nested = [(*record, f"{kind}s", 0, f"{kind}_id") for record in _RECORDS]
        yield Known(f"{kind}_id", tuple([*nested, *own] if kind != TRAINEE else own))


def in_records(place: Place) -> list[Place]:
    """Return where a place of a record may be in an answer, whichever way it shows the record."""
    return [(*record, *place) for record in _RECORDS]
