"""Mocks of a reading without some of its deviations, or with some alone, each set a process.

Two at a time are made ready in advance: composing one and starting its mock takes a second or two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeGuard

import register_spec as spec
from register_contract.known_drift.rows import targets_of
from register_contract.target.client import Wire
from register_contract.target.control import Control, ControlError
from register_contract.target.mock_process import MockStartError, running_mock
from register_contract.target.transport import GuardedSession

_AHEAD = 2
BATCH = 8
"""How many are served together: to start a mock takes as long as to compile a few of them."""
_SECONDS = 20.0
Stop = Callable[[], None]
Makes = Callable[[frozenset[str], Iterable[str]], bool]
"""Whether there is a document without some rows, and without some others."""
_TRIED = "tried"
_WORD = re.compile(r"[^\W_]+")


class Way(StrEnum):
    """How a variant differs from a reading: it has all rows but some, or some alone."""

    WITHOUT = "without"
    ALONE = "alone"


@dataclass(frozen=True)
class Key:
    """Names a variant: by its row or, where it is about more than one, by another word."""

    way: Way
    row: str
    more: frozenset[str] = frozenset()

    @property
    def rows(self) -> frozenset[str]:
        """The rows that it lacks, or has alone."""
        return self.more or frozenset({self.row})

    @property
    def name(self) -> str:
        """The reading it is served as."""
        return f"{self.way}-{self.row}"


@dataclass(frozen=True)
class Variant:
    """A variant that is served; ``also`` are rows that had to go with its own.

    ``against`` is then the reading, served there too, that lacks only these; empty where nothing
    had to go along, or what had to cannot go by itself.
    """

    key: Key
    base: str
    also: frozenset[str]
    against: str = ""


@dataclass(frozen=True)
class _Served:
    variants: tuple[Variant, ...]
    stop: Stop


class Variants:
    """Makes the variants of one version and reading."""

    def __init__(self, version: str, reading: str, spec_dir: Path | None) -> None:
        self._version = version
        self._reading = reading
        self._spec_dir = spec_dir
        self._rows = frozenset(spec.bundle(version, reading, spec_dir)["x-drift"])
        self._targets = targets_of(version, reading, spec.source_folder(spec_dir))
        # Among them those of which nothing is left in this version.
        self._changes = frozenset(self._targets)
        self._words = {
            row: set(_WORD.findall(" ".join([row, *targets])))
            for row, targets in self._targets.items()
        }
        self._companions: dict[tuple[frozenset[str], bool], frozenset[str]] = {}
        self._refused: set[Key] = set()

    def each(self, batches: Iterator[Sequence[Key]]) -> Iterator[tuple[Variant, ...]]:
        """Yield the variants of one batch of keys after the other; each is served until the next.

        One that makes no document, or no mock, is left out. ``batches`` is asked for two batches
        in advance.
        """
        with ThreadPoolExecutor(_AHEAD) as workers:
            waiting: list[Future[_Served]] = []
            try:
                while True:
                    while len(waiting) < _AHEAD and (keys := next(batches, None)):
                        waiting.append(workers.submit(self._serve, tuple(keys)))
                    if not waiting:
                        return
                    served = waiting.pop(0).result()
                    try:
                        yield served.variants
                    finally:
                        served.stop()
            finally:
                for future in waiting:
                    future.result().stop()

    def _serve(self, keys: tuple[Key, ...]) -> _Served:
        """Serve these variants; where they cannot be served together, each that can alone."""
        stack = ExitStack()
        made = {key: found for key in keys if (found := self._document(key)) is not None}
        if not made:
            return _Served((), stack.close)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="register-contract-")))
        also = {key: self._also(key, document) for key, document in made.items()}
        against = {key: f"but-for-{key.name}" for key, rows in also.items() if rows}
        for key, document in made.items():
            spec.make_ready(document, key.name, folder)
            if key in against:
                rest = self._without(also[key])
                if not _tells_apart(rest, key, also[key]):
                    del against[key]
                else:
                    spec.make_ready(rest, against[key], folder)
        try:
            first = next(iter(made)).name
            base = stack.enter_context(running_mock("--spec", str(folder), "--as", first))
        except MockStartError:
            stack.close()
            if len(keys) == 1 and self._refused.issuperset(keys):
                return _Served((), stack.close)
            self._refused.update(keys if len(keys) == 1 else ())
            return self._one_by_one(tuple(made))
        able = [key for key in made if _is_served(base, key.name)]
        against = {key: name for key, name in against.items() if _is_served(base, name)}
        variants = tuple(Variant(key, base, also[key], against.get(key, "")) for key in able)
        here = _Served(variants, stack.close)
        again = [key for key in made if key not in able and key not in self._refused]
        self._refused.update(again)
        return self._one_by_one(tuple(again), here) if again else here

    def _one_by_one(self, keys: tuple[Key, ...], *others: _Served) -> _Served:
        served = [*others, *(self._serve((key,)) for key in keys)]

        def stop() -> None:
            for each in served:
                each.stop()

        return _Served(tuple(variant for each in served for variant in each.variants), stop)

    def _document(self, key: Key) -> dict[str, Any] | None:
        if key.way is Way.ALONE:
            made = self._without(self._changes - key.rows)
            return made if made is not None and key.rows <= set(made["x-drift"]) else None
        made = None if key in self._refused else self._without(key.rows)
        if made is None:
            made = self._without(key.rows | self._companions_of(key))
        return made if made is not None and not key.rows & set(made["x-drift"]) else None

    def _without(self, gone: frozenset[str]) -> dict[str, Any] | None:
        """The document without these rows; None where there is none."""
        try:
            made = spec.bundle_without(self._version, self._reading, gone, self._spec_dir)
            # What a row had put an end to goes with it: the documents' word is wanted.
            while revived := set(made["x-drift"]) - self._rows:
                gone |= revived
                made = spec.bundle_without(self._version, self._reading, gone, self._spec_dir)
        except spec.SpecError:
            return None
        return made

    def _companions_of(self, key: Key) -> frozenset[str]:
        """The rows that have to go with some: those that need what these bring.

        Of a document that no mock serves, one of those that speak of the same, or as few as it
        takes for one that is served.
        """
        rows, is_refused = key.rows, key in self._refused
        if (rows, is_refused) not in self._companions:
            found = self._one_alike(rows) if is_refused else None
            if found is None:
                found = self._all_it_takes(rows, self._serves if is_refused else self._makes)
            self._companions[rows, is_refused] = found
        return self._companions[rows, is_refused]

    def _all_it_takes(self, rows: frozenset[str], makes: Makes) -> frozenset[str]:
        everything = [row for row in self._targets if row not in rows]
        first = min(map(list(self._targets).index, rows))
        later = [row for row in list(self._targets)[first:] if row not in rows]
        fitting = (each for each in (later, everything) if makes(rows, each))
        return frozenset(self._fewest(rows, next(fitting, []), makes))

    def alike(self, rows: Set[str]) -> list[str]:
        """The other rows, those first that speak most of the same as these."""
        own = {word for row in rows for word in self._words[row]}
        often = Counter(word for words in self._words.values() for word in words)
        worth = {
            row: sum(1 / often[word] for word in words & own)
            for row, words in self._words.items()
            if row not in rows
        }
        return sorted(worth, key=lambda row: worth[row], reverse=True)

    def _one_alike(self, rows: frozenset[str]) -> frozenset[str] | None:
        """The first row, of those with most words in common, with which a mock serves the rest."""
        likely = self.alike(rows)[:BATCH]
        tried = {row: self._without(rows | {row}) for row in likely}
        with TemporaryDirectory(prefix="register-contract-") as name:
            folder = Path(name)
            for row, made in tried.items():
                if made is not None:
                    spec.make_ready(made, row, folder)
            spec.make_ready(
                spec.bundle(self._version, self._reading, self._spec_dir), _TRIED, folder
            )
            with running_mock("--spec", name, "--as", _TRIED) as base:
                served = (row for row, made in tried.items() if made and _is_served(base, row))
                found = next(served, None)
        return None if found is None else frozenset({found})

    def _makes(self, rows: frozenset[str], others: Iterable[str]) -> bool:
        """Whether there is a document without these rows and some others."""
        return self._without(rows | set(others)) is not None

    def _serves(self, rows: frozenset[str], others: Iterable[str]) -> bool:
        """Whether there is one that a mock serves."""
        made = self._without(rows | set(others))
        if made is None:
            return False
        with TemporaryDirectory(prefix="register-contract-") as folder:
            spec.make_ready(made, _TRIED, Path(folder))
            try:
                with running_mock("--spec", folder, "--as", _TRIED):
                    return True
            except MockStartError:
                return False

    def _fewest(self, rows: frozenset[str], others: list[str], makes: Makes) -> list[str]:
        """Those of the others that have to go: what can stay is put back, in ever smaller parts."""
        size = len(others) // 2
        while size:
            for start in range(0, len(others), size):
                left = others[:start] + others[start + size :]
                if left != others and makes(rows, left):
                    others = left
                    break
            else:
                size //= 2
        return others

    def _also(self, key: Key, document: Mapping[str, Any]) -> frozenset[str]:
        if key.way is Way.ALONE:
            return frozenset()
        return self._rows - set(document["x-drift"]) - key.rows


def _tells_apart(
    rest: dict[str, Any] | None, key: Key, also: frozenset[str]
) -> TypeGuard[dict[str, Any]]:
    """Whether a document without what went along with a variant's rows has still these."""
    return rest is not None and not also & set(rest["x-drift"]) and key.rows <= set(rest["x-drift"])


def _is_served(base: str, reading: str) -> bool:
    """Whether the mock there makes a world in a reading; some documents it does not take."""
    control = Control(Wire(GuardedSession(base, writes=True), base, _SECONDS))
    try:
        control.create_world("as-served", reading=reading)
    except ControlError:
        return False
    finally:
        control.leave()
    return True
