"""What the README prints is what comes out: its commands are run against a mock, in one shell.

Times are masked, because the demonstration world begins today, and so are counts and durations of
runs of the suite; `…` in the README stands for anything.
"""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import register_spec as spec
from register_mock.app import create_app
from register_mock.client import Control
from register_mock.config import Options
from register_mock.tests.test_serve import Running, serving

CLONE = Path(__file__).parents[3]
README = (CLONE / "README.md").read_text(encoding="utf-8")
PORT = "127.0.0.1:4010"
SHELL = shutil.which("bash") or ""
END = "-- end of a command --"
OURS = re.compile("register-mock (explain|advance|event|fault|reset)(?= [^`]*$)", re.MULTILINE)
MASKS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{3})?Z)?"), "TIME"),
    (re.compile(r"[\d.]+ (checks|requests|s\b|ms\b)"), r"N \1"),
)


def sessions() -> Iterator[tuple[str, str]]:
    """Yield each command of the README with the output printed under it."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition("\n")
            yield command, output


def masked(text: str) -> str:
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def as_pattern(printed: str) -> str:
    return ".*?".join(re.escape(piece) for piece in masked(printed).split("…"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the commands of the README read of a clone."""
    for name in ("spec", "fixtures"):
        shutil.copytree(CLONE / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    return tmp_path


@pytest.fixture
def mock(folder: Path) -> Iterator[Running]:
    with serving(folder, "--port", "0") as running:
        yield running


def test_commands_print_what_the_readme_says(mock: Running, folder: Path) -> None:
    found = list(sessions())
    assert len(found) > 10
    script = "".join(f"{command}\nprintf '%s' '{END}'\n" for command, _ in found)
    script = OURS.sub(rf"\g<0> --url http://{PORT}", script)
    here = f"127.0.0.1:{mock.told['port']}"
    done = subprocess.run(
        [SHELL, "-c", script.replace(PORT, here)],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    outputs = done.stdout.replace(here, PORT).split(END)
    for (command, printed), shown in zip(found, outputs, strict=False):
        if re.fullmatch(as_pattern(printed), masked(shown), re.DOTALL) is None:
            pytest.fail(f"{command}\nprints\n{shown}{done.stderr}", pytrace=False)


def test_the_banner_is_the_one_printed(mock: Running) -> None:
    assert mock.process.stdout is not None
    shown = ""
    while "Ctrl-C" not in shown:
        shown += mock.process.stdout.readline()
    shown = shown.replace(f"127.0.0.1:{mock.told['port']}", PORT)
    assert masked(shown) in [masked(each) for each in re.findall(r"```\n(.*?)```", README, re.S)]


def test_the_example_of_an_integration_passes(folder: Path) -> None:
    """As a suite of a vendor would run it; our own plugin may be installed or not."""
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (folder / "test_example.py").write_text(example, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--strict-markers"]
    command += ["--disable-plugin-autoload", "-p", "register_mock.pytest_plugin"]
    done = subprocess.run(
        [*command, "test_example.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert f"{example.count('def test_')} passed" in done.stdout, done.stdout + done.stderr


def test_links_of_the_documents_lead_somewhere() -> None:
    for page in sorted(CLONE.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        }
        for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
            path, _, heading = target.partition("#")
            assert (CLONE / path).exists(), f"{page.name} links to {target}"
            assert path or heading in headings, f"{page.name} links to {target}"


def test_the_table_of_control_is_the_class() -> None:
    table = README.partition("All that `register_mock.control` can do")[2].partition("##")[0]
    printed = {
        name: [each.strip() for each in words.split(",") if each.strip()]
        for name, words in re.findall(r"`(\w+)\(([^`=]*)\)`", table)
    }
    public = {name: each for name, each in vars(Control).items() if not name.startswith("_")}
    calls = {
        name: list(inspect.signature(each).parameters)[1:]
        for name, each in public.items()
        if callable(each)
    }
    assert printed == calls
    assert {f"`{name}`" for name in public.keys() - calls} <= set(re.findall(r"`\w+`", table))


def test_figures_that_differ_by_day_are_not_printed() -> None:
    """Counts and seconds of a run depend on the day and the machine."""
    printed = "".join(output for _, output in sessions())
    assert re.findall(r"\d+ (?:checks|requests)|\d s\b", printed) == []


@pytest.mark.parametrize("day", ["2026-07-31", "2026-08-01", "2028-02-29", "2025-12-31"])
def test_the_first_trainee_is_the_same_on_any_day(day: str) -> None:
    client = create_app(Options(now=day)).test_client()
    token = re.findall(r"TOKEN=(\w+)", README)[0]
    answer = client.get(
        f"/api/{spec.versions()[-1]}/trainees?status=awarded&per_page=1",
        headers={"Authorization": f"Bearer {token}"},
    )
    (shown,) = (output for command, output in sessions() if "status=awarded" in command)
    assert answer.text.startswith(shown.strip())


def test_the_payload_is_the_documents_own_example() -> None:
    document = spec.bundle(spec.versions()[-1])
    content = document["paths"]["/trainees"]["post"]["requestBody"]["content"]["application/json"]
    payload = (CLONE / "fixtures/payloads/create_trainee.json").read_text(encoding="utf-8")
    assert json.loads(payload) in [each["value"] for each in content["examples"].values()]
