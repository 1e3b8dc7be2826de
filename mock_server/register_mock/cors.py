"""`--cors ORIGIN`: pages of one other origin may call the mock from a browser. Off by default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from register_mock.wire import Application, Environ, StartResponse

METHODS = "GET, POST, PUT, PATCH, DELETE"
# Beside those that the documents name.
REQUEST_HEADERS = ("Authorization", "Content-Type", "Prefer", "X-Mock-World")
ANSWER_HEADERS = "Retry-After, X-Mock-Hint, X-Mock-Request-Id"


def allow_origin(inner: Application, origin: str, named: Iterable[str]) -> Application:
    """Return an application whose answers pages of `origin` (`*` for any) may read.

    Their requests may have the headers that the documents have `named`.
    """
    allowed = ", ".join(dict.fromkeys((*REQUEST_HEADERS, *named)))
    of_preflights = [
        ("Access-Control-Allow-Methods", METHODS),
        ("Access-Control-Allow-Headers", allowed),
        ("Access-Control-Max-Age", "600"),
    ]
    always = [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", ANSWER_HEADERS),
    ]
    if origin != "*":
        always.append(("Vary", "Origin"))

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        more = of_preflights if environ["REQUEST_METHOD"] == "OPTIONS" else []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, *always, *more], *rest)

        return inner(environ, start)

    return application


def answer_preflights(inner: Application) -> Application:
    """Return an application that answers what a browser asks before it sends the request."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        is_asking = "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
        if environ["REQUEST_METHOD"] != "OPTIONS" or not is_asking:
            return inner(environ, start_response)
        start_response("204 NO CONTENT", [])
        return []

    return application
