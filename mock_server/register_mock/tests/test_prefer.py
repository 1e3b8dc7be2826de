"""A documented answer on request: any of them, without a token or a record, changing nothing."""

from __future__ import annotations

from typing import Any

import pytest

import register_spec as spec
from register_mock.tests.conftest import Api, documented
from register_mock.tests.test_journal import client, last


def asked(api: Api, method: str, path: str, prefer: str) -> Any:
    return client(api).open(f"/api/{api.version}{path}", method=method, headers={"Prefer": prefer})


def test_a_conflict_is_answered_as_documented_and_changes_nothing(api: Api) -> None:
    answer = asked(api, "POST", "/trainees", "code=409")
    assert answer.status_code == 409
    assert answer.json == documented(api.version, "/trainees", "post", "409")
    assert list(api.world.store.all()) == []
    entry = last(api)
    assert (entry["id"], entry["operation"]) == ("req-000001", "create_trainee")
    (reason,) = entry["explanation"]
    assert (reason["rule"], reason["sent"]) == ("prefer", "code=409")
    assert "documented" in reason["allowed"]["409"]


def test_every_documented_answer_can_be_had(api: Api) -> None:
    document = spec.bundle(api.version)
    for path, item in document["paths"].items():
        for method in ("get", "put", "post", "delete", "patch"):
            for status in item.get(method, {}).get("responses", {}):
                given = path.replace("{", "").replace("}", "")
                answer = asked(api, method.upper(), given, f"code={status}")
                assert answer.status_code == int(status)
                assert answer.data or answer.status_code == 204
    assert list(api.world.store.all()) == []


def test_the_wait_is_documented_too(newest: Api) -> None:
    answer = asked(newest, "GET", "/info", "code=429")
    assert (answer.text, answer.headers["Retry-After"]) == ("Retry later\n", "60")


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("example=trainee", 404),
        ("code=404, example=trainee", 404),
        ('respond-async, code="404"; wait=10', 404),
        ("code=404, code=200", 404),
        ("CODE=404", 404),
    ],
)
def test_how_it_is_asked_for(newest: Api, prefer: str, status: int) -> None:
    assert asked(newest, "GET", "/trainees/x/degrees/y", prefer).status_code == status


def test_a_named_example_is_that_example(newest: Api) -> None:
    path = "/trainees/x/degrees/y"
    messages = {
        name: asked(newest, "GET", path, f"example={name}").json
        for name in ("trainee", "documented")
    }
    assert messages["trainee"]["errors"][0]["message"] == "Trainee(s) not found"
    assert "data" in messages["documented"]


@pytest.mark.parametrize("prefer", ["code=418", "code=x", "example=nothing", "code=", "example="])
def test_an_unknown_one_is_refused_with_what_there_is(newest: Api, prefer: str) -> None:
    answer = asked(newest, "GET", "/trainees/x", prefer)
    assert answer.status_code == 400
    assert answer.json["error"] == "unknown_preference"
    for status in (200, 401, 404, 429, 500):
        assert f"code={status} with example=" in answer.json["detail"]


def test_a_pair_that_does_not_belong_together_is_refused(newest: Api) -> None:
    answer = asked(newest, "GET", "/trainees/x/degrees/y", "code=200, example=trainee")
    assert answer.status_code == 400


@pytest.mark.parametrize("prefer", ["return=minimal", "respond-async", "", "codes=409"])
def test_other_preferences_are_none_of_ours(newest: Api, prefer: str) -> None:
    assert asked(newest, "GET", "/info", prefer).status_code == 401


def test_an_unknown_path_has_no_documented_answers(newest: Api) -> None:
    assert asked(newest, "GET", "/nothing", "code=409").status_code == 401


def test_a_fault_comes_first_and_a_later_one_has_nothing_to_commit(newest: Api) -> None:
    effect = {"kind": "fail_after_commit", "status": 500}
    client(newest).post("/_mock/faults", json={"effect": effect})
    assert asked(newest, "POST", "/trainees", "code=201").status_code == 201
    effect = {"kind": "status", "status": 503}
    client(newest).post("/_mock/faults", json={"effect": effect})
    assert asked(newest, "POST", "/trainees", "code=201").status_code == 503
