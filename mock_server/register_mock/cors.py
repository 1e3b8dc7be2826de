"""`--cors ORIGIN`: pages of one other origin may call the mock from a browser. Off by default."""

from __future__ import annotations

from flask import Flask, Response, request

METHODS = "GET, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = "Authorization, Content-Type, Prefer, X-Mock-World"
ANSWER_HEADERS = "Retry-After, X-Mock-Hint, X-Mock-Request-Id"


def allow_origin(app: Flask, origin: str) -> None:
    """Let pages of `origin` (`*` for any) read every answer, and answer their preflights."""

    def preflight() -> Response | None:
        is_preflight = "Access-Control-Request-Method" in request.headers
        return Response(status=204) if request.method == "OPTIONS" and is_preflight else None

    def allowed(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = ANSWER_HEADERS
        if origin != "*":
            response.vary.add("Origin")
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
            response.headers["Access-Control-Max-Age"] = "600"
        return response

    app.before_request(preflight)
    app.after_request(allowed)
