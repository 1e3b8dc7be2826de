"""Calls that meet: a race is found and told in the calls that make it, with a timeline."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from register_contract.target.mock_process import running_mock
from register_contract.tests.command import register_contract
from register_contract.verdict.timeline import Span, as_svg, as_text

SPANS = [Span("create_trainee 201", 0, 40), Span("create_trainee <201>", 10, 20)]
EACH_NIGHT = (
    "degree_check_and_store_apart",
    "later_update_overwrites_earlier",
    "placement_lost_beside_another",
    "deleted_degree_comes_back",
    "state_check_and_withdrawal_apart",
    "state_check_and_recommendation_apart",
    "trainee_gone_while_a_degree_changes",
    "placement_identifier_given_twice",
)


@pytest.mark.slow
def test_two_equal_trainees_are_told_with_their_timeline(tmp_path: Path) -> None:
    with running_mock("--defect", "trainee_check_and_store_apart") as base:
        words = ["--only", "that_meet and create_trainee", "--report", str(tmp_path)]
        words += ["--stop-first"]
        done = register_contract("run", base, "--no-known-drift", "--seed", "1", *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1. 2 calls are answered as in no order" in done.stdout, done.stdout
    assert len(re.findall(r"create_trainee 201 \|[ =]{40}\|", done.stdout)) == 2, done.stdout
    assert '<svg class="timeline" role="img"' in (tmp_path / "report.html").read_text()
    report = json.loads((tmp_path / "report.json").read_text())
    (finding,) = report["findings"]
    spans = finding["examples"][0]["timeline"]
    assert [span["label"] for span in spans] == ["create_trainee 201"] * 2
    # They met: the second began before the first had ended.
    assert spans[0]["began"] == 0
    assert spans[1]["began"] < spans[0]["ended"]


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("name", EACH_NIGHT)
def test_a_race_is_found(name: str) -> None:
    with running_mock("--defect", name) as base:
        words = ["--only", "that_meet", "--stop-first", "--seed", "1"]
        done = register_contract("run", base, "--no-known-drift", *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "answered as in no order" in done.stdout, done.stdout


@pytest.mark.slow
def test_what_is_wrong_of_each_call_is_not_told_of_calls_that_meet() -> None:
    """A target that follows the documents, held to what the service does."""
    with running_mock() as base:
        words = ["--as", "deployed", "--only", "that_meet and create_trainee", "--seed", "1"]
        done = register_contract("run", base, "--no-known-drift", *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "in no order" not in done.stdout, done.stdout
    assert "one by one such calls are not answered as is due: calls that met" in done.stdout


def test_a_timeline_is_to_scale() -> None:
    assert as_text(SPANS) == [
        f"create_trainee 201   |{'=' * 40}| 0 to 40 ms",
        f"create_trainee <201> |{' ' * 10}{'=' * 10}{' ' * 20}| 10 to 20 ms",
    ]
    assert as_text([Span("x", 0, 0)]) == [f"x |={' ' * 39}| 0 to 0 ms"]
    drawn = as_svg(SPANS)
    assert "&lt;201&gt;" in drawn
    assert "<201>" not in drawn
    assert 'x="360.0" y="26" width="120.0"' in drawn
