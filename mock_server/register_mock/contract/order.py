"""In which order the problems of a request are told: the rows of `x-sentences.order`.

A problem comes with the first row that it fits, among those of one row by the place of its field
in the row; what fits no row comes last. Without rows, and among equals, the schema has the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from register_mock.contract.problems import Problem
from register_mock.contract.shape import Shape


class Order:
    """The order of one edition; `rows` are those of the document."""

    def __init__(self, rows: list[Mapping[str, Any]]) -> None:
        """Read the rows: rules and fields of each, None for any."""
        self._rows = [(row.get("rules"), row.get("fields")) for row in rows]

    def of(self, problems: Iterable[Problem], shape: Shape) -> list[Problem]:
        """Return problems in their order, each called as the shape says."""
        found = sorted(problems, key=lambda problem: self._place(problem, shape))
        return [shape.labelled(problem) for problem in found]

    def of_query(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems of parameters in their order; among equals as they come."""
        return sorted(problems, key=lambda problem: self._row(str(problem.path[0]), problem))

    def _place(self, problem: Problem, shape: Shape) -> tuple[Any, ...]:
        """Return what sorts a problem: by its field, then within a list by entry and field."""
        position = shape.position(problem.path)
        if not self._rows:
            return position
        first, *rest = problem.path or ("data",)
        nested = [(step,) if isinstance(step, int) else self._row(step, problem) for step in rest]
        return (self._row(str(first), problem), *nested, position)

    def _row(self, field: str, problem: Problem) -> tuple[int, int]:
        for number, (rules, fields) in enumerate(self._rows):
            if rules is not None and problem.rule not in rules:
                continue
            if fields is None:
                return number, 0
            if field in fields:
                return number, fields.index(field)
        return len(self._rows), 0
