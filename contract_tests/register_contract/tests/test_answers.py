"""Whether the form of an answer is judged, and in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import Contract
from register_contract.suite.checks.answers import check_answer
from register_contract.target.exchange import Exchange


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract("v2026.1", spec.bundle("v2026.1"))


def answer(status: int, body: Any, content_type: str = "application/json", **more: Any) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": content_type, **more}
    return Exchange("GET", "http://h/x", {}, None, status, headers, raw)


def said(contract: Contract, operation: str, exchange: Exchange) -> list[str]:
    found = check_answer(contract, contract.operations[operation], exchange)
    return [breach.sentence for breach in found]


def trainee(contract: Contract, **changes: Any) -> dict[str, Any]:
    example = contract.operations["create_trainee"].answers[201].examples["documented"]
    return {"data": {**example["value"]["data"], **changes}}


def test_documented_answers_are_clean(contract: Contract) -> None:
    for operation in contract.operations.values():
        for status, documented in operation.answers.items():
            for example in documented.examples.values():
                if status < 500 and documented.media_type == "application/json":
                    exchange = answer(status, example["value"])
                    assert said(contract, operation.id, exchange) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"score": 1}, "show_trainee (200) shows a field no document has: data.score"),
        ({"course_min_age": "5"}, "data.course_min_age is a text and has to be integer or null"),
        ({"created_at": "2024-09-11T15:12:45.067"}, "breaks the documented format"),
        ({"created_at": "2024-09-11T15:12:45Z"}, "breaks the documented format"),
        ({"trainee_id": "7"}, "breaks the documented format"),
        ({"itt_start_date": "01/01/2023"}, "breaks the documented format"),
        ({"sex": "77"}, "breaks the documented list of values"),
        ({"placements": [{"urn": None}]}, "lacks the field data.placements[].name"),
    ],
)
def test_wrong_fields_are_named(contract: Contract, changes: dict[str, Any], words: str) -> None:
    got = said(contract, "show_trainee", answer(200, trainee(contract, **changes)))
    assert words in " | ".join(got)


@pytest.mark.parametrize(
    ("exchange", "words"),
    [
        (answer(418, {}), "answers 418, a status no document lists"),
        (answer(500, {"error": "Internal server error"}), "fails with a server error (500)"),
        (answer(302, b"", location="/login"), "redirects"),
        (answer(200, b"<p>hi</p>", "text/html"), "with content type text/html"),
        (answer(200, b"{"), "a body that is not JSON"),
        (answer(401, ["Unauthorized"]), "a list, not an object"),
        (answer(401, {"errors": []}), "no 'error'"),
        (answer(404, {"error": "NotFound"}), "no 'errors'"),
        (answer(404, {"errors": ["x"]}), "has to be object"),
        (Exchange("GET", "u", {}, None, 0, failure="it hung up"), "did not answer: it hung up"),
    ],
)
def test_wrong_answers_are_named(contract: Contract, exchange: Exchange, words: str) -> None:
    assert words in " | ".join(said(contract, "show_trainee", exchange))
