"""Field names of one version and the names used inside: one row of `x-names`, both ways.

Names without a row are the same inside and outside.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any


class Names:
    """The renames of one edition; `rows` are those of `x-names`."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        """Index the rows, public name -> name used inside, by either name."""
        self._inner = dict(rows)
        self._public = {inner: public for public, inner in self._inner.items()}

    def inner(self, public: str) -> str:
        """Return the name used inside for a public one."""
        return self._inner.get(public, public)

    def public(self, inner: str) -> str:
        """Return the public name of a name used inside."""
        return self._public.get(inner, inner)

    def inward(self, fields: Mapping[str, Any], without: Container[Any] = ()) -> dict[str, Any]:
        """Return a record with its keys renamed for use inside, some of them left out."""
        inner = self._inner
        return {inner.get(key, key): value for key, value in fields.items() if key not in without}
