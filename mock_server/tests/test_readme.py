"""What the README prints is what comes out: its commands are run against a mock.

Dates and times are masked, because the demonstration world begins today.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import spec
from mock_server.tests.test_serve import Running, serving

CLONE = Path(__file__).parents[2]
README = (CLONE / "README.md").read_text(encoding="utf-8")
PORT = "127.0.0.1:4010"
TIME = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{3})?Z)?")


def sessions() -> Iterator[tuple[str, str]]:
    """Yield each command of the README with the output printed under it."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition("\n")
            yield command, output


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("mock"), "--port", "0") as running:
        yield running


def test_commands_print_what_the_readme_says(mock: Running) -> None:
    found = list(sessions())
    assert found
    for command, printed in found:
        here = command.replace(PORT, f"127.0.0.1:{mock.told['port']}")
        done = subprocess.run(
            ["bash", "-c", here], cwd=CLONE, capture_output=True, text=True, timeout=30, check=True
        )
        shown = done.stdout.replace(f"127.0.0.1:{mock.told['port']}", PORT)
        assert TIME.sub("TIME", shown).rstrip() == TIME.sub("TIME", printed).rstrip(), command


def test_links_of_the_documents_lead_somewhere() -> None:
    for page in sorted(CLONE.glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (CLONE / target).exists(), f"{page.name} links to {target}"


def test_the_payload_is_the_documents_own_example() -> None:
    document = spec.bundle(spec.versions()[-1])
    content = document["paths"]["/trainees"]["post"]["requestBody"]["content"]["application/json"]
    payload = (CLONE / "fixtures/payloads/create_trainee.json").read_text(encoding="utf-8")
    assert json.loads(payload) in [each["value"] for each in content["examples"].values()]


def test_the_example_of_an_integration_passes(tmp_path: Path) -> None:
    """The Python block, run as a vendor's own test file."""
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    example = next(block for block in blocks if "def test_" in block)
    (tmp_path / "test_example.py").write_text(example, encoding="utf-8")
    shutil.copytree(CLONE / "fixtures" / "payloads", tmp_path / "fixtures" / "payloads")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--strict-markers"]
    # An installed copy of the plugin would be a second one.
    command += ["--disable-plugin-autoload", "-p", "mock_server.pytest_plugin"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CLONE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "4 passed" in done.stdout, done.stdout + done.stderr


def test_the_banner_is_the_one_printed(mock: Running) -> None:
    """Addresses and tokens, as a reader will see them."""
    printed = README.partition("addresses and tokens:\n\n```\n")[2].partition("```")[0]
    world = mock.told["world"]
    for provider in world["providers"]:
        assert f"{provider['name']} ({provider['ukprn']})" in printed
        assert provider["tokens"][0]["token"] in printed
    for version in spec.versions():
        assert f"http://{PORT}/api/{version}" in printed
