"""WSGI in and out: here a request becomes a `Call`, and an `Answer` a response."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from time import sleep
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl

import orjson
from flask import Response
from werkzeug.http import HTTP_STATUS_CODES

from register_mock.contract.credentials import TokenHeader
from register_mock.contract.envelopes import NO_ANSWER, Answer

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

MAX_BODY = 1_000_000
MOST_NESTED = 100
# A body that is too large is thrown away, but one that is larger than this not even that.
MOST_DISCARDED = 64_000_000
LATE = "The request body did not arrive in time: send all of what Content-Length announces"
# In the environ of a server that can wait without a thread: a function that takes the seconds an
# answer is held back, and returns at once. Any other server's thread sleeps.
HOLD = "register_mock.hold"
# In the environ of a server that awaits the pieces of a stream. In any other a thread waits.
AWAITS = "register_mock.awaits"
# In the environ of a server that knows it: the names of the request's headers as they came.
HEADERS = "register_mock.headers"
# NUL as JSON writes it: not behind a backslash that is itself escaped. Looked for in the bytes,
# because content can be nested deeper than calls can be.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
# Their answers have no body, and werkzeug knows which headers go with it.
WITHOUT_BODY = (204, 304)
_WITHOUT_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")


class Call(NamedTuple):
    """A request as the rest of the mock sees it.

    `body` is None when it was too large to read, or `is_late`: it did not arrive in time.
    """

    method: str
    path: str
    query_string: str
    environ: Environ
    body: bytes | None
    is_late: bool = False

    def header(self, name: str) -> str | None:
        """Return a request header, or None."""
        value: str | None = self.environ.get(_key(name))
        return value

    def token(self, header: TokenHeader) -> str | None:
        """Return the token in this header, or None when none of its form is there."""
        return header.token(self.header(header.name))

    @property
    def is_json(self) -> bool:
        """Whether the body says it is JSON."""
        return self.media_type == "application/json" or self.media_type.endswith("+json")

    @property
    def media_type(self) -> str:
        """The kind of the body, as it calls itself, without parameters."""
        kind: str = self.environ.get("CONTENT_TYPE", "")
        return kind.partition(";")[0].strip().lower()

    def query(self) -> dict[str, str]:
        """Return the query parameters; of a repeated key the last value counts (decision 8)."""
        return dict(self.query_pairs())

    def query_pairs(self) -> list[tuple[str, str]]:
        """Return all keys of the query with their values, in order."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    def headers(self) -> dict[str, str]:
        """Return the headers under the names WSGI gives them: as they came, else by name.

        A server may put its process' own environment beside them: there `HTTP_PROXY` is no header.
        """
        names = self.environ.get(HEADERS)
        if names is None:
            names = sorted(name for name in self.environ if _is_header(name))
        return {name: self.environ[name] for name in names}


@lru_cache(maxsize=100)
def _key(name: str) -> str:
    """Return where WSGI keeps a header."""
    key = name.upper().replace("-", "_")
    return key if key in _WITHOUT_PREFIX else f"HTTP_{key}"


def _is_header(name: str) -> bool:
    if name[:5] == "HTTP_":
        return name != "HTTP_PROXY"
    return name in _WITHOUT_PREFIX


def call_of(environ: Environ) -> Call:
    """Return the plain form of a request (WSGI)."""
    body: bytes | None = None
    is_late = False
    try:
        body = _body(environ)
    except TimeoutError:
        is_late = True
    return Call(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query_string=environ.get("QUERY_STRING", ""),
        environ=environ,
        body=body,
        is_late=is_late,
    )


def _body(environ: Environ) -> bytes | None:
    """Read the body, but not one that says or shows it is beyond the limit.

    Never more than announced is asked for: werkzeug's stream is the connection itself and would
    wait for the rest. Raises TimeoutError when the server has given up waiting.
    """
    length = environ.get("CONTENT_LENGTH") or ""
    if not length and "HTTP_TRANSFER_ENCODING" in environ:
        body = _read(environ, MAX_BODY + 1)
        if len(body) <= MAX_BODY:
            return body
        _discard(environ, MOST_DISCARDED)
        return None
    if not (length.isascii() and length.isdigit()):
        return b""
    size = int(length) if len(length) < 16 else MOST_DISCARDED + 1
    if size <= MAX_BODY:
        return _read(environ, size)
    if size <= MOST_DISCARDED:
        _discard(environ, size)
    return None


def _read(environ: Environ, size: int) -> bytes:
    """Read so many bytes; a body that breaks off or is framed wrongly ends where it does."""
    try:
        read: bytes = environ["wsgi.input"].read(size)
    except TimeoutError:
        raise
    except OSError:
        return b""
    return read


def _discard(environ: Environ, size: int) -> None:
    """Take the rest of a body that is too large.

    A client that is still sending when the connection closes sees a reset instead of the answer.
    """
    with suppress(TimeoutError):
        while size > 0:
            read = _read(environ, min(size, MAX_BODY))
            if not read:
                return
            size -= len(read)


def read_json(body: bytes) -> Any:
    """Return the content of a JSON body; raises ValueError when it is none, or none to be kept.

    What is nested more than a hundred deep is refused, as the service's own parser does, and a
    text with the character NUL, which no database keeps.
    """
    content = orjson.loads(body)
    if b"\\u0000" in body and NUL.search(body):
        raise ValueError("a text contains the character NUL")
    # As many brackets are opened as the depth, at least.
    if body.count(b"[") + body.count(b"{") > MOST_NESTED and _is_deeper(content, MOST_NESTED):
        raise ValueError(f"nested more than {MOST_NESTED} deep")
    return content


def _is_deeper(content: Any, depth: int) -> bool:
    level = [content] if isinstance(content, (dict, list)) else []
    for _ in range(depth):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, (dict, list))
        ]
    return bool(level)


def sent(answer: Answer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Send an answer (WSGI), in one piece: a server then need not ask for it piece by piece.

    What is held back is waited for by the server, if it can without a thread, else in this one.
    """
    if answer.delay:
        environ.get(HOLD, sleep)(answer.delay)
    if answer.status == NO_ANSWER:
        return _dropped(environ, start_response)
    headers = list(answer.headers)
    if answer.status != HTTPStatus.NOT_MODIFIED and answer.content_type:
        headers.insert(0, ("Content-Type", answer.content_type))
    if answer.status in WITHOUT_BODY:
        start_response(_status_line(answer.status), headers)
        return []
    if answer.pieces is not None:
        start_response(_status_line(answer.status), headers)
        return _streamed(answer.pieces, environ)
    headers.append(("Content-Length", str(len(answer.body))))
    start_response(_status_line(answer.status), headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _streamed(pieces: AsyncIterable[bytes], environ: Environ) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "HEAD":
        return []
    # A server that awaits the pieces takes them for what they are.
    return cast(Iterable[bytes], pieces) if AWAITS in environ else _in_turn(pieces)


def _in_turn(pieces: AsyncIterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces of a stream, waiting for each in this thread."""
    loop = asyncio.new_event_loop()
    waited = aiter(pieces)
    try:
        while True:
            piece = loop.run_until_complete(anext(waited, None))
            if piece is None:
                return
            yield piece
    finally:
        if isinstance(waited, AsyncGenerator):
            loop.run_until_complete(waited.aclose())
        loop.close()


@lru_cache(maxsize=1000)
def _status_line(status: int) -> str:
    return f"{status} {HTTP_STATUS_CODES.get(status, 'Unknown').upper()}"


def response_of(answer: Answer) -> Response:
    """Return the Flask response for an answer."""
    return _Answered(answer)


class _Answered(Response):
    """What Flask passes on when an answer comes from one of its handlers."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Send the answer (WSGI)."""
        return sent(self._answer, environ, start_response)


class DroppedError(ConnectionError):
    """Raised instead of the first byte of an answer; both servers meet it without a word."""


def _dropped(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Begin a response that breaks off at once: the connection is closed.

    Not a byte leaves: werkzeug would wait for the next request, so its socket is shut down, and the
    front closes what it holds. Another server may send headers before it meets the error; whoever
    reads no further than the status must not take them for a success.
    """
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
    start_response("502 Bad Gateway", [("Content-Length", "1")])
    return _Broken()


class _Broken:
    """A body that cannot be had."""

    def __iter__(self) -> Iterator[bytes]:
        """Return the body itself."""
        return self

    def __next__(self) -> bytes:
        """Raise DroppedError."""
        raise DroppedError
