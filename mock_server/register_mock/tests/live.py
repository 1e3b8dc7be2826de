"""The mock on a port: in a thread by werkzeug, or by `register-mock serve`; and raw requests."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from werkzeug.serving import make_server

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import Options

NOW = "2025-10-15T09:00:00.000Z"
NEWEST = spec.versions()[-1]
START_SECONDS = 30


@dataclass
class Live:
    """A mock that answers; `log` is all that it has said."""

    port: int
    token: str
    log: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self) -> str:
        return f"{self.url}/api/{NEWEST}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@contextlib.contextmanager
def on_werkzeug() -> Iterator[Live]:
    """Serve an empty world from a thread of this process."""
    app = create_app(Options(seed="empty", now=NOW, frozen=True))
    world = app.extensions["register_mock"].get("default")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    token = next(iter(world.providers.values())).tokens[0].token
    live = Live(server.server_port, token)
    handler = _Kept(live.log)
    loggers = [logging.getLogger("werkzeug"), logging.getLogger("register_mock")]
    for logger in loggers:
        logger.addHandler(handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield live
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        for logger in loggers:
            logger.removeHandler(handler)


class _Kept(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@contextlib.contextmanager
def as_served(folder: Path, *words: str) -> Iterator[Live]:
    """Serve an empty world by `register-mock serve`."""
    ready, said = folder / "ready.json", folder / "said.txt"
    command = [
        sys.executable,
        "-m",
        "register_mock.commands.cli",
        "serve",
        "--seed",
        "empty",
        "--port",
        "0",
    ]
    command += ["--now", NOW, "--freeze", "--ready-file", str(ready), *words]
    with (
        said.open("w+", encoding="utf-8") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
    ):
        try:
            deadline = time.monotonic() + START_SECONDS
            while not ready.exists():
                assert process.poll() is None, said.read_text(encoding="utf-8")
                assert time.monotonic() < deadline
                time.sleep(0.02)
            told = json.loads(ready.read_text(encoding="utf-8"))
            banner = said.read_text(encoding="utf-8")
            live = Live(told["port"], told["world"]["providers"][0]["tokens"][0]["token"])
            yield live
        finally:
            process.terminate()
            process.wait(timeout=10)
    live.log.append(said.read_text(encoding="utf-8").removeprefix(banner))


def raw(port: int, sent: bytes, seconds: float = 5) -> bytes:
    """Send bytes as they are, and return all that comes back until the connection closes."""
    came = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                came += chunk
    return came


def status_of(answer: bytes) -> int | None:
    """Return the status of the last answer in some bytes (a `100 Continue` may precede it)."""
    heads = [part for part in answer.split(b"\r\n") if part.startswith(b"HTTP/1.")]
    return int(heads[-1][9:12]) if heads else None
