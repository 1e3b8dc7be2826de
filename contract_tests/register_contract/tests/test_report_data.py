"""What other programs read of a run: JSON in a published form, and SARIF."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from register_contract.target.owned import Record
from register_contract.target.tidying import Left
from register_contract.tests.test_reports import finding, results
from register_contract.verdict.judgement import verdict_of
from register_contract.verdict.reports.data import as_data
from register_contract.verdict.reports.files import write_files
from register_contract.verdict.results import (
    Circumstances,
    Drift,
    Entry,
    OwnRecords,
    Results,
)


@pytest.fixture(scope="module")
def form() -> Draft202012Validator:
    text = files("register_contract.verdict.reports").joinpath("report.schema.json").read_text()
    Draft202012Validator.check_schema(json.loads(text))
    return Draft202012Validator(json.loads(text))


def all_kinds() -> Results:
    """Results with something of everything that a report tells."""
    made = results(finding(), finding("another"))
    layer = next(iter(made.layers.values()))
    layer.crashes.append(("test_x", "KeyError: 'x'"))
    known = finding("known")
    made.drifts += [
        Drift((Entry("token_alone", "Bearer", "no Bearer"),), True, known),
        Drift((Entry("a", "x", "y"), Entry("b", "x", "y")), False, replace(known, cause="other")),
    ]
    made.left_behind = "the world x is left behind"
    left = Left(Record("degree", "d1", "t1"), "it cannot be removed")
    made.own = OwnRecords(["26101112"], [left], removed=2, unsure=1)
    made.rows, made.exercised = ["x-rules.a", "x-derived.b"], {"x-rules.a", "x-gone.c"}
    made.vacuous.append("test_x.py::test_y")
    made.circumstances = Circumstances("v2026.1", "deployed", None, datetime.now(UTC), ())
    return made


def written(made: Results, folder: Path) -> tuple[Any, Any]:
    write_files(made, folder)
    report, log = (
        json.loads((folder / name).read_text()) for name in ("report.json", "report.sarif")
    )
    return report, log


def test_a_report_has_the_form_that_is_published(
    form: Draft202012Validator, tmp_path: Path
) -> None:
    made = all_kinds()
    data, _ = written(made, tmp_path)
    form.validate(data)
    assert [each["sentence"] for each in data["findings"]] == [f.sentence for f in made.findings]
    assert [each["sure"] for each in data["known_drift"]] == [True, False]
    assert data["verdict"]["exit_code"] == 1
    assert data["not_covered"] == [{"what": "award", "why": "the run has no control API"}]
    assert data["own_records"] == {
        "marks": ["26101112"],
        "removed": 2,
        "unsure": 1,
        "left": [{"kind": "degree", "id": "d1", "within": "t1", "why": "it cannot be removed"}],
    }
    assert data["errors"] == [{"test": "test_x", "text": "KeyError: 'x'"}]
    assert data["vacuous"] == ["test_x.py::test_y"]
    assert data["rows"] == {
        "edition": "v2026.1@deployed",
        "exercised": ["x-rules.a"],
        "unexercised": ["x-derived.b"],
    }


def test_an_empty_run_has_it_too(form: Draft202012Validator) -> None:
    form.validate(as_data(Results(), verdict_of(Results()), {}))


def test_the_form_is_closed(form: Draft202012Validator) -> None:
    """So that what a report says and its schema does not fails in the tests above."""
    data = as_data(all_kinds(), verdict_of(all_kinds()), {})
    for spoiled in ({**data, "more": 1}, {k: v for k, v in data.items() if k != "findings"}):
        assert not form.is_valid(spoiled)
    assert not form.is_valid({**data, "own_records": {**data["own_records"], "more": 1}})
    assert not form.is_valid({**data, "findings": [{**data["findings"][0], "count": 0}]})


def test_the_same_cause_has_the_same_fingerprint() -> None:
    one, other = (
        as_data(results(finding(), finding("b")), verdict_of(Results()), {}) for _ in range(2)
    )
    assert one == other
    assert len({each["fingerprint"] for each in one["findings"]}) == 2


def test_sarif_has_findings_as_errors_and_drift_as_notes(tmp_path: Path) -> None:
    data, log = written(all_kinds(), tmp_path)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    levels = [each["level"] for each in run["results"]]
    assert levels == ["error", "error", "note", "note"]
    named = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {each["ruleId"] for each in run["results"]} == named
    first = run["results"][0]
    assert first["message"]["text"] == data["findings"][0]["sentence"]
    assert first["locations"][0]["logicalLocations"][0]["name"] == "create_trainee"
    assert first["partialFingerprints"]["cause/v1"] == data["findings"][0]["fingerprint"]
    assert run["invocations"][0]["exitCode"] == 1


def test_half_a_surrogate_pair_is_no_reason_to_have_no_report(tmp_path: Path) -> None:
    data, log = written(results(finding("it says \ud800")), tmp_path)
    assert data["findings"][0]["sentence"].endswith("\ud800")
    assert log["runs"][0]["results"][0]["message"]["text"].endswith("\ud800")
