"""What a defect is: a name, what goes wrong, and the one thing that is other than in the mock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from register_mock.config import DOCUMENTED
from register_spec.overlay import Action

CLASSES = (
    "response shape",
    "wording",
    "validation",
    "status",
    "versions mixed",
    "lifecycle",
    "access and isolation",
    "duplicates",
    "lists",
    "persistence",
    "time",
    "derived values",
    "concurrency",
)
WRITTEN_FOR = "v2026.1"
"""The edition of a defect that names none: they were written for this one, as its documents say."""
HAND = "hand"
"""The origin of a defect that somebody thought of; others are named after their operator."""

Made = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Patch:
    """One attribute, or one entry of a table of functions, that is another while it is entered.

    `make` is given what is there and returns what takes its place.
    """

    where: Any
    name: str
    make: Made

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Put the other in, and the old one back."""
        old = self._read()
        self._write(self.make(old))
        try:
            yield
        finally:
            self._write(old)

    def _read(self) -> Any:
        if isinstance(self.where, Mapping):
            return self.where[self.name]
        # What a class has itself: a static method would come as its function.
        return vars(self.where)[self.name]

    def _write(self, value: Any) -> None:
        if isinstance(self.where, MutableMapping):
            self.where[self.name] = value
        else:
            setattr(self.where, self.name, value)


@dataclass(frozen=True, slots=True)
class Defect:
    """A named deviation.

    `kind` is one of `CLASSES`, `sentence` says what is wrong, `edition` is a version or
    `version@reading` in which it shows, `origin` tells who made it. It has a `patch`, or
    `actions` on the documents. `meeting` says that it shows among calls that are served at once.
    """

    id: str
    kind: str
    sentence: str
    edition: str = WRITTEN_FOR
    origin: str = HAND
    patch: Patch | None = None
    actions: tuple[Action, ...] = ()
    meeting: bool = False

    @property
    def version(self) -> str:
        """The version in which it shows."""
        return self.edition.partition("@")[0]

    @property
    def reading(self) -> str:
        """The reading in which it shows."""
        return self.edition.partition("@")[2] or DOCUMENTED

    def told(self) -> dict[str, str]:
        """Return what is told of it, as JSON has it."""
        return {
            "id": self.id,
            "class": self.kind,
            "sentence": self.sentence,
            "edition": self.edition,
            "origin": self.origin,
        }
