"""What a target holds, and a call as the model sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from register_contract.oracle.contract import Operation
from register_contract.oracle.holdings import Held
from register_contract.oracle.moments import Within

Made = TypeVar("Made")


@dataclass(frozen=True)
class Call:
    """One call of an operation: ids of its path by kind, what stands under ``data``, and the day.

    ``holder`` names who asks; empty for nobody that the target knows. ``when`` is when the target
    was at it by its own clock, if that is known.
    """

    operation: Operation
    holder: str
    ids: Mapping[str, str]
    data: Any
    today: date
    when: Within | None = None
    _made: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, what: str, make: Callable[[], Made]) -> Made:
        """What one contract makes of the call alone; made once, and kept with it."""
        if what not in self._made:
            self._made[what] = make()
        found: Made = self._made[what]
        return found


@dataclass(frozen=True)
class World:
    """The trainees that a target holds, by id, each with whose it is."""

    trainees: Mapping[str, tuple[str, Held]] = field(default_factory=dict)

    def having(self, holder: str, held: Held) -> World:
        """The same with a trainee, new or as it is now."""
        return World({**self.trainees, held.id: (holder, held)})

    def of(self, holder: str, id: str | None) -> Held | None:
        """The trainee with an id, if it is that holder's and can be found."""
        owner, held = self.trainees.get(id or "", ("", None))
        return held if held is not None and owner == holder and not held.is_gone else None

    def without(self, id: str) -> World:
        """The same without what is known of a trainee, by its id in whatever letters."""
        gone = [known for known in self.trainees if known.casefold() == id.casefold()]
        if not gone:
            return self
        return World({known: row for known, row in self.trainees.items() if known not in gone})
