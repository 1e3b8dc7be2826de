"""A pytest plugin: the fixture `register_mock`, a live mock with a fresh world for each test.

    def test_my_client(register_mock):
        client = MyClient(register_mock.url("v2026.1"), register_mock.token)
        ...
        register_mock.control.advance(days=1)

The mock answers on a free port of this process, from the first test that asks for it to the end of
the run; under pytest-xdist each worker has its own. What a world starts with is said in the ini
file (`register_mock_seed = demo`) or by the marker, key by key, the nearest counting:

    @pytest.mark.register_mock(seed="demo", now="2025-10-15T09:00:00Z")

A test that fails shows what it asked the mock, and why that was refused. What all tests together
have shown of the client is written by `--register-readiness FILE`.

Nothing of the mock is imported before a test asks for it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
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
READINESS = "--register-readiness"
FORM_OF = {".html": "html", ".md": "md", ".json": "json", ".txt": "text"}
# Of the tests of this process, as texts: under pytest-xdist they go from one process to another.
_JOURNALS = pytest.StashKey[list[str]]()
_LOST = pytest.StashKey[list[str]]()
_WRITTEN = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini options."""
    for name, (meaning, default) in OPTIONS.items():
        parser.addini(f"{NAME}_{name}", f"{NAME}: {meaning}", default=default)
    parser.getgroup(NAME).addoption(
        READINESS,
        metavar="FILE",
        help=f"write what the tests have shown of the client here: {', '.join(FORM_OF)}",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    line = f"{NAME}({', '.join(f'{name}=...' for name in OPTIONS)}): what the test's world is"
    config.addinivalue_line("markers", line)
    config.stash[_JOURNALS] = []
    wanted = config.getoption(READINESS)
    if wanted is not None:
        _check_target(Path(wanted))


def _check_target(path: Path) -> None:
    """Raise what pytest tells in a line when no report can be written there."""
    if path.suffix not in FORM_OF:
        raise pytest.UsageError(f"{READINESS} {path}: end it with one of {', '.join(FORM_OF)}")
    if not path.absolute().parent.is_dir():
        raise pytest.UsageError(f"{READINESS} {path}: there is no folder {path.parent}")


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
            if request.config.getoption(READINESS) is not None:
                request.config.stash[_JOURNALS].append(_journal(mock, origin, request.node.nodeid))
    except SpecError as error:
        pytest.fail(f"{NAME}: {error}", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a test that failed what it asked the mock last."""
    report = yield
    # Only tests that are functions have fixtures as arguments.
    mock = getattr(item, "funcargs", {}).get(NAME)
    if report.when == "call" and report.failed and mock is not None:
        from register_mock.for_tests import asked

        said = asked(mock)
        if said:
            report.sections.append((f"{NAME}: requests of this test, newest last", said))
    return report


def _journal(mock: RegisterMock, origin: Origin, test: str) -> str:
    """Return the journal of a test, as text."""
    from register_mock.client import ControlError
    from register_mock.readiness.kept import Kept

    try:
        return Kept(test, origin.reading, mock.control.requests()).as_json()
    except ControlError as error:
        return Kept(test, origin.reading, flaw=error.detail).as_json()
    except RecursionError:
        return Kept(test, origin.reading, flaw="a body is nested too deep").as_json()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """Take over the journals of a worker of pytest-xdist; those of one that broke down are lost."""
    config: pytest.Config = node.config
    if error is None:
        config.stash[_JOURNALS] += getattr(node, "workeroutput", {}).get(NAME, [])
    elif config.getoption(READINESS) is not None:
        config.stash[_LOST] = [*config.stash.get(_LOST, []), node.gateway.id]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the journals over, in a worker; elsewhere write the report."""
    config = session.config
    wanted = config.getoption(READINESS)
    if wanted is None or config.option.collectonly:
        return
    if hasattr(config, "workeroutput"):
        config.workeroutput[NAME] = config.stash[_JOURNALS]
        return
    config.stash[_WRITTEN] = _written(Path(wanted), config)


def _written(path: Path, config: pytest.Config) -> str:
    """Write the report; return a line that says so."""
    from register_mock.config import DOCUMENTED
    from register_mock.readiness.formats import FORMATS
    from register_mock.readiness.kept import Kept, read_kept
    from register_mock.readiness.made import OfFolder, reported
    from register_mock.readiness.telling import summary
    from register_mock.readiness.words import Place
    from register_mock.world.clock import Clock

    journals = [read_kept(text, DOCUMENTED) for text in config.stash[_JOURNALS]]
    lost = config.stash.get(_LOST, [])
    journals += [Kept(worker, DOCUMENTED, flaw="the worker broke down") for worker in lost]
    report = reported(journals, OfFolder(), Clock().now(), Place("", in_test=True))
    path.write_text(FORMATS[FORM_OF[path.suffix]](report), encoding="utf-8")
    told = [f"{each.version}, {each.reading}: {summary(each)}" for each in report.editions]
    return "; ".join([f"{NAME}: readiness in {path}", *told])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say where the report is."""
    if _WRITTEN in config.stash:
        terminalreporter.write_line(config.stash[_WRITTEN])


def _origin(item: pytest.Item) -> Origin:
    """Return what the world of a test is made from; a wrong option fails the test."""
    from register_mock.config import DOCUMENTED, OptionError
    from register_mock.for_tests import origin

    said = _said(item)
    try:
        return origin(
            item.name,
            seed=str(said["seed"]),
            reading=str(said["reading"]) or DOCUMENTED,
            random_seed=_whole_number(said["random_seed"]),
            now=str(said["now"]) if said["now"] else None,
            frozen=bool(said["now"]) if said["frozen"] == "" else _truth(said["frozen"]),
        )
    except OptionError as error:
        pytest.fail(f"{NAME}: {error.wrong}", pytrace=False)


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
