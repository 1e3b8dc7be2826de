"""Values that the service makes itself, stale or of the wrong source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from register_mock.contract import derive, values
from register_mock.contract.edition import Edition
from register_mock.contract.reference import CodeLists
from register_mock.defects.patches import defect
from register_mock.operations import OPERATIONS
from register_mock.request.walk import Walk

KIND = "derived values"


@defect(KIND, OPERATIONS, "update_trainee")
def derived_values_stale_after_an_update(function: Any) -> Any:
    """After an update the trainee is shown with the values that followed from the old record."""
    names = ("disability_disclosure", "diversity_disclosure", "ethnic_group", "course_max_age")

    def update_trainee(walk: Walk) -> Any:
        before = walk.edition.shown_trainee(walk.found_trainee())
        (answer,) = function(walk)
        shown = orjson.loads(answer)
        return [orjson.dumps({**shown, **{name: before[name] for name in names}})]

    return update_trainee


@defect(KIND, values.VALUES, "register")
def schools_looked_up_by_name(maker: Any) -> Any:
    """The postcode of a school is not found by its URN."""

    def blind(row: Any, writing: Any) -> str:
        return "None" if row["take"] == "postcode" else maker(row, writing)

    return blind


@defect(KIND, values.VALUES, "first")
def defaults_win_over_what_was_sent(maker: Any) -> Any:
    """Of a value that was sent and one that is filled in the latter counts."""
    return lambda row, writing: maker({**row, "first": row["first"][::-1]}, writing)


@defect(KIND, values.VALUES, "year")
def graduation_year_one_too_low(maker: Any) -> Any:
    """The graduation year is shown one too low when it was sent as a date."""

    def of_date(value: Any) -> Any:
        year = values._year_of(value)
        is_date = isinstance(value, str) and len(value) > 4
        return year - 1 if year is not None and is_date else year

    return values._of_one("year", of_date)


@defect(KIND, CodeLists, "table")
def labels_in_small_letters(table: Any) -> Any:
    """The ethnic background is shown in small letters."""

    def lowered(self: CodeLists, name: str, attribute: str) -> Any:
        found = table(self, name, attribute)
        if attribute != "label":
            return found
        return {code: label and label.lower() for code, label in found.items()}

    return lowered


@defect(KIND, derive._MAKERS, "look_up")
def partner_found_by_urn_alone(look_up: Any) -> Any:
    """A training partner is not found by its UKPRN."""

    def by_urn(row: Any, language: Any) -> Any:
        by = {name: key for name, key in row["by"].items() if key == "urn"}
        return look_up({**row, "by": by}, language)

    return by_urn


@defect(KIND, Edition, "show_changed")
def changes_shown_without_children(show_changed: Any) -> Any:
    """A trainee that has just been updated is shown without its degrees."""
    return lambda self, trainee: show_changed(self, replace(trainee, degrees=()))
