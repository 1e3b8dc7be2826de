"""The trainees of one provider's academic cycle, in the order of their last change.

A list is kept in shelves: one for each combination of what a filter may ask about. A page is merged
from the shelves that its filters want, and begins where a search by halves finds it; so neither a
far page, nor an order, nor a filter that nobody meets costs more when there are more trainees.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from sortedcontainers import SortedList

from register_mock.trainee.model import Trainee

Key = tuple[str, int, str]
"""When a record last changed, its place in the order of creation, its id."""


_LEAST = -(2**63)
"""Below any place in the order of creation."""


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
    whole = Facet(trainee.state, trainee.is_discarded, fields.get("trn") is not None)
    return whole, whole._replace(itt_start_date=fields.get("itt_start_date") or "")


def _key(trainee: Trainee, newest_first: bool) -> Key:
    """Of records changed at the same moment the newest comes first in either order."""
    sequence = trainee.sequence if newest_first else -trainee.sequence
    return (trainee.updated_at, sequence, trainee.id)


class _Shelf:
    """The same trainees in both orders."""

    def __init__(self, oldest: Iterable[Key] = (), newest: Iterable[Key] = ()) -> None:
        self.oldest_first: SortedList[Key] = SortedList(oldest)
        self.newest_last: SortedList[Key] = SortedList(newest)

    def add(self, trainee: Trainee) -> None:
        self.oldest_first.add(_key(trainee, newest_first=False))
        self.newest_last.add(_key(trainee, newest_first=True))

    def remove(self, trainee: Trainee) -> None:
        self.oldest_first.remove(_key(trainee, newest_first=False))
        self.newest_last.remove(_key(trainee, newest_first=True))

    def copy(self) -> _Shelf:
        return _Shelf(self.oldest_first, self.newest_last)

    def run(self, part: Slice) -> _Run:
        keys = self.newest_last if part.newest_first else self.oldest_first
        first = keys.bisect_left((part.since, _LEAST, "")) if part.since else 0
        return _Run(keys, first, part.newest_first)


@dataclass(frozen=True, slots=True)
class _Run:
    """The keys of a shelf from the index `first` on; read from the end when the newest go first."""

    keys: SortedList[Key]
    first: int
    newest_first: bool

    def __len__(self) -> int:
        return len(self.keys) - self.first

    def __getitem__(self, place: int) -> Key:
        return self.keys[-1 - place if self.newest_first else self.first + place]

    def ahead(self, key: Key) -> int:
        """How many keys come before this one."""
        if self.newest_first:
            return len(self.keys) - max(self.keys.bisect_right(key), self.first)
        return max(self.keys.bisect_left(key) - self.first, 0)

    def after(self, ahead: int) -> Iterator[Key]:
        """The keys without so many at the front."""
        size = len(self.keys)
        if self.newest_first:
            return self.keys.islice(self.first, size - ahead, reverse=True)
        return self.keys.islice(self.first + ahead, size)


class CycleList:
    """The trainees of one provider that start in one academic cycle."""

    def __init__(self) -> None:
        """Start empty."""
        self._all = _Shelf()
        self._shelves: tuple[dict[Facet, _Shelf], dict[Facet, _Shelf]] = ({}, {})

    def add(self, trainee: Trainee) -> None:
        """Take a record in."""
        self._all.add(trainee)
        for shelves, facet in zip(self._shelves, facets_of(trainee), strict=True):
            if facet not in shelves:
                shelves[facet] = _Shelf()
            shelves[facet].add(trainee)

    def remove(self, trainee: Trainee) -> None:
        """Take a record out, as it was when it was added."""
        self._all.remove(trainee)
        for shelves, facet in zip(self._shelves, facets_of(trainee), strict=True):
            shelves[facet].remove(trainee)
            if not shelves[facet].oldest_first:
                del shelves[facet]

    def copy(self) -> CycleList:
        """Return a list with the same records, independent of this one."""
        other = CycleList()
        other._all = self._all.copy()
        for mine, theirs in zip(self._shelves, other._shelves, strict=True):
            theirs.update({facet: shelf.copy() for facet, shelf in mine.items()})
        return other

    def ids(self, wanted: Callable[[Facet], bool], part: Slice) -> list[str]:
        """Return the ids of one page of the trainees whose facet is wanted, in the order asked."""
        shelves = self._shelves[1 if part.by_start else 0]
        runs = [shelf.run(part) for facet, shelf in shelves.items() if wanted(facet)]
        counted = sum(len(run) for run in runs)
        if part.skip >= counted:
            return []
        ahead = _ahead(runs, self._all.run(part), part.skip)
        rests = [run.after(count) for run, count in zip(runs, ahead, strict=True)]
        merged = rests[0] if len(rests) == 1 else heapq.merge(*rests, reverse=part.newest_first)
        start = part.skip - sum(ahead)
        # A page has no maximum (decision 8), but islice has.
        return [key[2] for key in islice(merged, start, start + min(part.most, counted))]


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
