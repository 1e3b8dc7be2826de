"""The trainees of one provider's academic cycle, in the order of their last change.

A list is kept in shelves: one for each combination of what a filter may ask about. A page is merged
from the shelves that its filters want, and begins where a search by halves finds it; so neither a
far page, nor an order, nor a filter that nobody meets costs more when there are more trainees.
"""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from sortedcontainers import SortedList

from register_mock.trainee.model import Trainee

Key = tuple[str, int, str]
"""When a record last changed, its place in the order of creation, its id."""


_LEAST, _MOST = -(2**63), 2**63
"""Below and above any place in the order of creation."""


class Facet(NamedTuple):
    """What filters ask about a trainee: all trainees of one shelf agree in it.

    Few filters ask for the start, and there are many dates: most shelves are not cut by it, and
    have None there.
    """

    state: str
    is_discarded: bool
    has_trn: bool
    itt_start_date: str | None = None


class Slice(NamedTuple):
    """Which part of a list is asked for.

    `since` is the first timestamp that counts ("" for all), `skip` the number of trainees on the
    pages before, `most` those of a page; `by_start` says that a filter asks for the start.
    """

    since: str
    newest_first: bool
    skip: int
    most: int
    by_start: bool = False


def facets_of(trainee: Trainee) -> tuple[Facet, Facet]:
    """Return the two shelves a trainee belongs on: by all but its start, and by that as well."""
    fields = trainee.fields
    facts = (trainee.state, trainee.is_discarded, fields.get("trn") is not None)
    return Facet(*facts), Facet(*facts, fields.get("itt_start_date") or "")


def _key(trainee: Trainee) -> Key:
    return (trainee.updated_at, trainee.sequence, trainee.id)


def _oldest_first(key: Key) -> tuple[str, int]:
    """Of records changed at the same moment the newest comes first in either order."""
    return (key[0], -key[1])


Shelf = SortedList[Key]
"""The keys of trainees, oldest first; of those changed at the same moment the oldest first too."""


def _run(shelf: Shelf, part: Slice) -> _Run:
    first = shelf.bisect_left((part.since, _LEAST, "")) if part.since else 0
    return (_NewestFirst if part.newest_first else _OldestFirst)(shelf, first)


@dataclass(frozen=True, slots=True)
class _Run(ABC):
    """The keys of a shelf from the index `first` on, in one of the orders of lists.

    `first` does not part trainees that changed at the same moment.
    """

    keys: Shelf
    first: int

    def __len__(self) -> int:
        return len(self.keys) - self.first

    @abstractmethod
    def __getitem__(self, place: int) -> Key:
        """Return the key at this place of the run."""

    @abstractmethod
    def ahead(self, key: Key) -> int:
        """How many keys come before this one, which need not be one of them."""

    @abstractmethod
    def after(self, ahead: int) -> Iterator[Key]:
        """The keys without so many at the front."""


class _NewestFirst(_Run):
    """The shelf from its end."""

    def __getitem__(self, place: int) -> Key:
        return self.keys[-1 - place]

    def ahead(self, key: Key) -> int:
        return len(self.keys) - max(self.keys.bisect_right(key), self.first)

    def after(self, ahead: int) -> Iterator[Key]:
        return self.keys.islice(self.first, len(self.keys) - ahead, reverse=True)


class _OldestFirst(_Run):
    """The shelf as it is, but those of one moment from their end."""

    def __getitem__(self, place: int) -> Key:
        begin, end = self._moment(self.first + place)
        return self.keys[begin + end - 1 - (self.first + place)]

    def ahead(self, key: Key) -> int:
        begin, end = self.keys.bisect_left((key[0], _LEAST, "")), self.keys.bisect(_last(key))
        return max(begin + end - self.keys.bisect_right(key) - self.first, 0)

    def after(self, ahead: int) -> Iterator[Key]:
        place = self.first + ahead
        if place < len(self.keys):
            begin, end = self._moment(place)
            yield from self.keys.islice(begin, begin + end - place, reverse=True)
            yield from self._moments_from(end)

    def _moments_from(self, place: int) -> Iterator[Key]:
        """The keys from the first of a moment on; most moments have but one."""
        coming = self.keys.islice(place)
        key = next(coming, None)
        while key is not None:
            following = next(coming, None)
            if following is None or following[0] != key[0]:
                yield key
                place, key = place + 1, following
            else:
                end = self.keys.bisect(_last(key))
                yield from self.keys.islice(place, end, reverse=True)
                coming = self.keys.islice(end)
                place, key = end, next(coming, None)

    def _moment(self, place: int) -> tuple[int, int]:
        """Where the keys of the same moment as this one begin and end."""
        key = self.keys[place]
        return self.keys.bisect_left((key[0], _LEAST, "")), self.keys.bisect(_last(key))


def _last(key: Key) -> Key:
    """Return what comes behind all keys of this moment."""
    return (key[0], _MOST, "")


class CycleList:
    """The trainees of one provider that start in one academic cycle."""

    def __init__(self) -> None:
        """Start empty."""
        self._all: Shelf = SortedList()
        self._shelves: tuple[dict[Facet, Shelf], dict[Facet, Shelf]] = ({}, {})

    def add(self, trainee: Trainee) -> None:
        """Take a record in."""
        key = _key(trainee)
        self._all.add(key)
        for shelves, facet in zip(self._shelves, facets_of(trainee), strict=True):
            if facet not in shelves:
                shelves[facet] = SortedList()
            shelves[facet].add(key)

    def remove(self, trainee: Trainee) -> None:
        """Take a record out, as it was when it was added."""
        key = _key(trainee)
        self._all.remove(key)
        for shelves, facet in zip(self._shelves, facets_of(trainee), strict=True):
            shelves[facet].remove(key)
            if not shelves[facet]:
                del shelves[facet]

    def copy(self) -> CycleList:
        """Return a list with the same records, independent of this one."""
        other = CycleList()
        other._all = self._all.copy()
        for mine, theirs in zip(self._shelves, other._shelves, strict=True):
            theirs.update({facet: shelf.copy() for facet, shelf in mine.items()})
        return other

    def count(self, wanted: Callable[[Facet], bool], part: Slice) -> int:
        """Return how many trainees there are on all pages together."""
        shelves = self._shelves[1 if part.by_start else 0]
        return sum(len(_run(shelf, part)) for facet, shelf in shelves.items() if wanted(facet))

    def ids(self, wanted: Callable[[Facet], bool], part: Slice) -> list[str]:
        """Return the ids of one page of the trainees whose facet is wanted, in the order asked."""
        shelves = self._shelves[1 if part.by_start else 0]
        runs = [_run(shelf, part) for facet, shelf in shelves.items() if wanted(facet)]
        counted = sum(len(run) for run in runs)
        if part.skip >= counted:
            return []
        ahead = _ahead(runs, _run(self._all, part), part.skip)
        rests = [run.after(count) for run, count in zip(runs, ahead, strict=True)]
        merged = rests[0] if len(rests) == 1 else _merged(rests, part.newest_first)
        start = part.skip - sum(ahead)
        # A page has no maximum (decision 8), but islice has.
        return [key[2] for key in islice(merged, start, start + min(part.most, counted))]


def _merged(runs: list[Iterator[Key]], newest_first: bool) -> Iterator[Key]:
    if newest_first:
        return heapq.merge(*runs, reverse=True)
    return heapq.merge(*runs, key=_oldest_first)


def _ahead(runs: list[_Run], whole: _Run, skip: int) -> list[int]:
    """How many keys of each run lie before a page, found by halving the whole list."""
    low, high = 0, len(whole) - 1 if skip else 0
    while low < high:
        middle = (low + high + 1) // 2
        if sum(run.ahead(whole[middle]) for run in runs) <= skip:
            low = middle
        else:
            high = middle - 1
    return [run.ahead(whole[low]) for run in runs]
