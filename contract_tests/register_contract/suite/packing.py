"""Many boundaries in few requests: one of each field, as long as none hides what another shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from register_contract.oracle.fields import Problem
from register_contract.suite.strategies.boundaries import Boundary
from register_contract.suite.subject import Subject

Data = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class _Tried:
    """A boundary, and what is wrong with a valid record that has it."""

    boundary: Boundary
    problems: frozenset[Problem]

    @property
    def judged(self) -> tuple[bool, ...]:
        """When what is wrong is judged; empty if nothing is."""
        first = next(iter(self.problems), None)
        return (first.late, bool(first.section)) if first is not None else ()


def _from_both_ends(queue: Sequence[_Tried]) -> list[_Tried]:
    """What is left out or empty stands at one end, what lies at a limit near the other."""
    ends = chain.from_iterable(zip(queue, reversed(queue), strict=True))
    return list(ends)[: len(queue)]


def _news_first(queue: Sequence[_Tried]) -> list[_Tried]:
    """First one for each thing that is wrong, then the second ones for it, and so on."""
    times: Counter[frozenset[Problem]] = Counter()
    ranked = []
    for tried in queue:
        ranked.append((times[tried.problems], tried))
        times[tried.problems] += 1
    return [tried for _, tried in sorted(ranked, key=lambda each: each[0])]


class Packing:
    """Packs boundaries of the requests for one record; ``sample`` makes a valid one."""

    def __init__(self, subject: Subject, sample: Callable[[], Data]) -> None:
        self._subject = subject
        self._sample = sample

    def rounds(self, boundaries: Iterable[Boundary]) -> tuple[Iterator[Data], Iterator[Data]]:
        """Requests of valid values, and of wrong ones all of which have to be told.

        The first ones have most in them. Of the wrong ones those that are judged together (at once,
        by sections, at save) come together, and what a rule ties to other fields comes first: it is
        seldom told beside what is wrong with these.
        """
        base = self._sample()
        groups: dict[tuple[bool, ...], dict[Path, list[_Tried]]] = {(): {}}
        for boundary in sorted(boundaries, key=lambda each: not each.beside):
            alone = boundary.apply(base)
            if alone:  # without any field the data is missing
                tried = _Tried(boundary, frozenset(self._subject.problems(alone)))
                queues = groups.setdefault(tried.judged, {})
                queues.setdefault(boundary.path, []).append(tried)
        right = {path: _from_both_ends(queue) for path, queue in groups.pop(()).items()}
        wrong = [
            {path: _news_first(queue) for path, queue in queues.items()}
            for queues in groups.values()
        ]
        return self._packed(right), self._in_turn(wrong)

    def _in_turn(self, groups: Sequence[dict[Path, list[_Tried]]]) -> Iterator[Data]:
        for each in zip_longest(*map(self._packed, groups)):
            yield from (data for data in each if data is not None)

    def _packed(self, queues: dict[Path, list[_Tried]]) -> Iterator[Data]:
        while any(queues.values()):
            heads = [queue[0] for queue in queues.values() if queue]
            data, joined = self._joined(self._sample(), frozenset(), heads)
            for queue in queues.values():
                # One that cannot even come alone is not of its kind any more.
                if queue and (queue[0] in joined or not joined):
                    queue.pop(0)
            if joined:
                yield data

    def _joined(
        self, data: Data, told: frozenset[Problem], heads: Sequence[_Tried]
    ) -> tuple[Data, list[_Tried]]:
        """``data`` with as many of these as go together: all, or of each half what goes."""
        more, due = data, told
        for head in heads:
            more = head.boundary.apply(more) if more and head.boundary.fits(more) else {}
            due |= head.problems
        if more and self._is_told(more, due):
            return more, list(heads)
        if len(heads) == 1:
            return data, []
        joined: list[_Tried] = []
        for half in (heads[: len(heads) // 2], heads[len(heads) // 2 :]):
            data, found = self._joined(data, told, half)
            told = told.union(*(each.problems for each in found))
            joined += found
        return data, joined

    def _is_told(self, data: Data, due: frozenset[Problem]) -> bool:
        """Whether what is wrong with each alone is told, and where nothing is, nothing else."""
        problems = frozenset(self._subject.problems(data))
        return due <= problems if due else not problems
