"""What one control call has, and what it can be refused with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from register_mock.config import Options
from register_mock.contract.edition import Edition
from register_mock.contract.envelopes import Answer, json_answer
from register_mock.wire import Call
from register_mock.world.world import World, moment
from register_mock.world.worlds import Worlds
from register_spec.wording import shown

MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class Wrong:
    """A control call that is not done: status, code, sentence, and further keys of the body."""

    status: int
    error: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)

    def answer(self) -> Answer:
        """Return the answer in the one shape of control errors."""
        return json_answer(self.status, {"error": self.error, "detail": self.detail, **self.more})


@dataclass(slots=True)
class Visit:
    """One control call. The document has let it through: body and query are right in form.

    `known_world` is the world of the call when the operation is about one; `document` returns
    the control API's own document as text, `viewers` are the streams of this server that are open,
    and `called_by` the fields by which people know a record.
    """

    call: Call
    worlds: Worlds
    options: Options
    document: Callable[[], str]
    arguments: dict[str, str]
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    known_world: World | None = None
    viewers: set[object] = field(default_factory=set)
    called_by: Sequence[str] = ()

    @property
    def world(self) -> World:
        """Return the world of an operation that has the parameter `X-Mock-World`."""
        assert self.known_world is not None
        return self.known_world

    @property
    def editions(self) -> Mapping[str, Edition]:
        """Return the versions of the world's reading, oldest first."""
        return self.worlds.editions[self.world.origin.reading]

    def not_in_reading(self, place: str, version: str) -> Wrong | None:
        """Return why a version cannot be meant: another reading has it, the world's does not."""
        if version in self.editions:
            return None
        reading = self.world.origin.reading
        detail = f"{place}: {version!r} has no {reading} reading; that of this world has "
        return Wrong(400, "invalid_value", detail + ", ".join(self.editions))


def time_of(text: str) -> datetime | None:
    """Return the moment of a date or date-time as JSON Schema has them; None when there is none."""
    try:
        return moment(text.upper().replace(":60", ":59"))
    except (ValueError, OverflowError):
        return None


def no_time(name: str, text: str) -> Wrong:
    """Return the refusal of a time that is well formed but does not exist, as in the year 0."""
    detail = f"{name}: {text!r} does not exist; give: a date-time such as 2025-10-15T09:00:00Z"
    return Wrong(400, "invalid_value", detail)


def unknown(thing: str, name: str, known: Iterable[str]) -> Wrong:
    """Return the refusal of a name that nothing here has."""
    names = list(known)
    there = ", ".join(names[:MOST_NAMED]) or "none"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    detail = f"there is no {thing} {shown(name)}; there are {there}{more}"
    return Wrong(404, f"unknown_{thing}", detail)


def taken(thing: str, name: str) -> Wrong:
    """Return the refusal of a name that is used already."""
    return Wrong(409, "name_taken", f"there is a {thing} {name} already")
