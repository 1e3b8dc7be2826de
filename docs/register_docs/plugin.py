"""The page of the pytest plugin: its options, and the calls of its fixture."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from register_docs.markdown import code, heading, page, prose, table
from register_mock import pytest_plugin
from register_mock.client import Control, RegisterMock


def plugin_page() -> str:
    """Return the page."""
    name = pytest_plugin.NAME
    rows = (
        (code(f"{name}_{option}"), code(option), prose(meaning), code(default) or "not set")
        for option, (meaning, default) in pytest_plugin.OPTIONS.items()
    )
    lines = [
        *heading(1, "The pytest plugin", "pytest-plugin"),
        f"Options are said in the ini file, or by the marker {code('@pytest.mark.' + name)}; the "
        "nearest counts.",
        "",
        *table(("In the ini file", "In the marker", "What it says", "Without it"), rows),
        *heading(2, code(name)),
        prose(_first(RegisterMock)),
        "",
        *_members(RegisterMock),
        *heading(2, code(f"{name}.control"), "pytest-plugin-control"),
        prose(_first(Control)),
        "",
        *_members(Control),
    ]
    return page(lines)


def _members(of: type) -> Iterator[str]:
    rows = (
        (code(name + _words(member)), prose(_first(member)))
        for name, member in vars(of).items()
        if not name.startswith("_") and (callable(member) or hasattr(member, "__doc__"))
    )
    yield from table(("Call", "What it does"), rows)


def _words(member: object) -> str:
    """Return the names of what a method takes, in parentheses; nothing of a property."""
    function = member.__func__ if isinstance(member, classmethod) else member
    if not inspect.isfunction(function):
        return ""
    return f"({', '.join(list(inspect.signature(function).parameters)[1:])})"


def _first(documented: object) -> str:
    """Return the first sentence of a docstring."""
    return (inspect.getdoc(documented) or "").split("\n\n")[0]
