"""Which tests of the suite a run has, and in which order, as its plan says (``plans``)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest

from register_contract.oracle.contract import Operation
from register_contract.suite.plans import WHOLE, Plan, Share

_TEST = "test_"


def chosen_tests(
    items: Sequence[pytest.Item], plan: Plan, seed: int, order: Sequence[str]
) -> list[pytest.Item]:
    """The tests that a plan has, layer by layer as it says, or in this ``order``.

    That names layers, and tests as ``layer.test``.
    """
    groups: dict[tuple[str, str, Share], list[pytest.Item]] = {}
    for item in items:
        share = share_of(item, plan)
        if share is not None:
            groups.setdefault((*_names(item), share), []).append(item)
    kept: list[pytest.Item] = []
    for (layer, test, share), tests in groups.items():
        if share is not WHOLE:
            chance = random.Random(f"{seed}:{layer}:{test}:{share.trials}")
            places = covering([parameters(item) for item in tests], share.tests, chance)
            tests = [tests[place] for place in places]
        kept += tests
    named = [(layer, test) for layer, _, test in (name.partition(".") for name in order)]
    rows = plan.order or list(dict.fromkeys(named))
    places_of = {row: place for place, row in enumerate(rows)}

    def place(item: pytest.Item) -> int:
        names = _names(item)
        return places_of.get(names, places_of.get((names[0], ""), len(rows)))

    return sorted(kept, key=place)


def share_of(item: pytest.Item, plan: Plan) -> Share | None:
    """What the plan has of a test; None where it leaves it out."""
    operation = parameters(item).get("operation")
    return plan.share(*_names(item), operation if isinstance(operation, Operation) else None)


def parameters(item: pytest.Item) -> Mapping[str, Any]:
    """What the contract, or the suite, made a test for."""
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec is not None else {}


def covering(
    made: Sequence[Mapping[str, Any]], most: int | None, chance: random.Random
) -> list[int]:
    """Places of those that have each value of each parameter once, or as many as ``most`` can.

    Of several that add as much, chance takes one. A tuple counts by its elements, and then by how
    these follow one another.
    """
    sets, pairs = [set(_parts(each)) for each in made], [set(_pairs(each)) for each in made]
    left = chance.sample(range(len(sets)), len(sets))
    seen: set[Any] = set()
    found: list[int] = []
    while left and (most is None or len(found) < most):
        best = max(left, key=lambda place: (len(sets[place] - seen), len(pairs[place] - seen)))
        if found and most is None and not (sets[best] | pairs[best]) - seen:
            break
        seen |= sets[best] | pairs[best]
        left.remove(best)
        found.append(best)
    return sorted(found)


def _parts(made: Mapping[str, Any]) -> Iterator[Any]:
    for name, value in made.items():
        values = value if isinstance(value, tuple) else (getattr(value, "id", value),)
        yield from ((name, str(each)) for each in values)


def _pairs(made: Mapping[str, Any]) -> Iterator[Any]:
    for name, value in made.items():
        yield from ((name, pair) for pair in pairwise(value if isinstance(value, tuple) else ()))


def _names(item: pytest.Item) -> tuple[str, str]:
    """The layer of a test, and the name of its function, as plans call them."""
    function = getattr(item, "originalname", None) or item.name
    return item.path.stem.removeprefix(_TEST), function.removeprefix(_TEST)
