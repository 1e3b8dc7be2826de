"""What moved the trainees of a world from state to state, and what made it move.

Of each trainee the newest moves are kept; how often an edge was taken counts from the moment the
world was whole: what its seed did is told of a trainee, and counted for nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

MOST_OF_ONE = 100
SEED, CLOCK, CONTROL = "seed", "clock", "control"
Edge = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Move:
    """An event that happened to a trainee, and between which states.

    `by` is the id of the request that caused it, or what else did: the world's `seed`, its `clock`,
    or the `control` API.
    """

    at: str
    event: str
    origin: str
    target: str
    by: str


class Moves:
    """The moves in one world."""

    def __init__(self) -> None:
        """Start without any; what happens now is the seed's doing."""
        self.taken: Counter[Edge] = Counter()
        self.outside = SEED
        self._of: dict[str, tuple[Move, ...]] = {}

    def begin(self) -> None:
        """Say that the seed is done: what happens from outside now is the control API's doing."""
        self.taken.clear()
        self.outside = CONTROL

    def add(self, trainee_id: str, move: Move) -> None:
        """Keep a move; of the trainee's own the oldest may have to go."""
        self._of[trainee_id] = (*self._of.get(trainee_id, ()), move)[-MOST_OF_ONE:]
        self.taken[move.event, move.origin, move.target] += 1

    def of(self, trainee_id: str) -> tuple[Move, ...]:
        """Return the moves of a trainee, oldest first."""
        return self._of.get(trainee_id, ())

    def copy(self) -> Moves:
        """Return the same moves, independent of these."""
        other = Moves()
        other.taken, other.outside, other._of = self.taken.copy(), self.outside, dict(self._of)
        return other
