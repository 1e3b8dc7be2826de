"""The conditions (`if`) of a schema: which fields decide whether they hold.

A condition on a field that is wrong is not judged: whether it holds is known only when the field
is right, and what it would ask for is an echo of the mistake that is told already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

BRANCHES = ("then", "else")
COMBINED = ("allOf", "anyOf", "oneOf")
SINGLE = ("not", "if", "then", "else")

Steps = tuple[str | int, ...]


class Conditions:
    """The conditions of a document, by the place of what they ask for."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take the document; places are looked up when they are first asked for."""
        self._document = document
        self._known: dict[Steps, frozenset[str]] = {}

    def branch(self, steps: Sequence[str | int]) -> Steps:
        """Return the place of the branch a keyword stands in, empty outside of any.

        `steps` lead from the root of the document to the keyword.
        """
        last = next((n for n in reversed(range(len(steps))) if self._chooses(steps, n)), -1)
        return tuple(steps[: last + 1])

    def deciding(self, branch: Steps) -> frozenset[str]:
        """Return the names of all fields that decide whether a branch is taken."""
        if branch not in self._known:
            self._known[branch] = frozenset(
                name
                for place in range(len(branch))
                if self._chooses(branch, place)
                for name in fields_of(self._at(branch[:place])["if"])
            )
        return self._known[branch]

    def _chooses(self, steps: Sequence[str | int], place: int) -> bool:
        """Tell a branch from a field that happens to be called like one."""
        return steps[place] in BRANCHES and "if" in self._at(steps[:place])

    def _at(self, steps: Sequence[str | int]) -> Any:
        node: Any = self._document
        for step in steps:
            node = node[step]
        return node


def fields_of(schema: Any) -> set[str]:
    """Return the names of the fields a schema of an object looks at."""
    if not isinstance(schema, Mapping):
        return set()
    found = {*schema.get("properties", {}), *schema.get("required", ())}
    inner = [part for key in COMBINED for part in schema.get(key, ())]
    inner += [schema[key] for key in SINGLE if key in schema]
    return found.union(*map(fields_of, inner))
