"""How a run ends before its time: by a reason found while it ran, or by a signal.

Whatever finds the reason raises ``RunEndedError`` where requests leave. The suite's conftest is
the one place that sees it: the test's report carries the sentence on, no further test is begun,
and what was found until then is shown. A run that ended early has no verdict, and exit code 2.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ENDED = "ended"
"""The name under which a test's report carries the sentence (pytest's ``user_properties``)."""

_AS_CTRL_C = ("SIGTERM", "SIGHUP")


class RunEndedError(Exception):
    """The run cannot or must not go on; the message is one sentence for the person who asked."""


class StoppedError(Exception):
    """There is no verdict; the message says why, in one sentence for the person who asked."""


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Let the signals that end a process raise KeyboardInterrupt while the block runs.

    A run that a terminal, a CI system or ``timeout`` ends then cleans up and reports like one
    ended by Ctrl-C. Only the main thread may set signals; elsewhere nothing is changed.
    """
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for name in _AS_CTRL_C:
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            # What was ignored stays so: `nohup` asks for a run that outlives its terminal.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: object) -> None:
    # A closed terminal sends more than one. A second must not end the cleaning up that the first
    # began; Ctrl-C can, for a target that hangs.
    for name in _AS_CTRL_C:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    raise KeyboardInterrupt(signal.Signals(number).name)
