"""`register-contract drift`: the ledger of a version as text, table and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import register_spec as spec
from register_contract.cli import main
from register_spec.tests.copies import changed_contract
from register_spec.tests.editions import READING, VERSION, with_edition

CRASH = """
  - x-id: crash
    description: A list of names is an accident.
    x-source: "003"
    x-drift:
      documents: first_names is a text.
      service: 500 | for a list.
      evidence: seen in a test
      since: "2025-10-15"
      reproduced: false
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contract with a reading of two entries, one of them without effect."""
    made = with_edition(tmp_path_factory.mktemp("ledger") / "spec")
    file = made / "readings" / READING / f"{VERSION}.yaml"
    file.write_text(file.read_text(encoding="utf-8") + CRASH, encoding="utf-8")
    return made


def drift(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["drift", VERSION, "--spec", str(folder), *more])


def test_the_text_says_both_sides_and_what_is_not_reproduced(folder: Path) -> None:
    assert drift(folder).output == drift(folder, "--as", READING).output
    first, second = drift(folder).output.split("\n\n")[1:]
    assert first.splitlines() == [
        "longer_first_names",
        "  first_names may have 100 characters.",
        "  documents: first_names has at most 60 characters.",
        "  service:   It takes 100.",
        "  evidence:  seen in a test",
        f"  since:     2025-10-15; here from {VERSION} on",
        "  concerns:  TraineeFields.first_names",
    ]
    assert second.splitlines()[0] == "crash"
    assert second.splitlines()[-1].startswith("  Not reproduced: ")


def test_the_table_has_a_row_an_entry(folder: Path) -> None:
    lines = drift(folder, "--as", READING, "--format", "md").output.splitlines()
    assert lines[0].count("|") == 7
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["`longer_first_names`", "`crash`"]
    assert r"500 \| for a list. *Not reproduced.*" in lines[3]


def test_the_json_is_what_the_bundle_has(folder: Path) -> None:
    told = json.loads(drift(folder, "--as", READING, "--format", "json").output)
    assert told == spec.bundle(VERSION, READING, folder)["x-drift"]
    assert [entry["reproduced"] for entry in told.values()] == [True, False]


def test_what_has_no_ledger_is_a_sentence(folder: Path) -> None:
    for reading, words in (("documented", "do not drift"), ("deployed", "has no 'deployed'")):
        done = drift(folder, "--as", reading)
        assert done.exit_code == 2
        assert words in done.output


def test_the_reading_has_to_be_said_when_there_are_several_or_none(
    folder: Path, tmp_path: Path
) -> None:
    room = folder / "readings" / "another"
    room.mkdir()
    text = f"overlay: 1.0.0\ninfo: {{title: Another, version: {VERSION}}}\nactions: []\n"
    (room / f"{VERSION}.yaml").write_text(text, encoding="utf-8")
    try:
        done = drift(folder)
    finally:
        (room / f"{VERSION}.yaml").unlink()
    assert (done.exit_code, done.output.rpartition(": ")[2].strip()) == (2, f"another, {READING}")
    changed_contract(tmp_path, lambda document: None)
    alone = CliRunner().invoke(main, ["drift", spec.versions()[-1], "--spec", str(tmp_path)])
    assert (alone.exit_code, "no ledger" in alone.output) == (2, True)
