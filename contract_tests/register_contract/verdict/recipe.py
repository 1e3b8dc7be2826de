"""What an example of a finding was made with, as data: it can be sent again, elsewhere.

The same requests as in its script (``repeat``). A value that an answer made up, such as an id, a
token or the name of a world, is named with the answer that made it, so that whoever sends the
requests again can put the new value in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

from register_contract.target.exchange import OF_THE_CONNECTION, Exchange
from register_contract.target.history import History

_SHORTEST_TOKEN = 16


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

    @property
    def said(self) -> str:
        """All that the request says, as one text."""
        body = (self.body or b"").decode("utf-8", "replace")
        return "\n".join([self.path, *(value for _, value in self.headers), body])


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

    ``secrets`` are the tokens of the target that were not made in these steps, by the name of the
    variable of a script that has them; without a world of its own (``makes_world``) a target has
    its state from elsewhere, and ``nonce`` is in the names that the run made up there.
    """

    steps: tuple[Step, ...]
    last: Step
    answer: Exchange
    aspect: Aspect
    secrets: Mapping[str, str] = field(default_factory=dict)
    nonce: str = ""

    @property
    def said(self) -> str:
        """What the last request says, what came, and what of that is in question, as one text."""
        aspect, body = self.aspect, self.answer.body.decode("utf-8", "replace")
        return "\n".join([self.last.said, body, aspect.said, aspect.field])

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
            if name.lower() not in OF_THE_CONNECTION
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

    setting = history.setting
    steps = (*map(step, exchanges),)
    return Recipe(steps, step(last), last, aspect, {**setting.secrets}, setting.nonce)


class Renaming:
    """Puts other values in the place of some, in other letters and as a URL has them too.

    A token whose last letter was changed is one again.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        known = {
            **{old.swapcase(): new.swapcase() for old, new in names.items()},
            **{quote(old, safe=""): quote(new, safe="") for old, new in names.items()},
            **names,
        }
        self._known = sorted(known.items(), key=lambda pair: len(pair[0]), reverse=True)

    def __call__(self, text: str) -> str:
        """The text with the new values."""
        for old, new in self._known:
            if old in text:
                text = text.replace(old, new)
            elif len(old) > _SHORTEST_TOKEN and old[:-1] in text:
                text = text.replace(old[:-1], new[:-1])
        return text

    def step(self, step: Step) -> Step:
        """A request with the new values in its path, headers and body."""
        body = None if step.body is None else self.bytes(step.body)
        headers = tuple((name, self(value)) for name, value in step.headers)
        return replace(step, path=self(step.path), headers=headers, body=body)

    def bytes(self, body: bytes) -> bytes:
        """A body with the new values, whatever else is in it."""
        return self(body.decode("latin-1")).encode("latin-1")


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
