"""Decides how the mock is put on a port: bound, started in one Granian worker, and stopped.

Granian sets SO_REUSEPORT, so two servers would share a port in silence. The port is therefore
taken here first, as a program that shares nothing would, and held until the end; once it is ours
the held socket is marked as shareable, which lets Granian in, and no second mock.
"""

import errno
import gc
import multiprocessing
import os
import resource
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from multiprocessing.synchronize import Event
from typing import Any, NoReturn, cast

from granian.constants import HTTPModes, Interfaces
from granian.server import MPServer

from mock_server import ready_file
from mock_server.announce import announce
from mock_server.config import OptionError, Options
from mock_server.front import Front, front

# Records stay, so looking for rubbish often finds none: ten per cent of what a new trainee costs.
ALLOCATIONS_BEFORE_COLLECTING = 100_000
# A delayed answer is not waited for when the server stops.
SECONDS_TO_FINISH = 0.2
# Connections cost no thread, so as many as this are taken if the system lets us have the files,
# less a few that are not connections.
MOST_CONNECTIONS = 10_000
OTHER_FILES = 100
USAGE_ERROR = 2
# How often a port is asked for when another server asks for it at the same time.
TRIES = 5


def serve(options: Options) -> int:
    """Serve until interrupted, and return the exit code: 0, or 2 when the mock could not start.

    Raises ``OptionError`` when the host or the port cannot be used.
    """
    if not options.is_loopback and options.control_token is None:
        raise OptionError(
            f"--host {options.host} can be reached from other machines, and whoever reaches the "
            "control API can do everything: give --control-token TOKEN as well"
        )
    with hold_port(options.address, options.port) as held:
        if options.ready_file is not None:
            ready_file.claim(options.ready_file)
        options = options.on_port(held.getsockname()[1])
        return _run(options)


def hold_port(address: str, port: int) -> socket.socket:
    """Return a socket bound to the port, or to a free one for 0; raises ``OptionError``."""
    for _ in range(TRIES):
        held = socket.socket(_family(address), socket.SOCK_STREAM)
        # A port that the last server left in TIME_WAIT is free.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((address, port))
            is_ours = _is_ours_alone(held)
        except OSError as error:
            held.close()
            raise OptionError(_why_not(address, port, error)) from None
        if is_ours:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            return held
        held.close()
        # Two that ask in the same microsecond refuse each other: they ask again, one after the
        # other, because their numbers differ.
        time.sleep(0.001 * (1 + os.getpid() % 16))
    raise OptionError(_in_use(port))


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _is_ours_alone(bound: socket.socket) -> bool:
    """Settle to whom a port belongs that two may have bound.

    Linux lets two sockets with SO_REUSEADDR bind one port while neither listens, but only one of
    them listen. Who has listened gives up SO_REUSEADDR before it stops listening, so that from
    here on nobody else can bind the port. Elsewhere the second bind is refused at once.
    """
    if sys.platform != "linux":
        return True
    try:
        bound.listen(1)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return False
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    # It stays bound, and takes none of the connections that are for Granian's socket.
    bound.shutdown(socket.SHUT_RDWR)
    return True


def _why_not(address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return _in_use(port)
    reason = os.strerror(error.errno or 0).lower()
    return f"cannot listen on {address} port {port}: {reason}"


def _in_use(port: int) -> str:
    return f"port {port} is in use: give another --port, or --port 0 for a free one"


def _run(options: Options) -> int:
    told = multiprocessing.Event()
    server = granian(options.address, options.port, Interfaces.ASGINL)
    server.on_startup(partial(_stop_on_hangup, signal.getsignal(signal.SIGHUP), server))
    try:
        server.serve(target_loader=partial(load_app, options, told), wrap_loader=False)
    except SystemExit:
        # Granian leaves with 1 when its worker is gone, on Ctrl-C sometimes as well: the
        # terminal interrupts both processes, and either may be the first.
        if not server.interrupt_signal:
            if not told.is_set():
                print("register-mock: the server's worker has died", file=sys.stderr, flush=True)
            return USAGE_ERROR
    finally:
        if options.ready_file is not None:
            ready_file.remove(options.ready_file)
    return 0


def _stop_on_hangup(at_start: Any, server: MPServer) -> None:
    """Let SIGHUP stop the server, unless it was started to outlive its terminal (``nohup``).

    Granian takes it for the wish to begin anew, which would lose what the worlds hold.
    """
    is_ignored = at_start is signal.SIG_IGN
    signal.signal(signal.SIGHUP, at_start if is_ignored else server.signal_handler_interrupt)


def granian(address: str, port: int, interface: Interfaces, threads: int = 1) -> MPServer:
    """Return the server: one worker, and nothing on the terminal that is not ours.

    `threads` call the application; only a WSGI application may have more than one.
    """
    return MPServer(
        "mock_server",
        address=address,
        port=port,
        interface=interface,
        blocking_threads=threads,
        backpressure=_most_connections(),
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
        # Annotated as whole seconds; it goes to Process.join, which takes fractions.
        workers_kill_timeout=cast(int, SECONDS_TO_FINISH),
    )


def _most_connections() -> int:
    """Raise the limit of open files as far as it may be and is needed; return what is left."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    wanted = MOST_CONNECTIONS + OTHER_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if allowed > soft:
        # Some systems have a lower limit that they do not tell; the old one then stays.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, min(soft - OTHER_FILES, MOST_CONNECTIONS))


def load_app(options: Options, told: Event) -> Front:
    """Build the application inside the worker; a refusal is one line, ``told`` and exit code 2."""
    # Until Granian installs its handlers, a signal ends this process at once.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _terminate)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from mock_server.app import create_app
    from spec import SpecError

    try:
        app = create_app(options)
    except (SpecError, OptionError) as error:
        _refuse(error, told)
    # What is built by now lives as long as the process: the collector need not walk it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BEFORE_COLLECTING, *gc.get_threshold()[1:])
    threading.Thread(target=_announce, args=(options, os.getppid(), told), daemon=True).start()
    return front(app, options.body_seconds)


def _announce(options: Options, pid: int, told: Event) -> None:
    try:
        announce(options, pid)
    except OptionError as error:
        _refuse(error, told)


def _refuse(error: Exception, told: Event) -> NoReturn:
    """End the worker with one line; the command ends with the same code."""
    told.set()
    print(f"register-mock: {error}", file=sys.stderr, flush=True)
    os._exit(USAGE_ERROR)


def _terminate(*_: Any) -> None:
    """Take a closed terminal, which reaches both processes, for SIGTERM."""
    os.kill(os.getpid(), signal.SIGTERM)


def _end_with_parent() -> None:
    """End the worker when the command is killed, or it would keep the port."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
