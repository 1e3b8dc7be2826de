"""The pages that people write, README.md among them, and the blocks of commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from register_docs import GENERATED

CLONE = Path(__file__).parents[3]
DOCS = CLONE / "docs"
_BLOCK = re.compile(r"^( *)```([\w-]*|\{[\w-]+\})\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A page, called by its place in the clone."""

    name: str
    text: str

    def blocks(self, language: str) -> list[str]:
        """Return the fenced blocks of a language, in order."""
        return [text for _, each, text in _BLOCK.findall(self.text) if each == language]

    def languages(self) -> list[str]:
        """Return the language of each fenced block."""
        return [each for _, each, _ in _BLOCK.findall(self.text)]

    def sessions(self) -> Iterator[tuple[str, str]]:
        """Yield each command of a block of the console, with the output printed under it."""
        for block in self.blocks("console"):
            for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = entry.partition("\n")
                while command.endswith("\\"):
                    more, _, output = output.partition("\n")
                    command += f"\n{more}"
                yield command, output

    def code_spans(self) -> list[str]:
        """Return what stands as code within sentences."""
        return re.findall(r"`([^`\n]+)`", _BLOCK.sub("", self.text))


def page(name: str) -> Page:
    """Return the page at a place in the clone."""
    return Page(name, (CLONE / name).read_text(encoding="utf-8"))


def written() -> list[Page]:
    """Return README.md and each page of `docs/` that is kept."""
    below = sorted(DOCS.rglob("*.md"))
    names = [path.relative_to(CLONE).as_posix() for path in below]
    kept = [name for name in names if not name.startswith((f"docs/{GENERATED}", "docs/_build"))]
    return [page(name) for name in ("README.md", *kept)]
