"""A contract with other shapes, words and order of answers: held as it is, and found missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import CannotTryError, Contract
from register_contract.oracle.fields import Problem
from register_contract.oracle.refusals import RECORDS, Refusal, Refusals, agrees
from register_contract.target.mock_process import running_mock
from register_contract.tests.test_suite_runs import Change, other_spec, run_suite
from register_spec.tests import answers

VERSION = "v2026.1"
ASKED = {answers.HEADER.lower(): "true"}
PROBLEMS = (
    Problem(("sex",), "inclusion", "sex is wrong", "is wrong"),
    Problem(("degrees_attributes", 0, "subject"), "blank", "subject is blank", "is blank"),
    Problem(("degrees_attributes", 1, "subject"), "blank", "subject is blank", "is blank"),
)


def changed(folder: Path, change: Change) -> Contract:
    return Contract(VERSION, spec.bundle(VERSION, spec_dir=Path(other_spec(folder, change))))


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The contract with all changes at once."""
    return changed(tmp_path_factory.mktemp("all"), answers.all_at_once)


def test_the_body_of_a_refusal_is_that_of_its_row(contract: Contract) -> None:
    refusals = Refusals(contract)
    message = "Validation failed: 3 errors"
    made = refusals.wanted("invalid_fields", "create_trainee", PROBLEMS)
    texts = [problem.sentence for problem in PROBLEMS]
    assert made == Refusal(422, {"message": message, "errors": texts})
    made = refusals.wanted("invalid_fields", "create_trainee", PROBLEMS, ASKED)
    inner = {"subject": ["is blank", "is blank"]}
    assert made.body["errors"] == {"sex": ["is wrong"], "degrees_attributes": inner}
    made = refusals.wanted("invalid_fields", "patch_trainee", PROBLEMS, ASKED)
    assert made.body["errors"] == {"sex": ["is wrong"], **inner}
    made = refusals.wanted("invalid_fields", "create_degree", PROBLEMS[:1], ASKED)
    assert made.body["errors"] == [{"error": "UnprocessableEntity", "message": "sex is wrong"}]
    assert refusals.headers("invalid_fields", "patch_trainee") == [{answers.HEADER: "true"}, {}]
    assert refusals.headers("invalid_fields", "create_degree") == [{}]
    assert refusals.wanted("duplicate_degree", "create_degree").body["data"] == RECORDS
    with pytest.raises(CannotTryError, match="no answer vanished of show_info"):
        refusals.wanted("vanished", "show_info")


@pytest.mark.parametrize(
    ("wanted", "got", "is_same"),
    [
        ({"a": ["x", "x"]}, {"a": ["x"]}, True),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"data": RECORDS}, {"data": [{"id": 1}]}, True),
        ({"data": RECORDS}, {"data": None}, False),
    ],
)
def test_when_a_body_is_the_predicted_one(wanted: Any, got: Any, is_same: bool) -> None:
    assert agrees(wanted, got) is is_same


def test_stages_and_places_are_those_of_the_operation(contract: Contract) -> None:
    operations = contract.operations
    order = contract.precedence(operations["create_placement"])
    assert order.index("data") < order.index("trainee")
    assert contract.precedence(operations["create_degree"])[3:6] == ["trainee", "child", "data"]
    order = contract.precedence(operations["defer_trainee"])
    assert order.index("trainee") < order.index("state") < order.index("data")
    assert operations["show_trainee"].answers[200].place is None
    assert operations["create_trainee"].answers[201].place == "data"


@pytest.mark.slow
def test_other_answers_are_held(tmp_path: Path) -> None:
    """On a mock that is served from them: nothing is found."""
    folder = other_spec(tmp_path, answers.all_at_once)
    only = "precedence or examples or duplicates or lifecycle or (boundaries and withdraw)"
    result = run_suite("--spec", folder, "--seed", "5", "--only", only)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock of the contract as it is."""
    with running_mock() as base:
        yield base


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "only", "words"),
    [
        (answers.bare_show, "examples or lifecycle", "show_trainee (200)"),
        (
            answers.enhanced_errors,
            "precedence",
            'The refusal {"message": "Validation failed: 1 error", "errors": {"',
        ),
        (
            answers.list_texts,
            "boundaries and withdraw",
            "is refused without saying “Trigger has invalid value of",
        ),
        (answers.other_order, "precedence", "answers 404 instead of 422"),
        (answers.other_order, "precedence", "defer_trainee without its fields on a trainee"),
    ],
)
def test_answers_that_are_missing_are_found(
    change: Change, only: str, words: str, mock: str, tmp_path: Path
) -> None:
    folder = other_spec(tmp_path, change)
    result = run_suite(mock, "--spec", folder, "--seed", "5", "--only", only)
    said = " ".join(result.stdout.split())
    assert result.returncode == 1, result.stdout + result.stderr
    assert "in the suite" not in said, result.stdout
    assert words in said, result.stdout
