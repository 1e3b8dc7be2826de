"""Each command on each page is run, and prints what stands under it.

Those of a block `console` run in one shell for the page, against a mock that was begun anew. Times
are masked, because the demonstration world begins today, and so are counts and durations of runs of
the suite; `…` stands for anything. Those of a block `sh` run elsewhere, as `ELSEWHERE` says.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from register_docs.commands import PROGRAMS, contexts, program
from register_docs.tests.documents import CLONE, Page, written
from register_mock.client import Control
from register_mock.tests.test_serve import Running, serving

PORT = "127.0.0.1:4010"
SHELL = shutil.which("bash") or ""
END = "-- end of a command --"
SUITE_RUNS = "it runs the suite, twice, which takes twenty seconds"
# Pages whose commands take long, and why: pytest -m "not slow" leaves them out.
SLOW = {"docs/tutorials/qa.md": SUITE_RUNS}
MASKS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{3})?Z)?"), "TIME"),
    (re.compile(r"[\d.]+ (checks|requests|s\b|ms\b)"), r"N \1"),
)
PAGES = written()
CALLED = {
    context.command_path: context for name in PROGRAMS for context in contexts(program(name), name)
}


def masked(text: str) -> str:
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def as_pattern(printed: str) -> str:
    return ".*?".join(re.escape(piece) for piece in masked(printed).split("…"))


def led_to(address: str, command: str) -> str:
    """Return a command with the mock that the test has started for the one on port 4010."""
    reaching = "|".join(
        path
        for path, context in CALLED.items()
        if any("--url" in each.opts for each in context.command.params)
        and path.startswith("register-mock ")
    )
    if "--url" not in command:
        command = re.sub(rf"({reaching})(?=\s|$)", rf"\1 --url http://{PORT}", command)
    return command.replace(PORT, address)


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("mock"), "--port", "0") as running:
        yield running


@pytest.fixture
def address(mock: Running) -> str:
    """Where a mock answers that knows of nothing yet."""
    control = Control(mock.url)
    for world in control.worlds():
        if world.name != control.world:
            control.delete_world(world.name)
    control.reset()
    return mock.url.removeprefix("http://")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the commands of the pages read of a clone."""
    for name in ("spec", "fixtures"):
        shutil.copytree(CLONE / name, tmp_path / name, ignore=shutil.ignore_patterns("register_*"))
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    return tmp_path


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(each, id=each.name, marks=[pytest.mark.slow] if each.name in SLOW else [])
        for each in PAGES
        if list(each.sessions())
    ],
)
def test_commands_print_what_the_page_says(page: Page, address: str, folder: Path) -> None:
    found = list(page.sessions())
    script = "".join(f"{led_to(address, command)}\nprintf '%s' '{END}'\n" for command, _ in found)
    done = subprocess.run(
        [SHELL, "-c", script],
        cwd=folder,
        env={
            **os.environ,
            "COLUMNS": "100",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    # On its own port the mock is found without.
    outputs = done.stdout.replace(address, PORT).replace(f" --url http://{PORT}", "").split(END)
    for (command, printed), shown in zip(found, outputs, strict=False):
        if re.fullmatch(as_pattern(printed), masked(shown), re.DOTALL) is None:
            pytest.fail(f"{command}\nprints\n{shown}{done.stderr}", pytrace=False)


def test_what_is_slow_is_a_page() -> None:
    assert SLOW.keys() <= {each.name for each in PAGES}


# Lines of blocks `sh`, which no shell of these tests runs, and what runs them instead.
_PASSING = "test_passing.py, in the mock's tests, serves so"
_NPM = "test_exports.py runs it, in tox -e clients"
_STEPS = "test_container.py does the steps of the files; no engine runs there"
_WHEEL = "test_wheel.py builds the wheel, and installs it in new environments"
ELSEWHERE = {
    "python3 -m venv .venv && .venv/bin/pip install --quiet . && .venv/bin/register-mock serve": (
        "test_container.py installs so; test_the_banner_is_the_one_printed serves"
    ),
    "python3 -m venv .venv && .venv/bin/pip install --quiet tox && .venv/bin/tox": (
        "it is what CI runs"
    ),
    ".venv/bin/pip install '.[suite]'": _WHEEL,
    "pip install ../register-contract": "test_container.py installs the clone",
    "pip install git+file:///path/to/register-contract": "test_it_installs_from_git, in test_pages",
    "pytest --register-readiness readiness.html": "test_readiness_plugin.py runs it",
    "register-mock serve --record traffic.har": _PASSING,
    "register-mock serve --proxy https://register.example --as deployed --record traffic.har": (
        _PASSING
    ),
    "curl -sN 'http://127.0.0.1:4010/_mock/requests/stream?status=422'": (
        "test_control_watched.py reads streams"
    ),
    "newman run postman/register.postman_collection.json"
    " --env-var BASE=http://127.0.0.1:4010 --env-var TOKEN=…": _NPM,
    "bru run operations scenarios/withdraw_trainee -r --env local --env-var TOKEN=…": _NPM,
    "pip wheel --no-deps --wheel-dir dist ../register-contract": _WHEEL,
    "REGISTER_MOCK_CONTROL_TOKEN=choose-your-own docker compose up --build --wait": _STEPS,
    "docker run --read-only --tmpfs /tmp -p 127.0.0.1:4010:4010"
    " -e REGISTER_MOCK_CONTROL_TOKEN=choose-your-own register-mock"
    " serve --host 0.0.0.0 --as deployed": _STEPS,
}


def test_commands_that_run_elsewhere_are_known() -> None:
    found = [
        line.partition("  #")[0].strip()
        for page in PAGES
        for block in page.blocks("sh")
        for line in block.splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert set(found) == set(ELSEWHERE)


def test_every_block_is_of_a_kind_that_is_looked_at() -> None:
    """Commands are run and Python is; the others hold neither."""
    kinds = {"console", "sh", "python", "{toctree}"}
    kinds |= {"text", "yaml", "json", "ini", "toml", "xml", "html", "http", "diff"}
    for page in PAGES:
        assert set(page.languages()) <= kinds, page.name


def told(text: str) -> list[str]:
    """Return the commands of our programs in a text, one a line; a pipe ends a command."""
    return [
        found.rstrip("\\ ")
        for line in text.splitlines()
        for found in re.findall(
            r"(?<![\w./-])(?:\.venv/bin/)?((?:register-mock|register-contract) [a-z][^|<>`;&]*)",
            line,
        )
    ]


def unknown(command: str) -> str | None:
    """Return what a command has that its program does not; None where it has all of it."""
    name, each, *words = command.split()
    context = CALLED.get(f"{name} {each}")
    if context is None:
        return each
    known = {
        opt for param in context.command.params for opt in (*param.opts, *param.secondary_opts)
    }
    known |= set(context.help_option_names)
    given = [re.split(r"[=,.:)]", word)[0] for word in words if word.startswith("--")]
    return next((word for word in given if word not in known), None)


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.name)
def test_commands_and_options_that_a_page_names_exist(page: Page) -> None:
    blocks = [*page.blocks("console"), *page.blocks("sh"), *page.blocks("yaml")]
    for command in told("\n".join([*page.code_spans(), *blocks])):
        assert unknown(command) is None, f"{command}: there is no {unknown(command)}"
