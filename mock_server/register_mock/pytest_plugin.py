"""A pytest plugin: the fixture `register_mock`, a live mock with a fresh world for each test.

    def test_my_client(register_mock):
        client = MyClient(register_mock.url("v2026.1"), register_mock.token)
        ...
        register_mock.control.advance(days=1)

The mock answers on a free port of this process, from the first test that asks for it to the end of
the run; under pytest-xdist each worker has its own. What a world starts with is said in the ini
file (`register_mock_seed = demo`) or by the marker, key by key, the nearest counting:

    @pytest.mark.register_mock(seed="demo", now="2025-10-15T09:00:00Z")

A test that fails shows what it asked the mock, and why that was refused.

Nothing of the mock is imported before a test asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from register_mock.client import RegisterMock
    from register_mock.in_process import InProcessMock
    from register_mock.world.world import Origin

NAME = "register_mock"
# Option -> what it says, and what holds without it.
OPTIONS: Mapping[str, tuple[str, str]] = {
    "seed": ("what a world holds at first: empty, demo, or the path of a seed file", "empty"),
    "reading": ("how documents are read, as `register-contract versions` says; or as printed", ""),
    "random_seed": ("where ids and chances come from, a whole number", "1"),
    "now": ("where a world's clock starts, a date-time; without it, real time", ""),
    "frozen": ("whether that clock stands still; without it, if `now` is given", ""),
}
LONGEST_NAME = 50
MOST_SHOWN = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini options."""
    for name, (meaning, default) in OPTIONS.items():
        parser.addini(f"{NAME}_{name}", f"{NAME}: {meaning}", default=default)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    line = f"{NAME}({', '.join(f'{name}=...' for name in OPTIONS)}): what the test's world is"
    config.addinivalue_line("markers", line)


@pytest.fixture(scope="session")
def _register_mock_server() -> Iterator[InProcessMock]:
    from register_mock.in_process import InProcessMock

    with closing(InProcessMock()) as server:
        yield server


@pytest.fixture
def register_mock(request: pytest.FixtureRequest) -> Iterator[RegisterMock]:
    """A mock of the Register trainee teachers API: a fresh world, gone after the test."""
    from register_spec import SpecError

    origin = _origin(request.node)
    server: InProcessMock = request.getfixturevalue("_register_mock_server")
    try:
        with server.world(origin) as mock:
            yield mock
    except SpecError as error:
        pytest.fail(f"{NAME}: {error}", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a test that failed what it asked the mock last."""
    report = yield
    if report.when == "call" and report.failed and NAME in getattr(item, "funcargs", {}):
        asked = _asked(item.funcargs[NAME])  # type: ignore[attr-defined]
        if asked:
            report.sections.append((f"{NAME}: requests of this test, newest last", asked))
    return report


def _asked(mock: Any) -> str:
    """Return the last requests to a mock as lines; nothing if it is not ours or its world gone."""
    from register_mock.client import ControlError, RegisterMock

    if not isinstance(mock, RegisterMock):
        return ""
    try:
        return "\n".join(str(each) for each in mock.control.requests(limit=MOST_SHOWN))
    except ControlError as error:
        return str(error)


def _origin(item: pytest.Item) -> Origin:
    """Return what the world of a test is made from; a wrong option fails the test."""
    from register_mock.config import DOCUMENTED, OptionError, Options
    from register_mock.world.world import Origin

    said = _said(item)
    try:
        options = Options(
            seed=str(said["seed"]),
            reading=str(said["reading"]) or DOCUMENTED,
            random_seed=_whole_number(said["random_seed"]),
            now=str(said["now"]) if said["now"] else None,
            frozen=bool(said["now"]) if said["frozen"] == "" else _truth(said["frozen"]),
        )
    except OptionError as error:
        pytest.fail(f"{NAME}: {error.wrong}", pytrace=False)
    return Origin(
        _world_name(item),
        options.reading,
        options.seed,
        options.random_seed,
        options.now,
        options.frozen,
    )


def _said(item: pytest.Item) -> dict[str, Any]:
    """Return all options of a test: the ini file's, then the markers', the nearest last."""
    said = {name: item.config.getini(f"{NAME}_{name}") for name in OPTIONS}
    for marker in reversed(list(item.iter_markers(NAME))):
        wrong = [repr(each) for each in marker.args] + [n for n in marker.kwargs if n not in said]
        if wrong:
            there = ", ".join(f"{name}=" for name in OPTIONS)
            pytest.fail(f"{NAME}: unknown option {wrong[0]}; there are {there}", pytrace=False)
        said |= {name: value for name, value in marker.kwargs.items() if value is not None}
    return said


def _whole_number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        pytest.fail(f"{NAME}: random_seed {value}: give a number from 0 upwards", pytrace=False)


def _truth(value: Any) -> bool:
    text = str(value).strip().lower()
    if text not in ("true", "false"):
        pytest.fail(f"{NAME}: frozen {value}: give true or false", pytrace=False)
    return text == "true"


def _world_name(item: pytest.Item) -> str:
    """Return the name of a test as worlds may be named."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", item.name).strip("._-")[:LONGEST_NAME] or "test"
