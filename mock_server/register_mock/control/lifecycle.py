"""The states of a world's trainees, how many are in each, and the edges that were taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from register_mock.contract.envelopes import Answer, json_answer
from register_mock.control.visit import Visit
from register_mock.world.world import World


def show_lifecycle(visit: Visit) -> Answer:
    """Show states and edges, by the newest version of the world's reading."""
    world = visit.world
    kept = [trainee for trainee in world.store.all() if not trainee.is_discarded]
    there = Counter(trainee.state for trainee in kept)
    content = {
        "initial": world.lifecycle.initial,
        "discarded": len(world.store) - len(kept),
        "states": [
            {"state": state, "meaning": meaning, "trainees": there[state]}
            for state, meaning in world.lifecycle.states.items()
        ],
        "edges": list(_edges(world)),
    }
    return json_answer(200, content)


def _edges(world: World) -> Iterator[dict[str, Any]]:
    taken = Counter(world.moves.taken)
    for event in world.lifecycle.events.values():
        for edge in event.edges:
            for state in world.lifecycle.states:
                if state in edge.origins:
                    target = state if edge.target == "same" else edge.target
                    count = taken.pop((event.name, state, target), 0)
                    yield _edge(event.name, event.cause, state, target, count)
    # What the table says in no state's name: back to the one before; or what another version has.
    for (name, origin, target), count in taken.items():
        known = world.lifecycle.events.get(name)
        cause = "outside" if known is None else known.cause
        yield _edge(name, cause, origin, target, count)


def _edge(event: str, cause: str, origin: str, target: str, taken: int) -> dict[str, Any]:
    return {"event": event, "cause": cause, "from": origin, "to": target, "taken": taken}
