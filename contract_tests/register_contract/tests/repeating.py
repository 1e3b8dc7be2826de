"""Runs the scripts that repeat findings, and compares what comes with what came in the run."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from register_contract.tests.proxy import Logged

# What two runs of one request may differ in: ids, times and TRNs that the target makes up, and the
# end of names on a target that others use too.
_MADE_UP = re.compile(
    r"\b[A-Za-z0-9]{24}\b"
    r"|\d{4}-\d\d-\d\dT\d\d(:|%3A)\d\d(:|%3A)[\d.]+Z?"
    r'|(?<="trn": ")\d+'
    r"|(?<=[A-Za-z])\d{8,}"
)


def alike(text: str) -> str:
    """A text without what differs from run to run."""
    return _MADE_UP.sub("~", text)


def repeat(script: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a person would."""
    return subprocess.run(
        ["sh", str(script), *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
    )


def assert_repeats(script: Path, log: list[Logged], **environment: str) -> None:
    """The script ends in a request of the run, and in the answer that request had there."""
    in_the_run = [Logged(alike(one.asked), alike(one.given)) for one in log]
    done = repeat(script, **environment)
    told = f"{script.read_text()}\n{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, told
    last = Logged(alike(log[-1].asked), alike(log[-1].given))
    assert len(log) > len(in_the_run), told
    assert last in in_the_run, told
    got = done.stderr.split("The run got:")[1].strip().removesuffix(" …")
    status = got.split(" ")[0]
    assert done.stdout.startswith("HTTP/1.1 " + status), told
    assert last.given.startswith(status), told
