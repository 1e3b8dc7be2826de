"""The suite finds faults that a proxy puts into the answers of the real mock, and names them."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests

import register_spec as spec
from register_contract.target.mock_process import running_mock
from register_contract.tests.all_faults import FAULTS
from register_contract.tests.command import register_contract
from register_contract.tests.faults import NEWEST, OF_EVERY_RUN
from register_contract.tests.proxy import as_it_is, spoiled
from register_contract.tests.repeating import assert_repeats
from register_contract.tests.violations import BY_FAULT

pytestmark = pytest.mark.slow


Mocks = Callable[[str], str]


@pytest.fixture(scope="module")
def mocks() -> Iterator[Mocks]:
    """A mock of our own for all faults in a reading."""
    with ExitStack() as stack:
        yield cache(lambda reading: stack.enter_context(running_mock("--as", reading)))


@pytest.fixture(scope="module")
def mock(mocks: Mocks) -> str:
    """That of the documents."""
    return mocks(spec.DOCUMENTED)


def run_suite(
    base: str, only: str, folder: Path, *more: str, version: str = NEWEST
) -> subprocess.CompletedProcess[str]:
    # What is known drift, `test_known_drift` tries: it takes longer than these runs.
    words = ["run", base, "--api-version", version, "--seed", "7", "--only", only]
    words += ["--no-known-drift"]
    return register_contract(*words, "--report", str(folder), *more)


def _marked(name: str) -> Any:
    return pytest.param(name, marks=() if name in OF_EVERY_RUN else pytest.mark.nightly)


@pytest.mark.parametrize("name", [_marked(name) for name in sorted(FAULTS)])
def test_a_fault_is_found_and_named(name: str, mocks: Mocks, tmp_path: Path) -> None:
    known = FAULTS[name]
    with spoiled(mocks(known.reading), known.fault) as target:
        result = run_suite(target.base, known.only, tmp_path, version=known.version)
        scripts = sorted((tmp_path / "repeat").glob("*.sh"))
        for script in scripts:
            assert_repeats(script, target.log)
    assert scripts
    assert result.returncode == 1, result.stdout + result.stderr
    page = (tmp_path / "report.html").read_text()
    said = " ".join(result.stdout.split())
    assert known.words in said, result.stdout
    assert "errors in the suite" not in said, result.stdout
    assert "curl -i" in result.stdout
    assert "seed" in result.stdout
    assert "What failed" in page
    failures = ET.parse(tmp_path / "junit.xml").getroot().iter("failure")
    assert any(known.words in (failure.text or "") for failure in failures)
    report = json.loads((tmp_path / "report.json").read_text())
    told = {finding["rule"] for finding in report["findings"]}
    assert {rule for rule, fault in BY_FAULT.items() if fault == name} <= told


@pytest.mark.parametrize("name", ["duplicates_accepted", "name_asked_for_beside_a_urn"])
def test_a_finding_is_repeated_on_a_target_without_control(
    name: str, mock: str, tmp_path: Path
) -> None:
    """The records of the run are still there: what is sent again has names of its own."""
    known = FAULTS[name]
    providers = requests.get(f"{mock}/_mock/providers", timeout=60).json()["providers"]
    token = providers[0]["tokens"][0]["token"]
    with spoiled(mock, known.fault, control=False) as target:
        words = ["--token", token, "--profile", "full"]
        result = run_suite(target.base, known.only, tmp_path, *words)
        scripts = sorted((tmp_path / "repeat").glob("*.sh"))
        for script in scripts:
            assert_repeats(script, target.log, TOKEN=token)
            assert token not in script.read_text()
    assert scripts
    assert result.returncode == 1, result.stdout + result.stderr


def test_without_a_fault_the_same_tests_are_clean(mock: str, tmp_path: Path) -> None:
    only = "show_info or lists or duplicates"
    with spoiled(mock, as_it_is) as target:
        result = run_suite(target.base, only, tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "kept as far as tried: " in result.stdout
