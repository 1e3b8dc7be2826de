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
IGNORED = shutil.ignore_patterns("__pycache__", "node_modules", "clients", "*.egg-info")
FOLDERS = ("spec", "mock_server", "contract_tests", "fixtures")
# What a command of a recipe has to print besides the sentences of its actions.
PRINTED = {
    "rule": ("played, 0 of them went otherwise",),
    "word": (" passed",),
    "operation": (),
    "version": ("/api/v2027.0", "contract  v2027.0, documented reading", "ok   Authentication"),
    "reading": ("as observed:", "observed"),
    "seed": ("drafts",),
    "defect": ("Defect secondary_course_is_primary (derived values",),
    "key": ("v2026.1 → v2026.1: no change",),
}

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
operation = register_spec.bundle("v2026.1")["paths"]["/trainees"]["post"]
content = operation["requestBody"]["content"]["application/json"]
body = content["examples"]["documented"]["value"]
def post(**changes):
    sent = {"data": {**body["data"], **changes}}
    return client.post("/api/v2026.1/trainees", json=sent, headers=headers)
"""
HOLDS = {
    "rule": SAMPLE
    + """
assert post().status_code == 201
day = body["data"]["itt_start_date"]
assert post(itt_end_date=day, email="a@example.com", first_names="A").status_code == 201
refused = post(itt_end_date="2022-12-31")
assert refused.json["errors"] == ["itt_end_date is invalid"], refused.json
""",
    "word": SAMPLE
    + """
assert post(email="a" * 48 + "@example.com", first_names="B").status_code == 201
refused = post(email="a" * 49 + "@example.com", first_names="C")
assert refused.json["errors"] == ["email is invalid"], refused.json
from register_contract.oracle.contract import Contract
from register_contract.oracle.scope import Scope
contract = Contract("v2026.1", register_spec.bundle("v2026.1"))
rule = contract.table("x-rules")["short_email"]["must"]
assert Scope(contract, {"email": "a" * 60}).holds(rule) is True
assert Scope(contract, {"email": "a" * 61}).holds(rule) is False
assert Scope(contract, {"email": None}).holds(rule) is None
""",
    "operation": SAMPLE
    + """
made = post().json["data"]["trainee_id"]
path = f"/api/v2026.1/trainees/{made}/confirm"
assert client.post(path, headers=headers).json["data"]["trainee_id"] == made
assert client.post(path).status_code == 401
""",
    "version": """
assert client.get("/api/v2027.0/info", headers=headers).status_code == 200
""",
    "reading": """
assert mock.extensions["register_mock"].editions["observed"].keys() == {"v2026.1"}
""",
    "seed": """
made = client.post("/_mock/worlds", json={"name": "one", "seed": "drafts"})
assert made.status_code == 201, made.json
there = {"X-Mock-World": "one"}
states = [each["state"] for each in client.get("/_mock/trainees", headers=there).json["trainees"]]
assert states == ["draft", "draft"]
""",
    "defect": SAMPLE
    + """
from register_mock.defects.catalogue import named
from register_mock.defects.serving import put_in
secondary = {"course_age_range": "13918", "course_subject_1": "100346"}
assert post(**secondary).json["data"]["course_education_phase"] == "secondary"
with put_in(named("secondary_course_is_primary")):
    client = create_app(Options(seed="empty")).test_client()
    assert post(**secondary).json["data"]["course_education_phase"] == "primary"
""",
    "key": """
import json, register_spec
from register_contract.diff.comparison import compare
from register_contract.diff.entries import profile_of
from register_contract.diff.sides import Side
before = register_spec.bundle("v2026.1")
assert before["components"]["schemas"]["TraineeFields"]["properties"]["email"]["x-hint"]
after = json.loads(json.dumps(before).replace("DfE writes to it.", "Nobody writes to it."))
found = compare(Side("before", before), Side("after", after), profile_of("dfe"))
assert [entry.ids for entry in found.entries] == [["wording.changed"]]
""",
}


@dataclass(frozen=True)
class Recipe:
    """Its sentences, the files it writes, what it adds to others, and its commands."""

    prose: list[str]
    files: list[tuple[str, str]]
    changes: list[str]
    commands: list[str]


def recipe(name: str) -> Recipe:
    """Read a recipe; a block names its file in the first line."""
    found = re.search(rf"^## Add an? {name}\n(.*?)(?=^## )", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    blocks = BLOCK.findall(found[1])
    written = [text.split("\n", 1) for kind, text in blocks if kind not in ("console", "diff")]
    return Recipe(
        [line for line in BLOCK.sub("", found[1]).splitlines() if line.strip()],
        [(first.removeprefix("# "), rest) for first, rest in written],
        [text for kind, text in blocks if kind == "diff"],
        [line[2:] for kind, text in blocks if kind == "console" for line in text.splitlines()],
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone")
    for name in FOLDERS:
        shutil.copytree(CLONE / name, folder / name, ignore=IGNORED)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(CLONE / name, folder / name)
    return folder


def environment(clone: Path) -> dict[str, str]:
    """The environment in which commands find the packages of the copy."""
    packages = os.pathsep.join(str(clone / name) for name in FOLDERS[:3])
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
        timeout=180,
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


def change(clone: Path, text: str) -> None:
    """Write each new line of a diff before the first line that begins like the one below it."""
    file, new = clone, ""
    for line in text.splitlines():
        if line.startswith("+"):
            new += f"{line[1:]}\n"
        elif line.startswith(" "):
            there = file.read_text(encoding="utf-8").splitlines(keepends=True)
            place = next(n for n, known in enumerate(there) if known.startswith(line[1:]))
            there.insert(place, new)
            file.write_text("".join(there), encoding="utf-8")
            new = ""
        else:
            file = clone / line


def follow(clone: Path, name: str) -> str:
    """Do what a recipe says and return what its commands print."""
    printed = ""
    for path, text in recipe(name).files:
        file = clone / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as written:
            written.write("\n\n" * (file.suffix == ".py") + text)
    for text in recipe(name).changes:
        change(clone, text)
    for command in recipe(name).commands:
        printed += run(clone, *command.split())
    return printed


@pytest.mark.slow
@pytest.mark.parametrize("name", HOLDS)
def test_a_recipe_is_followed_to_the_letter(clone: Path, name: str) -> None:
    found = recipe(name)
    assert found.files
    assert found.commands
    assert len(found.prose) < MOST_LINES
    printed = follow(clone, name)
    texts = "".join(text for _, text in found.files)
    told = re.findall(r"^    description: (.*)$", texts, re.MULTILINE)
    assert [*told, *PRINTED[name]]
    for said in (*told, *PRINTED[name]):
        assert said in printed
    run(clone, sys.executable, "-c", BEGIN + HOLDS[name])


def test_every_recipe_is_followed() -> None:
    headings = re.findall(r"^## Add an? (.*)$", TEXT, re.MULTILINE)
    assert headings == list(HOLDS) == list(PRINTED)
