"""``register-mock serve-each``: many mocks in a row, of one process that has read the code.

To import the code and to make the list of defects takes most of a start; who starts hundreds, as
``register-contract score`` does, has it done once.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from register_mock.commands.serve import serve_command
from register_mock.defects.catalogue import catalogue
from register_spec import SpecError

_READ_ONCE = ("register_mock.serving.serve", "register_mock.app", "register_mock.defects.serving")


@click.command("serve-each", hidden=True)
def serve_each_command() -> None:
    """Serve a mock for each line of standard input, until there is no more.

    A line is a JSON object: `words` of `serve`, the file `log` for what it prints, and the file
    `ended`, which says with which code it ended. The mocks end with this process.
    """
    if not hasattr(os, "fork"):
        click.echo("register-mock: serve-each wants a system that can fork", err=True)
        sys.exit(2)
    for module in _READ_ONCE:
        importlib.import_module(module)
    with contextlib.suppress(SpecError):  # Each mock tells it that is asked for a defect.
        catalogue(None)  # As serve asks for it: a call without is remembered apart.
    living: set[int] = set()
    signal.signal(signal.SIGCHLD, lambda *_: _reap(living))
    for line in sys.stdin:
        asked = json.loads(line)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        child = os.fork()
        if not child:
            _serve(asked["words"], Path(asked["log"]), Path(asked["ended"]))
        living.add(child)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for each in list(living):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGTERM)


def _reap(living: set[int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            living.discard(ended)


def _serve(words: Sequence[str], log: Path, ended: Path) -> None:
    """Be one mock, in a process that was forked for it; does not return."""
    code: Any = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        os.setsid()  # Ctrl-C is for who asked.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        serve_command(list(words), prog_name="register-mock serve")
    except SystemExit as end:
        code = end.code
    except Exception:  # Whatever it is, the fork must not go on as the process it is one of.
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        ended.write_text(str(code if isinstance(code, int) else 0 if code is None else 1))
        os._exit(0)
