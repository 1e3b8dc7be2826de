"""A target that means harm, or is broken: it sends, byte for byte and as slowly as told, anything.

Built on ``http.server`` and not on a framework, which would refuse to send most of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from register_contract.tests.serving import in_a_thread

JSON = {"Content-Type": "application/json; charset=utf-8"}
_HOP = {"connection", "content-length", "content-encoding", "transfer-encoding", "keep-alive"}


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def public(self) -> bool:
        """Whether it is a call of the public API."""
        return self.path.startswith("/api/")


@dataclass(frozen=True)
class Reply:
    """An answer. ``body`` is sent piece by piece; ``raw`` replaces all of it, status line too."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    raw: Iterable[bytes] | None = None


Script = Callable[[Asked], Reply]


@contextmanager
def hostile(script: Script) -> Iterator[str]:
    """Serve what ``script`` says on a free port of loopback; yields the origin."""

    class Handler(_Handler):
        answer = staticmethod(script)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with in_a_thread(server) as origin:
        yield origin


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: Script

    def handle_one_request(self) -> None:
        # A client that has had enough hangs up in the middle: that is what is tested.
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle_one_request()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._do
        raise AttributeError(name)

    def _do(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(size))
        reply = self.answer(asked)
        self.close_connection = not isinstance(reply.body, bytes) or reply.raw is not None
        if reply.raw is None:
            self._head(reply)
        pieces = reply.raw or ([reply.body] if isinstance(reply.body, bytes) else reply.body)
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()

    def _head(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if isinstance(reply.body, bytes):
            self.send_header("Content-Length", str(len(reply.body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def relayed(upstream: str, asked: Asked) -> Reply:
    """What the target at ``upstream`` answers to the same request."""
    answer = requests.request(
        asked.method,
        upstream + asked.path,
        data=asked.body,
        headers={k: v for k, v in asked.headers.items() if k.lower() not in (*_HOP, "host")},
        timeout=60,
    )
    headers = {k: v for k, v in answer.headers.items() if k.lower() not in _HOP}
    return Reply(answer.content, answer.status_code, headers)


def spoiling(upstream: str, spoil: Callable[[Asked, Reply], Reply]) -> Script:
    """A script that relays, and lets ``spoil`` change what the public API answers."""

    def answer(asked: Asked) -> Reply:
        reply = relayed(upstream, asked)
        return spoil(asked, reply) if asked.public else reply

    return answer


def info(asked: Asked) -> Reply:
    """The least there is of a Register API: /info is fine, nothing else is there."""
    if asked.path.endswith("/info"):
        return Reply(b'{"status":"ok"}')
    return Reply(b'{"errors":[{"error":"NotFound","message":"Not found"}]}', 404)
