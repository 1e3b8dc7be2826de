"""Imports go one way: a room knows the rooms below it, and none above or beside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[2]
MOCK = CLONE / "mock_server"

# From the bottom to the top; rooms on one line may know each other.
ROOMS = (
    ("problems", "names", "sentences", "config", "client", "explain_client", "explain_render"),
    ("envelopes", "checks", "trainee"),
    ("edition", "wire", "world", "masking"),
    ("record", "walk", "operations", "control"),
    (
        "arrival",
        "stages",
        "selfcheck",
        "ratelimit",
        "prefer",
        "injection",
        "explain",
        "explain_access",
    ),
    ("pipeline", "pages"),
    ("app", "cors", "doorway", "announce", "connection", "front", "ready_file", "serve"),
    ("in_process",),
    ("serve_command", "explain_command", "control_command", "benchmark", "cli", "pytest_plugin"),
)
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


def modules(folder: Path) -> list[Path]:
    """Return what is shipped; tests, and what other tools make of the documents, are not."""
    ours = {"tests", "clients"}
    return sorted(path for path in folder.rglob("*.py") if ours.isdisjoint(path.parts))


def level_of(name: str) -> int:
    """Return the level of ``mock_server.room.module``."""
    room = name.split(".")[1]
    assert room in LEVEL, f"{room} has no place in ROOMS"
    return LEVEL[room]


@pytest.mark.parametrize(
    "path",
    [path for path in modules(MOCK) if path.parent != MOCK or path.stem != "__init__"],
    ids=lambda path: str(path.relative_to(CLONE)),
)
def test_a_room_of_the_mock_imports_downwards(path: Path) -> None:
    own = ".".join(path.relative_to(CLONE).with_suffix("").parts)
    for name in imported(path):
        if name.startswith("mock_server."):
            assert level_of(name) <= level_of(own), f"{own} must not know {name}"


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("spec", ("mock_server", "contract_tests", "fixtures")),
        ("mock_server", ("contract_tests",)),
        ("contract_tests", ("mock_server",)),
    ],
)
def test_packages_know_only_the_spec(folder: str, forbidden: tuple[str, ...]) -> None:
    for path in modules(CLONE / folder):
        packages = {name.partition(".")[0] for name in imported(path)}
        assert packages.isdisjoint(forbidden), path
