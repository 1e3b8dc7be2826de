"""Decides what is waited for without a thread: an ASGI application around the WSGI one.

On the loop wait a body that is still arriving, under a deadline, an answer that a fault holds
back, and the next piece of a stream; thousands may do so and hold up nobody. The WSGI application
is called once the body is there, on the loop's own thread: one interpreter runs one thread at a
time, and a second would only make each request change hands twice.

Two things more than ASGI has it finds among the scope's extensions: under `DROP` a function that
closes the connection without a byte, and under `TOGETHER` a context in which all that is sent
leaves at once, at its end.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Mapping,
)
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from register_mock.wire import AWAITS, HEADERS, HOLD, MAX_BODY, MOST_DISCARDED, DroppedError

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Front = Callable[[Mapping[str, Any], Receive, Send], Coroutine[Any, Any, None]]

DROP = "register_mock.drop"
TOGETHER = "register_mock.together"
# Names of headers are remembered, but not all that a client can think of.
_MOST_NAMES = 1_000
_BASE: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
_names: dict[bytes, str] = {}


def front(
    application: Application,
    body_seconds: float,
    threads: Executor | None = None,
    in_threads: Collection[str] | None = None,
) -> Front:
    """Return an ASGI application that answers as the WSGI `application` does.

    With `threads` it is called in one of them, so that calls can meet: a defect may need that; with
    `in_threads` only for paths that begin with one of these parts, so that others wait for none.

    The application's iterable may also be asynchronous: then its pieces are awaited and sent as
    they come. A body that is not whole after `body_seconds` raises TimeoutError when it is read.
    """

    async def serve(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        body = await _input(environ, receive, body_seconds)
        environ["wsgi.input"] = body
        reply = _Reply()
        environ[HOLD] = reply.hold
        environ[AWAITS] = True
        if threads is None or not _is_in(environ["PATH_INFO"], in_threads):
            pieces = application(environ, reply.start)
        else:
            loop = asyncio.get_running_loop()
            pieces = await loop.run_in_executor(threads, application, environ, reply.start)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if isinstance(body, _Late):
            # The server closes the connection, or it would take the rest for the next request.
            reply.headers.append((b"connection", b"close"))
        extensions = scope.get("extensions", {})
        try:
            together = extensions.get(TOGETHER) or nullcontext()
            await _send(pieces, reply, receive, send, together)
        except DroppedError:
            extensions[DROP]()

    return serve


def _is_in(path: str, first_parts: Collection[str] | None) -> bool:
    return first_parts is None or path.partition("/")[2].partition("/")[0] in first_parts


class _Reply:
    """What the WSGI application says before the body of its answer."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.delay = 0.0

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        """Take status and headers (WSGI)."""
        self.status = int(status[:3])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]

    def hold(self, seconds: float) -> None:
        """Take the seconds that the answer is held back."""
        self.delay = seconds


def environ_of(scope: Mapping[str, Any]) -> Environ:
    """Return the WSGI environ of an ASGI scope, without `wsgi.input`.

    It has no header but the request's own, and of each the bytes that came, as latin-1.
    """
    host, port = scope["server"]
    environ = {
        **_BASE,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.url_scheme": scope["scheme"],
    }
    names: dict[str, None] = {}
    for raw, value in scope["headers"]:
        name = _names.get(raw) or _name(raw)
        text = value.decode("latin-1")
        if name in names:
            separator = ";" if name == "HTTP_COOKIE" else ","
            text = f"{environ[name]}{separator}{text}"
        environ[name] = text
        names[name] = None
    environ[HEADERS] = tuple(names)
    return environ


def _name(raw: bytes) -> str:
    """Return the name that WSGI gives a header."""
    name = raw.decode("latin-1").upper().replace("-", "_")
    if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        name = f"HTTP_{name}"
    if len(_names) < _MOST_NAMES:
        _names[raw] = name
    return name


class _Late:
    """A body that did not arrive in time."""

    def read(self, size: int = -1) -> bytes:
        """Raise TimeoutError, as a socket with a deadline does."""
        raise TimeoutError


async def _input(environ: Environ, receive: Receive, seconds: float) -> BytesIO | _Late:
    """Return the body, or as much of it as shows that it is too large."""
    is_chunked = "HTTP_TRANSFER_ENCODING" in environ
    length = environ.get("CONTENT_LENGTH", "0")
    if length == "0" and not is_chunked:
        return BytesIO()
    announced = int(length) if 0 < len(length) < 16 and length.isdecimal() else MOST_DISCARDED + 1
    if not is_chunked and announced > MOST_DISCARDED:
        return BytesIO()
    kept = bytearray()
    try:
        async with asyncio.timeout(seconds):
            await _collect(kept, receive)
    except TimeoutError:
        # What is known to be too large is refused as such.
        if max(len(kept), announced if "CONTENT_LENGTH" in environ else 0) <= MAX_BODY:
            return _Late()
    return BytesIO(kept)


async def _collect(kept: bytearray, receive: Receive) -> None:
    """Keep one byte more than a body may have, and throw the rest away.

    A client that is still sending when the connection closes sees a reset instead of the answer.
    """
    taken = 0
    while taken <= MOST_DISCARDED:
        message = await receive()
        piece: bytes = message.get("body", b"")
        kept += piece[: MAX_BODY + 1 - len(kept)]
        taken += len(piece)
        # A body that breaks off, or is framed wrongly, ends where it does: a disconnect.
        if not message.get("more_body"):
            return


async def _send(
    pieces: Any,
    reply: _Reply,
    receive: Receive,
    send: Send,
    together: AbstractContextManager[None],
) -> None:
    try:
        if isinstance(pieces, AsyncIterable):
            await _watched(_stream(pieces, reply, send), receive)
        else:
            body = b"".join(pieces)
            with together:
                await send(_start(reply))
                await send({"type": "http.response.body", "body": body})
    finally:
        if hasattr(pieces, "close"):
            pieces.close()


async def _watched(stream: Coroutine[Any, Any, None], receive: Receive) -> None:
    """Let a stream go on until it ends, or until its client has gone."""
    sending, gone = asyncio.ensure_future(stream), asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
    finally:
        for task in (gone, sending):
            task.cancel()
        await asyncio.gather(gone, sending, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive()).get("type") != "http.disconnect":
        pass


async def _stream(pieces: AsyncIterable[bytes], reply: _Reply, send: Send) -> None:
    await send(_start(reply))
    waited = aiter(pieces)
    try:
        async for piece in waited:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    finally:
        if isinstance(waited, AsyncGenerator):
            await waited.aclose()
    await send({"type": "http.response.body", "body": b""})


def _start(reply: _Reply) -> dict[str, Any]:
    return {"type": "http.response.start", "status": reply.status, "headers": reply.headers}
