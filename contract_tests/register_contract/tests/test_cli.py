"""The command without what only the suite needs, and the release notes."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import register_spec as spec
from register_contract import cli
from register_spec.tests.editions import READING, VERSION, with_edition

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


def notes(folder: Path, *words: str) -> list[str]:
    done = CliRunner().invoke(cli.main, ["versions", "--spec", str(folder), *words])
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_versions_tell_what_steps_and_readings_change(tmp_path: Path) -> None:
    folder = with_edition(tmp_path / "spec")
    (folder / "readings" / "other").mkdir()
    overlay = (folder / "readings" / READING / f"{VERSION}.yaml").read_text(encoding="utf-8")
    text = overlay.replace("longer_first_names", "longest").replace("100", "200")
    for version in (VERSION, spec.versions()[-1]):
        file = folder / "readings" / "other" / f"{version}.yaml"
        file.write_text(text.replace(f"version: {VERSION}", f"version: {version}"))
        text = text.replace("longest", "shortest").replace("200", "50")
    told = "\n".join(notes(folder))
    ends = f"""- A degree cannot be removed.
  as other:
  - first_names may have 200 characters.
  as {READING}:
  - first_names may have 100 characters."""
    assert told.endswith(ends)
    assert f"\n\n{VERSION} (documented, other, {READING})\n- The base path of the version" in told
    before, _, _ = told.partition(f"\n\n{VERSION} (")
    assert before.endswith("\n  as other:\n  - first_names may have 50 characters.")
    chosen = notes(folder, "--as", READING)
    unwanted = ["  as other:", "  - first_names may have 200 characters."]
    unwanted += ["  as other:", "  - first_names may have 50 characters."]
    rest = told.splitlines()
    for line in unwanted:
        rest.remove(line)
    assert chosen == rest


def test_a_reading_that_no_version_has_is_a_sentence() -> None:
    done = CliRunner().invoke(cli.main, ["versions", "--as", "deplyed"])
    assert done.exit_code == 2
    assert done.output.startswith(
        "register-contract: no version has the reading 'deplyed'; known are documented"
    )
