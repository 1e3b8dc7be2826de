"""What an example of a finding was made with, as data: it can be sent again, elsewhere.

The same requests as in its script (``repeat``). A value that an answer made up, such as an id, a
token or the name of a world, is named with the answer that made it, so that whoever sends the
requests again can put the new value in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from register_contract.target.exchange import Exchange
from register_contract.target.history import History

_OF_THE_CONNECTION = ("user-agent", "accept-encoding", "connection", "content-length")


@dataclass(frozen=True)
class Made:
    """A value that an answer was the first to show: under which key, and which of that key."""

    value: str
    key: str
    nth: int


@dataclass(frozen=True)
class Step:
    """A request as it was sent (``path`` behind the address of the target) and its status.

    ``world`` is the name of the world that it made, if it made one; ``made`` are the values of its
    answer that later steps hold.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    status: int
    world: str = ""
    made: tuple[Made, ...] = ()


@dataclass(frozen=True)
class Aspect:
    """In what an answer and the contract part: what to compare of two answers.

    ``kind`` is ``status``; ``said``, whether the text ``said`` is among the texts of the body;
    ``field``, the value of the record's ``field``; ``place``, what stands ``at`` a place of the
    body; ``there``, whether something does; or ``whole``, all of it.
    """

    kind: str
    said: str = ""
    field: str = ""
    at: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """The requests that lead to an answer, the last of them, and the answer that came.

    ``secrets`` are the tokens of the target that were not made in these steps; without a world of
    its own (``makes_world``) a target has its state from elsewhere.
    """

    steps: tuple[Step, ...]
    last: Step
    answer: Exchange
    aspect: Aspect
    secrets: tuple[str, ...] = ()

    @property
    def makes_world(self) -> bool:
        """Whether the steps begin with a world of their own."""
        return any(step.world for step in self.steps)


def recipe_of(
    history: History,
    last: Exchange,
    also: Sequence[Exchange],
    about: Sequence[str],
    aspect: Aspect,
) -> Recipe:
    """Note what leads to ``last``; arguments as for a script."""
    exchanges = history.leading_to(last, also, about)

    def step(exchange: Exchange) -> Step:
        made = (
            Made(value, origin.key, origin.nth)
            for value, origin in history.made_in(exchange).items()
            if any(history.mentions(other, value) for other in (*exchanges, last))
        )
        headers = (
            (name, _text(value))
            for name, value in exchange.request_headers.items()
            if name.lower() not in _OF_THE_CONNECTION
        )
        return Step(
            exchange.method,
            exchange.url.removeprefix(history.setting.base) or urlsplit(exchange.url).path,
            (*headers,),
            exchange.request_body,
            exchange.status,
            history.world_made(exchange),
            (*made,),
        )

    secrets = tuple(history.setting.secrets.values())
    return Recipe((*map(step, exchanges),), step(last), last, aspect, secrets)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
