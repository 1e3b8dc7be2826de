"""What newman and Bruno make of the exported collections: each request answers as it says."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import register_spec as spec
from register_mock.client import Control
from register_mock.config import Options
from register_mock.in_process import InProcessMock

COMMANDS = Path(sys.executable).parent
NEWEST = spec.versions()[-1]
SECONDS = 300


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock with an empty world, at about the time of the documents."""
    with closing(InProcessMock(Options(seed="empty", now="2025-10-15"))) as server:
        yield server.url


@pytest.fixture(scope="module")
def variables(mock: str) -> list[str]:
    """The base address and the token of a provider, as both tools take them."""
    token = Control(mock).show_world().providers[0].token
    return ["--env-var", f"BASE={mock}", "--env-var", f"TOKEN={token}"]


def exported(form: str, folder: Path) -> Path:
    command = [str(COMMANDS / "register-contract"), "export", form, NEWEST, str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def ran(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )


@pytest.fixture(scope="module")
def postman(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported("postman", tmp_path_factory.mktemp("postman"))


def test_newman_gets_what_is_said(installed: Path, postman: Path, variables: list[str]) -> None:
    newman = str(installed / "node_modules" / ".bin" / "newman")
    collection = ["run", "register.postman_collection.json", "--reporter-cli-no-success-assertions"]
    done = ran([newman, *collection, *variables], postman)
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr


def test_newman_sees_what_is_not_as_it_says(
    installed: Path, postman: Path, variables: list[str]
) -> None:
    path = postman / "wrong.json"
    text = (postman / "register.postman_collection.json").read_text(encoding="utf-8")
    right = r"\"state\": \"withdrawn\""
    assert right in text
    path.write_text(text.replace(right, r"\"state\": \"gone\""), encoding="utf-8")
    newman = str(installed / "node_modules" / ".bin" / "newman")
    done = ran([newman, "run", str(path), "--folder", "withdraw_trainee", *variables], postman)
    assert done.returncode == 1
    assert "answers as is said" in done.stdout
    assert "AssertionError" in done.stdout


def test_bruno_gets_what_is_said(installed: Path, variables: list[str], tmp_path: Path) -> None:
    folder = exported("bruno", tmp_path / "bruno")
    bru = str(installed / "node_modules" / ".bin" / "bru")
    # In the sandbox that is the default each script takes ten times as long.
    asked = ["run", "-r", "--env", "local", "--sandbox", "developer"]
    done = ran([bru, *asked, *variables], folder)
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr
    assert "✕" not in done.stdout
    files = [path for path in folder.rglob("*.bru") if path.name != "folder.bru"]
    requests = [path for path in files if path.parent.name not in (folder.name, "environments")]
    assert done.stdout.count("✓ answers as is said") == len(requests) > 1_000
