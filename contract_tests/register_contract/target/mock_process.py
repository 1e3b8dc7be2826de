"""Starts the mock as a process of its own and stops it: the suite's target when none is given.

A process, not an import: the suite judges the mock by its answers alone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from typing import Any

OWN_MOCK = "http://127.0.0.1:4010"
"""Where ``register-mock serve`` answers when no port is said."""

_START_SECONDS = 120.0
_STOP_SECONDS = 5.0


class MockStartError(Exception):
    """The mock's process ended or stayed silent; the message has its last words."""


def mock_command(name: str) -> list[str]:
    """The words that call a command of ``register-mock``. Raises MockStartError without one."""
    beside = Path(sys.executable).with_name("register-mock")
    found = str(beside) if beside.exists() else which("register-mock")
    if not found:
        raise MockStartError(
            "register-mock is not installed beside this Python; install it or give the address "
            "of a running target"
        )
    return [found, name]


def _environment() -> dict[str, str]:
    """What the mock inherits: not the control token of another mock, which it would ask for."""
    return {k: v for k, v in os.environ.items() if k != "REGISTER_MOCK_CONTROL_TOKEN"}


def _wait(ended: Callable[[], bool], ready: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if ready.exists() and ready.stat().st_size:
            try:
                announced = json.loads(ready.read_text())
            except ValueError:
                announced = None  # still being written
            if isinstance(announced, dict):
                return announced
        if ended():
            break
        time.sleep(0.02)
    words = log.read_text(errors="replace").strip()[-600:] if log.exists() else ""
    raise MockStartError(f"the mock did not start: {words or 'no output'}")


def address(announced: dict[str, Any]) -> str:
    """The origin in what the mock wrote to its ready file."""
    if isinstance(announced.get("url"), str):
        return str(announced["url"]).rstrip("/")
    return f"http://{announced.get('host', '127.0.0.1')}:{announced['port']}"


def _words(ready: Path, *extra: str) -> list[str]:
    return ["--port", "0", "--seed", "empty", "--ready-file", str(ready), *extra]


@contextmanager
def running_mock(*extra: str) -> Iterator[str]:
    """Serve the mock on a free port while the block runs; yields its origin.

    ``extra`` are further words of ``register-mock serve``. Raises MockStartError.
    """
    with tempfile.TemporaryDirectory(prefix="register-contract-") as folder:
        ready, log = Path(folder, "ready.json"), Path(folder, "log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*mock_command("serve"), *_words(ready, *extra)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(),
                # Ctrl-C is for the run, which then cleans up and stops the mock itself.
                start_new_session=True,
            )
        try:
            yield address(_wait(lambda: process.poll() is not None, ready, log))
        finally:
            # It has nothing to write any more, and an orderly end takes a fifth of a second.
            process.kill()
            process.wait()


class MockServers:
    """Many mocks in a row, each a fork of one process that has read the code: a third of a start.

    Processes that are forked from the one that made it may ask for mocks too.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            mock_command("serve-each"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )

    @contextmanager
    def running(self, *extra: str) -> Iterator[str]:
        """As ``running_mock``."""
        assert self._process.stdin is not None
        with tempfile.TemporaryDirectory(prefix="register-contract-") as folder:
            ready, log, ended = (Path(folder, name) for name in ("ready.json", "log", "ended"))
            asked = {"words": _words(ready, *extra), "log": str(log), "ended": str(ended)}
            # In one piece: those that ask at the same time write to the same pipe.
            os.write(self._process.stdin.fileno(), json.dumps(asked).encode() + b"\n")
            announced = _wait(ended.exists, ready, log)
            try:
                yield address(announced)
            finally:
                _end(int(announced["pid"]), ended)

    def close(self) -> None:
        """End the process, and the mocks that are left."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _end(process: int, ended: Path) -> None:
    """End a mock that is no child of this process."""
    deadline = time.monotonic() + _STOP_SECONDS
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
        while not ended.exists():
            if time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
                return
            time.sleep(0.01)
