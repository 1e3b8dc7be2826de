"""Dockerfile and compose.yaml: checked by linters, and their steps done without an engine.

Each RUN is done in an empty folder that stands for the root of the image, with what COPY brings
there. What ENTRYPOINT and CMD start then runs in the environment of the image alone, where this
folder is mounted read-only but for its /tmp.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from register_docs.tests.documents import CLONE
from register_mock.config import DEFAULT_PORT

# One worker of pytest-xdist does them all: the image is made once.
pytestmark = pytest.mark.xdist_group("container")

DOCKERFILE = CLONE / "Dockerfile"
COMPOSE = yaml.safe_load((CLONE / "compose.yaml").read_text(encoding="utf-8"))
BESIDE = Path(sys.executable).parent
TOKEN = "of-the-container"
# Runs a command with a folder read-only but for its `tmp`; it fails where that cannot be had.
_MOUNTED = """
mount --bind "$0" "$0" && mount --bind "$0/tmp" "$0/tmp" && mount -o remount,ro,bind "$0" || exit 9
touch "$0/opt/probe" 2>/dev/null && exit 9
exec "$@"
"""
READ_ONLY = ["unshare", "--mount", "--map-root-user", "sh", "-c", _MOUNTED]
CAN_MOUNT = not subprocess.run(
    ["unshare", "--mount", "--map-root-user", "mount", "-t", "tmpfs", "none", "/tmp"],
    capture_output=True,
    check=False,
).returncode


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each with what stands behind it."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines) if word]


def last(word: str) -> str:
    """Return what stands behind the last of an instruction; it is what the image has."""
    return [rest for each, rest in instructions() if each == word][-1]


def checked(*command: str) -> None:
    done = subprocess.run(
        [str(BESIDE / command[0]), *command[1:]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_linters_find_nothing() -> None:
    checked("hadolint", "--failure-threshold", "style", str(DOCKERFILE))
    compose = str(CLONE / "compose.yaml")
    checked("check-jsonschema", "--builtin-schema", "vendor.compose-spec", compose)


def test_the_image_has_two_stages_and_no_root() -> None:
    assert [word for word, _ in instructions()].count("FROM") == 2
    user, _, group = last("USER").partition(":")
    assert int(user) > 0
    assert int(group) > 0


def test_the_container_can_write_to_nothing_but_tmp() -> None:
    (service,) = COMPOSE["services"].values()
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["ports"] == [f"127.0.0.1:{DEFAULT_PORT}:{DEFAULT_PORT}"]
    assert last("EXPOSE") == str(DEFAULT_PORT)


def test_what_is_copied_is_sent_to_the_engine() -> None:
    """And no test: `.dockerignore` names what is sent."""
    sent = (CLONE / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [shlex.split(rest)[:-1] for word, rest in instructions() if word == "COPY"]
    names = {name.removeprefix("./") for each in copied for name in each if "--from" not in each[0]}
    assert names == {line[1:] for line in sent if line.startswith("!")}
    assert "**/tests" in sent


@dataclass
class Image:
    """A folder that stands for the root of the image."""

    root: Path

    def here(self, text: str) -> str:
        """Return a line of the Dockerfile with paths of the image below the folder."""
        return re.sub(r"(?<![\w./])/(opt|source|tmp)\b", rf"{self.root}/\1", text)

    def environment(self) -> dict[str, str]:
        """Return what ENV says, and nothing of the machine's own."""
        said = dict(word.split("=", 1) for word in shlex.split(self.here(last("ENV"))))
        said["PATH"] = said["PATH"].replace("$PATH", "/usr/bin:/bin")
        return {**said, "REGISTER_MOCK_CONTROL_TOKEN": TOKEN}


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The folder after each COPY and RUN of the first stage; the second has a part of it."""
    image = Image(tmp_path_factory.mktemp("image"))
    source = image.root / "source"
    for folder in (source, image.root / "opt", image.root / "tmp"):
        folder.mkdir()
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            *names, _ = shlex.split(rest)
            for name in names:
                _copy(CLONE / name, source / name)
        if word == "RUN":
            _run(image, source, rest)
    return image


def _copy(path: Path, to: Path) -> None:
    if path.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", "tests", "clients")
        shutil.copytree(path, to, ignore=ignored)
    else:
        shutil.copy(path, to)


def _run(image: Image, source: Path, command: str) -> None:
    line = image.here(command).replace("python -m venv", f"{sys.executable} -m venv")
    line = line.replace(" --no-cache-dir", "")  # The tests before have fetched the same.
    done = subprocess.run(
        ["sh", "-c", line], cwd=source, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def container(image: Image) -> Iterator[dict[str, Any]]:
    """What ENTRYPOINT and CMD start, on a free port, as it tells of itself once it answers."""
    words = [*json.loads(last("ENTRYPOINT")), *json.loads(last("CMD")), "--port", "0"]
    words[0] = str(image.root / "opt/register/bin" / words[0])
    ready = image.root / "tmp/ready.json"
    command = [*READ_ONLY, str(image.root), *words, "--ready-file", str(ready)]
    with subprocess.Popen(command, cwd=image.root / "tmp", env=image.environment()) as process:
        try:
            deadline = time.monotonic() + 60
            while not ready.exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield json.loads(ready.read_text(encoding="utf-8"))
        finally:
            process.terminate()
    assert process.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not CAN_MOUNT, reason="this machine gives no namespace of mounts")
def test_the_image_serves_and_is_healthy(image: Image, container: dict[str, Any]) -> None:
    url = container["url"]
    assert container["host"] == "0.0.0.0"  # Else no other container reaches it.
    assert requests.get(f"{url}/_mock/health", timeout=10).status_code == 401
    told = {"Authorization": f"Bearer {TOKEN}"}
    health = requests.get(f"{url}/_mock/health", headers=told, timeout=10).json()
    assert health["status"] == "ok"
    for each in health["apis"]:
        assert requests.get(f"{url}/openapi/{each['version']}.json", timeout=10).ok
    assert _health(image, url) == 0


@pytest.mark.slow
def test_a_container_that_does_not_answer_is_not_healthy(image: Image) -> None:
    assert _health(image, "http://127.0.0.1:9") != 0


def _health(image: Image, url: str) -> int:
    """Return the exit code of the health check, asked of another address."""
    _, _, command = last("HEALTHCHECK").partition(" CMD ")
    python, flag, program = json.loads(command)
    own = f"http://127.0.0.1:{DEFAULT_PORT}"
    assert own in program
    done = subprocess.run(
        [
            image.root / "opt/register/bin" / python,
            flag,
            program.replace(own, url),
        ],
        env=image.environment(),
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.returncode


@pytest.mark.slow
def test_the_documents_are_bundled_in_the_image(image: Image) -> None:
    """Whoever the user is can read them, so that a start need not make them."""
    kept = list((image.root / "opt/register/cache/register-contract").iterdir())
    assert len(kept) > 1
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in kept)


@pytest.mark.slow
def test_without_a_control_token_it_does_not_start(image: Image) -> None:
    words = [*json.loads(last("ENTRYPOINT")), *json.loads(last("CMD"))]
    environment = image.environment()
    del environment["REGISTER_MOCK_CONTROL_TOKEN"]
    done = subprocess.run(
        [image.root / "opt/register/bin" / words[0], *words[1:], "--port", "0"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "--control-token" in done.stderr
