"""The built wheel, installed in fresh environments outside the clone: it serves and is used."""

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


def environment(folder: Path, *installs: list[str]) -> Path:
    """Return the folder of commands of a new environment, each list of words installed in turn."""
    venv.create(folder, with_pip=True)
    for words in installs:
        command = [str(folder / "bin" / "pip"), "install", "--quiet", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return folder / "bin"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as a team that tests its client has it: with pytest, and `fixtures` of PyPI."""
    folder = tmp_path_factory.mktemp("environment")
    return environment(folder, [str(wheel), "pytest"], ["fixtures"])


@pytest.fixture(scope="module")
def with_suite(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel with all that the suite needs; `fixtures` of PyPI was there before."""
    folder = tmp_path_factory.mktemp("with-suite")
    return environment(folder, ["fixtures"], [f"{wheel}[suite]"])


def ran(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# Where the wheel keeps what lies in the clone.
KEPT = {
    "spec/register_spec": "register_spec",
    "mock_server/register_mock": "register_mock",
    "contract_tests/register_contract": "register_contract",
    "spec": "register_spec/data",
    "fixtures/seeds": "register_mock/fixtures/seeds",
    "fixtures/payloads": "register_mock/fixtures/payloads",
    "fixtures/scenarios": "register_spec/fixtures/scenarios",
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


def test_the_installed_mock_serves_and_answers(
    installed: Path, with_suite: Path, tmp_path: Path
) -> None:
    command = [str(installed / "register-mock"), "serve", "--port", "0"]
    with started(command, tmp_path) as mock:
        _answers(mock)
        _keeps_the_contract(with_suite / "register-contract", mock, tmp_path)


def test_without_the_suite_all_but_a_run_works(installed: Path, tmp_path: Path) -> None:
    for words, shown in ((("versions",), "v2025.0"), (("spec", "v2025.0"), "openapi: ")):
        done = ran(installed / "register-contract", *words, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert shown in done.stdout
    assert "explain" in ran(installed / "register-mock", "--help", cwd=tmp_path).stdout
    done = ran(installed / "register-contract", "run", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "pip install 'register-contract[suite]'" in done.stderr


def test_the_plugin_brings_no_other_module_with_it(installed: Path, tmp_path: Path) -> None:
    """What it costs a run is what pytest makes of the entry point, and no library more."""
    (tmp_path / "test_told.py").write_text(LOADED, encoding="utf-8")
    told = [
        ran(installed / "python", "-m", "pytest", "-qs", *words, cwd=tmp_path).stdout.splitlines()
        for words in (("-p", "no:register_mock"), ())
    ]
    without, loaded = (set(lines[0].split()) for lines in told)
    assert len(without) > 100
    assert loaded - without == {"register_mock", "register_mock.pytest_plugin"}


LOADED = """
import sys

def test_loaded():
    print(*sys.modules)
"""


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


# What a repository may call its own; a wheel that called something so would take its place.
OWN = ("spec", "fixtures", "mock_server", "contract_tests")
OWN_SUITE = f"""
from fixtures import NAME as fixtures
from spec import NAME as spec
from mock_server import NAME as mock_server
from contract_tests import NAME as contract_tests
{SUITE}
def test_its_own():
    assert (spec, fixtures, mock_server, contract_tests) == {OWN!r}
"""
FROM_PYPI = f"""
import fixtures
{SUITE}
def test_a_fixture_of_pypi():
    with fixtures.TempDir() as folder:
        assert folder.path
"""


@pytest.mark.parametrize("order", ["installed", "with_suite"])
@pytest.mark.parametrize(("suite", "own"), [(OWN_SUITE, OWN), (FROM_PYPI, ())])
def test_the_fixture_is_there_once_the_wheel_is_installed(
    order: str, suite: str, own: tuple[str, ...], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """In a suite that names no plugin, with strict markers, and where a warning is an error.

    Beside packages of the repository, and beside `fixtures` of PyPI, whichever came first.
    """
    commands: Path = request.getfixturevalue(order)
    for name in own:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"NAME = {name!r}\n", encoding="utf-8")
    (tmp_path / "test_mine.py").write_text(suite, encoding="utf-8")
    words = ["-m", "pytest", "--strict-markers", "-W", "error", "-q"]
    done = ran(commands / "python", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    assert done.stderr == ""


def _keeps_the_contract(command: Path, mock: Running, folder: Path) -> None:
    words = ["run", mock.url, "--token", _token(mock), "--only", "examples", "--report", "report"]
    done = ran(command, *words, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kept as far as tried: " in done.stdout
    written = {path.name for path in (folder / "report").iterdir()}
    assert written == {"junit.xml", "report.html", "report.json", "report.sarif"}


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
