"""The command without what only the suite needs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from register_contract import cli

CLONE = Path(__file__).parents[3]


def test_what_a_run_needs_is_what_the_extra_brings() -> None:
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [re.split("[=<>]", row)[0] for row in project["optional-dependencies"]["suite"]]
    assert tuple(named) == cli.SUITE_NEEDS


def test_a_run_without_them_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda name: None if name == "schemathesis" else name)
    done = CliRunner().invoke(cli.main, ["run"])
    assert done.exit_code == 2
    assert done.output == (
        "register-contract: run needs schemathesis, which the package brings only with its extra: "
        "pip install 'register-contract[suite]'\n"
    )


def test_printing_needs_none_of_them() -> None:
    loaded = f"print(*(n for n in {cli.SUITE_NEEDS} if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, register_contract.cli; {loaded}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "\n"
