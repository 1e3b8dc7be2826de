"""A closed terminal stops ``register-mock serve``, unless ``nohup`` says that it is to go on."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

from register_mock.tests.test_serve import COMMAND, START_SECONDS, serving, started

STOP_SECONDS = 20
OWN_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
IGNORING = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_hangup_stops_the_command(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--seed", "empty") as mock:
        assert mock.told["pid"] == mock.told["worker"] == mock.process.pid
        os.kill(mock.told["pid"], signal.SIGHUP)
        code = mock.process.wait(STOP_SECONDS)
    assert code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_closed_terminal_leaves_nothing_running(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-c", OWN_TERMINAL, *COMMAND, "--port", "0", "--seed", "empty"]
    with subprocess.Popen(
        [*command, "--ready-file", str(ready)], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        try:
            os.close(theirs)
            deadline = time.monotonic() + START_SECONDS
            while not ready.exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            os.close(ours)
            assert process.wait(STOP_SECONDS) == 0
        finally:
            process.kill()
    assert not ready.exists()


def test_nohup_is_respected(tmp_path: Path) -> None:
    command = [sys.executable, "-c", IGNORING, *COMMAND, "--port", "0", "--seed", "empty"]
    with started(command, tmp_path) as mock:
        os.kill(mock.told["pid"], signal.SIGHUP)
        # Whoever is stopped needs half a second.
        time.sleep(1)
        assert requests.get(f"{mock.url}/_mock/health", timeout=10).ok
        assert mock.stopped_by(signal.SIGTERM)[0] == 0
