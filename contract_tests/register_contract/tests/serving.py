"""Serves small Flask apps and raw sockets from threads, for tests of what a target can be."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve ``app`` on a free port of loopback; yields its origin."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with in_a_thread(make_server("127.0.0.1", 0, app, threaded=True)) as origin:
        yield origin


@contextmanager
def in_a_thread(server: HTTPServer) -> Iterator[str]:
    """Let ``server`` serve while the block lasts; yields its origin."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def hanging_up() -> Iterator[str]:
    """A server that closes each connection without a word."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def unused_port() -> int:
    """A port of loopback on which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
