"""The tables of `x-domain`: what goes together, each compiled once to the set of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from register_spec import SpecError

MOST_COMBINATIONS = 200_000


class DomainTable:
    """One table; lists and ranges in its cells are written out."""

    def __init__(self, name: str, table: Mapping[str, Any]) -> None:
        """Write the rows out. Raises SpecError when they say more than can be kept."""
        rows = [[_values(cell) for cell in row] for row in table["rows"]]
        count = sum(prod(map(len, row)) for row in rows)
        if count > MOST_COMBINATIONS:
            raise SpecError(
                f"x-domain.{name} has {count} combinations, written out; "
                f"at most {MOST_COMBINATIONS} are kept: split it"
            )
        self._rows = frozenset(each for row in rows for each in product(*row))

    def has(self, values: tuple[Any, ...]) -> bool:
        """Tell whether these values stand together in a row; a list stands in none."""
        try:
            return values in self._rows
        except TypeError:
            return False


def _values(cell: Any) -> Sequence[Any]:
    if isinstance(cell, dict):
        return range(cell["from"], cell["to"] + 1)
    return cell if isinstance(cell, list) else [cell]
