"""Decides where a browser sees what a client has shown: the page that is handed over, as it is."""

from __future__ import annotations

from collections.abc import Callable

import flask

from register_mock.pages.live.desk import Desk
from register_mock.readiness.page import html, policy
from register_mock.readiness.report import Report

# The report of the world of this name, with the address of the server in it; None for no world.
Reports = Callable[[str, str], Report | None]


def add_readiness(pages: flask.Blueprint, reports: Reports, desk: Desk) -> None:
    """Add the page of each world, for those that may ask the control API for its journal."""

    @pages.get("/readiness", strict_slashes=False, defaults={"world": "default"})
    @pages.get("/readiness/<world>")
    def readiness(world: str) -> flask.Response:
        desk.ask("show_world", world, arguments={"name": world})
        report = reports(world, flask.request.host_url.rstrip("/"))
        if report is None:
            flask.abort(404)
        answer = flask.Response(html(report), mimetype="text/html")
        answer.headers["Content-Security-Policy"] = policy()
        return answer
