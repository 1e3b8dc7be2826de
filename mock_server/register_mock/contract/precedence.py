"""In which order the stages of `x-precedence` look at a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_spec import SpecError


class Precedence:
    """The order of the stages, and where operations have one of them at another place.

    Raises SpecError for an exception about a stage that is not in the order.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Read the root's `x-precedence`."""
        self._stages: list[str] = table["stages"]
        self._exceptions: list[Mapping[str, Any]] = list(table.get("exceptions", {}).values())
        for name, row in table.get("exceptions", {}).items():
            pair = {row["stage"], row["before"]}
            if len(pair) < 2 or not pair <= set(self._stages):
                place = f"x-precedence.exceptions.{name}"
                raise SpecError(f"{place}: stage and before are two of x-precedence.stages")

    def of(self, operation: str | None) -> list[str]:
        """Return the stages in their order for an operation, or for a request of none."""
        stages = list(self._stages)
        for row in self._exceptions:
            if operation in row["operations"]:
                stages.remove(row["stage"])
                stages.insert(stages.index(row["before"]), row["stage"])
        return stages
