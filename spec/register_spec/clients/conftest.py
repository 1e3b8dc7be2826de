"""The documents as files, as a user of a tool has them."""

from pathlib import Path

import pytest

import register_spec as spec

SETTINGS = Path(__file__).parent
CONTROL = "control"


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
