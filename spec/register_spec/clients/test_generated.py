"""Generated clients are whole: every operation, every object, and they talk to the mock."""

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import register_spec as spec
from register_mock.client import RegisterMock
from register_spec.clients.conftest import SETTINGS

COMMANDS = Path(sys.executable).parent


def _package(kind: str, version: str) -> str:
    """The name of a generated package, which has to be a Python name."""
    return f"{kind}_{''.join(each if each.isalnum() else '_' for each in version)}"


def documented_request(version: str) -> dict[str, Any]:
    """The request of a new trainee that the document has as its example."""
    media = spec.bundle(version)["paths"]["/trainees"]["post"]["requestBody"]["content"]
    examples: dict[str, Any] = media["application/json"]["examples"]
    return dict(next(iter(examples.values()))["value"])


def _generates(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder from which generated packages can be imported."""
    folder = tmp_path_factory.mktemp("generated")
    sys.path.insert(0, str(folder))
    return folder


@pytest.fixture(scope="module", params=spec.versions())
def version(request: pytest.FixtureRequest) -> str:
    """Every version of the contract."""
    return str(request.param)


@pytest.fixture(scope="module")
def client(documents: Path, generated: Path, version: str) -> ModuleType:
    """The package that openapi-python-client makes of a version."""
    name = _package("client", version)
    command = [str(COMMANDS / "openapi-python-client"), "generate", "--meta", "none"]
    command += ["--config", str(SETTINGS / "openapi-python-client.yaml"), "--fail-on-warning"]
    command += ["--path", str(documents / f"{version}.json"), "--output-path"]
    _generates([*command, str(generated / name)])
    return importlib.import_module(name)


def _modules(client: ModuleType) -> dict[str, ModuleType]:
    """The modules of the operations, by the name of the operation."""
    paths = [str(Path(str(client.__file__)).parent / "api")]
    found = pkgutil.walk_packages(paths, f"{client.__name__}.api.")
    return {
        each.name.rpartition(".")[2]: importlib.import_module(each.name)
        for each in found
        if not each.ispkg
    }


def test_every_operation_can_be_called(client: ModuleType, version: str) -> None:
    document = spec.bundle(version)
    wanted = {row[2]["operationId"] for row in spec.operations(document)}
    modules = _modules(client)
    assert modules.keys() == wanted
    assert all(callable(module.sync_detailed) for module in modules.values())


def test_the_client_makes_and_shows_a_trainee(
    client: ModuleType, version: str, register_mock: RegisterMock
) -> None:
    calls = _modules(client)
    models: Any = importlib.import_module(f"{client.__name__}.models")
    api = client.AuthenticatedClient(base_url=register_mock.url(version), token=register_mock.token)
    body = models.CreateTraineeBody.from_dict(documented_request(version))

    made = calls["create_trainee"].sync_detailed(client=api, body=body)
    assert made.status_code == 201, made.content
    shown = calls["show_trainee"].sync_detailed(made.parsed.data.trainee_id, client=api)
    assert shown.status_code == 200
    assert shown.parsed.data.itt_aim == made.parsed.data.itt_aim == "202"
    again = calls["create_trainee"].sync_detailed(client=api, body=body)
    assert again.status_code == 409
    assert [error.error for error in again.parsed.errors] == ["Conflict"]


@pytest.fixture(scope="module")
def models(documents: Path, generated: Path, version: str) -> ModuleType:
    """The module of pydantic models that datamodel-code-generator makes of a version."""
    name = _package("models", version)
    command = [str(COMMANDS / "datamodel-codegen"), "--input-file-type", "openapi"]
    command += ["--output-model-type", "pydantic_v2.BaseModel", "--formatters", "builtin"]
    command += ["--input", str(documents / f"{version}.json"), "--output"]
    _generates([*command, str(generated / f"{name}.py")])
    return importlib.import_module(name)


def test_every_object_is_a_model(models: ModuleType, version: str) -> None:
    document = spec.bundle(version)
    for name, schema in document["components"]["schemas"].items():
        fields = spec.schema_properties(document, schema)
        if fields:
            assert fields.keys() <= getattr(models, name).model_fields.keys(), name


def test_the_documented_request_is_a_valid_model(models: ModuleType, version: str) -> None:
    data = documented_request(version)["data"]
    read: Callable[[Any], Any] = models.TraineeRequest.model_validate
    for aim in ("202", 202):
        assert read({**data, "itt_aim": aim}).last_name == data["last_name"]
    with pytest.raises(ValueError, match="sex"):
        read({**data, "sex": "female"})
