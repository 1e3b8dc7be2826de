"""Sends what an example was made with once more, to a mock of our own or to any other target."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count

import register_spec as spec
from register_contract.again.comparing import Outcome
from register_contract.target.client import Wire
from register_contract.target.control import Control, ControlRefusedError, in_reading
from register_contract.target.exchange import Exchange
from register_contract.target.history import History, pairs
from register_contract.target.transport import GuardedSession
from register_contract.verdict.recipe import Recipe, Renaming, Step

_SECONDS = 20.0
_BROKEN = 500
_REFUSED = 400
_READING = ("GET", "HEAD")
_CONTROL = "/_mock/"
_ABOUT_ONE = ("/_mock/trainees", "/_mock/providers")


@dataclass
class _Shared:
    """A world that several recipes are played in: what it is called, and what was made in it."""

    names: dict[str, str]
    worlds: list[Control]
    made: dict[Step, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Venue:
    """Where and how recipes are played.

    Worlds are in ``reading``, or without one as the mock there makes them. A recipe that made none
    itself is played with ``tokens``, by the names of its own, or without any in a world that has
    its clock at ``now`` and lets some events wait (``timers``).
    """

    wire: Wire
    reading: str | None = None
    now: datetime | None = None
    timers: Sequence[str] = ()
    tokens: Mapping[str, str] = field(default_factory=dict)
    prefix: str = "again"


def mock_at(base: str, reading: str, now: datetime, timers: Sequence[str]) -> Venue:
    """A mock of our own as a place to play."""
    return Venue(Wire(GuardedSession(base, writes=True), base, _SECONDS), reading, now, timers)


class Replayer:
    """Replays recipes in one place."""

    def __init__(self, place: Venue) -> None:
        self._place = place
        self._wire = place.wire
        self._numbers = count(1)
        self._shared: dict[tuple[Step, ...], _Shared] = {}

    def play_among_others(self, recipe: Recipe) -> Outcome:
        """Likewise, but in a world where other recipes are played, where that makes no difference.

        They come from one world. What shows a list, and whose world moves on, has one of its own;
        what comes after a record was made or changed finds a new one.
        """
        setup, rest = _parted(recipe)
        if not _may_share(recipe, rest):
            return self.play(recipe)
        self._wire.history = History()
        if _makes_one(recipe, rest) and not {*self._made_in(setup)} <= {*rest}:
            # What others began with may be what this one makes, which would be there already.
            self._leave(setup)
        shared = self._shared.get(setup)
        if shared is None:
            shared = _Shared({}, [])
            self._shared[setup] = shared
            if not recipe.makes_world:
                shared.names |= self._in_its_place(recipe, shared.worlds)
            for step in setup:
                answer = self._send(step, shared.names, recipe, shared.worlds)
                shared.names |= _new_values(step, answer)
        for number, step in enumerate(rest, 1 + len(setup)):
            if step not in shared.made:
                answer = self._send(step, shared.names, recipe, shared.worlds)
                if answer.status != step.status:
                    self._leave_if_changed(setup, step, answer)
                    return Outcome(answer, number)
                shared.made[step] = _new_values(step, answer)
                shared.names |= shared.made[step]
        last = self._send(recipe.last, shared.names, recipe, shared.worlds)
        self._leave_if_changed(setup, recipe.last, last)
        return Outcome(replace(last, place=recipe.answer.place))

    def _leave_if_changed(self, setup: tuple[Step, ...], sent: Step, answer: Exchange) -> None:
        """Leave a shared world in which more was made or changed than recipes begin with."""
        if sent.method not in _READING and answer.status < _REFUSED:
            self._leave(setup)

    def _leave(self, setup: tuple[Step, ...]) -> None:
        for world in self._shared.pop(setup).worlds:
            world.leave()

    def _made_in(self, setup: tuple[Step, ...]) -> Iterable[Step]:
        """The steps by which something was made in a shared world."""
        return self._shared[setup].made if setup in self._shared else ()

    def play(self, recipe: Recipe) -> Outcome:
        """Send the steps and the last request; returns what came of it.

        Raises ControlError when a mock does not make a world, or breaks down.
        """
        self._wire.history = History()
        names: dict[str, str] = {}
        worlds: list[Control] = []
        try:
            if not recipe.makes_world:
                names |= self._in_its_place(recipe, worlds)
            for number, step in enumerate(recipe.steps, 1):
                answer = self._send(step, names, recipe, worlds)
                if answer.status != step.status:
                    return Outcome(answer, number)
                names |= _new_values(step, answer)
            last = self._send(recipe.last, names, recipe, worlds)
            return Outcome(replace(last, place=recipe.answer.place))
        finally:
            for world in worlds:
                world.leave()

    def _in_its_place(self, recipe: Recipe, worlds: list[Control]) -> dict[str, str]:
        """The tokens for those of a recipe: given ones, or of a world as the target was found.

        With given ones a part of the names that it makes is new too.
        """
        place = self._place
        if place.tokens:
            nonce = f"{datetime.now(UTC):%d%H%M%S}"
            own = {recipe.nonce: nonce} if recipe.nonce else {}
            return own | {old: place.tokens[name] for name, old in recipe.secrets.items()}
        assert place.now is not None
        control = Control(self._wire)
        own_world, holders = control.create_world(self._name(), reading=place.reading)
        worlds.append(control)
        own_world.prepare(place.now, place.timers)
        return {old: new.token for old, new in zip(recipe.secrets.values(), holders, strict=False)}

    def _name(self) -> str:
        reading = spec.plain(self._place.reading) if self._place.reading else "own"
        return f"{self._place.prefix}-{next(self._numbers)}-{reading}"[:64]

    def _asked(self, body: bytes | None) -> bytes | None:
        """The body of a request for a world, which is to be in the reading of the place."""
        if self._place.reading is None:
            return body
        asked = {**json.loads(body or b"{}"), **in_reading(self._place.reading)}
        return json.dumps(asked).encode()

    def _send(
        self, step: Step, names: dict[str, str], recipe: Recipe, worlds: list[Control]
    ) -> Exchange:
        if step.world:
            names[step.world] = self._name()
            control = Control(self._wire)
            control.made.append(names[step.world])
            worlds.append(control)
            step = replace(step, body=self._asked(step.body))
        sent = Renaming(names).step(step)
        answer = self._wire.send(sent.method, sent.path, headers=dict(sent.headers), body=sent.body)
        no_world = bool(step.world) and answer.status != step.status
        if no_world or answer.status >= _BROKEN > step.status:
            # A variant that cannot be served says nothing of the row.
            raise ControlRefusedError(answer)
        return answer


def _parted(recipe: Recipe) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps that make a world and set it, and those after them."""
    size = 0
    while size < len(recipe.steps) and _sets_a_world(recipe.steps[size]):
        size += 1
    return recipe.steps[:size], recipe.steps[size:]


def _sets_a_world(step: Step) -> bool:
    return _CONTROL in step.path and not step.path.startswith(_ABOUT_ONE)


def _makes_one(recipe: Recipe, rest: Sequence[Step]) -> bool:
    """Whether the last request is about nothing that was made before: it may make a record."""
    is_about_one = any(made.value in recipe.last.path for step in rest for made in step.made)
    return recipe.last.method not in _READING and not is_about_one


def _may_share(recipe: Recipe, rest: Sequence[Step]) -> bool:
    """Whether what else is in a world makes no difference to a recipe."""
    path, last = recipe.last.path.partition("?")[0], recipe.last
    is_list = last.method in _READING and not any(
        made.value in path for step in rest for made in step.made
    )
    moves_on = any(map(_sets_a_world, (*rest, last)))
    return not is_list and not moves_on and len(set(rest)) == len(rest)


def _new_values(step: Step, answer: Exchange) -> dict[str, str]:
    """What the answer has in the places of the values that its like made up in the run."""
    there = list(pairs(answer.body.decode("utf-8", "replace")))
    found = {}
    for made in step.made:
        values = [value for key, value in there if key == made.key]
        if len(values) >= made.nth:
            found[made.value] = values[made.nth - 1]
    return found
