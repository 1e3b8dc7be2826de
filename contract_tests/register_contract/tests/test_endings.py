"""A run that does not reach its end: what was found stays, no verdict, exit code 2."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Response, request
from rich.console import Console

import register_contract
from register_contract.target.client import LostTargetError
from register_contract.target.control import Control, ControlError
from register_contract.target.ending import called_by_others, signals_interrupt
from register_contract.target.transport import GuardedSession
from register_contract.tests.serving import served
from register_contract.tests.test_read_only import small_register
from register_contract.verdict.reports.collect import Collector

PATIENCE = 240
LAYERS = len(list(Path(register_contract.__file__).with_name("suite").glob("test_*.py")))
COMMAND = [
    sys.executable,
    "-c",
    "from register_contract.cli import main; main()",
    "run",
    "--no-known-drift",
]


def told(folder: Path) -> tuple[str, list[str]]:
    """The headline's class and text in the page, and the errors in the XML."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    headline = page.split('<h1 class="')[1].split("</h1>")[0]
    errors = ET.parse(folder / "junit.xml").getroot().iter("error")
    return headline, [error.get("message", "") for error in errors]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_ended_by_a_signal_has_no_verdict(number: signal.Signals, tmp_path: Path) -> None:
    """The target itself gives the signal, at a request by which something was found."""
    app = small_register([])
    asked: list[str] = []
    running: list[subprocess.Popen[str]] = []

    @app.after_request
    def give_it(response: Response) -> Response:
        asked.extend(request.args.getlist("academic_cycle"))
        if len(asked) == 4:
            running[0].send_signal(number)
            time.sleep(0.5)  # it reaches the run while that waits for the answer
        return response

    with served(app) as base:
        words = [base, "--token", "t", "--profile", "read-only", "--seed", "1"]
        words += ["--api-version", "v2026.1", "--report", str(tmp_path), "--only", "boundaries"]
        process = subprocess.Popen(
            [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        running.append(process)
        shown, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2, shown
    assert "interrupted after 0 of 1 layers, " in shown
    assert "findings so far: " in shown
    assert "Wrong values of academic_cycle are accepted (" in shown
    assert "requests, " in shown
    assert " 0 requests" not in shown
    assert "part " in shown or "FAIL Boundaries" in shown
    assert "keeps the contract" not in shown
    assert "kept as far" not in shown
    assert "Traceback" not in shown
    headline, errors = told(tmp_path)
    said = "interrupted after 0 of 1 layers"
    assert headline.startswith(f'open"><small>register-contract</small>{said}')
    assert errors
    assert errors[-1].startswith(said)


@contextmanager
def mock_process(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A mock that may be killed: its process and its address."""
    ready = folder / "ready.json"
    words = ["serve", "--port", "0", "--seed", "empty", "--ready-file", str(ready)]
    command = [sys.executable, "-c", "from register_mock.commands.cli import main; main()", *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        until = time.monotonic() + PATIENCE
        while not (ready.exists() and ready.stat().st_size) and time.monotonic() < until:
            time.sleep(0.05)
        yield process, json.loads(ready.read_text())["url"]
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_target_that_dies_ends_the_run_with_one_sentence(tmp_path: Path) -> None:
    report = tmp_path / "report"
    with mock_process(tmp_path) as (mock, base):
        process = subprocess.Popen(
            [*COMMAND, base, "--seed", "1", "--report", str(report)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        shown = ""
        while "Authentication" not in shown:
            line = process.stdout.readline()
            assert line, shown
            shown += line
        mock.kill()
        rest, _ = process.communicate(timeout=PATIENCE)
    shown += rest
    assert process.returncode == 2, shown
    (sentence,) = [line for line in shown.splitlines() if "stopped answering after" in line]
    assert sentence.startswith(f"{base} stopped answering after ")
    assert " requests, the last was " in sentence
    assert "stopped after " in shown
    assert "a world of this run may be left behind in the mock" in shown
    assert "Traceback" not in shown
    assert "error" not in shown.replace("errors in the suite", "error")
    assert len(shown.splitlines()) < 25
    headline, errors = told(report)
    assert headline.startswith('open"><small>register-contract</small>stopped after ')
    assert sentence in errors[-1]


def test_plain_pytest_ends_with_the_sentence_too(tmp_path: Path) -> None:
    """The target answers the probe, and then nobody is there any more."""
    (tmp_path / "once.py").write_text(ONCE, encoding="utf-8")
    suite = str(Path(register_contract.__file__).with_name("suite"))
    words = ["--token", "t", "--profile", "read-only", "-p", "once", "--request-timeout", "2"]
    command = [sys.executable, "-m", "pytest", suite, "--api-version", "v2026.1", *words]
    done = subprocess.run(
        [*command, "--register-url", "http://register.localhost"],
        env={"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "stopped answering after 2 requests, the last was GET /api/v2026.1/" in done.stdout
    assert f"stopped after 0 of {LAYERS} layers" in done.stdout or "Interrupted" in done.stdout


ONCE = '''
"""A network in which the target answers one request."""

import io

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

answers = [b'{"status": "ok"}']


def send(self, request, **more):
    if not answers:
        raise requests.ConnectionError("refused")
    response = requests.Response()
    response.status_code = 200
    response.raw = HTTPResponse(io.BytesIO(answers.pop()), preload_content=False)
    response.headers["Content-Type"] = "application/json"
    return response


HTTPAdapter.send = send
'''


class Gone(Control):
    """Control over a world of a target that is gone."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def delete_world(self) -> None:
        raise self._error


@pytest.mark.parametrize("error", [ControlError("500"), LostTargetError("gone")])
def test_cleaning_up_does_not_hide_what_went_wrong(error: Exception) -> None:
    with pytest.raises(KeyboardInterrupt), Gone(error).passing():
        raise KeyboardInterrupt
    with pytest.raises(type(error)), Gone(error).passing():
        pass


def test_signals_are_as_before_when_the_run_is_over() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), signals_interrupt():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


class Unplaced:
    """A place in a traceback to which Python gives no line."""

    @property
    def lineno(self) -> int:
        nothing: Any = None
        return int(nothing - 1)


def test_an_interrupt_where_no_line_stands_can_be_printed() -> None:
    with pytest.raises(KeyboardInterrupt) as caught:
        raise KeyboardInterrupt
    placed = list(caught.traceback)
    places: Any = [*placed, Unplaced()]
    caught.traceback = type(caught.traceback)(places)
    Collector(Console()).pytest_keyboard_interrupt(caught)
    assert list(caught.traceback) == placed


def test_an_interrupt_within_what_others_call_comes_at_the_next_request() -> None:
    """A library of another language that calls a function of ours would swallow it."""

    def called(text: object) -> bool:
        os.kill(os.getpid(), signal.SIGINT)
        return True

    schema = {"format": "x"}
    validator = jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, formats={"x": called_by_others(called)}
    )
    with served(small_register([])) as base, signals_interrupt():
        session = GuardedSession(base, writes=False)
        session.get(f"{base}/x", timeout=5)
        assert validator.is_valid("")
        with pytest.raises(KeyboardInterrupt, match="SIGINT"):
            session.get(f"{base}/x", timeout=5)
        session.lift_limits()  # to clean up
        session.get(f"{base}/x", timeout=5)


class Last:
    """Its end is a place whose errors Python ignores."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_that_is_swallowed_comes_at_the_next_request() -> None:
    """And is no warning: those are errors here."""
    with served(small_register([])) as base, signals_interrupt():
        session = GuardedSession(base, writes=False)
        last = Last()
        del last
        with pytest.raises(KeyboardInterrupt, match="SIGINT"):
            session.get(f"{base}/x", timeout=5)
