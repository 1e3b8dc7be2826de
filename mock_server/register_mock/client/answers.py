"""What the control API answers, as values: the schemas of `spec/control.yaml`, field by field.

Moments are aware datetimes; what a version of the public API shows stays JSON. A key that is not
known here is left out, so that a newer mock can be talked to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from register_mock.client.reading import read_fields

Json = Mapping[str, Any]
LONGEST_VALUE = 80


@dataclass(frozen=True)
class Answer:
    """Something the control API answers."""

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the value of a JSON object; raises ValueError when it is no such object."""
        return cls(**read_fields(cls, row))


@dataclass(frozen=True)
class Token(Answer):
    """A bearer token; `status` is active, expired or revoked."""

    token: str
    status: str
    expires_on: str | None


@dataclass(frozen=True)
class Provider(Answer):
    """A training provider and its tokens."""

    name: str
    ukprn: str
    tokens: tuple[Token, ...]

    @property
    def token(self) -> str:
        """Its first active token; raises LookupError when it has none."""
        for each in self.tokens:
            if each.status == "active":
                return each.token
        raise LookupError(f"provider {self.ukprn} has no active token; give it one by add_token")


@dataclass(frozen=True)
class World(Answer):
    """A world; `now` is what its clock showed when it was asked for.

    `switched_on` are the deviations of its reading that it has on request.
    """

    name: str
    reading: str
    switched_on: tuple[str, ...]
    seed: str
    now: datetime
    providers: tuple[Provider, ...]


@dataclass(frozen=True)
class Api(Answer):
    """Where the public API of a version answers, and the header that carries a token there."""

    version: str
    path: str
    header: str

    def carrying(self, token: str) -> dict[str, str]:
        """Return the header with a token in it."""
        name, _, form = self.header.partition(": ")
        return {name: form.replace("{token}", token)}


@dataclass(frozen=True)
class Reading(Answer):
    """A reading that a world can have, and what it is for."""

    reading: str
    summary: str


@dataclass(frozen=True)
class Health(Answer):
    """That the mock answers: the versions it serves, oldest first, and how many worlds it has."""

    status: str
    versions: tuple[str, ...]
    apis: tuple[Api, ...]
    readings: tuple[Reading, ...]
    worlds: int
    now: datetime


@dataclass(frozen=True)
class Clock(Answer):
    """What time it is in a world, and whether time stands still there."""

    now: datetime
    frozen: bool


@dataclass(frozen=True)
class School(Answer):
    """A school that requests may name."""

    urn: str
    name: str
    town: str | None
    postcode: str | None


@dataclass(frozen=True)
class Partner(Answer):
    """A lead (training) partner that requests may name."""

    urn: str | None
    ukprn: str | None
    name: str


@dataclass(frozen=True)
class MadeTrainee(Answer):
    """A trainee that `add_trainee` made; ids of placements and degrees in the order sent.

    `data` is the trainee as the version of the call shows it.
    """

    trainee_id: str
    state: str
    placements: tuple[str, ...]
    degrees: tuple[str, ...]
    data: Json


@dataclass(frozen=True)
class Trainee(Answer):
    """A record of a world, whoever may see it; `data` is how `version`, the newest, shows it."""

    trainee_id: str
    called: str | None
    provider: str
    state: str
    discarded: bool
    created_at: datetime
    updated_at: datetime
    placements: tuple[str, ...]
    degrees: tuple[str, ...]
    version: str
    data: Json


@dataclass(frozen=True)
class FullTrainee(Trainee):
    """A record as `version` shows it, and what may be done with it.

    `events` are those from outside that may happen now; of `operations`, each says with which
    `status` and `body` it would answer now and `why`; `moves` have `time`, `event`, the states
    `from` and `to`, and what moved the trainee: `by`.
    """

    events: tuple[str, ...]
    operations: tuple[Json, ...]
    moves: tuple[Json, ...]


@dataclass(frozen=True)
class Lifecycle(Answer):
    """The states, each with its `trainees`, and the edges, each with how often it was `taken`."""

    initial: str
    discarded: int
    states: tuple[Json, ...]
    edges: tuple[Json, ...]


@dataclass(frozen=True)
class Timer(Answer):
    """How a TRN or an award comes: `mode` is after (so many seconds) or manual."""

    mode: str
    seconds: float


@dataclass(frozen=True)
class RateLimit(Answer):
    """How many requests a token has in a window of so many seconds of the world's clock."""

    enabled: bool
    requests: int
    seconds: int


@dataclass(frozen=True)
class Settings(Answer):
    """What a world does by itself."""

    trn: Timer
    award: Timer
    rate_limit: RateLimit


@dataclass(frozen=True)
class Fault(Answer):
    """A fault; `fired` says how often it came true."""

    id: str
    match: Json
    times: int | None
    probability: float | None
    effect: Json
    fired: int


@dataclass(frozen=True)
class Reason(Answer):
    """One reason why a request was answered as it was.

    `rule` is the id of a rule of the documents, `field` the path of what was wrong, `allowed` what
    would have been right, `source` where that is written.
    """

    rule: str
    field: str | None
    sent: Any
    allowed: Any
    message: str
    source: Json | None

    def __str__(self) -> str:
        """Return one line: where, what, what was sent and is allowed, the rule and its document."""
        is_named = not self.field or self.message.startswith(self.field)
        parts = [self.message if is_named else f"{self.field}: {self.message}"]
        if self.sent is not None:
            parts.append(f"sent {_short(self.sent)}")
        if self.allowed is not None:
            parts.append(f"allowed {_short(self.allowed)}")
        document = (self.source or {}).get("document")
        return f"{'; '.join(parts)} [{self.rule}{f', {document}' if document else ''}]"


@dataclass(frozen=True)
class Moved(Answer):
    """The trainee a request was about; `before` is None when it was made by it."""

    trainee_id: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Request(Answer):
    """One public request of the journal; `status` is None when the connection was dropped.

    `request` and `response` have `headers` and `body`; `began_ms` is when it came, by a clock of
    the server's that nobody sets; `trainee` is whom it was about.
    """

    id: str
    time: datetime
    operation: str | None
    version: str | None
    provider: str | None
    method: str
    path: str
    query: str
    status: int | None
    began_ms: float
    duration_ms: float
    trainee: Moved | None
    request: Json
    response: Json
    faults: tuple[Json, ...]
    explanation: tuple[Reason, ...]

    def __str__(self) -> str:
        """Return a line for the request, and one below for each reason."""
        path = f"{self.path}?{self.query}" if self.query else self.path
        head = f"{self.id} {self.method} {path} {self.status or 'no answer'}"
        return "\n".join([head, *(f"    {reason}" for reason in self.explanation)])


@dataclass(frozen=True)
class Notice(Answer):
    """That a request was answered: what the stream of the journal tells of it."""

    id: str
    time: datetime
    operation: str | None
    version: str | None
    provider: str | None
    trainee_id: str | None
    status: int | None


def _short(value: Any) -> str:
    """Return a value as JSON, a list as its values; not more than fits into a line."""
    rows = value if isinstance(value, list) else [value]
    text = ", ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
