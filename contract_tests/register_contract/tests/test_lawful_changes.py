"""A contract may lawfully lack what a test wants; that is not covered, and no error of the suite.

The mock that is held stays as it is: findings are right, crashes are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from register_contract.oracle.contract import METHODS
from register_contract.target.mock_process import running_mock
from register_contract.tests.test_suite_runs import Change, other_spec, run_suite

pytestmark = pytest.mark.slow
# The layers that take long look nothing up but fields, and are tried on one operation.
_LONG = "generated or boundaries or conditions or codes or texts or registers or derived"
_SHORT = f"not ({_LONG})"
_FIELDS = f"defer and ({_LONG})"


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock of our own, on the spec as it is."""
    with running_mock() as base:
        yield base


def events(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["x-lifecycle"]["events"]
    return found


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def without_operation(document: dict[str, Any], path: str) -> None:
    """Take out a path, the links that lead to its operations, and what other rows say of them."""
    item = document["paths"].pop(path)
    gone = {item[method]["operationId"] for method in METHODS if method in item}
    for operation in operations(document):
        for response in operation.get("responses", {}).values():
            links = response.get("links", {})
            for name in [n for n, link in links.items() if link.get("operationId") in gone]:
                del links[name]
    for row in document["x-rules"].values():
        row["operations"] = [name for name in row["operations"] if name not in gone]
    document["x-rules"] = {n: r for n, r in document["x-rules"].items() if r["operations"]}


def no_deferral_before_the_trn(document: dict[str, Any]) -> None:
    events(document)["defer"]["edges"][0]["from"] = ["trn_received"]


def no_recommendation(document: dict[str, Any]) -> None:
    without_operation(document, "/trainees/{trainee_id}/recommend-for-qts")
    without_operation(document, "/trainees/{trainee_id}/update-qts-or-eyts-status")
    del events(document)["recommend_for_award"]


def nobody_comes_to_withdrawn(document: dict[str, Any]) -> None:
    events(document)["withdraw"]["edges"] = []


def no_deferred_trainees(document: dict[str, Any]) -> None:
    without_operation(document, "/trainees/{trainee_id}/defer")
    del events(document)["defer"], events(document)["reinstate"]
    del document["x-lifecycle"]["states"]["deferred"]
    for event in events(document).values():
        for edge in event["edges"]:
            edge["from"] = [state for state in edge["from"] if state != "deferred"]
    for parameter in document["paths"]["/trainees"]["get"]["parameters"]:
        if "x-meaning" in parameter:
            del parameter["x-meaning"]["deferred"]
            parameter["schema"]["enum"].remove("deferred")


def no_rules(document: dict[str, Any]) -> None:
    document["x-rules"] = {}
    document["x-duplicates"] = {}
    del events(document)["discard"], events(document)["undo_withdrawal"]


def no_refusals_by_state(document: dict[str, Any]) -> None:
    for event in events(document).values():
        event.pop("refusal", None)


def no_list(document: dict[str, Any]) -> None:
    del document["paths"]["/trainees"]["get"]
    without_operation(document, "/info")


def no_parameters(document: dict[str, Any]) -> None:
    document["paths"]["/trainees"]["get"]["parameters"] = []


def no_words_for_dates(document: dict[str, Any]) -> None:
    for row in document["x-sentences"]["fields"].values():
        row["on"] = [keyword for keyword in row["on"] if keyword != "format"]


@pytest.mark.parametrize(
    ("change", "only", "words"),
    [
        pytest.param(
            no_deferral_before_the_trn,
            _SHORT,
            "defer_trainee on a trainee that is submitted_for_trn answers 200 instead of 422",
            marks=pytest.mark.nightly,
        ),
        (no_recommendation, _SHORT, "kept as far as tried"),
        pytest.param(
            nobody_comes_to_withdrawn,
            _SHORT,
            "only a control API makes a trainee in a fitting state",
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            no_deferred_trainees, _SHORT, "kept as far as tried", marks=pytest.mark.nightly
        ),
        (no_rules, _SHORT, "has no x-duplicates for trainees"),
        pytest.param(
            no_refusals_by_state,
            _SHORT,
            "does not say how it is refused",
            marks=pytest.mark.nightly,
        ),
        (no_list, _SHORT, "has no operation to list a trainee"),
        pytest.param(
            no_parameters,
            _SHORT,
            "has no parameter for at or after",
            marks=pytest.mark.nightly,
        ),
        (no_words_for_dates, _FIELDS, "has no row for the keyword 'format'"),
    ],
)
def test_what_a_contract_lacks_is_not_covered(
    change: Change, only: str, words: str, mock: str, tmp_path: Path
) -> None:
    folder = other_spec(tmp_path, change)
    result = run_suite(mock, "--spec", folder, "--seed", "4", "--only", only)
    said = " ".join(result.stdout.split())
    assert result.returncode in (0, 1), result.stdout + result.stderr
    assert "in the suite" not in said, result.stdout
    assert "Traceback" not in result.stdout + result.stderr
    assert words in said, result.stdout
    assert "\npart " not in result.stdout, "a run that ended has no layer that did not"
