"""A mock for a test, with a world of its own: what `register_mock.running` gives.

The mock answers in this process, from the first time that it is asked for to the end of the
process; each use has a fresh world. The pytest fixture makes its worlds of the same words.
"""

from __future__ import annotations

import atexit
import functools
import inspect
import re
import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, TypeVar, cast

from register_mock.client import ControlError, RegisterMock
from register_mock.config import DEFAULT_RANDOM_SEED, DOCUMENTED, OptionError, Options
from register_mock.in_process import InProcessMock
from register_mock.world.world import Origin

LONGEST_NAME = 50
MOST_SHOWN = 10
TESTS = "test"
"""What the names of tests begin with in a class that is decorated."""
Subject = TypeVar("Subject", bound=Callable[..., Any])


class running:  # noqa: N801 - it is used as a function, as unittest.mock.patch is
    """A mock with a fresh world: in a `with`, or around a test, which gets it as an argument more.

        with register_mock.running(seed="demo") as mock:
            client = MyClient(mock.url("v2026.1"), mock.token)

        @register_mock.running(now="2025-10-15T09:00:00Z")
        def test_something(self, mock): ...

    A class is decorated by decorating each of its tests. What goes wrong is told with the last
    requests that the mock got. The words are those of the fixture; a clock that is given stands
    still unless `frozen` is false. Raises OptionError when one is wrong, and spec.SpecError when
    there is no such seed or reading.
    """

    def __init__(
        self,
        subject: object = None,
        /,
        *,
        seed: str = "empty",
        reading: str = DOCUMENTED,
        random_seed: int = DEFAULT_RANDOM_SEED,
        now: str | None = None,
        frozen: bool | None = None,
        name: str = TESTS,
    ) -> None:
        """Take the words; the mock starts when it is entered."""
        if subject is not None:
            raise TypeError("write register_mock.running(), with its parentheses")
        still = now is not None if frozen is None else frozen
        try:
            self._origin = origin(name, seed, reading, random_seed, now, still)
        except OptionError as error:
            raise OptionError(error.wrong) from None
        self._entered: list[tuple[ExitStack, RegisterMock]] = []

    def __enter__(self) -> RegisterMock:
        """Return the mock."""
        stack = ExitStack()
        mock = stack.enter_context(_server().world(self._origin))
        self._entered.append((stack, mock))
        return mock

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Delete the world; an error is told what was asked of the mock."""
        stack, mock = self._entered.pop()
        said = asked(mock) if isinstance(error, Exception) else ""
        if error is not None and said:
            error.add_note(f"register_mock: requests of this test, newest last\n{said}")
        stack.close()

    def __call__(self, subject: Subject) -> Subject:
        """Return a test that has a mock while it runs, or a class whose tests have."""
        if inspect.isclass(subject):
            for name, test in list(vars(subject).items()):
                if name.startswith(TESTS) and inspect.isfunction(test):
                    setattr(subject, name, self(test))
            return subject
        if inspect.iscoroutinefunction(subject):

            @functools.wraps(subject)
            async def awaited(*args: Any, **named: Any) -> Any:
                with self._another() as mock:
                    return await subject(*args, mock, **named)

            return cast(Subject, awaited)

        @functools.wraps(subject)
        def called(*args: Any, **named: Any) -> Any:
            with self._another() as mock:
                return subject(*args, mock, **named)

        return cast(Subject, called)

    def _another(self) -> running:
        """Return one of the same words: a test may run in several threads at once."""
        other = object.__new__(running)
        other._origin, other._entered = self._origin, []
        return other


def origin(
    name: str, seed: str, reading: str, random_seed: int, now: str | None, frozen: bool
) -> Origin:
    """Return what a world is made from; raises OptionError when it is wrong."""
    options = Options(seed=seed, reading=reading, random_seed=random_seed, now=now, frozen=frozen)
    return Origin(
        world_name(name),
        options.reading,
        options.seed,
        options.random_seed,
        options.now,
        options.frozen,
    )


def world_name(text: str) -> str:
    """Return the name of a test as worlds may be named."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("._-")[:LONGEST_NAME] or TESTS


def asked(mock: object) -> str:
    """Return the last requests to a mock as lines; nothing if it is not ours or its world gone."""
    if not isinstance(mock, RegisterMock):
        return ""
    try:
        return "\n".join(str(each) for each in mock.control.requests(limit=MOST_SHOWN))
    except ControlError as error:
        return str(error)


_LOCK = threading.Lock()
_SERVERS: list[InProcessMock] = []


def _server() -> InProcessMock:
    """Return the mock of this process, which ends with it."""
    with _LOCK:
        if not _SERVERS:
            _SERVERS.append(InProcessMock())
            atexit.register(_SERVERS[0].close)
        return _SERVERS[0]
