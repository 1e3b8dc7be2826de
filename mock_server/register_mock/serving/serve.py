"""Decides how the mock is put on a port: bound, served by uvicorn in this process, and stopped."""

import asyncio
import contextlib
import errno
import gc
import logging
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from http.client import HTTPException
from threading import Thread
from typing import Any

import uvicorn

from register_mock.config import OptionError, Options
from register_mock.serving import ready_file
from register_mock.serving.announce import announce
from register_mock.serving.connection import Connection
from register_mock.serving.front import Front, front

# Records stay and nothing that a request leaves refers to itself, so the collector finds nothing:
# it looks at what is new often, so that no look holds up an answer for long, and at all seldom.
COLLECTED_AFTER = (5_000, 2, 1_000)
# As many requests may wait for the deployment that they are passed on to.
MOST_FORWARDED = 32
# For what has been written to leave; a delayed answer is not waited for when the server stops.
SECONDS_TO_FINISH = 0.1
SECONDS_OF_KEEP_ALIVE = 75
# Connections cost no thread, so as many as this are taken if the system lets us have the files,
# less a few that are not connections.
MOST_CONNECTIONS = 10_000
OTHER_FILES = 100
# As many may have come and not been met yet, where the system allows it.
BACKLOG = 2_048
# How often a port is asked for when another server asks for it at the same time.
TRIES = 5


def serve(options: Options) -> None:
    """Serve until interrupted; raises ``OptionError`` when the mock cannot start."""
    _on_signals(sys.exit)
    if not options.is_loopback and options.control_token is None:
        raise OptionError(
            f"--host {options.host} can be reached from other machines, and whoever reaches the "
            "control API can do everything: give --control-token TOKEN as well"
        )
    with hold_port(options.address, options.port) as held:
        if options.ready_file is not None:
            ready_file.claim(options.ready_file)
        with _defect(options) as threads:
            _run(options.on_port(held.getsockname()[1]), held, threads)


@contextlib.contextmanager
def _defect(options: Options) -> Iterator[Executor | None]:
    """Have the defect in that the options name, if they name one; yield the threads it needs."""
    if options.defect is None:
        yield None
        return
    from register_mock.defects.serving import served
    from register_spec import SpecError

    with contextlib.ExitStack() as entered:
        try:
            threads = entered.enter_context(served(options.defect, options.spec_dir))
        except SpecError as error:
            raise OptionError(str(error)) from None
        yield threads


def hold_port(address: str, port: int) -> socket.socket:
    """Return a socket that listens on the port, or on a free one for 0; raises ``OptionError``.

    Linux lets two sockets bind one port while neither listens, and only one of them listen. Two
    that ask in the same microsecond refuse each other: they ask again, one after the other,
    because their numbers differ.
    """
    for _ in range(TRIES):
        try:
            return _listening(address, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                reason = os.strerror(error.errno or 0).lower()
                raise OptionError(f"cannot listen on {address} port {port}: {reason}") from None
        time.sleep(0.001 * (1 + os.getpid() % 16))
    raise OptionError(f"port {port} is in use: give another --port, or --port 0 for a free one")


def _listening(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A port that the last server left in TIME_WAIT is free.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((address, port))
        held.listen(BACKLOG)
    except OSError:
        held.close()
        raise
    return held


def _run(options: Options, held: socket.socket, threads: Executor | None) -> None:
    ending = contextlib.ExitStack()
    server = _Server(_load_app(options, threads, ending))
    _on_signals(server.stop)
    told = Thread(target=_announce, args=(options, server), daemon=True)
    told.start()
    try:
        server.run(sockets=[held])
    finally:
        # It ends with its connection, unless nobody reads the banner.
        told.join(SECONDS_TO_FINISH)
        ending.close()
        if options.ready_file is not None:
            ready_file.remove(options.ready_file)
    if server.failure is not None:
        raise server.failure


def _load_app(options: Options, threads: Executor | None, ending: contextlib.ExitStack) -> Front:
    from register_mock.app import OPENED, PUBLIC, create_app
    from register_spec import SpecError

    try:
        app = create_app(options)
        # The threads that wait for a deployment are waited for, and end when it is left.
        ending.enter_context(app.extensions[OPENED])
    except SpecError as error:
        raise OptionError(str(error)) from None
    # What is built by now lives as long as the process: the collector need not walk it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)
    if options.proxy is not None and threads is None:
        threads = ThreadPoolExecutor(MOST_FORWARDED)
        return front(app, options.body_seconds, threads, app.extensions[PUBLIC])
    return front(app, options.body_seconds, threads)


class _Server(uvicorn.Server):
    """uvicorn, of which nothing is seen but a mistake in the front; ``failure`` ended it."""

    def __init__(self, app: Front) -> None:
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http=Connection,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            limit_concurrency=_most_connections(),
            timeout_keep_alive=SECONDS_OF_KEEP_ALIVE,
        )
        super().__init__(config)
        self.failure: OptionError | None = None
        self._log = logging.getLogger("uvicorn.error")
        self._log.setLevel(logging.ERROR)

    def stop(self) -> None:
        """End the server within a moment."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals as they are: uvicorn would die of those that it caught."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close everything; who is answered later is not waited for."""
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.close()
        # Requests that are broken off now are no mistakes.
        self._log.disabled = True
        await asyncio.sleep(SECONDS_TO_FINISH)


def _announce(options: Options, server: _Server) -> None:
    try:
        announce(options)
    except OptionError as error:
        server.failure = error
        server.stop()
    except (ConnectionError, HTTPException):
        # The server was stopped before it said anything.
        return


def _on_signals(stop: Callable[[], Any]) -> None:
    """Call this when the mock is to end; ``nohup`` lets it outlive its terminal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stop())


def _most_connections() -> int:
    """Raise the limit of open files as far as it may be and is needed; return what is left."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    wanted = MOST_CONNECTIONS + OTHER_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if allowed > soft:
        # Some systems have a lower limit that they do not tell; the old one then stays.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, min(soft - OTHER_FILES, MOST_CONNECTIONS))
