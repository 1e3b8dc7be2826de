"""Decides when a connection ends: never before its last request is answered, and never not at all.

A client may close its sending half and wait for the answer; what it has not sent by then never
comes. Whoever sends no head, one without end, or takes none of the answer is given up.
uvicorn's protocol does the rest.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import httptools
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from register_mock.serving.front import DROP, TOGETHER

MAX_HEAD = 64_000
SECONDS_FOR_HEAD = 30
SECONDS_TO_LEAVE = 10
NOT_HTTP = (400, "This is not a request as HTTP/1.1 describes it.\n")
TOO_LARGE = (431, f"The request line and headers have more than {MAX_HEAD} bytes.\n")


class Connection(HttpToolsProtocol):
    """One connection; of more than the server's `limit_concurrency` the newest are refused."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._most = config.limit_concurrency
        # uvicorn would refuse requests on every connection, the oldest as well.
        self.limit_concurrency = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_refused = False
        # Whether a head has begun and goes on, and how much of it has come since.
        self._is_in_head = False
        self._taken = 0
        self._wrong = NOT_HTTP

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a new connection, unless there are too many or its client has gone again."""
        super().connection_made(transport)
        if self.client is None or (self._most and len(self.connections) > self._most):
            transport.abort()
        else:
            self._end_within(SECONDS_FOR_HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._end_within(None)
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer what is complete, and what was not complete by now; then close."""
        return not self._is_refused and self._is_last()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        was_in_head = self._is_in_head
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Nothing but HTTP/1.1 is spoken here: the request is answered, and what follows is not.
            self._is_last()
        except httptools.HttpParserError:
            self._refuse()
        else:
            if was_in_head and self._is_in_head:
                self._taken += len(data)
                if self._taken > MAX_HEAD:
                    self._wrong = TOO_LARGE
                    self._refuse()
            if self._timer is None and not self._is_answering():
                self._end_within(SECONDS_FOR_HEAD)

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._is_in_head, self._taken = True, 0

    def on_headers_complete(self) -> None:
        """Let the application answer; raises ValueError, for the parser, at too large a head."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > MAX_HEAD:
            self._wrong = TOO_LARGE
            raise ValueError
        super().on_headers_complete()
        self._is_in_head = False
        self._end_within(None)
        # Not the cycle itself, which holds the scope: what holds itself waits for the collector.
        cycle = weakref.ref(self.cycle)
        extensions = {DROP: partial(self._drop, cycle), TOGETHER: _Together(cycle)}
        self.scope["extensions"] = extensions  # type: ignore[typeddict-item]

    def on_response_complete(self) -> None:
        """Wait for the next request, or until the client has taken the last answer."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._end_within(SECONDS_TO_LEAVE)

    def timeout_keep_alive_handler(self) -> None:
        """End a connection on which nothing happens, even if its client has not read all."""
        self.transport.abort()

    def _drop(self, asked: weakref.ref[RequestResponseCycle]) -> None:
        """Close without an answer, which is no mistake of the application."""
        cycle = asked()
        if cycle is not None:
            cycle.disconnected = True
        self.transport.abort()

    def _is_answering(self) -> bool:
        # Requests are answered in their order: when the newest is, all are.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _is_last(self) -> bool:
        """Take no more for the request that is being answered; return whether there is one."""
        if not self._is_answering():
            return False
        self.cycle.keep_alive = False
        self.cycle.more_body = False
        self.cycle.message_event.set()
        return True

    def _refuse(self) -> None:
        """Say what is wrong, once; a body that is framed wrongly ends where it does."""
        if self._is_last():
            return
        self._is_refused = True
        status, text = self._wrong
        head = f"content-type: text/plain\r\ncontent-length: {len(text)}\r\nconnection: close"
        self.transport.write(STATUS_LINE[status] + f"{head}\r\n\r\n{text}".encode())
        # A client that is still sending when the connection closes sees a reset instead.
        self.transport.write_eof()
        self._end_within(SECONDS_TO_LEAVE)

    def _end_within(self, seconds: float | None) -> None:
        """Give the connection so long from now, or as long as it takes."""
        if self._timer is not None:
            self._timer.cancel()
        give_up: Callable[[], None] = self.transport.abort
        self._timer = None if seconds is None else self.loop.call_later(seconds, give_up)


class _Together:
    """The transport of a request's answer while its head waits for its body.

    uvicorn writes the two apart, and each for itself is a call of the system and a packet.
    """

    def __init__(self, cycle: weakref.ref[RequestResponseCycle]) -> None:
        self._cycle = cycle
        self._written: list[bytes] = []

    def __enter__(self) -> None:
        cycle = self._cycle()
        if cycle is not None:
            self._transport = cycle.transport
            cycle.transport = cast(asyncio.Transport, self)

    def __exit__(self, *_: object) -> None:
        self._leave()
        cycle = self._cycle()
        if cycle is not None:
            cycle.transport = self._transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._written.append(data)

    def close(self) -> None:
        self._leave()
        self._transport.close()

    def _leave(self) -> None:
        if self._written:
            self._transport.write(b"".join(self._written))
            self._written.clear()
