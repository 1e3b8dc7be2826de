"""The documents as files, as a user of a tool has them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import register_spec as spec

SETTINGS = Path(__file__).parent
CONTROL = "control"
NPM = shutil.which("npm")
# What npm says where it reaches no registry.
UNREACHABLE = re.compile(r"npm error code (ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|E403)")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which npm has installed the tools that package.json names."""
    if NPM is None:
        pytest.skip("the tools come with npm, which is not here")
    folder = tmp_path_factory.mktemp("installed")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SETTINGS / name, folder)
    done = subprocess.run([NPM, "ci"], cwd=folder, capture_output=True, text=True, check=False)
    unreachable = UNREACHABLE.search(done.stderr)
    if unreachable is not None:
        pytest.skip(f"npm cannot install the tools here: {unreachable[1]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every version's document, and the control API's, as YAML and as JSON."""
    folder = tmp_path_factory.mktemp("documents")
    for version in spec.versions():
        for form in ("yaml", "json"):
            text = spec.openapi_dump(spec.bundle(version), form)
            (folder / f"{version}.{form}").write_text(text, encoding="utf-8")
    control = (spec.source_folder() / f"{CONTROL}.yaml").read_text(encoding="utf-8")
    (folder / f"{CONTROL}.yaml").write_text(control, encoding="utf-8")
    return folder
