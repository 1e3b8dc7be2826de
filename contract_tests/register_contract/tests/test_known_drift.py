"""What another reading of the version does too is known drift with its entry, all else findings."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

import register_spec as spec
from register_contract.known_drift.rows import targets_of
from register_contract.target.mock_process import running_mock
from register_contract.tests.command import register_contract
from register_contract.tests.faults import forbidden_for_unauthorized
from register_contract.tests.proxy import Ask, Asked, Fault, Given, as_it_is, spoiled

pytestmark = pytest.mark.slow

VERSION, OTHER = "v1.0-pre", "deployed"
INFO_AND_TOKENS = "auth"


@pytest.fixture(scope="module")
def documented() -> Iterator[str]:
    with running_mock() as base:
        yield base


@pytest.fixture(scope="module")
def deployed() -> Iterator[str]:
    with running_mock("--as", OTHER) as base:
        yield base


class Told:
    """What a run said."""

    def __init__(
        self, base: str, reading: str, only: str, folder: Path, *more: str, version: str = VERSION
    ) -> None:
        words = ["--api-version", version, "--as", reading, "--seed", "1", "--only", only, *more]
        done = register_contract("run", base, *words, "--report", str(folder))
        self.text = done.stdout + done.stderr
        self.code = done.returncode
        before, _, self.findings = self.text.partition("\n1. ")
        known = before.partition("\nKnown drift\n")[2]
        self.known = re.split("\n(?:Fields of which|Not covered)", known)[0]
        # A title begins its line, and its rows are indented.
        self.rows = {line for line in self.known.splitlines() if line and line[0] != " "}
        self.suite = ET.parse(folder / "junit.xml").getroot().find("testsuite")
        self.page = (folder / "report.html").read_text()

    def count(self, kind: str) -> int:
        assert self.suite is not None
        return int(self.suite.get(kind, "0"))

    def property(self, name: str) -> set[str]:
        assert self.suite is not None
        found = self.suite.findall("properties/property")
        return {each.get("value", "") for each in found if each.get("name") == name}


def spoil(base: str, fault: Fault, reading: str, only: str, folder: Path) -> Told:
    with spoiled(base, fault) as target:
        return Told(target.base, reading, only, folder)


def test_a_target_of_the_other_reading_has_no_finding(deployed: str, tmp_path: Path) -> None:
    told = Told(deployed, "documented", INFO_AND_TOKENS, tmp_path)
    assert told.rows == {"info_tells_versions", "token_after_any_scheme"}, told.text
    assert told.code == 0, told.text
    assert not told.findings
    assert "but for 2 known deviations" in told.text
    # A dashboard sees no failure, and which entries showed.
    assert told.count("failures") == 0
    assert told.count("skipped") > 0
    assert told.property("known drift") == told.rows
    assert '<h2 id="drift">Known drift</h2>' in told.page
    assert "What failed" not in told.page


@pytest.mark.nightly  # near to the first of these
def test_and_the_other_way_round(documented: str, tmp_path: Path) -> None:
    told = Told(documented, OTHER, INFO_AND_TOKENS, tmp_path)
    assert told.rows == {"info_tells_versions", "token_after_any_scheme"}, told.text
    assert told.code == 0, told.text


@pytest.mark.nightly  # half a minute, for what the others show apart
def test_a_fault_is_a_finding_beside_known_drift(deployed: str, tmp_path: Path) -> None:
    told = spoil(deployed, forbidden_for_unauthorized, "documented", INFO_AND_TOKENS, tmp_path)
    assert "info_tells_versions" in told.rows, told.text
    assert "403 instead of 401" in told.findings, told.text
    assert "403" not in told.known, told.text
    assert told.code == 1
    assert told.count("failures") > 0


@pytest.mark.nightly  # near to the first of these
def test_a_deployment_needs_no_control_api(deployed: str, tmp_path: Path) -> None:
    """Its token, and the state it was found in, are those of a world of the mock instead."""
    world = requests.get(f"{deployed}/_mock/worlds/default", timeout=20).json()
    token = world["providers"][0]["tokens"][0]["token"]
    with spoiled(deployed, as_it_is, control=False) as target:
        words = ["--profile", "full", "--token", token]
        told = Told(target.base, "documented", INFO_AND_TOKENS, tmp_path, *words)
    assert told.rows == {"info_tells_versions", "token_after_any_scheme"}, told.text
    assert told.code == 0, told.text
    assert token not in told.text + told.page


def test_without_a_second_look_all_is_a_finding(deployed: str, tmp_path: Path) -> None:
    told = Told(deployed, "documented", INFO_AND_TOKENS, tmp_path, "--no-known-drift")
    assert told.findings
    assert told.code == 1
    assert not told.known


@pytest.mark.nightly  # near to the first of these
def test_an_id_in_other_letters_is_its_entry(documented: str, tmp_path: Path) -> None:
    """What made the record belongs to the example, although its id is nowhere in the request."""
    told = Told(documented, OTHER, "letters", tmp_path)
    assert "ids_in_any_case" in told.rows, told.text
    assert told.code == 0, told.text


@pytest.mark.nightly  # near to what a target between the readings shows
def test_of_a_deviation_in_one_place_just_that_entry_is_named(
    documented: str, tmp_path: Path
) -> None:
    """The rest of the target keeps to the documents: its other entries do not show."""

    def versions_told(asked: Asked, given: Given, ask: Ask) -> Given:
        if not asked.ends("/info") or given.status != 200:
            return given
        version: dict[str, Any] = {"latest": VERSION, "requested": VERSION}
        return replace(given, body={**given.body, "version": version})

    told = spoil(documented, versions_told, "documented", INFO_AND_TOKENS, tmp_path)
    assert told.rows == {"info_tells_versions"}, told.text
    assert told.code == 0, told.text


@pytest.mark.nightly  # near to the next one
def test_a_bare_trainee_alone_is_its_entry(documented: str, tmp_path: Path) -> None:
    """Where the other reading as a whole refuses what leads there, one entry alone is tried."""

    def bare(asked: Asked, given: Given, ask: Ask) -> Given:
        shown = asked.method == "GET" and asked.ends(f"/{(given.trainee or {}).get('trainee_id')}")
        return replace(given, body=given.trainee) if shown else given

    told = spoil(documented, bare, "documented", "reading_operations and show_trainee", tmp_path)
    assert told.rows == {"trainee_shown_bare"}, told.text
    assert told.code == 0, told.text


@contextmanager
def between(version: str, kept: set[str], folder: Path) -> Iterator[str]:
    """A mock that keeps to the documents but for these entries, and those that need no other."""
    rows = targets_of(version, OTHER, spec.source_folder())
    made = spec.bundle_without(version, OTHER, rows.keys() - kept)
    spec.make_ready(made, "between", folder)
    with running_mock("--spec", str(folder), "--as", "between") as base:
        yield base


@pytest.mark.nightly  # near to the first of these
def test_a_target_between_the_readings(tmp_path: Path) -> None:
    with between(VERSION, {"info_tells_versions"}, tmp_path / "spec") as base:
        told = Told(base, "documented", INFO_AND_TOKENS, tmp_path)
    assert told.rows == {"info_tells_versions"}, told.text
    assert told.code == 0, told.text


@pytest.mark.nightly
@pytest.mark.parametrize("version", spec.versions())
def test_of_a_target_between_the_readings_nothing_else_is_named(
    version: str, tmp_path: Path
) -> None:
    kept = {"info_tells_versions", "codes_in_any_type", "malformed_json_is_a_text"}
    kept |= {"missing_data_is_a_text", "list_tells_its_page", "degrees_by_year"}
    there = kept & set(spec.bundle(version, OTHER)["x-drift"])
    only = "auth or precedence or lists"
    with between(version, there, tmp_path / "spec") as base:
        told = Told(base, "documented", only, tmp_path, version=version)
    decided = {row for row in told.rows if not row.startswith("one of ")}
    assert decided, told.text
    assert decided <= there, told.text
    # Of two that do the same, where it was not found out which.
    assert all(there & set(re.findall(r"\w+", row)) for row in told.rows - decided), told.text
    assert told.code == 0, told.text
