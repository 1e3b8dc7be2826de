"""What the forms of the pages do: a control call, after which the page is shown again.

A page with a session is asked for by a form as well, which is the only one without a session.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import flask

from register_mock.pages.live import DEFAULT, Live
from register_mock.pages.live.desk import COOKIE, RefusedError
from register_mock.pages.live.forms import OWN, body_of


def add_doing(pages: flask.Blueprint, live: Live) -> None:
    """Add what forms are sent to, and what is shown when a call is refused."""

    @pages.post("/worlds/<world>/do")
    def do(world: str) -> Any:
        fields = flask.request.form.to_dict()
        if not live.desk.is_own_form(fields):
            raise RefusedError(
                403, "foreign_form", "this form is not of this page; load the page and press again"
            )
        fields |= dict(parse_qsl(fields.get("_with", "")))
        name = fields.get("_call", "")
        if name not in live.summaries:
            raise RefusedError(400, "unknown_call", "there is no such call; load the page again")
        # A part of the path is named with a dash before it, any other key is one of the body.
        path = {key[2:]: value for key, value in fields.items() if key.startswith(f"{OWN}-")}
        sent = body_of(live.control, name, fields)
        live.desk.ask(name, world, arguments=path, body=sent)
        return flask.redirect(_after(fields.get("_back", ""), name), 303)

    @pages.errorhandler(RefusedError)
    def refused(error: RefusedError) -> Any:
        if error.status == 401:
            back = flask.request.path if flask.request.method == "GET" else "/"
            return flask.redirect(flask.url_for("pages.sign_in", back=back), 303)
        back = _local(flask.request.form.get("_back", "/"))
        text = live.page("refused.html", DEFAULT, error=error, back=back)
        return text, error.status


def add_signing(pages: flask.Blueprint, live: Live) -> None:
    """Add the page that asks for the control token."""

    @pages.get("/sign-in")
    def sign_in() -> Any:
        return live.page("sign_in.html", DEFAULT, wrong=None)

    @pages.post("/sign-in")
    def signed_in() -> Any:
        session = live.desk.sign_in(flask.request.form.get("control_token", ""))
        if session is None:
            wrong = "This is not the control token that the server was started with"
            return live.page("sign_in.html", DEFAULT, wrong=wrong), 401
        answer = flask.redirect(_local(flask.request.args.get("back", "")), 303)
        answer.set_cookie(COOKIE, session, httponly=True, samesite="Strict", path="/")
        return answer

    @pages.post("/sign-out")
    def sign_out() -> Any:
        if not live.desk.is_own_form(flask.request.form):
            raise RefusedError(403, "foreign_form", "this form is not of this page")
        live.desk.sign_out()
        answer = flask.redirect(flask.url_for("pages.sign_in"), 303)
        answer.delete_cookie(COOKIE)
        return answer


def _after(back: str, name: str) -> str:
    """Return the page that a form was on, with what was done to be told."""
    parts = urlsplit(_local(back))
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] != "done"]
    return parts._replace(query=urlencode([*kept, ("done", name)])).geturl()


def _local(path: str) -> str:
    """Return a path of this server; the first page for anything else."""
    is_ours = path.startswith("/") and not path.startswith("//")
    # Browsers leave out some of these before they look for a host.
    is_plain = all(" " < each != "\\" for each in path)
    return path if is_ours and is_plain else "/"
