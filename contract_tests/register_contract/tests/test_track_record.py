"""The track record: whole, in order, and each of its commands shows what its row says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import register_spec as spec
from register_contract.cli import main
from register_contract.track_record import when

CLONE = Path(__file__).parents[3]
PAGE = (CLONE / "docs/explanation/readings.md").read_text(encoding="utf-8")
_COMMAND = re.compile(r"`(register-(?:mock|contract) .*)` \|$")


@cache
def printed() -> list[str]:
    done = CliRunner().invoke(main, ["track-record"])
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def table(text: list[str], head: str) -> list[str]:
    """The rows of the table whose head begins so."""
    start = next(number for number, line in enumerate(text) if line.startswith(f"| {head}"))
    rows = text[start + 2 :]
    return rows[: next((n for n, line in enumerate(rows) if not line), len(rows))]


def command(row: str) -> str | None:
    found = _COMMAND.search(row)
    return found[1].replace("\\|", "|") if found else None


def ledger() -> dict[str, bool]:
    """Every entry of every version, and whether the mock reproduces it."""
    found: dict[str, bool] = {}
    for version in spec.versions():
        for reading in spec.readings(version):
            for id, entry in spec.bundle(version, reading).get("x-drift", {}).items():
                found.setdefault(id, bool(entry["reproduced"]))
    return found


def test_each_entry_of_the_ledger_has_its_row() -> None:
    rows = table(printed(), "since")
    named = Counter(re.findall(r"\| `x-drift\.(\w+)` \|", "\n".join(rows)))
    assert set(named) == set(ledger())
    assert set(named.values()) == {1}


def test_the_oldest_come_first() -> None:
    days = [when(row.split("|")[1]) for row in table(printed(), "since")]
    assert days == sorted(days)
    assert days[0] == (0, 0, 0) < days[-1]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2025-03-31", (2025, 3, 31)),
        ("13 May 2025", (2025, 5, 13)),
        ("April 2025 to 22 September 2025", (2025, 4, 0)),
        ("27 May 2025; placements 30 March 2026", (2025, 5, 27)),
        ("the first release", (0, 0, 0)),
    ],
)
def test_the_day_of_a_row(said: str, day: tuple[int, int, int]) -> None:
    assert when(said) == day


def test_what_the_mock_reproduces_has_a_scenario_that_shows_it() -> None:
    files = (CLONE / "fixtures" / "scenarios").rglob("*.yaml")
    shown = {row for file in files for row in yaml.safe_load(file.read_text("utf-8"))["shows"]}
    for id, is_reproduced in ledger().items():
        (row,) = (each for each in table(printed(), "since") if f"| `x-drift.{id}` |" in each)
        wanted = f"register-mock scenarios --shows x-drift.{id} --play"
        assert command(row) == (wanted if is_reproduced else None)
        assert (f"x-drift.{id}" in shown) is is_reproduced


def test_each_text_that_was_mended_is_found_by_its_command() -> None:
    rows = table(printed(), "as of")
    assert len(rows) > 20
    kept: dict[str, list[str]] = {}
    for row in rows:
        told = command(row)
        assert told is not None
        words, _, fixed = told.partition(" | grep -F ")
        version = words.split()[2]
        if version not in kept:
            done = CliRunner().invoke(main, words.split()[1:])
            kept[version] = done.output.splitlines()
        text = subprocess.run(
            ["sh", "-c", f"printf %s {fixed}"], capture_output=True, text=True, check=True
        ).stdout
        assert any(text in line for line in kept[version]), told


ROWS = [row for head in ("since", "as of") for row in table(PAGE.splitlines(), f"{head} | ")]


def test_the_page_has_some_of_both_tables() -> None:
    assert len(ROWS) > 10
    assert set(ROWS) < set(printed())
    heads = [line for line in PAGE.splitlines() if line.startswith(("| since", "| as of"))]
    assert set(heads) < set(printed())


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[-2].split()[-1])
def test_a_command_of_the_page_shows_its_row(row: str) -> None:
    told = command(row)
    assert told is not None
    place = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", told],
        env={**os.environ, "PATH": place},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout
    if told.startswith("register-mock"):
        assert re.fullmatch(r"[1-9]\d* played, 0 of them went otherwise\n", done.stdout)
