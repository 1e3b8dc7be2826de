"""The two worlds of a rehearsal: one is asked as it was, the other in the words of the target.

Both deal the same ids, from one random seed. Where a request leaves them with different records,
the second one is put right, so that each request is told for itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from flask import Flask

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.contract.edition import JSON, Edition
from register_mock.scenarios.asking import Answered, ask
from register_mock.trainee.model import Trainee
from register_mock.world.journal import Finding
from register_mock.world.settings import Timer, timers
from register_mock.world.world import Content, Origin, World
from register_mock.world.worlds import Worlds

BEFORE, AFTER = "before", "after"
# Of nobody: a request that was not let in is not let in again.
STRANGER = "a-token-of-nobody"
_BY_HAND = {name: Timer(mode="manual") for name in timers()}


@dataclass(frozen=True)
class Sent:
    """An answer, and why it is a refusal, if it is."""

    status: int
    body: Any
    findings: tuple[Finding, ...]

    @property
    def is_refusal(self) -> bool:
        """Whether the request was not done."""
        return self.status >= 400


@dataclass
class Side:
    """One world, with the tokens that stand there for those that were recorded."""

    app: Flask
    world: World
    tokens: dict[str | None, str] = field(default_factory=dict)

    def send(
        self,
        edition: Edition,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        token: str | None,
    ) -> Sent:
        """Ask this world; `target` is path and query below the base path of the edition."""
        path, _, query = target.partition("?")
        form = edition.token_header
        given = {"X-Mock-World": self.world.name, **headers}
        if token is not None:
            given[form.name] = f"{form.before}{token}{form.after}"
        where = f"{edition.base_path}{unquote(path, 'latin-1')}?{query}"
        answered: Answered = ask(self.app, method, where, given, body)
        return Sent(answered.status, answered.body, self.world.journal.entries()[-1].findings)

    def fire(self, event: str, trainee_id: str) -> bool:
        """Let an outside event happen to a trainee; tell whether it did."""
        trainee = self.world.store.get(trainee_id)
        return trainee is not None and self.world.fire(event, trainee, {}) is not None

    def trainee(self, trainee_id: str) -> Trainee | None:
        """Return a trainee, whatever the letters of its id."""
        return self.world.store.get(trainee_id) or self.world.store.find(trainee_id)


class Sides:
    """Both worlds, at the moment of a request; they have the same records."""

    def __init__(
        self,
        reading: str,
        seed: str,
        tokens: Sequence[str],
        first: datetime,
        spec_dir: Path | None = None,
    ) -> None:
        """Make them; they begin at the moment `first`. Raises SpecError as `create_app` does."""
        now = first.isoformat()
        options = Options(seed=seed, reading=reading, now=now, frozen=True, spec_dir=spec_dir)
        app = create_app(options)
        self.worlds: Worlds = app.extensions["register_mock"]
        self.editions = self.worlds.editions[reading]
        self.before, self.after = (self._made(app, name, options) for name in (BEFORE, AFTER))
        for side in (self.before, self.after):
            side.tokens = dict(zip(tokens, _tokens(side.world, len(tokens)), strict=True))
            side.tokens[None] = next(iter(side.world.providers.values())).tokens[0].token

    def _made(self, app: Flask, name: str, options: Options) -> Side:
        origin = Origin(name, options.reading, options.seed, options.random_seed)
        world = self.worlds.create(origin)
        assert world is not None
        world.settings = replace(world.settings, **_BY_HAND)  # type: ignore[arg-type]
        world.drop_manual()
        return Side(app, world)

    def move_to(self, moment: datetime) -> None:
        """Let it be that moment in both."""
        for side in (self.before, self.after):
            side.world.clock.set(moment, True)

    def saved(self) -> Content:
        """Return what the first world holds, to go back to."""
        return self.before.world.content()

    def back_to(self, content: Content) -> None:
        """Let the first world be as it was."""
        self.before.world.restore(content)

    def make_alike(self, trainee_id: str) -> None:
        """Give the second world a trainee as the first one has it."""
        trainee = self.before.trainee(trainee_id)
        if trainee is not None and trainee != self.after.trainee(trainee_id):
            self.after.world.store.put(trainee)
            self.after.world.ids.restore(self.before.world.ids.state())

    def put_right(self) -> None:
        """Give the second world the records of the first one."""
        content, own = self.before.world.content(), self.after.world
        own.restore(replace(own.content(), store=content.store, due=content.due, ids=content.ids))


def _tokens(world: World, number: int) -> list[str]:
    """Return so many tokens, each of another provider; those of the seed come first."""
    numbers = count(1)
    while len(world.providers) < number:
        ukprn = f"{19_999_000 + next(numbers):08d}"
        if ukprn not in world.providers:
            world.add_provider(f"Provider {ukprn}", ukprn)
    return [each.tokens[0].token for each in list(world.providers.values())[:number]]


def headers_of(pairs: Sequence[tuple[str, str]], taken: Sequence[str]) -> dict[str, str]:
    """Return what goes along with a request: the kind of its body, and headers that it knows."""
    wanted = {name.lower() for name in (*taken, "Content-Type")}
    found = {name: value for name, value in pairs if name.lower() in wanted}
    return found if "content-type" in map(str.lower, found) else {**found, "Content-Type": JSON}
