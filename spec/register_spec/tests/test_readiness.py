"""The rows of `readiness.yaml` have their form, and a mistake in them is one sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from register_spec import SpecError, choices, readiness_rows, source_folder


def test_the_rows_are_those_of_the_folder_or_the_shipped_ones(tmp_path: Path) -> None:
    assert readiness_rows(tmp_path) == readiness_rows()
    own = tmp_path / "readiness.yaml"
    shutil.copy(source_folder() / own.name, own)
    own.write_text(own.read_text().replace("is blank", "is empty", 1))
    own.write_text(own.read_text().replace("After a 429", "After the 429", 1))
    assert readiness_rows(tmp_path) != readiness_rows()


def test_decisions_are_those_that_there_are() -> None:
    known = {row[0] for table in choices() for row in table.rows}
    rows = readiness_rows()
    for row in (*rows["classes"].values(), *rows["behaviour"].values()):
        word, _, number = row["x-source"].partition(" ")
        assert word != "decision" or number in known, row


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "{value: rules, has: blank}",
            "{value: rule, has: blank}",
            "classes.blank.met: there is no fact 'rule'; known are operation, ",
        ),
        (
            "at_most: waited}}",
            "at_most: awaited}}",
            "ways.too_early.when: there is no fact 'awaited'",
        ),
        ("is: badly", "is: bad", "behaviour.lost_answer.ways.made_a_second_one.is: 'bad' is not"),
        ("{value: status, equals: 429}", "{status: 429}", "unknown key 'status'; known are all, "),
        ("    among: all\n", "    among: some\n", "behaviour.stops_when_unauthorized.among"),
        ("{fault: extra_field}", "{fault: extra_field, event: award}", "stand together"),
        ("{token: active}", "{tokens: active}", "unknown key 'tokens'; known are fault, "),
        ("  sorted_by: {", "  order: {", "derived: 'sorted_by' is a required property"),
        ("    where: deprecated\n", "    where: anywhere\n", "deprecated_left.where"),
        ("    x-source: 005 Rate Limiting\n\n  pauses", "\n  pauses", "'x-source' is a required"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    text = (source_folder() / "readiness.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "readiness.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SpecError) as error:
        readiness_rows(tmp_path)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_the_sample_of_the_readme_is_a_row(tmp_path: Path) -> None:
    readme = (source_folder() / "README.md").read_text(encoding="utf-8")
    chapter = readme.partition("## What a client can show")[2].partition("\n## ")[0]
    sample = yaml.safe_load(chapter.partition("```yaml\n")[2].partition("```")[0])
    rows = readiness_rows() | {"behaviour": sample}
    (tmp_path / "readiness.yaml").write_text(yaml.safe_dump(rows), encoding="utf-8")
    assert readiness_rows(tmp_path)["behaviour"].keys() == {"waits_as_told"}
