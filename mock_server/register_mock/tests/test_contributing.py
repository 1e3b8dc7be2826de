"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of packages and data."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE

import pytest

CLONE = Path(__file__).parents[3]
TEXT = (CLONE / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(\w+)\n(.*?)```\n", re.DOTALL)
MOST_LINES = 10
IGNORED = shutil.ignore_patterns("__pycache__", "node_modules", "clients", "tests", "*.egg-info")

# What has to hold once a recipe was followed, as a program of its own.
BEGIN = """
from register_mock.app import create_app
from register_mock.config import Options
mock = create_app(Options(seed="empty", self_check=True))
world = mock.extensions["register_mock"].all()[0]
token = next(iter(world.providers.values())).tokens[0].token
headers = {"Authorization": "Bearer " + token}
client = mock.test_client()
"""
SAMPLE = """
import register_spec
operation = register_spec.bundle("v2025.0")["paths"]["/trainees"]["post"]
content = operation["requestBody"]["content"]["application/json"]
body = content["examples"]["documented"]["value"]
def post(**changes):
    sent = {"data": {**body["data"], **changes}}
    return client.post("/api/v2025.0/trainees", json=sent, headers=headers)
"""
HOLDS = {
    "rule": SAMPLE
    + """
assert post().status_code == 201
day = body["data"]["itt_start_date"]
assert post(itt_end_date=day, email="a@example.com", first_names="A").status_code == 201
refused = post(itt_end_date="2001-01-01")
assert refused.json["errors"][0]["message"] == "Itt end date is invalid", refused.json
""",
    "operation": SAMPLE
    + """
made = post().json["data"]["trainee_id"]
path = f"/api/v2025.0/trainees/{made}/confirm"
assert client.post(path, headers=headers).json["data"]["trainee_id"] == made
assert client.post(path).status_code == 401
""",
    "version": """
assert client.get("/api/v2027.0/info", headers=headers).status_code == 200
""",
    "reading": """
assert mock.extensions["register_mock"].editions["observed"].keys() == {"v2025.0"}
""",
    "scenario": """
made = client.post("/_mock/worlds", json={"name": "one", "seed": "drafts"})
assert made.status_code == 201, made.json
there = {"X-Mock-World": "one"}
states = [each["state"] for each in client.get("/_mock/trainees", headers=there).json["trainees"]]
assert states == ["draft", "draft"]
""",
}


@dataclass(frozen=True)
class Recipe:
    """Its sentences, the files it writes, and its commands."""

    prose: list[str]
    files: list[tuple[str, str]]
    commands: list[str]


def recipe(name: str) -> Recipe:
    """Read a recipe; a block names its file in the first line."""
    found = re.search(rf"^## Add an? {name}\n(.*?)(?=^## )", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    blocks = BLOCK.findall(found[1])
    written = [text.split("\n", 1) for kind, text in blocks if kind != "console"]
    return Recipe(
        [line for line in BLOCK.sub("", found[1]).splitlines() if line.strip()],
        [(first.removeprefix("# "), rest) for first, rest in written],
        [line[2:] for kind, text in blocks if kind == "console" for line in text.splitlines()],
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone")
    for name in ("spec", "mock_server", "fixtures"):
        shutil.copytree(CLONE / name, folder / name, ignore=IGNORED)
    return folder


def environment(clone: Path) -> dict[str, str]:
    """The environment in which commands find the packages of the copy."""
    packages = os.pathsep.join(str(clone / name) for name in ("spec", "mock_server"))
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PYTHONPATH": packages, "PATH": commands, "PYTHONUNBUFFERED": "1"}


def run(clone: Path, *words: str) -> str:
    """Run a command to its end, or a server until it answers; return what it prints."""
    if "serve" in words:
        return served(clone, *words)
    done = subprocess.run(
        words,
        cwd=clone,
        env=environment(clone),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def served(clone: Path, *words: str) -> str:
    """Start a server at a free port, stop it when it has said that it answers."""
    printed = ""
    with subprocess.Popen(
        [*words, "--port", "0"], cwd=clone, env=environment(clone), stdout=PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            printed += line
            if "Ctrl-C" in line:
                process.terminate()
    assert "Ctrl-C stops it" in printed
    return printed


def follow(clone: Path, name: str) -> str:
    """Do what a recipe says and return what its commands print."""
    printed = ""
    for path, text in recipe(name).files:
        file = clone / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as written:
            written.write("\n\n" * (file.suffix == ".py") + text)
    for command in recipe(name).commands:
        printed += run(clone, *command.split())
    return printed


@pytest.mark.parametrize("name", HOLDS)
def test_a_recipe_is_followed_to_the_letter(clone: Path, name: str) -> None:
    found = recipe(name)
    assert found.files
    assert found.commands
    assert len(found.prose) < MOST_LINES
    printed = follow(clone, name)
    for _, text in found.files:
        for said in re.findall(r"^    description: (.*)$", text, re.MULTILINE):
            assert said in printed or "versions" not in " ".join(found.commands)
    run(clone, sys.executable, "-c", BEGIN + HOLDS[name])
