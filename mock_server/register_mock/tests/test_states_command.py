"""The picture of the lifecycle has every arrow of the table, and none else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import register_spec as spec
from register_mock.commands.cli import main
from register_mock.commands.states import mermaid, text
from register_mock.contract.phrases import Phrases
from register_spec.tests.copies import changed_contract

WORDS = Phrases(lambda name: name)
ARROW = re.compile(r"    (\w+) --> (\w+): (\w+)")


def drawn(lines: list[str]) -> set[tuple[str, str, str]]:
    return {match.groups() for line in lines if (match := ARROW.match(line))}  # type: ignore[misc]


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["states", *words])
    return result.exit_code, result.output


@pytest.mark.parametrize("version", spec.versions())
def test_the_picture_is_the_table(version: str) -> None:
    table = spec.bundle(version)["x-lifecycle"]
    code, output = run("--api-version", version)
    assert code == 0
    arrows = drawn(output.splitlines())
    for name, event in table["events"].items():
        for edge in event["edges"]:
            for origin in edge["from"]:
                if edge["to"] == "previous":
                    assert any(a[0] == origin and a[2] == name for a in arrows)
                elif edge["to"] == "same" and set(edge["from"]) == set(table["states"]):
                    assert f"without changing it, {name}" in output
                else:
                    target = origin if edge["to"] == "same" else edge["to"]
                    assert (origin, target, name) in arrows
    for origin, _, name in arrows:
        assert any(origin in edge["from"] for edge in table["events"][name]["edges"])


def test_the_text_says_the_same() -> None:
    table = spec.bundle(spec.versions()[-1])["x-lifecycle"]
    arrows = drawn(list(mermaid(table, WORDS)))
    lines = list(text(table, WORDS))
    assert sum("-> " in line for line in lines) == len(arrows)
    for state, meaning in table["states"].items():
        assert any(line.startswith(state) and line.endswith(meaning) for line in lines)


def test_a_transition_removed_from_the_table_is_gone_from_the_picture(tmp_path: Path) -> None:
    def remove(document: Any) -> None:
        document["x-lifecycle"]["events"]["defer"]["edges"][0]["from"].remove("trn_received")

    folder = changed_contract(tmp_path, remove)
    before, after = (run()[1], run("--spec", str(folder))[1])
    gone = drawn(before.splitlines()) - drawn(after.splitlines())
    assert ("trn_received", "deferred", "defer") in gone


def test_wrong_options_are_refused_in_one_line() -> None:
    for words in (["--api-version", "v9"], ["--as", "loud"]):
        code, output = run(*words)
        assert code == 2
        assert output.startswith("register-mock: ")
        assert len(output.splitlines()) == 1
