"""The pages of `docs/` that are made from code and contract, and the Sphinx extension that does it.

They are written to `reference/generated` each time the pages are built, and never kept: commands,
the control API, the editions, the pytest plugin, the ledgers, and the documents of the clone.
Text that people write stands beside, in `docs/`.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from register_docs.commands import commands_page
from register_docs.editions import edition_pages
from register_docs.ledgers import ledger_page, track_record_page
from register_docs.plugin import plugin_page
from register_docs.reference import control_page

if TYPE_CHECKING:
    from sphinx.application import Sphinx

GENERATED = "reference/generated"
CLONE = Path(__file__).parents[2]
# Documents that have their place in the clone, and the page that shows each.
DOCUMENTS = {
    "spec/README.md": "tables",
    "fixtures/seeds/README.md": "seeds",
    "fixtures/scenarios/README.md": "scenarios",
    "ARCHITECTURE.md": "architecture",
    "CONTRIBUTING.md": "contributing",
    "CHANGELOG.md": "changelog",
}
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)(#[^)\s]*)?\)")


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the pages before Sphinx looks for pages, and lead links of the clone to them."""
    app.connect("builder-inited", lambda app: write(Path(app.srcdir)))
    app.connect("source-read", _read)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def write(docs: Path) -> None:
    """Write every generated page below `docs`; what an earlier build left is removed."""
    folder = docs / GENERATED
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in pages():
        path = folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def pages() -> Iterator[tuple[str, str]]:
    """Yield name and text of each generated page."""
    yield "register-mock", commands_page("register-mock")
    yield "register-contract", commands_page("register-contract")
    yield "control", control_page()
    yield "pytest-plugin", plugin_page()
    yield "track-record", track_record_page()
    yield from ((f"ledger-{version}", text) for version, text in ledger_page())
    yield from edition_pages()
    for path, name in DOCUMENTS.items():
        text = (CLONE / path).read_text(encoding="utf-8")
        yield f"documents/{name}", led_to_pages(text, path)


def led_to_pages(text: str, path: str) -> str:
    """Return the text of a document of the clone at `path` with its links leading to pages."""
    folder = posixpath.dirname(path)

    def led(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match[1]))
        return f"]({_page(target)}{match[2] or ''})" if _page(target) else match[0]

    return _LINK.sub(led, text)


def _page(target: str) -> str | None:
    """Return the page, from the top of `docs`, that shows a file of the clone; None if none."""
    if target in DOCUMENTS:
        return f"/{GENERATED}/documents/{DOCUMENTS[target]}.md"
    if target.startswith("docs/"):
        return f"/{target.removeprefix('docs/')}"
    return "/index.md" if target == "README.md" else None


def _read(app: Sphinx, name: str, source: list[str]) -> None:
    """Lead the links of a page that people wrote, which hold in the clone too."""
    if not name.startswith(GENERATED):
        source[0] = led_to_pages(source[0], f"docs/{name}.md")
