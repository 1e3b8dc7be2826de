"""How text of code and contract is set in Markdown: escaped, in tables, with places to link to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_SPECIAL = re.compile(r"([\\*<>\[\]{}$|#~]|(?<!\w)_|_(?!\w))")
_NOT_IN_LABELS = re.compile(r"[^a-z0-9]+")


def prose(text: object) -> str:
    """Return a sentence in one line; its `names` stay code, all else is shown as it is."""
    pieces = " ".join(str(text).split()).split("`")
    # One mark without another opens no code.
    alone = [pieces.pop()] if len(pieces) % 2 == 0 else []
    made = [code(piece) if number % 2 else _escaped(piece) for number, piece in enumerate(pieces)]
    return "\\`".join(["".join(made), *map(_escaped, alone)])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def code(text: object) -> str:
    """Return a text as code that may stand in a table."""
    shown = " ".join(str(text).split()).replace("|", "\\|")
    if not shown:
        return ""
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def block(text: str, language: str = "text") -> Iterator[str]:
    """Yield a fenced block, fenced wider than anything in it."""
    longest = max((len(each) for each in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    yield from (f"{fence}{language}", text.rstrip("\n"), fence, "")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table of cells that are Markdown already; nothing where there are no rows."""
    kept = list(rows)
    if kept:
        yield f"| {' | '.join(head)} |"
        yield "|---" * len(head) + "|"
        yield from (f"| {' | '.join(cell or ' ' for cell in row)} |" for row in kept)
        yield ""


def label(*parts: str) -> str:
    """Return the name of a place that a link may lead to."""
    return _NOT_IN_LABELS.sub("-", "-".join(parts).lower()).strip("-")


def heading(level: int, title: str, name: str = "") -> Iterator[str]:
    """Yield a heading, after the `name` by which links find it."""
    if name:
        yield f"({name})="
    yield from (f"{'#' * level} {title}", "")


def page(lines: Iterable[str]) -> str:
    """Return the lines as the text of a page, marked as made."""
    return "\n".join(["<!-- Made when the pages are built; not to be edited. -->", *lines, ""])
