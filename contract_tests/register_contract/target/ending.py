"""How a run ends before its time: by a reason found while it ran, or by a signal.

Whatever finds the reason raises ``RunEndedError`` where requests leave. The suite's conftest is
the one place that sees it: the test's report carries the sentence on, no further test is begun,
and what was found until then is shown. A run that ended early has no verdict, and exit code 2.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, FunctionType
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

ENDED = "ended"
"""The name under which a test's report carries the sentence (pytest's ``user_properties``)."""

_AS_CTRL_C = ("SIGTERM", "SIGHUP")
_CTRL_C = "SIGINT"
_unheard: list[int] = []
"""Signals that came and may not have been heard."""
_called_by_others: set[CodeType] = set()


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
        for name in (_CTRL_C, *_AS_CTRL_C):
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            # What was ignored stays so: `nohup` asks for a run that outlives its terminal.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, _interrupt)
    report = sys.unraisablehook
    if before:
        sys.unraisablehook = lambda ignored: _swallowed(ignored) or report(ignored)
    try:
        yield
    finally:
        if before:
            sys.unraisablehook = report
        for number, handler in before.items():
            signal.signal(number, handler)
        interruption_heard()


def _interrupt(number: int, frame: FrameType | None) -> None:
    # A closed terminal sends more than one. A second must not end the cleaning up that the first
    # began; Ctrl-C can, for a target that hangs.
    for name in _AS_CTRL_C:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    _unheard.append(number)
    if not _is_within_others(frame):
        raise KeyboardInterrupt(signal.Signals(number).name)


def _swallowed(ignored: sys.UnraisableHookArgs) -> bool:
    """Whether an interrupt was ignored: that is no fault, as it is raised at the next request."""
    return bool(_unheard) and isinstance(ignored.exc_value, KeyboardInterrupt)


def _is_within_others(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code not in _called_by_others:
        frame = frame.f_back
    return frame is not None


def called_by_others(function: Function) -> Function:
    """Mark what a library of another language calls: it would swallow a KeyboardInterrupt.

    One that comes there is raised at the next request.
    """
    _called_by_others.add(cast(FunctionType, function).__code__)
    return function


def hear_interruption() -> None:
    """Raise KeyboardInterrupt again for a signal that came, until it is known to be heard."""
    if _unheard:
        raise KeyboardInterrupt(signal.Signals(_unheard[0]).name)


def interruption_heard() -> None:
    """The run is being ended: what leaves from now on cleans up."""
    _unheard.clear()
