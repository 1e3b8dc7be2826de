"""``register-mock benchmark`` says what it needs, and what rules cost."""

import re

import pytest
from click.testing import CliRunner

from register_mock.benchmark import command


def test_without_granian_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    done = CliRunner().invoke(command.benchmark_command, [])
    assert done.exit_code == 1
    (said,) = done.output.splitlines()
    assert "pip install 'register-contract[benchmark]'" in said


def test_what_rules_cost_is_told_beside_a_yardstick() -> None:
    done = CliRunner().invoke(command.benchmark_command, ["--only", "rules"])
    assert done.exit_code == 0
    told = re.fullmatch(
        r"a create's record +(\d+) µs with 30 rules \(goal: at most 150 µs\), "
        r"([\d.]+) times its body read and written as JSON \(([\d.]+) µs\)\n",
        done.output,
    )
    assert told is not None
