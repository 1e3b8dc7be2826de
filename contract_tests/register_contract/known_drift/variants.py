"""Mocks of a reading without one of its deviations, started as processes of their own.

Two at a time are made ready in advance: composing one and starting its mock takes a second or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import register_spec as spec
from register_contract.target.mock_process import MockStartError, running_mock

_AHEAD = 2
BATCH = 4
"""How many are served together: to start a mock takes as long as to compile three of them."""
Stop = Callable[[], None]


@dataclass(frozen=True)
class Variant:
    """The reading without a row, served under ``name``; ``also`` are rows that went with it."""

    row: str
    base: str
    name: str
    also: frozenset[str]


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

    def each(self, batches: Iterator[Sequence[str]]) -> Iterator[tuple[Variant, ...]]:
        """Yield the variants of one batch of rows after the other; each is served until the next.

        A row without which no mock can be served has none. ``batches`` is asked for two batches
        in advance.
        """
        with ThreadPoolExecutor(_AHEAD) as workers:
            waiting: list[Future[_Served]] = []
            try:
                while True:
                    while len(waiting) < _AHEAD and (rows := next(batches, None)):
                        waiting.append(workers.submit(self._serve, tuple(rows)))
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

    def _serve(self, rows: tuple[str, ...]) -> _Served:
        """Serve these variants; where they cannot be served together, each that can alone."""
        stack = ExitStack()
        made = {row: found for row in rows if (found := self._document(row)) is not None}
        if not made:
            return _Served((), stack.close)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="register-contract-")))
        also = {}
        for row, document in made.items():
            also[row] = self._rows - set(document["x-drift"]) - {row}
            spec.make_ready(document, row, folder)
        try:
            first = next(iter(made))
            base = stack.enter_context(running_mock("--spec", str(folder), "--as", first))
        except MockStartError:
            stack.close()
            if len(rows) == 1:
                return _Served((), stack.close)
            alone = [self._serve((row,)) for row in made]
            return _Served(
                tuple(each for one in alone for each in one.variants),
                lambda: _all_of(alone),
            )
        return _Served(tuple(Variant(r, base, r, frozenset(also[r])) for r in made), stack.close)

    def _document(self, row: str) -> dict[str, Any] | None:
        try:
            return spec.bundle_without(self._version, self._reading, [row], self._spec_dir)
        except spec.SpecError:
            return None


def _all_of(served: Sequence[_Served]) -> None:
    for each in served:
        each.stop()
