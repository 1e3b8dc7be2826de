"""Decides how the mock runs inside another process: werkzeug's server, in a thread, on a free port.

It says nothing, answers each request in a thread of its own, so that neither a delayed answer nor
an unfinished body holds up another, and leaves no thread or socket behind.
"""

from __future__ import annotations

import gc
import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import replace
from socketserver import TCPServer
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from register_mock.app import OPENED, create_app
from register_mock.client import Control, RegisterMock
from register_mock.config import Options
from register_mock.world.world import Origin
from register_mock.world.worlds import Worlds
from register_spec import SpecError

HOST = "127.0.0.1"
SECONDS_BETWEEN_LOOKS = 0.01
SECONDS_TO_FINISH = 0.03


class InProcessMock:
    """A mock that answers at `url` from when it is made until it is closed.

    Raises OptionError and spec.SpecError as `create_app` does.
    """

    def __init__(self, options: Options | None = None) -> None:
        """Build the application, take a free port and answer."""
        options = options or Options(seed="empty")
        self._defect = ExitStack()
        if options.defect is not None:
            self._defect.enter_context(_put_in(options))
        with _collector_paused(), _undoing(self._defect):
            app = create_app(options)
        self._opened: ExitStack = app.extensions[OPENED]
        self._worlds: Worlds = app.extensions["register_mock"]
        self._server = _Server(app, options.body_seconds)
        self.url = f"http://{HOST}:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(SECONDS_BETWEEN_LOOKS,),
            name="register-mock",
            daemon=True,
        )
        self._thread.start()

    def close(self) -> None:
        """Stop answering; an answer that is being delayed is not waited for."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._opened.close()
        self._server.cut_off()
        self._defect.close()

    @contextmanager
    def world(self, origin: Origin) -> Iterator[RegisterMock]:
        """Yield a fresh world, and delete it afterwards; a taken name gets a number.

        Raises SpecError when the seed or the reading is not there.
        """
        name = self._made(origin)
        control = Control(self.url, name)
        try:
            yield RegisterMock(self.url, control.show_world(), control.health().apis, control)
        finally:
            self._worlds.delete(name)

    def _made(self, origin: Origin) -> str:
        if origin.reading not in self._worlds.editions:
            there = ", ".join(self._worlds.editions)
            raise SpecError(f"there is no {origin.reading} reading here; available: {there}")
        name, number = origin.name, 1
        while self._worlds.create(replace(origin, name=name)) is None:
            number += 1
            name = f"{origin.name}-{number}"
        return name


def _put_in(options: Options) -> AbstractContextManager[object]:
    """Return what has the defect of the options in; every mock of this process has it then."""
    from register_mock.defects.serving import served

    return served(options.defect, options.spec_dir)


@contextmanager
def _undoing(stack: ExitStack) -> Iterator[None]:
    """Undo what was entered when something goes wrong."""
    try:
        yield
    except BaseException:
        stack.close()
        raise


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Build much that stays without walking, again and again, all that the process has."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Arriving(io.RawIOBase):
    """What a client sends, until a deadline; TimeoutError says that it has passed."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self._deadline: float | None = None

    def end_in(self, seconds: float) -> None:
        """Set the deadline: it is one for all that follows, however often a little comes."""
        self._deadline = time.monotonic() + seconds

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there, and wait for the first byte of it."""
        if self._deadline is None:
            return self._connection.recv_into(buffer)
        # A timeout of 0 would mean not to wait at all, which has another error.
        self._connection.settimeout(max(self._deadline - time.monotonic(), 0.001))
        try:
            return self._connection.recv_into(buffer)
        finally:
            # The answer may take as long as it likes.
            self._connection.settimeout(None)


class _Handler(WSGIRequestHandler):
    """A connection; it has one request."""

    server: _Server

    def setup(self) -> None:
        """Read through a deadline, which begins when the body does."""
        super().setup()
        self._arriving = _Arriving(self.connection)
        self.rfile = io.BufferedReader(self._arriving)

    def make_environ(self) -> dict[str, Any]:
        """Return the environ; from here on the body is awaited."""
        self._arriving.end_in(self.server.body_seconds)
        return super().make_environ()

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing; the journal has every request."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Close the connection, or the client would wait for the answer that was dropped."""
        self.close_connection = True


class _Server(ThreadedWSGIServer):
    """A thread a request; what is still going on when the server stops is cut off."""

    def __init__(self, app: Any, body_seconds: float) -> None:
        self.body_seconds = body_seconds
        self._going_on: dict[threading.Thread, socket.socket] = {}
        super().__init__(HOST, 0, app, handler=_Handler)

    def server_bind(self) -> None:
        """Bind without asking for the name of this machine, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread that is known until it ends."""
        thread = threading.Thread(
            target=self._answer, args=(request, client_address), name="register-mock", daemon=True
        )
        self._going_on[thread] = request
        thread.start()

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            self._going_on.pop(threading.current_thread())

    def cut_off(self) -> None:
        """Close what is open, and wait a little for the threads; one that sleeps sleeps on."""
        going_on = list(self._going_on.items())
        for _, request in going_on:
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + SECONDS_TO_FINISH
        for thread, _ in going_on:
            thread.join(max(0, deadline - time.monotonic()))
