"""Findings that somebody has accepted: by fingerprint, with a reason, until a day.

What is accepted and not there any more is an error: nobody would notice that it came back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import register_spec as spec
from register_contract.diff.comparison import Comparison
from register_contract.target.ending import StoppedError

_KEYS = ("fingerprint", "reason", "until")


def accept(comparison: Comparison, path: Path, today: date) -> list[str]:
    """Mark what a file accepts; returns what it accepted until a day that is over.

    Raises StoppedError for what is no such file, and for an acceptance of what is not there.
    """
    entries = {entry.fingerprint: entry for entry in comparison.entries}
    over = []
    for number, row in enumerate(_rows(path), 1):
        fingerprint, until = str(row["fingerprint"]), _day(row, path, number)
        if fingerprint not in entries:
            raise StoppedError(
                f"{path}: row {number} accepts {fingerprint}, which is no finding any more; "
                f"take it out"
            )
        if until < today:
            over.append(f"{fingerprint} was accepted until {until}: {row['reason']}")
        else:
            entries[fingerprint].accepted = f"{row['reason']}, until {until}"
    return over


def _rows(path: Path) -> list[Mapping[str, Any]]:
    try:
        content = spec.read_foreign(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, spec.SpecError) as error:
        raise StoppedError(f"{path} cannot be read: {error}") from error
    rows = content.get("accepted") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise StoppedError(f"{path} has no list under `accepted`")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or set(row) != set(_KEYS):
            raise StoppedError(f"{path}: row {number} has to have {', '.join(_KEYS)}, and no more")
        if not str(row["reason"] or "").strip():
            raise StoppedError(f"{path}: row {number} has no reason")
    return rows


def _day(row: Mapping[str, Any], path: Path, number: int) -> date:
    try:
        return date.fromisoformat(str(row["until"]))
    except ValueError as error:
        raise StoppedError(
            f"{path}: row {number}: until is {row['until']!r}, no day like 2027-01-31"
        ) from error
