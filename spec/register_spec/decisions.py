"""The choices that the documents left open, read from the tables at the end of README.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from register_spec.documents import source_folder

_CHOICES = re.compile(r"^## The choices\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^### (.+?)\n(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Choices:
    """One table of choices: its title, its columns, and its rows as they are written."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def choices(spec_dir: Path | None = None) -> tuple[Choices, ...]:
    """Return the tables of choices beside the documents; none where no README.md tells them.

    Raises SpecError when the folder does not exist.
    """
    readme = source_folder(spec_dir) / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    chapter = _CHOICES.search(text)
    found = [] if chapter is None else _SECTION.findall(chapter[1])
    tables = [(title, [_cells(line) for line in _lines(body)]) for title, body in found]
    return tuple(
        Choices(title, rows[0], tuple(rows[2:])) for title, rows in tables if len(rows) > 2
    )


def _lines(body: str) -> list[str]:
    return [line for line in body.splitlines() if line.startswith("|")]


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in _CELL.split(line.strip())[1:-1])
