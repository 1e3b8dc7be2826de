"""Every version, as written and bundled; copies to spoil; a cache of the test run's own."""

import copy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import register_spec as spec
from register_spec.bundling import assemble
from register_spec.composing import compose
from register_spec.documents import Document
from register_spec.naming import name_outward

VERSIONS = spec.versions()
Assemble = Callable[[Document], Document]


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's cache stays as it is."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("register_spec.bundling.user_cache_path", lambda name: folder / name)
        yield folder


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def written() -> dict[str, Document]:
    """The documents as they are composed. Not to be changed."""
    folder = spec.source_folder()
    return {v: name_outward(compose(v, "documented", folder), v) for v in VERSIONS}


@pytest.fixture
def raw(written: dict[str, Document], version: str) -> Document:
    """A version as composed, free to spoil."""
    return copy.deepcopy(written[version])


@pytest.fixture
def bundled(version: str) -> Document:
    """A version as bundled. Not to be changed."""
    return spec.bundle(version)


@pytest.fixture
def newest(written: dict[str, Document]) -> Document:
    """The newest version as composed, free to spoil."""
    return copy.deepcopy(written[VERSIONS[-1]])


@pytest.fixture(scope="session")
def assembled() -> Assemble:
    """Makes a bundle of the newest version from a document as composed."""
    return lambda document: assemble(document, VERSIONS[-1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the documents, free to spoil, without the readings that are shipped."""
    target = tmp_path / "spec"
    ignored = shutil.ignore_patterns("register_spec", "readings")
    shutil.copytree(spec.source_folder(), target, ignore=ignored)
    return target
