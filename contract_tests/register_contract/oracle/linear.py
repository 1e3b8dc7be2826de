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
    calls: Sequence[Timed[Event]],
    start: State,
    apply: Apply[State, Event],
    may_go: Callable[[Event], bool],
) -> tuple[list[int], State] | None:
    """The places of the calls in an order that is possible, and what is held then; None without.

    Those that ``may_go``, as their answers say that they changed nothing, are tried before others.
    Raises UndecidedError.
    """
    return _Search(calls, apply, may_go).run(start)


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
            if len(rest) < len(left) and possible_order(rest, start, apply, may_go) is None:
                left = rest
                break
        else:
            size //= 2
    return left


@dataclass
class _Frame(Generic[State]):
    """A point of the search: which calls are done, how many of the order, and what is held.

    ``ways`` are the calls that may be next, the best last.
    """

    done: int
    first: int
    size: int
    state: State
    ways: list[int]


class _Search(Generic[State, Event]):
    """Looks for an order; calls are known by their place, those that are done by their bits."""

    def __init__(
        self,
        calls: Sequence[Timed[Event]],
        apply: Apply[State, Event],
        may_go: Callable[[Event], bool],
    ) -> None:
        self._places = sorted(range(len(calls)), key=lambda place: calls[place].began)
        self._calls = [calls[place] for place in self._places]
        self._apply = apply
        self._is_quiet = [may_go(each.event) for each in self._calls]
        self._order: list[int] = []
        self._met: dict[int, list[State]] = {}
        self._known: dict[int, tuple[State, dict[int, State | None]]] = {}
        self._tried = 0

    def run(self, start: State) -> tuple[list[int], State] | None:
        """The first order that is found, and what is held after it."""
        frames = [self._frame(0, 0, start)]
        while frames:
            here = frames[-1]
            if len(self._order) == len(self._calls):
                return [self._places[place] for place in self._order], here.state
            del self._order[here.size :]
            if not here.ways:
                frames.pop()
                continue
            place = here.ways.pop()
            after = self._after(here.state, place)
            if after is here.state:
                here.ways.clear()
            if after is not None:
                self._order.append(place)
                frames.append(self._frame(here.done | 1 << place, here.first, after))
        return None

    def _frame(self, done: int, first: int, state: State) -> _Frame[State]:
        """Where a call leads, once all is taken that is known to change nothing."""
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
        return _Frame(done, first, len(self._order), state, ways)

    def _next(self, done: int, first: int, state: State) -> tuple[int | None, list[int]]:
        """A call that may be next and changes nothing; without one others, the best last."""
        ways = []
        for place in self._open(done, first):
            after = self._after(state, place) if self._is_quiet[place] else None
            if after is state:
                return place, []
            if after is not None or not self._is_quiet[place]:
                ways.append(place)
        return None, sorted(ways, key=lambda place: -self._calls[place].ended)

    def _after(self, state: State, place: int) -> State | None:
        """What is held after a call, made once for the same state. Raises UndecidedError."""
        self._tried += 1
        if self._tried > _MOST_TRIED:
            raise UndecidedError
        # The state is kept with it, so that nothing else comes to stand at its address.
        _, known = self._known.setdefault(id(state), (state, {}))
        if place not in known:
            known[place] = self._apply(state, self._calls[place].event)
        return known[place]

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
