"""One request and what came back, as a value that checks and reports can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from register_contract.target.decoding import NO_JSON, decoded
from register_contract.target.shell import body_of, in_quotes, word

__all__ = ["NO_JSON", "OF_THE_CONNECTION", "Exchange"]

OF_THE_CONNECTION = ("user-agent", "accept-encoding", "connection", "content-length")
"""The headers that a client library adds by itself; others add their own."""
_SECRET = "$TOKEN"
_SHOWN = 400


@dataclass(frozen=True)
class Exchange:
    """A request as sent and its answer; ``failure`` says why there is none (status 0 then).

    It was under way for some ``seconds`` from ``began``, by a clock that only goes on.
    ``place`` is the key of the answer that its records stand under, None for a body that is one;
    ``token_header`` is the form of the header that carries a token, as the document writes it.
    """

    method: str
    url: str
    request_headers: Mapping[str, str] = field(repr=False)
    request_body: bytes | None
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    began: float = 0.0
    failure: str = ""
    place: str | None = "data"
    token_header: str = ""

    @property
    def json(self) -> Any:
        """The decoded body, or NO_JSON."""
        return self._decoded[0]

    @property
    def json_flaw(self) -> str:
        """What keeps the body from being read as JSON, in words; empty when nothing does."""
        return self._decoded[1]

    @cached_property
    def _decoded(self) -> tuple[Any, str]:
        return decoded(self.body)

    @property
    def content_type(self) -> str:
        """The media type of the answer without its parameters, lower case."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def data(self) -> Any:
        """The record or the records in the answer, or None."""
        if self.place is None:
            return None if self.json is NO_JSON else self.json
        return self.json.get(self.place) if isinstance(self.json, dict) else None

    @property
    def sent(self) -> Any:
        """What stands under ``data`` in the body of the request, if that is JSON."""
        try:
            body = json.loads(self.request_body or b"null")
        except ValueError:
            return None
        return body.get("data") if isinstance(body, dict) else None

    def describe(self) -> str:
        """Status and the beginning of the body, for a report."""
        if self.failure:
            return self.failure
        text = self.body.decode("utf-8", "replace")
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + " …"
        return f"{self.status} {shown}".rstrip()

    def curl(self) -> str:
        """A command line for this one request; the token is left to the reader's shell."""
        words = ["curl", "-i"]
        if self.method != "GET":
            words += ["-X", self.method]
        quoted = [word(part) for part in words]
        for name, value in self.request_headers.items():
            hidden = self._without_token(name, value)
            quoted += ["-H", word(f"{name}: {value}") if hidden is None else hidden]
        producer, words_of_body = body_of(self.request_body)
        pipe = f"{producer} | " if producer else ""
        return pipe + " ".join([*quoted, word(self.url)]) + words_of_body

    def _without_token(self, name: str, value: str) -> str | None:
        """The header as a word of the shell with a variable for its token; None without one."""
        carrier, _, form = self.token_header.partition(": ")
        before, _, after = form.partition("{token}")
        is_carrier = bool(carrier) and name.lower() == carrier.lower()
        if not (is_carrier and value.startswith(before) and value.endswith(after)):
            return None
        return f'"{in_quotes(f"{name}: {before}")}{_SECRET}{in_quotes(after)}"'
