"""Where two documents decide otherwise: one change for each place, before any cause is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from register_contract.diff.decisions import MERGED, Decided, Fact, Facts, Place

_INSIDE = {
    "operation": ("operation", "parameter", "body", "request", "condition", "answer", "header",
                  "shown", "access", "key"),
    "parameter": ("parameter", "key"),
    "body": ("body", "request", "condition", "key"),
    "request": ("request", "condition", "key"),
    "answer": ("answer", "header", "shown", "key"),
    "shown": ("shown", "key", "condition"),
    "header": ("header", "key"),
}  # fmt: skip
"""What goes along with what is gone or new: what is decided inside of it."""


@dataclass(frozen=True)
class Raw:
    """One place, and what is decided there on each side; None where nothing is."""

    place: Place
    old: Fact | None
    new: Fact | None

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    @property
    def fact(self) -> Fact:
        """What is decided now, or was where nothing is any more."""
        fact = self.new or self.old
        assert fact is not None
        return fact

    @property
    def facts(self) -> list[Fact]:
        """What is decided on the sides that decide something."""
        return [fact for fact in (self.old, self.new) if fact is not None]


def raw_changes(old: Decided, new: Decided) -> list[Raw]:
    """The changes from one document to another, without those inside of what is gone or new."""
    found = [*_differing(old.facts, new.facts)]
    whole = {raw.place for raw in found if raw.kind != "changed" and _holds_others(raw.place)}
    return [raw for raw in found if not any(each in whole for each in _around(raw.place))]


def _differing(old: Facts, new: Facts) -> Iterator[Raw]:
    for place in dict.fromkeys((*old, *new)):
        one, other = old.get(place), new.get(place)
        if one is None or other is None:
            if place.room != "order":
                yield Raw(place, one, other)
        elif place.room == "order":
            # What is new or gone is a change of its own, and moves nothing.
            both = set(one.value) & set(other.value)
            if [id for id in one.value if id in both] != [id for id in other.value if id in both]:
                yield Raw(place, one, other)
        elif one.value != other.value:
            yield Raw(place, one, other)


def _holds_others(place: Place) -> bool:
    if place.room == "key":
        return place.at[-1] == "x-merged"
    return place.room in _INSIDE and (not place.at or not place.at[-1].startswith("("))


def _around(place: Place) -> Iterable[Place]:
    """The places that a place lies in."""
    id, at = place.operation, place.at
    if MERGED in at:
        yield Place("key", id, (place.room, *at[: at.index(MERGED)], "x-merged"))
    if place != ("operation", id, ()) and id:
        yield Place("operation", id, ())
    if place.room == "key":
        yield from _around_key(id, at)
        return
    for room, rooms in _INSIDE.items():
        if place.room in rooms and room != "operation":
            sizes = range(len(at)) if room == place.room else range(len(at) + 1)
            for size in sizes:
                if size or room == "body":
                    yield Place(room, id, at[:size])


def _around_key(id: str, at: tuple[str, ...]) -> Iterable[Place]:
    """A key of ours stands in a room, behind whose name its place there comes."""
    if len(at) > 1:
        room, rest = at[0], at[1:-1]
        for size in range(1, len(rest) + 1):
            yield Place(room, id, rest[:size])
            if room == "shown":
                yield Place("answer", id, rest[:size])
            if room == "request":
                yield Place("body", id, rest[:size])
