"""Plain schemathesis against a defect, beside the suite: what a user of it alone would be told.

It is run as its own command is, with the document of the edition and a token, in all its phases and
with the settings it comes with, but for seed and examples. What it fails for is compared with what
it fails for on a mock without the defect, by its own baseline: a defect is found when there is a
failure that is new.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import requests

import register_spec as spec
from register_contract.score.catalogue import Defect
from register_contract.score.trying import BROKEN, FOUND, SCHEMATHESIS, SURVIVED, Effort, Outcome
from register_contract.target.ending import StoppedError
from register_contract.target.mock_process import MockStartError, running_mock

_COMMAND = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"
_MOST_SECONDS = 1800.0
_TIMES = 2
"""So often the mock without a defect is tried: what fails by chance is no finding."""


class UnusableRunError(Exception):
    """A run of schemathesis came to no result; the message has its last words."""


def make_baseline(edition: str, effort: Effort, folder: Path) -> Path:
    """Write what an edition's document and the mock disagree about as schemathesis sees it.

    Raises StoppedError where it comes to no result.
    """
    file = _baseline(edition, folder)
    reading = edition.partition("@")[2]
    try:
        for _ in range(_TIMES):
            with running_mock("--as", reading) as base:
                _run(base, edition, effort, file, ["--baseline-update"])
    except (MockStartError, UnusableRunError) as error:
        raise StoppedError(f"schemathesis does not run against {edition}: {error}") from error
    return file


def attempt_plainly(folder: Path, defect: Defect, effort: Effort, out: Connection) -> None:
    """Try one defect in a process of its own, with the baselines in a folder; sends its Outcome."""
    out.send(_outcome(defect, effort, _baseline(defect.edition, folder)))


def _baseline(edition: str, folder: Path) -> Path:
    return folder / f"{edition}.json"


def _outcome(defect: Defect, effort: Effort, baseline: Path) -> Outcome:
    reading = defect.edition.partition("@")[2]
    try:
        with running_mock("--defect", defect.id, "--as", reading) as base:
            started = time.perf_counter()
            report = _run(base, defect.edition, effort, baseline, [])
            seconds = time.perf_counter() - started
    except (MockStartError, UnusableRunError) as error:
        return Outcome(defect, BROKEN, str(error))
    count, new = report["test_cases"]["generated"], report["baseline"]["new"]
    if new:
        return Outcome(defect, FOUND, f"{new} new failures", SCHEMATHESIS, count, seconds)
    return Outcome(defect, SURVIVED, "", "", count, seconds)


def _run(
    base: str, edition: str, effort: Effort, baseline: Path, more: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Run schemathesis once and return its report."""
    version, _, reading = edition.partition("@")
    document = spec.bundle(version, reading)
    with tempfile.TemporaryDirectory(prefix="register-contract-") as name:
        place, report = Path(name, "openapi.json"), Path(name, "report.json")
        place.write_text(json.dumps(document), encoding="utf-8")
        words = ["--origin", base, "--header", f"Authorization: Bearer {_token(base)}"]
        words += ["--seed", str(effort.seed), "--baseline", str(baseline), *more]
        words += ["--max-examples", str(effort.examples)] if effort.examples else []
        words += ["--report", "json", "--report-json-path", str(report), "--no-color"]
        try:
            done = subprocess.run(
                [sys.executable, "-c", _COMMAND, "run", str(place), *words],
                cwd=name,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UnusableRunError(f"it took more than {_MOST_SECONDS:g} seconds") from error
        if not report.exists():
            raise UnusableRunError((done.stdout + done.stderr).strip()[-300:])
        found: dict[str, dict[str, int]] = json.loads(report.read_text(encoding="utf-8"))
        return found


def _token(base: str) -> str:
    world = requests.get(f"{base}/_mock/worlds/default", timeout=30).json()
    return str(world["providers"][0]["tokens"][0]["token"])
