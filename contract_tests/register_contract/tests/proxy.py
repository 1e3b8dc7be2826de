"""A proxy before a real target that spoils its answers in one chosen way.

It is how the suite itself is tested: each fault here has to be found and named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import requests
from flask import Flask, Response, request

from register_contract.tests.serving import served

_HOP = {"connection", "content-length", "content-encoding", "transfer-encoding", "keep-alive"}


@dataclass(frozen=True)
class Asked:
    """What a client asked the proxy for."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    authorization: str

    @property
    def public(self) -> bool:
        """Whether it is a call of the public API and not of the control API."""
        return self.path.startswith("/api/")

    def ends(self, *endings: str) -> bool:
        """Whether the path ends like one of these."""
        return self.path.endswith(endings)


@dataclass(frozen=True)
class Given:
    """An answer: status, and a JSON body (None when it has none)."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def trainee(self) -> dict[str, Any] | None:
        """The trainee under ``data``, if there is one."""
        data = self.body.get("data") if isinstance(self.body, dict) else None
        return data if isinstance(data, dict) and "trainee_id" in data else None


Ask = Callable[[Asked], Given]
Fault = Callable[[Asked, Given, Ask], Given]


@dataclass(frozen=True)
class Logged:
    """A public request that went through a proxy and what was answered, as texts."""

    asked: str
    given: str


class Proxy:
    """Forwards to ``upstream`` and lets ``fault`` change each public answer.

    Without ``control`` it has no control API, like a deployment.
    """

    def __init__(self, upstream: str, fault: Fault, *, control: bool = True) -> None:
        self._control = control
        self._upstream = upstream
        self._fault = fault
        self.log: list[Logged] = []
        self._session = requests.Session()

    def app(self) -> Flask:
        """The proxy as a Flask app."""
        app = Flask("proxy")
        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        app.add_url_rule("/<path:path>", "any", self._any, methods=methods)
        return app

    def _any(self, path: str) -> Response:
        if path.startswith("_mock") and not self._control:
            return Response("{}", 404, content_type="application/json")
        upstream = self._session.request(
            request.method,
            f"{self._upstream}/{path}",
            params=list(request.args.items(multi=True)),
            data=request.get_data(),
            headers={k: v for k, v in request.headers if k.lower() not in (*_HOP, "host")},
            timeout=20,
        )
        headers = {k: v for k, v in upstream.headers.items() if k.lower() not in _HOP}
        asked = self._asked()
        answer = Response(upstream.content, upstream.status_code, headers)
        has_json = "json" in upstream.headers.get("Content-Type", "") and upstream.content
        if asked.public and has_json:
            sound = Given(upstream.status_code, upstream.json(), headers)
            given = self._fault(asked, sound, self.ask)
            answer = Response(json.dumps(given.body), given.status, given.headers)
        if asked.public:
            self.log.append(self._logged(answer))
        return answer

    @staticmethod
    def _logged(answer: Response) -> Logged:
        query = request.query_string.decode()
        said = request.get_data().decode("utf-8", "replace")
        return Logged(
            f"{request.method} {request.path}?{query} {said}",
            f"{answer.status_code} {answer.get_data(as_text=True)}",
        )

    def _asked(self) -> Asked:
        try:
            body = json.loads(request.get_data() or b"null")
        except ValueError:
            body = None
        token = request.headers.get("Authorization", "")
        return Asked(request.method, request.path, request.args.to_dict(), body, token)

    def ask(self, asked: Asked) -> Given:
        """Ask the upstream something of our own."""
        answer = self._session.request(
            asked.method,
            f"{self._upstream}{asked.path}",
            params=asked.query,
            json=asked.body,
            headers={"Authorization": asked.authorization},
            timeout=20,
        )
        return Given(answer.status_code, answer.json(), dict(answer.headers))


@dataclass(frozen=True)
class Spoiled:
    """A proxy that is served at ``base``; its ``log`` grows with each public request."""

    base: str
    log: list[Logged]


@contextmanager
def spoiled(upstream: str, fault: Fault, *, control: bool = True) -> Iterator[Spoiled]:
    """Serve ``upstream`` with ``fault`` while the block runs."""
    proxy = Proxy(upstream, fault, control=control)
    with served(proxy.app()) as base:
        yield Spoiled(base, proxy.log)


def as_it_is(asked: Asked, given: Given, ask: Ask) -> Given:
    """No fault."""
    return given


def changed(given: Given, **fields: Any) -> Given:
    """The answer with other values in its trainee."""
    if given.trainee is None:
        return given
    return replace(given, body={**given.body, "data": {**given.trainee, **fields}})
