"""The suite as a whole: under plain pytest, repeated by its seed, and driven by the spec."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import register_contract
import register_spec as spec
from register_contract.target.mock_process import running_mock
from register_contract.target.target import noon_of
from register_contract.tests.command import register_contract as command
from register_contract.tests.proxy import as_it_is, spoiled
from register_contract.tests.repeating import assert_repeats
from register_contract.tests.serving import served
from register_spec.tests.conventions import VERSION as OTHERWISE
from register_spec.tests.conventions import with_conventions, with_other_names
from register_spec.tests.copies import changed_contract
from register_spec.tests.editions import READING, VERSION, with_edition

SUITE = Path(register_contract.__file__).with_name("suite")


def python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=300, check=False
    )


def run_suite(*words: str) -> subprocess.CompletedProcess[str]:
    # What is known drift, `test_known_drift` tries: it takes longer than these runs.
    return command("run", "--no-known-drift", *words)


def test_plain_pytest_stops_with_one_sentence_too() -> None:
    app = Flask("page")
    app.before_request(lambda: "<p>Sign in</p>")
    with served(app) as base:
        result = python("-m", "pytest", str(SUITE), "--register-url", base, "--token", "t")
    assert result.returncode == 2, result.stdout
    assert "answers with an HTML page" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_plain_pytest_refuses_wrong_usage() -> None:
    result = python("-m", "pytest", str(SUITE), "--api-version", "v9")
    assert result.returncode == 4
    assert "no contract for version 'v9'" in result.stderr


def test_a_seed_has_a_day_of_its_own() -> None:
    days = {noon_of(seed) for seed in range(50)}
    assert len(days) > 40
    assert noon_of(7) == noon_of(7)
    assert all(datetime(2025, 8, 1, tzinfo=UTC) <= day for day in days)


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock of our own, on the spec as it is."""
    with running_mock() as base:
        yield base


Change = Callable[[dict[str, Any]], None]


def other_spec(folder: Path, change: Change) -> str:
    """A copy of the spec whose v2026.1 was changed."""
    return str(changed_contract(folder / "spec", change, "v2026.1"))


def shorter_reason(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["DeferRequest"]["properties"]
    fields["defer_reason"]["maxLength"] = 400


def no_deferral_before_the_trn(document: dict[str, Any]) -> None:
    document["x-lifecycle"]["events"]["defer"]["edges"][0]["from"] = ["trn_received"]


def one_more_duplicate_key(document: dict[str, Any]) -> None:
    document["x-duplicates"]["trainee"]["any"]["hesa_id"] = "hesa_id"


def another_attribute(document: dict[str, Any]) -> None:
    row = document["x-derived"]["trainee"]["shown"]["course_level"]
    row["value"]["take"] = "qualification"


def another_default(document: dict[str, Any]) -> None:
    row = document["x-derived"]["trainee"]["stored"]["ethnicity"]
    row["value"]["first"][1] = {"constant": "180"}


def another_value_written(document: dict[str, Any]) -> None:
    writes = document["x-lifecycle"]["events"]["defer"]["writes"]
    writes["defer_date"] = {"today": {"days": -1}}


def primary_teachers_of_one_sex(document: dict[str, Any]) -> None:
    ages = {"code": "course_age_range", "in": "course_age_range", "take": "max_age"}
    document["x-rules"]["primary"] = {
        "operations": ["create_trainee"],
        "field": "course_age_range",
        "must": {"value": ages, "at_most": 11},
        "when": {"value": "sex", "equals": "10"},
        "x-source": "decision 1",
    }


def listed_first_names(document: dict[str, Any]) -> None:
    field = document["components"]["schemas"]["TraineeFields"]["properties"]["first_names"]
    field["pattern"] = "^[A-Z]+$"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "only", "words"),
    [
        (
            shorter_reason,
            "boundaries and defer",
            "with defer_reason of 401 characters answers 200 instead of 422",
        ),
        (
            no_deferral_before_the_trn,
            "each_state and defer",
            "defer_trainee on a trainee that is submitted_for_trn answers 200 instead of 422",
        ),
        (
            one_more_duplicate_key,
            "duplicates and trainees",
            "only hesa_id is the same, answers 201 instead of 409",
        ),
        (
            another_attribute,
            "examples and create_trainee",
            "A trainee is shown with course_level that does not follow from its other fields",
        ),
        (
            another_default,
            "each_field_at and create_trainee",
            "create_trainee answers ethnicity that does not follow from what was sent",
        ),
        (
            another_value_written,
            "each_state and defer",
            "defer_trainee answers defer_date that does not follow",
        ),
        (
            primary_teachers_of_one_sex,
            "each_field_at and create_trainee",
            "and sex at 10 answers 201 instead of 422",
        ),
        (
            listed_first_names,
            "each_field_at and create_trainee",
            "instead of 422",
        ),
    ],
)
def test_the_suite_follows_the_spec(
    change: Change, only: str, words: str, mock: str, tmp_path: Path
) -> None:
    folder = other_spec(tmp_path, change)
    result = run_suite(mock, "--spec", folder, "--seed", "4", "--only", only)
    said = " ".join(result.stdout.split())
    assert result.returncode == 1, result.stdout + result.stderr
    assert words in said, result.stdout


def required_ni_number(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["TraineeRequest"]["required"].append("ni_number")


@pytest.mark.slow
def test_one_cause_is_one_finding_that_can_be_repeated(mock: str, tmp_path: Path) -> None:
    """Hundreds of requests are accepted without a field that the contract has required."""
    folder = other_spec(tmp_path, required_ni_number)
    words = ["--spec", folder, "--seed", "4", "--report", str(tmp_path / "report")]
    with spoiled(mock, as_it_is) as target:
        result = run_suite(target.base, *words, "--only", "each_field_at and create_trainee")
        scripts = sorted((tmp_path / "report" / "repeat").glob("*.sh"))
        for script in scripts:
            assert_repeats(script, target.log)
    assert result.returncode == 1, result.stdout + result.stderr
    assert len(scripts) == 3
    assert "1. “ni_number can't be blank” is not said where it is due (" in result.stdout
    assert "\n1 finding: " in result.stdout
    page = (tmp_path / "report" / "report.html").read_text()
    xml = (tmp_path / "report" / "junit.xml").read_text()
    for script in scripts:
        assert script.name in result.stdout
        assert script.name in page
        assert script.name in xml


@pytest.mark.slow
def test_a_code_that_was_taken_out_is_found_when_still_accepted(mock: str, tmp_path: Path) -> None:
    def take_out(document: dict[str, Any]) -> None:
        del document["x-code-lists"]["course_age_range"]["codes"]["13911"]

    folder = other_spec(tmp_path, take_out)
    only = "each_field_at and create_trainee"
    result = run_suite(mock, "--spec", folder, "--seed", "4", "--only", only)
    said = " ".join(result.stdout.split())
    assert (
        'with course_age_range the code "13911", which the contract does not have, answers' in said
    )


@pytest.mark.slow
def test_a_seed_repeats_a_run(mock: str) -> None:
    only = "generated and placement or histories"
    words = [mock, "--seed", "9", "--examples", "15", "--only", only]
    runs = [run_suite(*words) for _ in range(2)]
    closings = [
        next(line for line in run.stdout.splitlines() if "seed 9" in line and "checks" in line)
        for run in runs
    ]
    first, second = (closing.split(" requests")[0] for closing in closings)
    assert first == second


@pytest.mark.slow
@pytest.mark.nightly  # near to the next one
def test_conventions_of_another_version_are_read(tmp_path: Path) -> None:
    """Base path, token header, an operation under two paths: known from the document alone."""
    folder = str(with_conventions(tmp_path / "spec"))
    only = "examples or auth or precedence or lifecycle or lists or walk"
    only += " or (conditions and placement)"
    words = ["--spec", folder, "--api-version", OTHERWISE, "--seed", "5", "--only", only]
    result = run_suite(*words)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "post_recommendation" not in result.stdout


@pytest.mark.slow
def test_names_are_read(tmp_path: Path) -> None:
    """Fields, parts of paths, states, events, operations: whatever they are called.

    What operations are called is in no request, so the mock need not know their other names.
    """
    served_as = with_other_names(tmp_path / "served", operations_too=False)
    held_to = with_other_names(tmp_path / "held", operations_too=True)
    only = "examples or lifecycle or lists or walk or duplicates or updates or isolation or auth"
    with running_mock("--spec", str(served_as)) as base:
        words = ["--spec", str(held_to), "--api-version", OTHERWISE, "--seed", "5"]
        result = run_suite(base, *words, "--only", only)
    assert result.returncode == 0, result.stdout + result.stderr
    left_out = result.stdout.partition("Not covered")[2].partition("kept as far as tried")[0]
    assert left_out.count("\n  ") == left_out.count("--only leaves it out") == 1, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "reading", [spec.DOCUMENTED, pytest.param(READING, marks=pytest.mark.nightly)]
)
def test_a_version_of_one_file_is_held(reading: str, tmp_path: Path) -> None:
    """A rename, a code, a required field, a lock, a removed operation: known from their step."""
    folder = str(with_edition(tmp_path / "spec"))
    only = (
        "examples or duplicates or lifecycle or updates or walk or (boundaries and create_trainee)"
    )
    words = ["--spec", folder, "--api-version", VERSION, "--as", reading, "--seed", "5"]
    result = run_suite(*words, "--only", only)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "kept as far as tried" in result.stdout
    assert f"contract  {VERSION}, {reading} reading" in result.stdout
