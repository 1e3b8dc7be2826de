"""Code lists as look-up tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class CodeLists:
    """The lists of one edition: list -> code -> label and attributes."""

    def __init__(self, lists: Mapping[str, list[dict[str, Any]]]) -> None:
        """Index the rows of `x-code-lists` by code."""
        self._lists = {name: {row["code"]: row for row in rows} for name, rows in lists.items()}

    def table(self, name: str, attribute: str) -> dict[str, Any]:
        """Return code -> attribute for one list; raises KeyError when there is no such list."""
        return {code: row.get(attribute) for code, row in self._lists[name].items()}
