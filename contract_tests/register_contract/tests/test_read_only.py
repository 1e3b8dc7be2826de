"""A run that only reads sends nothing else, whatever the tests would like to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from click.testing import CliRunner, Result
from flask import Flask, Response, jsonify, request

import register_spec as spec
from register_contract.cli import main
from register_contract.tests.serving import served


def small_register(seen: list[str]) -> Flask:
    """Answers reading calls from the documented examples, and notes every request it sees."""
    paths = spec.bundle("v2026.1")["paths"]
    listed = paths["/trainees"]["get"]["responses"]["200"]["content"]["application/json"]
    example = listed["examples"]["documented"]["value"]
    app = Flask("register")

    @app.before_request
    def note() -> Response | None:
        seen.append(f"{request.method} {request.path}")
        if request.headers.get("Authorization") == "Bearer t":
            return None
        answer = jsonify(error="Unauthorized")
        answer.status_code = 401
        return answer

    app.add_url_rule("/api/v2026.1/info", "info", lambda: jsonify(status="ok"))
    app.add_url_rule("/api/v2026.1/trainees", "list", lambda: jsonify(example))
    one = jsonify_one(example)
    app.add_url_rule("/api/v2026.1/trainees/<trainee_id>", "show", one)
    return app


def jsonify_one(example: dict[str, list[object]]) -> Callable[[str], Response]:
    def show(trainee_id: str) -> Response:
        return jsonify(data=example["data"][0])

    return show


def read(app: Flask, only: str) -> Result:
    """A run of the tests of that name that only reads."""
    with served(app) as base:
        words = ["run", base, "--token", "t", "--profile", "read-only", "--seed", "1"]
        words += ["--no-known-drift", "--api-version", "v2026.1", "--only", only]
        return CliRunner().invoke(main, words)


def test_only_reading_requests_leave() -> None:
    seen: list[str] = []
    with served(small_register(seen)) as base:
        words = ["run", base, "--token", "t", "--profile", "read-only", "--seed", "1"]
        words += ["--no-known-drift", "--api-version", "v2026.1"]
        result = CliRunner().invoke(main, words)
    assert result.exit_code == 1, result.output  # it ignores every parameter
    assert {request.split()[0] for request in seen} <= {"GET", "HEAD"}
    assert len(seen) > 50
    assert "the run is read-only (--profile full writes)" in result.output
    (gap,) = [line for line in result.output.splitlines() if "the run is read-only" in line]
    assert ", such as documented requests of create_trainee; " in gap
    assert "errors in the suite" not in result.output


def documented(path: str) -> Any:
    """What the documents print under ``data`` for that path."""
    answers = spec.bundle("v2026.1")["paths"][path]["get"]["responses"]
    return answers["200"]["content"]["application/json"]["examples"]["documented"]["value"]["data"]


def named(number: int) -> str:
    return f"t{number:023}"


def register_of(count: int, seen: list[str]) -> Flask:
    """Lists and shows so many trainees, all like the one in the documents."""
    app, root = Flask("register"), "/api/v2026.1/trainees"
    trainee = documented("/trainees/{trainee_id}")
    children = {
        kind: documented(f"/trainees/{{trainee_id}}/{kind}") for kind in ("placements", "degrees")
    }
    app.before_request(lambda: seen.append(request.path.removeprefix(f"{root}/")))
    app.add_url_rule("/api/v2026.1/info", "info", lambda: jsonify(status="ok"))

    @app.get(root)
    def all_of_them() -> Response:
        return jsonify(data=[{**trainee, "trainee_id": named(number)} for number in range(count)])

    @app.get(f"{root}/<one>")
    def show(one: str) -> Response:
        return jsonify(data={**trainee, "trainee_id": one})

    @app.get(f"{root}/<one>/<kind>")
    def show_children(one: str, kind: str) -> Response:
        return jsonify(data=children[kind])

    @app.get(f"{root}/<one>/<kind>/<child>")
    def show_child(one: str, kind: str, child: str) -> Response:
        return jsonify(data=children[kind][0])

    return app


def test_who_is_listed_is_shown_twice_with_placements_and_degrees() -> None:
    seen: list[str] = []
    result = read(register_of(12, seen), "reading_changes_nothing")
    assert result.exit_code == 0, result.output
    assert "ok   Lifecycle: " in result.output
    shown = Counter(seen)
    placement = documented("/trainees/{trainee_id}/placements")[0]["placement_id"]
    degree = documented("/trainees/{trainee_id}/degrees")[0]["degree_id"]
    for part in ("", f"/placements/{placement}", f"/degrees/{degree}"):
        assert shown[named(0) + part] == shown[named(9) + part] == 2
    # Twice for themselves, and once for the ids of what they list.
    assert shown[f"{named(0)}/placements"] == shown[f"{named(0)}/degrees"] == 3
    assert not any(path.startswith(named(10)) for path in seen)  # such a run goes slowly


def test_two_answers_to_the_same_look_are_a_finding() -> None:
    app, times = register_of(3, []), count()

    def change(one: str) -> Response:
        answer = {**documented("/trainees/{trainee_id}"), "last_name": f"Name{next(times)}"}
        return jsonify(data=answer)

    app.view_functions["show"] = change
    result = read(app, "reading_changes_nothing and show_trainee")
    assert result.exit_code == 1, result.output
    assert "show_trainee twice in a row gives two answers" in result.output


def test_an_empty_list_is_not_covered() -> None:
    result = read(register_of(0, []), "reading_changes_nothing")
    assert "the list shows nobody it could be tried on: 5, such as" in result.output
    assert "keeps the contract" not in result.output
