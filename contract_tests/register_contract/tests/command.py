"""`register-contract` as tests run it: a process each, forked from one that has the libraries.

To import them takes longer than most of these runs.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

_FORKING = """
import json, os, sys
import hypothesis, jsonschema_rs, pytest, requests, rich.console, schemathesis
import register_contract.running
from register_contract.cli import main
for line in sys.stdin:
    words, folder = json.loads(line)
    child = os.fork()
    if child == 0:
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        main(words)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class _Forking:
    """The process that forks, one run after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _FORKING],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._end)

    def _end(self) -> None:
        """Let it end, as it does when nobody can ask for more."""
        with self._process:
            pass

    def run(self, words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        with self._lock, TemporaryDirectory() as folder:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps([words, folder]) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            said = (Path(folder, name).read_text(encoding="utf-8") for name in ("stdout", "stderr"))
            return subprocess.CompletedProcess(words, code, *said)


@cache
def _forking(of: int) -> _Forking:
    return _Forking()


def register_contract(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command with these words; return its exit code and what it printed."""
    # A worker of pytest-xdist has one of its own.
    return _forking(os.getpid()).run(words)
