"""A run that ended early and is gone on with: the same requests, one report of all its parts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from register_contract.target.mock_process import running_mock
from register_contract.tests.command import register_contract as command
from register_contract.tests.proxy import Ask, Asked, Given, Logged, spoiled
from register_contract.tests.repeating import alike

_PATIENCE = 120.0
_MAIN = [sys.executable, "-c", "from register_contract.cli import main; main()", "run"]
ONLY = "auth and (garbage or expired) or first_reason or isolation"
RUN = ("--no-known-drift", "--seed", "11", "--only", ONLY)
HALF = ("--max-requests", "150")


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    with running_mock() as base:
        yield base


@pytest.fixture(scope="module")
def token(mock: str) -> str:
    world = requests.get(f"{mock}/_mock/worlds/default", timeout=60).json()
    return str(world["providers"][0]["tokens"][0]["token"])


@dataclass(frozen=True)
class Run:
    """What a run asked the public API, what it printed, and its report."""

    code: int
    shown: str
    folder: Path
    log: list[Logged]

    @property
    def report(self) -> Any:
        return json.loads((self.folder / "report.json").read_text())

    @property
    def asked(self) -> list[str]:
        return [alike(each.asked) for each in self.log]

    @property
    def repeats(self) -> set[str]:
        return {path.name for path in (self.folder / "repeat").iterdir()}


class Target:
    """A proxy before the mock, which several runs hold to the contract one after the other."""

    def __init__(self, base: str, log: list[Logged], folder: Path) -> None:
        self.base = base
        self._log = log
        self._folder = folder

    def run(self, name: str, *words: str) -> Run:
        start, folder = len(self._log), self._folder / name
        done = command("run", self.base, *RUN, *words, "--report", str(folder))
        return Run(done.returncode, done.stdout + done.stderr, folder, self._log[start:])


def not_found_in_other_words(asked: Asked, given: Given, ask: Ask) -> Given:
    """A fault that shows in several layers."""
    return replace(given, body={"errors": ["gone"]}) if given.status == 404 else given


@pytest.fixture
def target(mock: str, tmp_path: Path) -> Iterator[Target]:
    with spoiled(mock, not_found_in_other_words) as proxy:
        yield Target(proxy.base, proxy.log, tmp_path)


@pytest.fixture
def deployment(mock: str, tmp_path: Path) -> Iterator[Target]:
    """It has no control API."""
    with spoiled(mock, not_found_in_other_words, control=False) as proxy:
        yield Target(proxy.base, proxy.log, tmp_path)


def told(report: Any) -> Any:
    """What a report says but for times, ids and addresses."""
    return {
        "findings": [
            (each["fingerprint"], each["count"], each["operations"], len(each["examples"]))
            for each in report["findings"]
        ],
        "layers": [
            {name: value for name, value in layer.items() if name != "seconds"}
            for layer in report["layers"]
        ],
        "not_covered": report["not_covered"],
        "errors": report["errors"],
        "verdict": report["verdict"],
    }


def cases(folder: Path) -> list[tuple[str | None, str]]:
    """The tests in the XML, each with what came of it."""
    found = ET.parse(folder / "junit.xml").getroot().iter("testcase")
    return [(case.get("name"), ",".join(child.tag for child in case)) for case in found]


def test_both_parts_together_are_one_run(target: Target, tmp_path: Path) -> None:
    """The same requests as in one whole run, and the same report."""
    file = tmp_path / "progress"
    whole = target.run("whole")
    assert whole.code == 1, whole.shown
    nothing = target.run("nothing", "--resume", str(file), "--max-requests", "5")
    assert nothing.code == 2
    assert "stopped after 0 of 3 layers" in nothing.shown, nothing.shown
    first = target.run("first", "--resume", str(file), *HALF)
    assert first.code == 2, first.shown
    assert "stopped after 1 of 3 layers, " in first.shown
    second = target.run("second", "--resume", str(file))
    assert second.code == 1, second.shown

    # What the first part asked last belongs to a test that the second one makes from its start.
    assert first.asked == whole.asked[: len(first.asked)]
    rest = second.asked
    assert len(rest) < len(whole.asked) - 90
    assert rest == whole.asked[-len(rest) :]
    assert 0 <= len(first.asked) + len(rest) - len(whole.asked) < 60

    assert told(second.report) == told(whole.report)
    assert first.report["findings"]
    assert cases(second.folder) == cases(whole.folder)
    assert second.repeats == whole.repeats
    sent = [int(each.report["facts"]["requests"]) for each in (whole, first, second)]
    assert sent[0] < sent[2] < sent[0] + 70
    seconds = [int(each.report["facts"]["seconds"]) for each in (first, second)]
    assert seconds[1] > seconds[0]
    before = second.report["facts"]["resumed"]
    assert before.endswith("tests were done before")
    assert not before.startswith("0 ")


def test_a_finding_of_the_first_part_can_be_tried_again(
    deployment: Target, token: str, tmp_path: Path
) -> None:
    """Its script and its data are there, and hold no token; neither does the file."""
    file = tmp_path / "progress"
    words = ("--resume", str(file), "--token", token, "--profile", "full")
    first = deployment.run("first", *words, *HALF)
    assert first.code == 2, first.shown
    second = deployment.run("second", *words)
    assert second.code == 1, second.shown
    assert first.repeats
    assert first.repeats <= second.repeats
    example = min(name for name in first.repeats if name.endswith(".json"))
    again = command(
        *("replay", str(second.folder / "repeat" / example), "--url", deployment.base),
        *("--token", token, "--profile", "full"),
    )
    assert again.returncode == 1, again.stdout + again.stderr
    assert "STILL" in again.stdout
    for path in (file, *(second.folder / "repeat").iterdir()):
        assert token not in path.read_text()


def test_a_run_that_is_done_is_told_again(target: Target, tmp_path: Path) -> None:
    file = tmp_path / "progress"
    words = ("--resume", str(file), "--only", "isolation")
    done = target.run("done", *words)
    assert done.code == 1, done.shown
    before = file.read_bytes()
    again = target.run("again", *words)
    assert again.log == []
    assert again.code == 1
    assert "All of it was tried before: nothing is sent" in again.shown
    assert told(again.report) == told(done.report)
    assert again.report["facts"]["requests"] == done.report["facts"]["requests"]
    assert cases(again.folder) == cases(done.folder)
    assert file.read_bytes() == before


def test_what_each_part_left_is_told(deployment: Target, token: str, tmp_path: Path) -> None:
    file = tmp_path / "progress"
    words = [*("--resume", str(file), "--token", token, "--profile", "own-data")]
    words += ["--only", "isolation and degree or another_trainee"]
    first = deployment.run("first", *words, "--max-requests", "25")
    second = deployment.run("second", *words)
    third = deployment.run("third", *words)
    own = [each.report["own_records"] for each in (first, second, third)]
    made = [{row["id"] for row in each["left"]} for each in own]
    assert len(made[0]) > 5
    assert made[0] < made[1]
    assert [len(each["marks"]) for each in own] == [1, 2, 2]
    assert third.log == []
    assert own[2] == own[1]
    assert third.report["not_covered"] == second.report["not_covered"]
    assert token not in file.read_text()


def test_a_run_that_is_killed_is_gone_on_with(mock: str, tmp_path: Path) -> None:
    """At once, by the system, in whatever it was doing."""
    file = tmp_path / "progress"
    words = [mock, *RUN, "--resume", str(file)]
    with subprocess.Popen([*_MAIN, *words], stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + _PATIENCE
        while not file.exists() or file.read_bytes().count(b'{"test"') < 20:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    done = file.read_bytes().count(b'{"test":') - file.read_bytes().endswith(b'{"test":')
    again = command("run", *words)
    assert again.returncode == 0, again.stdout + again.stderr
    assert f"resumed   {done} of " in again.stdout
    for world in requests.get(f"{mock}/_mock/worlds", timeout=60).json()["worlds"]:
        if world["name"] != "default":  # nobody could delete it
            requests.delete(f"{mock}/_mock/worlds/{world['name']}", timeout=60)


def test_nothing_is_left_in_the_folder_of_the_caller(mock: str, tmp_path: Path) -> None:
    words = [mock, "--examples", "1", "--only", "texts and degree or operations and degree"]
    done = subprocess.run(
        [*_MAIN, *words, "--resume", "progress", "--no-known-drift"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["progress"]


def test_a_file_that_cannot_be_written_ends_with_a_sentence(mock: str, tmp_path: Path) -> None:
    done = command("run", mock, "--resume", str(tmp_path / "no" / "file"))
    assert done.returncode == 2
    assert "cannot be written: No such file" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_other_tests_than_before_are_refused(mock: str, tmp_path: Path) -> None:
    """Plain pytest can be given a part of the suite that no option tells."""
    file = tmp_path / "progress"
    words = ["run", mock, "--seed", "1", "--resume", str(file), "--only", "info"]
    assert command(*words, "--no-known-drift").returncode == 0
    lines = file.read_text().splitlines()
    index = next(i for i, line in enumerate(lines) if line.startswith('{"tests"'))
    line = json.loads(lines[index])
    line["tests"]["digest"] = "0" * 16
    lines[index] = json.dumps(line)
    file.write_text("\n".join(lines) + "\n")
    done = command(*words)
    assert done.returncode == 2
    assert "repeat its options, or delete it" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_file_of_another_form_is_told(mock: str, tmp_path: Path) -> None:
    file = tmp_path / "progress"
    words = ["run", mock, "--seed", "1", "--resume", str(file), "--only", "info"]
    assert command(*words, "--no-known-drift").returncode == 0
    file.write_text(file.read_text().replace('"recipes"', '"others"'))
    done = command(*words)
    assert done.returncode == 2
    assert "is damaged (KeyError: 'recipes'); delete it to begin anew" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_options_of_another_run_are_refused_in_one_sentence(mock: str, tmp_path: Path) -> None:
    file = tmp_path / "progress"
    words = ["run", mock, "--resume", str(file), "--only", "info"]
    assert command(*words, "--no-known-drift").returncode == 0
    done = command(*words, "--seed", "1000000")
    assert done.returncode == 2
    assert ", not 1000000; repeat its options, or delete it" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_target_that_has_become_another_is_refused(mock: str, tmp_path: Path) -> None:
    """Such as one that had a control API, where the run could write, and has none any more."""
    file = tmp_path / "progress"
    words = ["run", mock, "--seed", "1", "--resume", str(file), "--only", "isolation"]
    assert command(*words, "--max-requests", "20").returncode == 2
    text = file.read_text()
    assert '"profile":"full"' in text
    file.write_text(text.replace('"profile":"full"', '"profile":"read-only"'))
    done = command(*words)
    assert done.returncode == 2
    assert "its profile was read-only, not full; name another file" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    listed = requests.get(f"{mock}/_mock/worlds", timeout=60).json()["worlds"]
    assert [world["name"] for world in listed] == ["default"]
