"""Release notes: written from a comparison, and held against one.

The form is that of the service: a heading for the version, bullets, and a table of fields that are
called otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from register_contract.diff.comparison import Comparison
from register_contract.diff.entries import Entry
from register_contract.target.ending import StoppedError

_HEADING = re.compile(r"^#{1,4}\s+(v\d[\w.-]*)")
_BULLET = re.compile(r"^(\s*)[*+-]\s+(.*)")
_ROW = re.compile(r"^\|(.+)\|\s*$")
_IN_TICKS = re.compile(r"`([^`]+)`")
_WORD = re.compile(r"[a-z][a-z0-9]{3,}")
_ALIKE = 0.4
_COMMON = frozenset(
    {
        "with", "that", "this", "from", "have", "been", "will", "when", "them", "their", "there",
        "only", "more", "other", "into", "than", "added", "support", "changes", "field", "fields",
        "trainee", "trainees", "value", "values", "also", "such",
    }
)  # fmt: skip


def release_notes(comparison: Comparison) -> str:
    """What a release says of a comparison."""
    return "\n".join(_notes(comparison)) + "\n"


def _notes(comparison: Comparison) -> Iterator[str]:
    yield f"## {comparison.new.version or comparison.new.label}"
    yield ""
    yield "### Changes"
    yield ""
    renames = [rename for entry in comparison.entries for rename in entry.renames]
    for entry in comparison.entries:
        if entry.renames and all(change.id.startswith("names.") for change in entry.changes):
            continue
        yield f"* {entry.sentence}"
    if renames:
        yield "* Field name changes:"
        yield ""
        yield "| Previous field name | New field name |"
        yield "|---|---|"
        yield from (f"| `{each.old}` | `{each.new}` |" for each in renames)


@dataclass(frozen=True)
class Checked:
    """What release notes and a comparison do not have in common."""

    absent: tuple[str, ...]
    untold: tuple[Entry, ...]

    def lines(self) -> list[str]:
        """Both in words."""
        found = [f"announced, and no change: {each}" for each in self.absent]
        found += [
            f"changed, and not announced: {each.sentence} [{each.fingerprint}]"
            for each in self.untold
        ]
        return found or ["Every change is announced, and every announcement is a change."]


def check_notes(comparison: Comparison, path: Path) -> Checked:
    """Hold release notes in a file against a comparison. Raises StoppedError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StoppedError(f"{path} cannot be read: {error}") from error
    bullets = [*_bullets(text, comparison)]
    if not bullets:
        raise StoppedError(f"{path} has no bullet about {comparison.new.version}")
    told: set[str] = set()
    absent = []
    notes = " ".join(comparison.notes)
    for bullet in bullets:
        found = [entry for entry in comparison.entries if _is_about(bullet, entry)]
        told |= {entry.fingerprint for entry in found}
        if not found and not _shares(bullet, notes):
            absent.append(" ".join(bullet.split()))
    untold = [entry for entry in comparison.entries if entry.fingerprint not in told]
    return Checked(tuple(absent), tuple(untold))


def _bullets(text: str, comparison: Comparison) -> Iterator[str]:
    """The bullets and rows for the versions after the old one, each with those below it."""
    order = comparison.old.version, comparison.new.version
    current: str | None = None
    held: list[str] = []
    seen_any = any(_HEADING.match(line) for line in text.splitlines())
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            current = heading[1]
        if seen_any and not (current and order[0] < current <= order[1]):
            continue
        bullet, row = _BULLET.match(line), _ROW.match(line)
        if row and held and held[-1].endswith(":"):
            held.pop()  # What only says that a table comes.
        if bullet and not bullet[1] and not bullet[2].startswith("["):
            held.append(bullet[2])
        elif bullet and held:
            held[-1] += " " + bullet[2]
        elif row and "`" in line:
            held.append(line)
    yield from held


def _is_about(bullet: str, entry: Entry) -> bool:
    """Whether a bullet names what an entry is about, or says much the same."""
    ticked = {part for each in _IN_TICKS.findall(bullet) for part in re.split(r"[\s,]+", each)}
    names = _names(entry)
    if ticked & names:
        return True
    paths = set(re.findall(r"/[a-z{][\w/{}-]*", bullet))
    return bool(paths & names) or _shares(bullet, entry.sentence)


def _names(entry: Entry) -> set[str]:
    found: set[str] = set()
    for change in entry.changes:
        at = change.raw.place.at
        found |= {step for step in change.field.split(".") if "_" in step}
        found |= {step for step in at if "_" in step and not step.startswith("x-")}
        if change.raw.place.room == "parameter":
            found.add(at[1])
        if change.id.startswith("operation."):
            found |= set(entry.operations)
            found |= {change.raw.place.operation.partition(" ")[2]}
        if change.id.startswith("codes.") and len(at) > 2:
            found.add(at[2])
    found |= {name for each in entry.renames for name in (each.old, each.new)}
    found |= set(re.findall(r"/[a-z{][\w/{}-]*", entry.sentence))
    return {name for name in found if len(name) > 1}


def _shares(one: str, other: str) -> bool:
    """Whether two sentences have most of their words in common."""
    left, right = ({*_WORD.findall(each.lower())} - _COMMON for each in (one, other))
    smaller = min(len(left), len(right))
    return smaller >= 2 and len(left & right) / smaller >= _ALIKE
