"""``register-mock benchmark`` says what it needs."""

import pytest
from click.testing import CliRunner

from register_mock.benchmark import command


def test_without_granian_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    done = CliRunner().invoke(command.benchmark_command, [])
    assert done.exit_code == 1
    (said,) = done.output.splitlines()
    assert "pip install 'register-contract[benchmark]'" in said
