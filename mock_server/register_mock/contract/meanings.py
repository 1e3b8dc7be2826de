"""What the values of a query parameter mean: the rows of `x-meaning`, as conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from register_mock.contract.language import Language
from register_mock.contract.values import Condition
from register_spec import SpecError

LISTED_BY = "itt_start_date"
"""The one field that lists are kept by beside the state (`world/lists`)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which trainees a value selects; `by_start` says that the condition asks for the start."""

    selects: Condition
    by_start: bool


def compile_meanings(
    parameters: list[dict[str, Any]], language: Language
) -> Mapping[str, Mapping[str, Meaning]]:
    """Return the meanings of each value, by the name of the parameter.

    Raises SpecError for a condition on a field that lists are not kept by.
    """
    return {
        row["name"]: {
            value: _meaning(f"x-meaning of {row['name']}, {value}", condition, language.apart())
            for value, condition in row["x-meaning"].items()
        }
        for row in parameters
        if "x-meaning" in row
    }


def _meaning(place: str, row: Mapping[str, Any], language: Language) -> Meaning:
    selects = language.condition(row)
    for name in language.looked_at:
        if name != LISTED_BY:
            raise SpecError(
                f"{place}: lists are kept by the state and {LISTED_BY}, they cannot be asked "
                f"for {name}"
            )
    return Meaning(selects, bool(language.looked_at))
