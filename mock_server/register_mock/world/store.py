"""Where the trainees of a world are: in memory, with the indexes that lists and duplicates need.

The cost of a page of a list, and of the question whether a trainee exists already, does not grow
with the number of trainees; `register-mock benchmark` prints the first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Protocol

from register_mock.contract.cycles import start_cycle
from register_mock.trainee.model import Trainee
from register_mock.world.lists import CycleList, Facet, Slice

IndexKey = Callable[[Mapping[str, Any]], Hashable]


class Store(Protocol):
    """What an operation may ask of the place where trainees are kept."""

    def get(self, trainee_id: str) -> Trainee | None:
        """Return a trainee of any provider, discarded or not."""

    def put(self, trainee: Trainee) -> None:
        """Keep a new record, or the changed one in place of the old."""

    def all(self) -> Iterator[Trainee]:
        """Return every record, in the order of creation."""

    def find(self, trainee_id: str) -> Trainee | None:
        """Return the trainee with an id whose letters may be large or small."""

    def listed(
        self, ukprn: str, cycle: int, wanted: Callable[[Facet], bool], part: Slice
    ) -> list[Trainee]:
        """Return a page of a provider's trainees of one cycle, those whose facet is wanted."""

    def counted(self, ukprn: str, cycle: int, wanted: Callable[[Facet], bool], part: Slice) -> int:
        """Return how many there are on all pages together."""

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
        self._ids: dict[str, str] = {}
        self._lists: dict[tuple[str, int], CycleList] = {}
        # The ids are the keys of a dict: in the order they came, and cheap to take out.
        self._indexes: dict[str, dict[Hashable, dict[str, None]]] = {d: {} for d in indexes}

    def get(self, trainee_id: str) -> Trainee | None:
        """Return a trainee of any provider, discarded or not."""
        return self._trainees.get(trainee_id)

    def find(self, trainee_id: str) -> Trainee | None:
        """Return the trainee with an id whose letters may be large or small."""
        return self._trainees.get(self._ids.get(trainee_id.lower(), ""))

    def put(self, trainee: Trainee) -> None:
        """Keep a new record, or the changed one in place of the old."""
        self._ids[trainee.id.lower()] = trainee.id
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

    def listed(
        self, ukprn: str, cycle: int, wanted: Callable[[Facet], bool], part: Slice
    ) -> list[Trainee]:
        """Return a page of a provider's trainees of one cycle, those whose facet is wanted."""
        known = self._lists.get((ukprn, cycle))
        return [] if known is None else [self._trainees[id_] for id_ in known.ids(wanted, part)]

    def counted(self, ukprn: str, cycle: int, wanted: Callable[[Facet], bool], part: Slice) -> int:
        """Return how many there are on all pages together."""
        known = self._lists.get((ukprn, cycle))
        return 0 if known is None else known.count(wanted, part)

    def candidates(self, digest: str, ukprn: str, key: Hashable) -> list[Trainee]:
        """Return the trainees of a provider with this key in the index of a duplicate rule."""
        ids = self._indexes[digest].get((ukprn, key), ())
        return [self._trainees[id_] for id_ in ids]

    def copy(self) -> MemoryStore:
        """Return a store with the same records, independent of this one."""
        other = MemoryStore(self._index_keys)
        other._trainees = dict(self._trainees)
        other._ids = dict(self._ids)
        other._lists = {key: known.copy() for key, known in self._lists.items()}
        other._indexes = {
            digest: {key: dict(ids) for key, ids in index.items()}
            for digest, index in self._indexes.items()
        }
        return other

    def _list(self, trainee: Trainee) -> None:
        cycle = start_cycle(trainee.fields)
        if cycle is not None:
            key = (trainee.ukprn, cycle)
            if key not in self._lists:
                self._lists[key] = CycleList()
            self._lists[key].add(trainee)

    def _unlist(self, trainee: Trainee) -> None:
        cycle = start_cycle(trainee.fields)
        if cycle is not None:
            self._lists[trainee.ukprn, cycle].remove(trainee)

    def _reindex(
        self,
        index: dict[Hashable, dict[str, None]],
        key_of: IndexKey,
        old: Trainee | None,
        new: Trainee,
    ) -> None:
        new_key = (new.ukprn, key_of(new.fields))
        if old is not None:
            old_key = (old.ukprn, key_of(old.fields))
            if old_key == new_key:
                return
            del index[old_key][old.id]
        index.setdefault(new_key, {})[new.id] = None
