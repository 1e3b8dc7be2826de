"""The built wheel, installed in a fresh environment outside the clone, serves and answers."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import requests

from register_mock.tests.test_serve import Running, started

CLONE = Path(__file__).parents[3]

# One worker of pytest-xdist does them all: the environment is built once.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that tox has built for this run, else one built now."""
    if "TOX_PACKAGE" in os.environ:
        return Path(os.environ["TOX_PACKAGE"])
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(CLONE)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands of an environment that holds the wheel and its needs only."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    subprocess.run(
        [folder / "bin" / "pip", "install", "--quiet", wheel], check=True, capture_output=True
    )
    return folder / "bin"


# Where the wheel keeps what lies in the clone.
KEPT = {
    "spec/register_spec": "register_spec",
    "mock_server/register_mock": "register_mock",
    "contract_tests/register_contract": "register_contract",
    "spec": "register_spec/data",
    "fixtures": "register_mock/fixtures",
}
SHIPPED = {".yaml", ".json", ".html", ".css", ".js", ".svg", ".md", ".py", ".ini"}


def test_the_wheel_holds_the_data_and_not_the_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder, kept in KEPT.items():
        wanted = {
            path.relative_to(CLONE / folder).as_posix()
            for path in (CLONE / folder).rglob("*")
            if path.suffix in SHIPPED
            and not {"tests", "clients", "__pycache__"} & set(path.parts[len(CLONE.parts) :])
            and (folder != "spec" or "register_spec" not in path.parts)
        }
        assert wanted
        assert {f"{kept}/{name}" for name in wanted} <= set(names)
    assert [name for name in names if "/tests/" in name or "/clients/" in name] == []
    top = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert top == {"register_spec", "register_mock", "register_contract"}


def test_the_installed_mock_serves_and_answers(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "register-mock"), "serve", "--port", "0"]
    with started(command, tmp_path) as mock:
        _answers(mock)
        _keeps_the_contract(installed / "register-contract", mock, tmp_path)


SUITE = """
import urllib.request

import pytest

@pytest.mark.register_mock(seed="demo", now="2025-10-15T09:00:00Z")
@pytest.mark.parametrize("version", ["v1.0-pre", "v2025.0"])
def test_a_list(register_mock, version):
    url = f"{register_mock.url(version)}/trainees"
    asked = urllib.request.Request(url, headers=register_mock.headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.status == 200
    assert [each.status for each in register_mock.control.requests()] == [200]
"""


def test_the_fixture_is_there_once_the_wheel_is_installed(installed: Path, tmp_path: Path) -> None:
    """In a suite that names no plugin, with strict markers, and where a warning is an error."""
    (tmp_path / "test_mine.py").write_text(SUITE, encoding="utf-8")
    command = [str(installed / "python"), "-m", "pytest", "--strict-markers", "-W", "error", "-q"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert done.stderr == ""


def _keeps_the_contract(command: Path, mock: Running, folder: Path) -> None:
    words = ["run", mock.url, "--token", _token(mock), "--only", "examples", "--report", "report"]
    done = subprocess.run(
        [str(command), *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kept as far as tried: " in done.stdout
    assert {path.name for path in (folder / "report").iterdir()} == {"junit.xml", "report.html"}


def _token(mock: Running) -> str:
    return str(mock.told["world"]["providers"][0]["tokens"][0]["token"])


def _answers(mock: Running) -> None:
    token = _token(mock)
    for version in mock.told["versions"]:
        base = f"{mock.url}/api/{version}"
        headers = {"Authorization": f"Bearer {token}"}
        assert requests.get(f"{base}/trainees", headers=headers, timeout=5).status_code == 200
        assert requests.get(f"{base}/trainees", timeout=5).status_code == 401
        assert requests.get(f"{mock.url}/openapi/{version}.yaml", timeout=5).status_code == 200
        assert requests.get(f"{mock.url}/reference/{version}", timeout=5).status_code == 200
