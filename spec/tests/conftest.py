"""Both versions, as written and bundled; copies to spoil; a cache of the test run's own."""

import copy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import spec
from spec.bundling import assemble
from spec.codes import code_lists
from spec.documents import Document, read_yaml

VERSIONS = ["v1.0-pre", "v2025.0"]
Assemble = Callable[[Document], Document]


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's cache stays as it is."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("spec.bundling.user_cache_path", lambda name: folder / name)
        yield folder


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def written() -> dict[str, Document]:
    """The documents as they lie in the folder. Not to be changed."""
    return {name: read_yaml(spec.source_folder() / f"{name}.yaml") for name in VERSIONS}


@pytest.fixture
def raw(written: dict[str, Document], version: str) -> Document:
    """A version as written, free to spoil."""
    return copy.deepcopy(written[version])


@pytest.fixture
def bundled(version: str) -> Document:
    """A version as bundled. Not to be changed."""
    return spec.bundle(version)


@pytest.fixture
def newest(written: dict[str, Document]) -> Document:
    """The newest version as written, free to spoil."""
    return copy.deepcopy(written["v2025.0"])


@pytest.fixture(scope="session")
def assembled() -> Assemble:
    """Makes a bundle of v2025.0 from a document as written."""
    lists = code_lists("v2025.0", spec.source_folder())
    return lambda document: assemble(document, lists, "v2025.0.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the documents, free to spoil."""
    source = spec.source_folder()
    target = tmp_path / "spec"
    target.mkdir()
    for name in VERSIONS:
        shutil.copy(source / f"{name}.yaml", target)
    shutil.copytree(source / "reference", target / "reference")
    return target
