"""How a page asks the control API, and who may: nobody else's browser, and nobody without a token.

A server that asks for its control token is told it once, on a page; a cookie that no script can
read stands for it from then on. Every form carries a token of its own, which a strange page cannot
know, so that what a browser sends by itself does nothing.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import flask
import orjson

from register_mock.contract.envelopes import Answer
from register_mock.control.api import Put

Ask = Callable[[Put], Answer]
COOKIE = "register_mock_session"
MOST_SESSIONS = 100


class RefusedError(Exception):
    """A control call that was not done: status, code and sentence of its answer."""

    def __init__(self, status: int, error: str, detail: str) -> None:
        """Keep what the answer said."""
        super().__init__(detail)
        self.status, self.error, self.detail = status, error, detail


class Desk:
    """The way from the pages of one server to its control API."""

    def __init__(self, ask: Ask) -> None:
        """Take what answers control calls."""
        self._ask = ask
        self._secret = secrets.token_bytes(32)
        self._sessions: OrderedDict[str, str] = OrderedDict()

    def answer(self, name: str, world: str = "default", **put: Any) -> Answer:
        """Return the answer to a control call; raises RefusedError when it is not done."""
        answer = self._ask(Put(name, world, token=self._token(), **put))
        if answer.status >= 300:
            told = orjson.loads(answer.body)
            raise RefusedError(answer.status, told["error"], told["detail"])
        return answer

    def ask(self, name: str, world: str = "default", **put: Any) -> Any:
        """Return what a control call answers, from its JSON."""
        answer = self.answer(name, world, **put)
        return orjson.loads(answer.body) if answer.body else None

    def sign_in(self, token: str) -> str | None:
        """Return a new session for the control token; None when it is another one."""
        if self._ask(Put("list_worlds", token=token)).status == 401:
            return None
        session = secrets.token_urlsafe(32)
        self._sessions[session] = token
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return session

    def sign_out(self) -> None:
        """End the session of the request."""
        self._sessions.pop(self._session(), None)

    @property
    def is_signed_in(self) -> bool:
        """Whether the request has a session; where no token is asked for, none has."""
        return self._session() in self._sessions

    def form_token(self) -> str:
        """Return what the forms on the page of this request have to carry."""
        return hmac.digest(self._secret, self._session().encode(), "sha256").hex()

    def is_own_form(self, fields: Mapping[str, str]) -> bool:
        """Whether a form that was sent is one of this session's."""
        sent = fields.get("_token", "").encode("utf-8", "replace")
        return hmac.compare_digest(sent, self.form_token().encode())

    def _session(self) -> str:
        session = flask.request.cookies.get(COOKIE, "")
        return session if session in self._sessions else ""

    def _token(self) -> str | None:
        return self._sessions.get(self._session())
