"""Random histories: a fault that takes several steps is found, and told in those it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from register_contract.target.mock_process import running_mock
from register_contract.tests.command import register_contract

pytestmark = pytest.mark.slow

_STEPS = 4
"""What has to be done: a new trainee, its TRN, its deferral and its return."""


def test_a_fault_is_told_in_the_steps_it_takes(tmp_path: Path) -> None:
    with running_mock("--defect", "reinstated_trainee_submitted_again") as base:
        words = ["--only", "histories", "--seed", "1", "--report", str(tmp_path)]
        done = register_contract("run", base, "--no-known-drift", *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1. A trainee after reinstate: state is" in done.stdout, done.stdout
    (script,) = (tmp_path / "repeat").glob("*.sh")
    told = script.read_text().splitlines()
    steps = [line for line in told if line.startswith("step") and "/trainees" in line]
    assert len(steps) == _STEPS, script.read_text()
