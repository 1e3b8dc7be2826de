"""What our pytest plugin costs every run in an environment that holds the mock.

Measured is the processor's time of a run without a single test, with the plugin and without; no
other plugin is loaded, as in an environment without the extra `suite`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

import click

PLUGIN = ("-p", "register_mock.pytest_plugin")
MOST_RATIO = 1.3
NO_TESTS = 5


def measured(runs: int) -> str:
    """Return a line with both medians and their ratio; the runs are made in turns."""
    alone, ours = [], []
    for _ in range(runs):
        alone.append(cpu_seconds())
        ours.append(cpu_seconds(*PLUGIN))
    base, loaded = statistics.median(alone), statistics.median(ours)
    return (
        f"empty pytest run      {loaded:.2f} s of CPU with the plugin, {base:.2f} without: "
        f"{loaded / base:.2f} times (median of {runs}; goal: at most {MOST_RATIO:g})"
    )


def cpu_seconds(*words: str) -> float:
    """Return the processor's time of a pytest run in an empty folder."""
    command = [sys.executable, "-m", "pytest", "--disable-plugin-autoload", *words]
    before = os.times()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after = os.times()
    if done.returncode != NO_TESTS:
        raise click.ClickException(f"an empty pytest run failed: {done.stdout}{done.stderr}")
    user = after.children_user - before.children_user
    return user + after.children_system - before.children_system
