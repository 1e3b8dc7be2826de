"""What pages say beside commands: examples in Python, links, the banner, figures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import register_spec as spec
from register_docs import GENERATED
from register_docs.tests.documents import CLONE, Page, page, written
from register_docs.tests.test_commands import PORT, masked
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.tests.test_serve import serving

PAGES = written()


def test_the_readme_is_one_screen() -> None:
    assert len(page("README.md").text.splitlines()) <= 60


def test_every_page_is_shown() -> None:
    """In a tree of contents, by its name or by a glob."""
    named = {"docs/index.md"}
    for each in PAGES:
        for tree in each.blocks("{toctree}"):
            here = (CLONE / each.name).parent
            for line in tree.splitlines():
                if line and not line.startswith(":"):
                    named |= {p.relative_to(CLONE).as_posix() for p in here.glob(f"{line}.md")}
    assert {each.name for each in PAGES} - {"README.md"} <= named


def test_the_banner_is_the_one_printed(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as mock:
        assert mock.process.stdout is not None
        shown = ""
        while "Ctrl-C" not in shown:
            shown += mock.process.stdout.readline()
        shown = shown.replace(f"127.0.0.1:{mock.told['port']}", PORT)
    printed = page("docs/tutorials/vendor.md").blocks("text")
    assert masked(shown) in [masked(each) for each in printed]


EXAMPLES = [
    pytest.param(example, id=f"{each.name}-{number}")
    for each in PAGES
    for number, example in enumerate(each.blocks("python"), 1)
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_in_python_passes(example: str, tmp_path: Path) -> None:
    """Tests as a suite of a vendor would run them, our plugin installed or not; else a program."""
    (tmp_path / "fixtures").symlink_to(CLONE / "fixtures")
    (tmp_path / "test_example.py").write_text(example, encoding="utf-8")
    tests = example.count("def test_")
    pytest_words = ["-m", "pytest", "-q", "--strict-markers", "--disable-plugin-autoload"]
    words = [*pytest_words, "-p", "register_mock.pytest_plugin"] if tests else []
    done = subprocess.run(
        [sys.executable, "-W", "error", *words, "test_example.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not tests or f"{tests} passed" in done.stdout, done.stdout


@pytest.mark.slow
def test_it_installs_from_git(tmp_path: Path) -> None:
    """What is committed, as the page says, into a folder of its own."""
    lines = "".join(page("docs/how-to/test-your-integration.md").blocks("sh")).splitlines()
    (line,) = (each.partition("  #")[0] for each in lines if "git+file" in each)
    words = line.replace("/path/to/register-contract", str(CLONE)).split()
    command = [sys.executable, "-m", *words, "--no-deps", "--target", str(tmp_path / "there")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "there" / "register_mock" / "fixtures").is_dir()


def headings(text: str) -> set[str]:
    """Return the names by which the headings of a document are found."""
    plain = re.sub(r"^( *)(`{3,}).*?^\1\2$", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", plain, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


TOP = [page(path.name) for path in sorted(CLONE.glob("*.md")) if path.name != "README.md"]


@pytest.mark.parametrize("each", [*PAGES, *TOP], ids=lambda each: each.name)
def test_links_lead_somewhere_in_the_clone(each: Page) -> None:
    """What Sphinx makes of them is held by `-W`; names of places that are made it alone knows."""
    here = (CLONE / each.name).parent
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", each.text):
        path, _, heading = target.partition("#")
        assert (here / path).exists() or GENERATED in path, f"{each.name} links to {target}"
        if path and heading:
            there = (here / path).read_text(encoding="utf-8")
            assert heading in headings(there), f"{each.name} links to {target}"


@pytest.mark.parametrize("each", PAGES, ids=lambda each: each.name)
def test_figures_that_differ_by_day_are_not_printed(each: Page) -> None:
    """Counts and seconds of a run of the suite depend on the day and the machine."""
    printed = "".join(output for command, output in each.sessions() if "-contract" in command)
    assert re.findall(r"\d+ (?:checks|requests)|\d s\b", printed) == []


@pytest.mark.parametrize("day", ["2026-07-31", "2026-08-01", "2028-02-29", "2025-12-31"])
def test_the_first_trainee_is_the_same_on_any_day(day: str) -> None:
    client = create_app(Options(now=day)).test_client()
    readme = page("README.md")
    token = re.findall(r"TOKEN=(\w+)", readme.text)[0]
    answer = client.get(
        f"/api/{spec.versions()[-1]}/trainees?status=awarded&per_page=1",
        headers={"Authorization": f"Bearer {token}"},
    )
    (shown,) = (output for command, output in readme.sessions() if "status=awarded" in command)
    assert answer.text.startswith(shown.strip())


def test_the_payload_is_the_documents_own_example() -> None:
    document = spec.bundle(spec.versions()[-1])
    content = document["paths"]["/trainees"]["post"]["requestBody"]["content"]["application/json"]
    payload = (CLONE / "fixtures/payloads/create_trainee.json").read_text(encoding="utf-8")
    assert json.loads(payload) in [each["value"] for each in content["examples"].values()]
