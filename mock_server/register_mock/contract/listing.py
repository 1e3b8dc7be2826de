"""What the parameters of a list do: the rows of `x-list`, as far as lists are kept for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from register_mock.contract.cycles import START_DATES
from register_spec import SpecError

CHANGED = "updated_at"
# By what `world/lists` and `world/store` keep lists.
KEPT: Mapping[str, Any] = {
    "sorted_by": CHANGED,
    "at_or_after": CHANGED,
    "with_value": "trn",
    "in_cycle": {"first": [*START_DATES]},
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The names of parameters, by what they do; None for what no parameter does.

    `rising` is the value of `sorted_by` that asks for the lowest first.
    """

    number: str | None = None
    size: str | None = None
    sorted_by: str | None = None
    rising: str | None = None
    at_or_after: str | None = None
    with_value: str | None = None
    in_cycle: str | None = None


def compile_listing(parameters: Iterable[dict[str, Any]]) -> Listing:
    """Return what the parameters of one operation do.

    Raises SpecError for two that do the same, and for a value that lists are not kept by.
    """
    names: dict[str, str] = {}
    for row in parameters:
        for word, value in row.get("x-list", {}).items():
            place = f"x-list of {row['name']}, {word}"
            if word in KEPT and value != KEPT[word]:
                raise SpecError(f"{place}: lists are kept by {KEPT[word]}, not by {value}")
            does = value if word == "page" else word
            if does in names:
                raise SpecError(f"{place}: {names[does]} does that already")
            names[does] = value if word == "rising" else row["name"]
    return Listing(**names)
