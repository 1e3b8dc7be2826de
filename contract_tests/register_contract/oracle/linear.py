"""Whether calls that met can have been done one after the other: a check of linearizability.

A call is done at some moment between its beginning and its end. A history is possible if there is
an order of its calls that keeps to these moments and in which each answer is the one that is due
after those before it. The search goes through the orders depth first (Wing and Gong, with the
memory of Lowe); a call that leaves all as it is, and is answered as it should be, is taken at once:
whatever follows, it can only follow as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")
Event = TypeVar("Event")

_MOST_TRIED = 50_000


class UndecidedError(Exception):
    """There were more orders than are tried."""


@dataclass(frozen=True)
class Timed(Generic[Event]):
    """A call with its answer (``event``), and the seconds between which it was done."""

    event: Event
    began: float
    ended: float


Apply = Callable[[State, Event], State | None]
"""What is held after a call; None if it is not answered so.

The very same object where the answer says that the call, whenever it was done, changed nothing.
"""


def possible_order(
    calls: Sequence[Timed[Event]], start: State, apply: Apply[State, Event]
) -> tuple[list[int], State] | None:
    """The places of the calls in an order that is possible, and what is held then; None without.

    Raises UndecidedError.
    """
    return _Search(calls, apply).run(start)


def shortest_impossible(
    calls: Sequence[Timed[Event]],
    start: State,
    apply: Apply[State, Event],
    may_go: Callable[[Event], bool],
) -> list[Timed[Event]]:
    """Those of the calls of an impossible history by which it is so.

    Of those that ``may_go``, as their answers say that they changed nothing, as many are left out
    as the rest is impossible without: they cannot have made it so. Raises UndecidedError.
    """
    left = list(calls)
    size = len(left)
    while size:
        for first in range(0, len(left), size):
            part = left[first : first + size]
            rest = left[:first] + [each for each in part if not may_go(each.event)]
            rest += left[first + size :]
            if len(rest) < len(left) and possible_order(rest, start, apply) is None:
                left = rest
                break
        else:
            size //= 2
    return left


@dataclass
class _Frame(Generic[State]):
    """A point of the search: which calls are done, how many of the order, and ways to go on."""

    done: int
    first: int
    size: int
    ways: list[tuple[int, State]]


class _Search(Generic[State, Event]):
    """Looks for an order; calls are known by their place, those that are done by their bits."""

    def __init__(self, calls: Sequence[Timed[Event]], apply: Apply[State, Event]) -> None:
        self._places = sorted(range(len(calls)), key=lambda place: calls[place].began)
        self._calls = [calls[place] for place in self._places]
        self._apply = apply
        self._order: list[int] = []
        self._met: dict[int, list[State]] = {}
        self._tried = 0

    def run(self, start: State) -> tuple[list[int], State] | None:
        """The first order that is found, and what is held after it."""
        frame, state = self._frame(0, 0, start)
        frames = [frame]
        while frames:
            here = frames[-1]
            if len(self._order) == len(self._calls):
                return [self._places[place] for place in self._order], state
            if not here.ways:
                frames.pop()
                del self._order[frames[-1].size if frames else 0 :]
                continue
            place, state = here.ways.pop()
            del self._order[here.size :]
            self._order.append(place)
            frame, state = self._frame(here.done | 1 << place, here.first, state)
            frames.append(frame)
        return None

    def _frame(self, done: int, first: int, state: State) -> tuple[_Frame[State], State]:
        """Where a call leads, once all is taken that changes nothing."""
        while True:
            while first < len(self._calls) and done >> first & 1:
                first += 1
            idle, ways = self._next(done, first, state)
            if idle is None:
                break
            self._order.append(idle)
            done |= 1 << idle
        if self._was_met(done, state):
            ways = []
        return _Frame(done, first, len(self._order), ways), state

    def _next(
        self, done: int, first: int, state: State
    ) -> tuple[int | None, list[tuple[int, State]]]:
        """A call that may be next and changes nothing; without one all that may, the best last."""
        ways: list[tuple[int, State]] = []
        for place in self._open(done, first):
            self._tried += 1
            after = self._apply(state, self._calls[place].event)
            if after is state:
                return place, []
            if after is not None:
                ways.append((place, after))
        if self._tried > _MOST_TRIED:
            raise UndecidedError
        return None, sorted(ways, key=lambda way: -self._calls[way[0]].ended)

    def _open(self, done: int, first: int) -> list[int]:
        """The calls that may be next: no other one that is not done has ended before they began."""
        found: list[int] = []
        end = float("inf")
        for place in range(first, len(self._calls)):
            if self._calls[place].began > end:
                break
            if not done >> place & 1:
                found.append(place)
                end = min(end, self._calls[place].ended)
        return found

    def _was_met(self, done: int, state: State) -> bool:
        met = self._met.setdefault(done, [])
        if any(state == other for other in met):
            return True
        met.append(state)
        return False
