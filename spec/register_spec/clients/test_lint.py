"""Spectral and Redocly find nothing in the documents; the settings stand beside this file."""

import shutil
import subprocess
from pathlib import Path

import pytest

import register_spec as spec
from register_spec.clients.conftest import CONTROL, SETTINGS

NAMES = [*spec.versions(), CONTROL]


@pytest.fixture(scope="module")
def linters(documents: Path, installed: Path) -> Path:
    """The folder of the linters, with the documents and the settings in it."""
    for folder in (SETTINGS, documents):
        for path in folder.iterdir():
            if path.suffix == ".yaml":
                shutil.copy(path, installed)
    return installed


def _runs(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_spectral_finds_nothing(linters: Path, name: str) -> None:
    spectral = str(linters / "node_modules" / ".bin" / "spectral")
    settings = ["--ruleset", "spectral.yaml", "--fail-severity", "hint"]
    _runs([spectral, "lint", *settings, f"{name}.yaml"], linters)


@pytest.mark.parametrize("name", NAMES)
def test_redocly_finds_nothing(linters: Path, name: str) -> None:
    redocly = str(linters / "node_modules" / ".bin" / "redocly")
    _runs([redocly, "lint", "--config", "redocly.yaml", f"{name}.yaml"], linters)
