"""A run that only reads sends nothing else, whatever the tests would like to do."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import CliRunner
from flask import Flask, Response, jsonify, request

import spec
from contract_tests.cli import main
from contract_tests.tests.serving import served


def small_register(seen: list[str]) -> Flask:
    """Answers reading calls from the documented examples, and notes every method it sees."""
    paths = spec.bundle("v2025.0")["paths"]
    listed = paths["/trainees"]["get"]["responses"]["200"]["content"]["application/json"]
    example = listed["examples"]["documented"]["value"]
    app = Flask("register")

    @app.before_request
    def note() -> Response | None:
        seen.append(request.method)
        if request.headers.get("Authorization") == "Bearer t":
            return None
        answer = jsonify(error="Unauthorized")
        answer.status_code = 401
        return answer

    app.add_url_rule("/api/v2025.0/info", "info", lambda: jsonify(status="ok"))
    app.add_url_rule("/api/v2025.0/trainees", "list", lambda: jsonify(example))
    one = jsonify_one(example)
    app.add_url_rule("/api/v2025.0/trainees/<trainee_id>", "show", one)
    return app


def jsonify_one(example: dict[str, list[object]]) -> Callable[[str], Response]:
    def show(trainee_id: str) -> Response:
        return jsonify(data=example["data"][0])

    return show


def test_only_reading_requests_leave() -> None:
    seen: list[str] = []
    with served(small_register(seen)) as base:
        words = ["run", base, "--token", "t", "--profile", "read-only", "--seed", "1"]
        result = CliRunner().invoke(main, [*words, "--api-version", "v2025.0"])
    assert result.exit_code == 1, result.output  # it ignores every parameter
    assert set(seen) <= {"GET", "HEAD"}
    assert len(seen) > 50
    assert "the run is read-only (--profile full writes)" in result.output
    assert "field limits of create_trainee" in result.output
    assert "errors in the suite" not in result.output
