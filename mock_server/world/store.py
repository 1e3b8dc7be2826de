"""Where the trainees of a world are: in memory, with the indexes that lists and duplicates need.

The cost of a page of a list, and of the question whether a trainee exists already, does not grow
with the number of trainees.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Protocol

from mock_server.trainee.cycles import start_cycle
from mock_server.trainee.model import Trainee

IndexKey = Callable[[Mapping[str, Any]], Hashable]
Place = tuple[str, int, str]


class Store(Protocol):
    """What an operation may ask of the place where trainees are kept."""

    def get(self, trainee_id: str) -> Trainee | None:
        """Return a trainee of any provider, discarded or not."""

    def put(self, trainee: Trainee) -> None:
        """Keep a new record, or the changed one in place of the old."""

    def all(self) -> Iterator[Trainee]:
        """Return every record, in the order of creation."""

    def listed(self, ukprn: str, cycle: int) -> list[Place]:
        """Return the places of a provider's trainees of one cycle, oldest change first."""

    def candidates(self, digest: str, ukprn: str, key: Hashable) -> list[Trainee]:
        """Return the trainees of a provider with this key in the index of a duplicate rule."""

    def copy(self) -> Store:
        """Return a store with the same records, independent of this one."""


class MemoryStore:
    """Trainees in dictionaries. `indexes` are the duplicate rules: digest -> key of a record."""

    def __init__(self, indexes: Mapping[str, IndexKey]) -> None:
        """Start empty."""
        self._index_keys = indexes
        self._trainees: dict[str, Trainee] = {}
        self._lists: dict[tuple[str, int], list[Place]] = {}
        self._indexes: dict[str, dict[Hashable, list[str]]] = {digest: {} for digest in indexes}

    def get(self, trainee_id: str) -> Trainee | None:
        """Return a trainee of any provider, discarded or not."""
        return self._trainees.get(trainee_id)

    def put(self, trainee: Trainee) -> None:
        """Keep a new record, or the changed one in place of the old."""
        old = self._trainees.get(trainee.id)
        if old is not None:
            self._unlist(old)
        self._trainees[trainee.id] = trainee
        self._list(trainee)
        for digest, key_of in self._index_keys.items():
            self._reindex(self._indexes[digest], key_of, old, trainee)

    def all(self) -> Iterator[Trainee]:
        """Return every record, in the order of creation."""
        return iter(list(self._trainees.values()))

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self._trainees)

    def listed(self, ukprn: str, cycle: int) -> list[Place]:
        """Return (updated_at, sequence, id) of one cycle's trainees, oldest change first."""
        return self._lists.get((ukprn, cycle), [])

    def candidates(self, digest: str, ukprn: str, key: Hashable) -> list[Trainee]:
        """Return the trainees of a provider with this key in the index of a duplicate rule."""
        ids = self._indexes[digest].get((ukprn, key), ())
        return [self._trainees[id_] for id_ in ids]

    def copy(self) -> MemoryStore:
        """Return a store with the same records, independent of this one."""
        other = MemoryStore(self._index_keys)
        other._trainees = dict(self._trainees)
        other._lists = {key: list(places) for key, places in self._lists.items()}
        other._indexes = {
            digest: {key: list(ids) for key, ids in index.items()}
            for digest, index in self._indexes.items()
        }
        return other

    def _list(self, trainee: Trainee) -> None:
        cycle = start_cycle(trainee.fields)
        if cycle is not None:
            insort(self._lists.setdefault((trainee.ukprn, cycle), []), _place(trainee))

    def _unlist(self, trainee: Trainee) -> None:
        cycle = start_cycle(trainee.fields)
        if cycle is not None:
            places = self._lists[trainee.ukprn, cycle]
            del places[bisect_left(places, _place(trainee))]

    def _reindex(
        self,
        index: dict[Hashable, list[str]],
        key_of: IndexKey,
        old: Trainee | None,
        new: Trainee,
    ) -> None:
        new_key = (new.ukprn, key_of(new.fields))
        if old is not None:
            old_key = (old.ukprn, key_of(old.fields))
            if old_key == new_key:
                return
            index[old_key].remove(old.id)
        index.setdefault(new_key, []).append(new.id)


def _place(trainee: Trainee) -> Place:
    return (trainee.updated_at, trainee.sequence, trainee.id)
