"""Decides how the servers under measurement are started, waited for, weighed and stopped."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import requests

from register_mock.config import CONTROL_TOKEN_VARIABLE

START_SECONDS = 30.0


@contextlib.contextmanager
def mock(*words: str) -> Iterator[dict[str, Any]]:
    """Serve the mock on a free port, and yield what its ready file says."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [
            "-m",
            "register_mock.commands.cli",
            "serve",
            "--port",
            "0",
            "--ready-file",
            str(ready),
        ]
        with _running([*command, *words], ready) as told:
            yield told


@contextlib.contextmanager
def bare(bodies: dict[str, bytes]) -> Iterator[dict[str, Any]]:
    """Serve bare Flask with these answers, and yield its address."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, body in bodies.items():
            (folder / key).write_bytes(body)
        ready = folder / "ready.json"
        with _running(["-m", "register_mock.benchmark.bare", name], ready) as told:
            _wait_for_answer(told)
            yield told


def cold_start(*words: str) -> float:
    """Return the seconds from the command, with these words, to its first answer."""
    start = time.perf_counter()
    with mock(*words) as told:
        requests.get(f"{told['url']}/_mock/health", timeout=START_SECONDS).raise_for_status()
        return time.perf_counter() - start


def inside() -> dict[str, float]:
    """Return the seconds the mock takes to `start` and to `stop` inside a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "register_mock.benchmark.inside"],
        capture_output=True,
        check=True,
        timeout=START_SECONDS,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def resident_mb(pid: int) -> float | None:
    """Return the memory of a process in MB, or None where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return None
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else None


@contextlib.contextmanager
def _running(words: list[str], ready: Path) -> Iterator[dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # The control token of another mock would be asked for.
        env={k: v for k, v in os.environ.items() if k != CONTROL_TOKEN_VARIABLE},
    )
    with process:
        try:
            yield _told(process, ready)
        finally:
            process.terminate()


def _told(process: subprocess.Popen[str], ready: Path) -> dict[str, Any]:
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None:
            assert process.stderr is not None
            raise click.ClickException(process.stderr.read().strip() or "a server did not start")
        if time.monotonic() > deadline:
            raise click.ClickException(f"a server did not start in {START_SECONDS:.0f} s")
        time.sleep(0.005)
    told: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
    return told


def _wait_for_answer(told: dict[str, Any]) -> None:
    while True:
        try:
            requests.get(f"http://{told['host']}:{told['port']}/", timeout=START_SECONDS)
        except requests.ConnectionError:
            time.sleep(0.005)
        else:
            return
