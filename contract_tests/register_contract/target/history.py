"""What was sent in this test, and changed before it, and which of it one request builds on.

A finding can only be repeated together with what made its trainee, its token and its world. That
is not noted down by the tests: it is read from the requests. A value that an answer made up (an
id, a token, a time) and that a later request holds ties the two together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from register_contract.target.exchange import Exchange

_SHORTEST = 8
_MOST_OF_ONE = 300_000
_MOST_OF_ALL = 60_000_000
_MOST_OF_OTHERS = 3
_WORLD = "X-Mock-World"
_MADE_WORLD = "/_mock/worlds"
_READING = ("GET", "HEAD")
_CONTROL_IDS = ("trainee_id",)
# Control calls about one trainee or provider; all others are about the world as a whole.
_SINGLE = ("/_mock/trainees", "/_mock/providers", "/_mock/worlds")
_PIECES = re.compile(r"[,{\[]")
_PAIR = re.compile(r'\s*"([a-z_]+)"\s*:\s*"([^"]*)"')


@dataclass(frozen=True)
class Setting:
    """Where the requests of a run went. ``secrets`` are tokens by the name of their variable.

    ``nonce`` is the part of names that keeps this run's records apart from other runs' on a target
    that others use too; ``hint`` says how to get a target like it, and ``again`` where it then
    answers, when the run's own is gone. ``ids`` and ``moments`` are the keys of answers under which
    a target says what it made up; ``probe`` ends the path that shows no record.
    """

    base: str = ""
    again: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    nonce: str = ""
    hint: str = ""
    ids: frozenset[str] = frozenset()
    moments: frozenset[str] = frozenset()
    probe: str = ""

    def is_id(self, key: str) -> bool:
        """Whether an identifier stands under a key, of the public API or of the control API."""
        return key in self.ids or key in _CONTROL_IDS


@dataclass(frozen=True)
class Origin:
    """The answer that made a value up: its place in the history, the key, and which of that key."""

    index: int
    key: str
    nth: int

    def at(self, index: int) -> Origin:
        """The same where its answer has moved to; most stay where they are."""
        return self if index == self.index else replace(self, index=index)


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """Keys and values that are texts, in order; just as the scripts read an answer with sed."""
    for piece in _PIECES.split(text):
        found = _PAIR.match(piece)
        if found:
            yield found[1], found[2]


class History:
    """The exchanges of the current test, after how the run began and what other tests changed."""

    def __init__(self) -> None:
        self.setting = Setting()
        self._kept: list[Exchange] = []
        # By identity: a test holds what it asks about, and two that are alive differ in it.
        self._places: dict[int, int] = {}
        self._suspected: list[bool] = []
        self._bytes = 0
        self._said: list[str] = []
        self._start: int | None = None
        self._first = 0
        self._origins: dict[str, Origin] = {}
        self._past: dict[str, Origin] = {}
        self._scanned = 0
        self._tokens_of = 0
        self._found_tokens: list[tuple[str, Origin]] = []
        # What is read of an exchange once it is scanned, for as long as a test runs.
        self._held: dict[int, dict[str, Origin]] = {}
        self._worlds: dict[int, str] = {}
        self._makers: list[tuple[int, str]] = []
        self._looked_for_makers = 0
        self._last: tuple[Any, list[Exchange]] | None = None

    def note(self, exchange: Exchange) -> None:
        """Add what was just sent."""
        self._places[id(exchange)] = len(self._kept)
        if len(exchange.body) > _MOST_OF_ONE or self._bytes > _MOST_OF_ALL:
            exchange = replace(exchange, body=b"")  # a target must not fill our memory
        self._bytes += len(exchange.body)
        self._places[id(exchange)] = len(self._kept)
        self._kept.append(exchange)
        self._said.append(_said(exchange))
        self._suspected.append(False)

    def suspect(self, exchange: Exchange) -> None:
        """From now on an exchange counts as one that changed something, whatever its status says.

        A target that refuses what it should have done may have done it all the same.
        """
        index = self._index(exchange)
        if index is not None and exchange.status:  # without an answer it cannot be sent again
            self._suspected[index] = True

    def begin(self) -> None:
        """A new test: forget what others read, but not what they changed, nor how the run began."""
        if self._start is None:
            self._start = self._first = len(self._kept)
            return
        self._scan()
        mine = {self.world_made(exchange) for exchange in self._kept[: self._first]} - {""} or {""}
        stays = [
            i
            for i in range(len(self._kept))
            if i < self._start or (self._writes(i) and self._world_of(i) in mine)
        ]
        places = {old: new for new, old in enumerate(stays)}
        known = {**self._past, **self._origins}
        known = {v: o for v, o in known.items() if o.index in places and not self._is_moment(o)}
        moved = {v: o.at(places[o.index]) for v, o in known.items()}
        # Two worlds of the mock make up the same ids: those of other tests are kept apart.
        self._origins = {v: o for v, o in moved.items() if o.index < self._first}
        self._past = {v: o for v, o in moved.items() if o.index >= self._first}
        # What was made up in an answer is known by now; no one asks about the exchange itself.
        self._kept = [
            self._kept[i] if i < self._start else replace(self._kept[i], body=b"") for i in stays
        ]
        self._said = [self._said[i] for i in stays]
        self._suspected = [self._suspected[i] for i in stays]
        self._places = {id(exchange): place for place, exchange in enumerate(self._kept)}
        self._start = self._scanned = len(stays)
        self._tokens_of = -1
        self._bytes = 0
        self._held, self._worlds, self._last = {}, {}, None
        self._makers, self._looked_for_makers = [], 0

    def leading_to(
        self, last: Exchange, also: Sequence[Exchange] = (), about: Sequence[str] = ()
    ) -> list[Exchange]:
        """What has to be sent before ``last`` to get the same answer again, in order.

        ``also`` are exchanges it builds on although no value of theirs is in it, ``about`` ids of
        records in its answer that matter.
        """
        asked = (len(self._kept), sum(self._suspected), id(last), [*map(id, also)], list(about))
        if self._last is None or self._last[0] != asked:
            self._last = asked, self._leading_to(last, also, about)
        return self._last[1]

    def _leading_to(
        self, last: Exchange, also: Sequence[Exchange], about: Sequence[str]
    ) -> list[Exchange]:
        self._scan()
        end = self._index(last)
        if end is None:
            return []
        indexes = [self._index(other) for other in also]
        todo = [end, *(index for index in indexes if index is not None)]
        known = {**self._past, **self._origins}
        todo += [known[value].index for value in about if value in known]
        todo += self._shown_of_others(end)
        needed: set[int] = set()
        while todo:
            here = todo.pop()
            if here not in needed:
                needed.add(here)
                todo += self._needs(here, end)
        return [self._kept[index] for index in sorted(needed - {end})]

    def _shown_of_others(self, end: int) -> list[int]:
        """What made a few of the records that a list shows, where this test made none itself."""
        if not self._reads_all(end, []) or any(map(self._writes, range(self._start or 0, end))):
            return []
        shown = self._kept[end].body.decode("utf-8", "replace")
        ids = (value for value, o in self._past.items() if self.setting.is_id(o.key))
        return [self._past[value].index for value in ids if value in shown][:_MOST_OF_OTHERS]

    def made_in(self, exchange: Exchange) -> dict[str, Origin]:
        """The values that the answer of ``exchange`` was the first to show."""
        index = self._index(exchange)
        if index is None:
            return {}
        return {value: o for value, o in self._known_at(index).items() if o.index == index}

    def mentions(self, exchange: Exchange, value: str) -> bool:
        """Whether a request holds a value, in other letters too (of a token all but the last)."""
        index = self._index(exchange)
        return index is not None and self._holds(index, value)

    def world_made(self, exchange: Exchange) -> str:
        """The name of the world that this exchange made, or nothing."""
        path = urlsplit(exchange.url).path
        if exchange.method != "POST" or not path.endswith(_MADE_WORLD):
            return ""
        return str(json.loads(exchange.request_body or b"{}").get("name", ""))

    def _index(self, exchange: Exchange) -> int | None:
        return self._places.get(id(exchange))

    def _scan(self) -> None:
        for index in range(self._scanned, len(self._kept)):
            exchange = self._kept[index]
            if 200 <= exchange.status < 300:
                self._scan_one(index, exchange)
        self._scanned = len(self._kept)

    def _scan_one(self, index: int, exchange: Exchange) -> None:
        counts: dict[str, int] = {}
        for key, value in pairs(exchange.body.decode("utf-8", "replace")):
            counts[key] = counts.get(key, 0) + 1
            if self._is_made_up(key, value, index):
                self._origins.setdefault(value, Origin(index, key, counts[key]))

    def _is_made_up(self, key: str, value: str, index: int) -> bool:
        if len(value) < _SHORTEST or value in self._said[index]:
            return False
        if key in self.setting.moments:
            return True
        return (key == "token" or self.setting.is_id(key)) and self._writes(index)

    def _is_moment(self, origin: Origin) -> bool:
        return origin.key in self.setting.moments

    def _writes(self, index: int) -> bool:
        """Whether an exchange changed something."""
        exchange = self._kept[index]
        done = 200 <= exchange.status < 300 or self._suspected[index]
        return exchange.method not in _READING and done

    def _holds(self, index: int, value: str) -> bool:
        origin = self._origins.get(value)
        if origin is not None and origin.key == "token":
            value = value[:-1]  # a token with one letter changed is a token under test
        said = self._said[index]
        return value in said or value.swapcase() in said  # so is an id in other letters

    def _needs(self, here: int, end: int) -> Iterator[int]:
        """Exchanges that one exchange builds on, when the last one is at ``end``."""
        held = self._held_by(here)
        yield from (origin.index for origin in held.values())
        world = self._world_of(here)
        yield from self._making(world, end)
        ids = [value for value, origin in held.items() if self.setting.is_id(origin.key)]
        for index in range(end):
            said = self._writes(index) and any(value in self._said[index] for value in ids)
            if said and self._world_of(index) == world:
                yield index
        if self._reads_all(here, ids):
            for index in range(self._start or 0, here):
                if self._writes(index) and self._world_of(index) == world:
                    yield index

    def _held_by(self, index: int) -> dict[str, Origin]:
        """The made-up values that an exchange holds, and those that it was the first to show."""
        if index not in self._held:
            known = {v: o for v, o in self._known_at(index).items() if o.index <= index}
            self._held[index] = {
                v: o for v, o in known.items() if o.index == index or self._holds(index, v)
            }
        return self._held[index]

    def _known_at(self, index: int) -> dict[str, Origin]:
        """The values that the test an exchange belongs to can have taken from answers."""
        before = index < (self._start or 0)
        return {**self._origins, **self._past} if before else self._origins

    def _making(self, world: str, end: int) -> Iterator[int]:
        """How a world was made, set, and its time moved on."""
        for index in range(self._looked_for_makers, len(self._kept)):
            exchange = self._kept[index]
            path = urlsplit(exchange.url).path
            _, _, own = path.partition("/_mock/")
            made = self.world_made(exchange)
            if made or (own and not f"/_mock/{own}".startswith(_SINGLE)):
                self._makers.append((index, made))
        self._looked_for_makers = len(self._kept)
        for index, made in self._makers if world else ():
            is_of_it = made == world or (self._writes(index) and self._world_of(index) == world)
            if index < end and is_of_it:
                yield index

    def _world_of(self, index: int) -> str:
        """The world an exchange is about: named by its header, or by whose token it holds."""
        if index not in self._worlds:
            self._worlds[index] = self._world_found(index)
        return self._worlds[index]

    def _world_found(self, index: int) -> str:
        exchange = self._kept[index]
        made = self.world_made(exchange)
        if made:
            return made
        if "/_mock/" in exchange.url:
            return str(exchange.request_headers.get(_WORLD, ""))
        for value, origin in self._tokens():
            if origin.index < index and self._holds(index, value):
                return self._world_of(origin.index)
        return ""

    def _tokens(self) -> list[tuple[str, Origin]]:
        if len(self._origins) != self._tokens_of:
            self._tokens_of = len(self._origins)
            self._found_tokens = [(v, o) for v, o in self._origins.items() if o.key == "token"]
        return self._found_tokens

    def _reads_all(self, index: int, ids: list[str]) -> bool:
        exchange = self._kept[index]
        path = urlsplit(exchange.url).path
        probe = self.setting.probe
        if exchange.method != "GET" or "/_mock/" in path or (probe and path.endswith(probe)):
            return False
        return not any(value in path for value in ids)


def _said(exchange: Exchange) -> str:
    """All that a request says, as one text."""
    body = (exchange.request_body or b"").decode("utf-8", "replace")
    return "\n".join([unquote(exchange.url), *map(str, exchange.request_headers.values()), body])
