"""Imports go one way: a room knows the rooms below it, and none above or beside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[3]

# From the bottom to the top; what stands on one line may know each other. A module that is named
# stands where it says, the others of its room where the room does.
ROOMS = {
    "register_mock": (
        ("config", "client", "explain.following", "explain.render"),
        ("contract", "trainee"),
        ("wire", "world", "request.masking", "readiness"),
        ("request.walk", "request.record", "operations", "control"),
        ("request", "explain"),
        ("request.pipeline", "pages"),
        ("app", "cors", "serving", "defects"),
        ("in_process", "scenarios", "rehearse"),
        ("for_tests",),
        (
            *("commands", "explain.command", "scenarios.command", "rehearse.command"),
            *("benchmark", "pytest_plugin"),
        ),
    ),
    "register_contract": (
        ("target",),
        ("verdict",),
        ("oracle",),
        ("suite", "again"),
        ("known_drift",),
        ("traffic",),
        ("running", "ledger", "score", "audit", "track_record", "diff", "exporting"),
        ("cli",),
    ),
    "register_docs": (("markdown",), ("reference", "commands", "plugin", "ledgers"), ("editions",)),
}
FOLDERS = {
    "register_spec": CLONE / "spec",
    "register_mock": CLONE / "mock_server",
    "register_contract": CLONE / "contract_tests",
    "register_docs": CLONE / "docs",
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            module = node.module or ""
            inside = module in FOLDERS
            yield from (f"{module}.{each.name}" for each in node.names) if inside else [module]


def modules(folder: Path) -> list[Path]:
    """Return what is shipped; tests, and what other tools make of the documents, are not."""
    ours = {"tests", "clients"}
    return sorted(path for path in folder.rglob("*.py") if ours.isdisjoint(path.parts))


def level_of(name: str) -> int:
    """Return the level of ``package.room.module``."""
    package, *rest = name.split(".")
    levels = {room: level for level, rooms in enumerate(ROOMS[package]) for room in rooms}
    found = next((room for room in (".".join(rest[:2]), rest[0]) if room in levels), None)
    assert found is not None, f"{name} has no place in ROOMS"
    return levels[found]


@pytest.mark.parametrize(
    "path",
    [
        path
        for package in ROOMS
        for path in modules(FOLDERS[package] / package)
        if path.parent.name != package or path.stem != "__init__"
    ],
    ids=lambda path: str(path.relative_to(CLONE)),
)
def test_a_room_imports_downwards(path: Path) -> None:
    own = ".".join(path.relative_to(CLONE).with_suffix("").parts[1:])
    for name in imported(path):
        if name.startswith(f"{own.partition('.')[0]}."):
            assert level_of(name) <= level_of(own), f"{own} must not know {name}"


# What a package may know of the others: mock and suite nothing of each other, and who makes pages
# of them all is known to none.
NEIGHBOURS = {
    "register_spec": (),
    "register_mock": ("register_spec",),
    "register_contract": ("register_spec",),
    "register_docs": ("register_spec", "register_mock", "register_contract"),
}


@pytest.mark.parametrize("package", NEIGHBOURS)
def test_packages_know_only_their_neighbours(package: str) -> None:
    for path in modules(FOLDERS[package] / package):
        for name in imported(path):
            if name.partition(".")[0] in FOLDERS.keys() - {package}:
                assert name.startswith(NEIGHBOURS[package]), f"{path} must not know {name}"


def test_the_client_knows_no_other_room() -> None:
    for path in modules(FOLDERS["register_mock"] / "register_mock" / "client"):
        ours = [name for name in imported(path) if name.startswith("register_")]
        assert all(name.startswith("register_mock.client.") for name in ours), path
