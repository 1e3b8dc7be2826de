"""Flask in and out: here a Flask request becomes a `Call`, and an `Answer` a response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import Request, Response

from mock_server.envelopes import Answer

MAX_BODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the rest of the mock sees it. `body` is None when it was too large to read."""

    method: str
    path: str
    query_string: str
    environ: dict[str, Any]
    body: bytes | None

    def header(self, name: str) -> str | None:
        """Return a request header, or None."""
        value: str | None = self.environ.get("HTTP_" + name.upper().replace("-", "_"))
        return value

    @property
    def token(self) -> str | None:
        """Return the bearer token: exactly `Authorization: Bearer {token}` (document 001)."""
        value = self.environ.get("HTTP_AUTHORIZATION", "")
        return value[7:].strip() if value.startswith("Bearer ") else None

    @property
    def is_json(self) -> bool:
        """Whether the body says it is JSON."""
        kind: str = self.environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        return kind == "application/json" or kind.endswith("+json")

    def query(self) -> dict[str, str]:
        """Return the query parameters; of a repeated key the last value counts (DECISIONS 8)."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))


def call_of(request: Request) -> Call:
    """Return the plain form of a Flask request."""
    environ = request.environ
    return Call(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query_string=environ.get("QUERY_STRING", ""),
        environ=environ,
        body=_body(request),
    )


def _body(request: Request) -> bytes | None:
    """Read the body, but not one that says or shows it is beyond the limit."""
    length = request.environ.get("CONTENT_LENGTH")
    if not length and "HTTP_TRANSFER_ENCODING" not in request.environ:
        return b""
    if length and length.isdigit() and int(length) > MAX_BODY:
        return None
    read: bytes = request.environ["wsgi.input"].read(MAX_BODY + 1)
    return read if len(read) <= MAX_BODY else None


def response_of(answer: Answer) -> Response:
    """Return the Flask response for an answer."""
    response = Response(answer.body, answer.status, content_type=answer.content_type)
    for name, value in answer.headers:
        response.headers[name] = value
    return response
