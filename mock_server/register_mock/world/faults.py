"""Bad days to rehearse: which requests a fault meets, how often, and by what chance.

Chance comes from a source of its own, seeded like the world's: a fault changes no id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

# What is known of a request; a PATCH has two names, its own and that of the PUT it repeats.
Facts = Mapping[str, tuple[str | None, ...]]


@dataclass(slots=True)
class Fault:
    """One fault: it meets requests that have every fact of `match`, `times` times at most.

    `effect` has the `kind` and what belongs to it; `fired` counts how often it came true.
    """

    id: str
    match: Mapping[str, str]
    effect: Mapping[str, Any]
    times: int | None = None
    probability: float | None = None
    fired: int = 0

    @property
    def kind(self) -> str:
        """What happens: the `kind` of the effect."""
        kind: str = self.effect["kind"]
        return kind

    def meets(self, facts: Facts) -> bool:
        """Whether it may come true for a request with these facts."""
        if self.times is not None and self.fired >= self.times:
            return False
        return all(value in facts[name] for name, value in self.match.items())


class Faults:
    """The faults of one world, in the order they were added."""

    def __init__(self, random_seed: int) -> None:
        """Start without any."""
        self._random = Random(f"faults {random_seed}")
        self._faults: dict[str, Fault] = {}
        self._added = 0

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._faults)

    def __iter__(self) -> Iterator[Fault]:
        """Go through them, oldest first."""
        return iter(self._faults.values())

    def meeting(self, facts: Facts) -> list[Fault]:
        """Return the faults that chance lets meet a request, oldest first."""
        return [fault for fault in self if fault.meets(facts) and self._happens(fault)]

    def _happens(self, fault: Fault) -> bool:
        return fault.probability is None or self._random.random() < fault.probability

    def add(
        self,
        match: Mapping[str, str],
        effect: Mapping[str, Any],
        times: int | None,
        probability: float | None,
    ) -> Fault:
        """Add a fault and return it."""
        self._added += 1
        fault = Fault(f"fault-{self._added}", match, effect, times, probability)
        self._faults[fault.id] = fault
        return fault

    def remove(self, fault_id: str) -> bool:
        """Remove a fault; return whether there was one."""
        return self._faults.pop(fault_id, None) is not None

    def clear(self) -> None:
        """Remove all."""
        self._faults.clear()

    def copy(self) -> Faults:
        """Return the same faults, independent of these."""
        other = Faults(0)
        other._random.setstate(self._random.getstate())
        other._faults = {fault.id: replace(fault) for fault in self}
        other._added = self._added
        return other
