"""The yardstick: a Flask application that answers the same requests with fixed bytes.

Run as a program with a folder that holds ``show``, ``list`` and ``create``; it serves them over
Granian's own WSGI and writes its address to ``ready.json`` in that folder.
"""

import json
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import flask
from granian.constants import HTTPModes, Interfaces
from granian.server import MPServer

# What the mock needed before its front was asynchronous; the goals are shares of that.
THREADS = 12


def bare_app(folder: Path) -> Callable[..., Any]:
    """Return the application; the request is routed and its body read, and that is all."""
    app = flask.Flask(__name__)
    bodies = {name: (folder / name).read_bytes() for name in ("show", "list", "create")}

    def answer(name: str, status: int) -> flask.Response:
        return flask.Response(bodies[name], status, mimetype="application/json")

    @app.get("/api/<version>/trainees/<trainee_id>")
    def show(version: str, trainee_id: str) -> flask.Response:
        return answer("show", 200)

    @app.get("/api/<version>/trainees")
    def list_(version: str) -> flask.Response:
        return answer("list", 200)

    @app.post("/api/<version>/trainees")
    def create(version: str) -> flask.Response:
        flask.request.get_data()
        return answer("create", 201)

    return app


def main() -> None:
    """Serve until stopped."""
    folder = Path(sys.argv[1])
    with socket.socket() as held:
        # Granian sets this too, and so may bind the port that is held here.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        host, port = held.getsockname()
        ready = {"host": host, "port": port, "pid": os.getpid()}
        (folder / "half.json").write_text(json.dumps(ready), encoding="utf-8")
        (folder / "half.json").rename(folder / "ready.json")
        server = MPServer(
            "register_mock",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=THREADS,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
        )
        server.serve(target_loader=partial(bare_app, folder), wrap_loader=False)


if __name__ == "__main__":
    main()
