"""Asking an application in this process, as a server would that has read a request whole."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from register_mock.contract.envelopes import JSON
from register_mock.wire import Application


@dataclass(frozen=True)
class Answered:
    """An answer; the body of one that is JSON is what it says."""

    status: int
    headers: Mapping[str, str]
    body: Any


def ask(
    app: Application, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
) -> Answered:
    """Return the answer to a request; `target` are its path and its query."""
    path, _, query = target.partition("?")
    begun: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        begun.extend((status, headers))

    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{_key(name): value for name, value in headers.items()},
    }
    content = b"".join(app(environ, start))
    status, found = begun
    named = dict(found)
    is_json = named.get("Content-Type", "").startswith(JSON) and content
    return Answered(int(status[:3]), named, orjson.loads(content) if is_json else content.decode())


def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key == "CONTENT_TYPE" else f"HTTP_{key}"
