"""The way to a state: the events of `x-lifecycle` that lead there from the first one.

Whoever makes a record in a state has decided that it is there: a guard (an edge's `when`) that asks
about what requests send does not bind. One that asks only whether the register has issued a number
does, since the way itself decides that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import lru_cache

from register_mock.contract.states import Edge, Event, Lifecycle

Step = tuple[Event, Edge]
Way = tuple[Step, ...]
# What stands for a number that an event on the way issues.
_ISSUED = "0000000"


@lru_cache(maxsize=4096)
def shortest_way(
    lifecycle: Lifecycle, state: str, needed: frozenset[str], issues: bool
) -> Way | None:
    """Return the shortest way to a state through all needed events, or None.

    `issues` says whether it may pass an event that issues a number.
    """
    nothing: Way = ()
    start = (lifecycle.initial, frozenset[str](), frozenset[str]())
    queue = deque([(start, nothing)])
    seen = {start}
    while queue:
        (here, issued, met), way = queue.popleft()
        if here == state and met == needed:
            return way
        for event, edge in _onward(lifecycle, here, issued):
            if event.issues is not None and not issues:
                continue
            target = here if edge.target == "same" else edge.target
            numbers = issued if event.issues is None else issued | {event.issues}
            then = (target, numbers, met | ({event.name} & needed))
            if then not in seen:
                seen.add(then)
                queue.append((then, (*way, (event, edge))))
    return None


def _onward(lifecycle: Lifecycle, state: str, issued: frozenset[str]) -> Iterator[Step]:
    """Yield the events that lead on from a state with these numbers, each by an edge."""
    numbers = _numbers(
        lifecycle, frozenset(e.issues for e in lifecycle.events.values() if e.issues)
    )
    fields = dict.fromkeys(_numbers(lifecycle, issued), _ISSUED)
    for event in lifecycle.events.values():
        for edge in event.edges:
            is_certain = edge.looks_at <= numbers
            if state not in edge.origins or (is_certain and not edge.leads_on(state, fields)):
                continue
            if edge.target != "previous":
                yield event, edge
            if is_certain:
                break


def _numbers(lifecycle: Lifecycle, issued: frozenset[str]) -> frozenset[str]:
    """Return the fields that hold these numbers."""
    return frozenset(
        field
        for event in lifecycle.events.values()
        for field, name in event.inputs.items()
        if event.issues == name and name in issued
    )
