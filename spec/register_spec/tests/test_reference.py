"""The code lists: complete rows, attributes of one kind, codes that fit their fields."""

import copy
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from register_spec.documents import Document
from register_spec.tests.samples import samples

# Attributes that only the rows have for which they are true.
_WHERE_TRUE = {"another_reason", "safeguarding_concern_reasons"}
SIZES = {
    "academic_cycle": 16,
    "country": 264,
    "course_age_range": 10,
    "course_subject": 72,
    "course_year": 4,
    "degree_grade": 16,
    "degree_subject": 1094,
    "degree_type": 90,
    "disability": 12,
    "ethnicity": 22,
    "fund_code": 2,
    "funding_method": 6,
    "institution": 586,
    "itt_aim": 2,
    "itt_qualification_aim": 11,
    "nationality": 223,
    "sex": 5,
    "study_mode": 5,
    "training_initiative": 7,
    "training_route": 7,
    "withdrawal_reason": 14,
}


def fields_with_list(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema that names a code list."""
    if isinstance(node, list):
        for child in node:
            yield from fields_with_list(child)
    elif isinstance(node, dict):
        if "x-code-list" in node:
            yield node
        for child in node.values():
            yield from fields_with_list(child)


def list_problems(document: Document) -> list[str]:
    """Lists that no field names, codes that do not fit their field, rows of different kinds."""
    lists = document["x-code-lists"]
    fields = list(fields_with_list(document["components"]["schemas"]))
    # Only rules of a reading speak of the cycles.
    named = {"academic_cycle", *(field["x-code-list"] for field in fields)}
    found = [f"no field names {name}" for name in lists.keys() - named]
    for field in fields:
        rows = lists[field["x-code-list"]]
        if max(len(row["code"]) for row in rows) > field.get("maxLength", 99):
            found.append(f"codes of {field['x-code-list']} are longer than their field")
    for name, rows in lists.items():
        attributes = {frozenset(row) - _WHERE_TRUE for row in rows}
        if len(attributes) > 1:
            found.append(f"rows of {name} have different attributes")
    return found


def test_every_list_is_whole(bundled: Document) -> None:
    expected = dict(SIZES)
    if bundled["info"]["version"] == "v1.0-pre":
        # Printed, or accepted by the service, later: README, contradictions.
        del expected["course_year"]
        expected["course_subject"] -= 1
    if bundled["info"]["version"] == "v2026.1":
        expected |= {"training_route": 14, "course_age_range": 11, "withdrawal_reason": 15}
    assert {name: len(rows) for name, rows in bundled["x-code-lists"].items()} == expected


def test_lists_and_fields_agree(bundled: Document) -> None:
    assert list_problems(bundled) == []


def _nobody_asks(document: Document) -> None:
    document["x-code-lists"]["hair_colour"] = [{"code": "1", "label": "Red"}]


def _too_long(document: Document) -> None:
    document["x-code-lists"]["sex"].append({"code": "100", "label": "Another"})


def _half_a_row(document: Document) -> None:
    del document["x-code-lists"]["course_age_range"][3]["phase"]


@pytest.mark.parametrize("spoil", [_nobody_asks, _too_long, _half_a_row])
def test_a_list_that_does_not_fit_is_found(
    bundled: Document, spoil: Callable[[Document], None]
) -> None:
    document = copy.deepcopy(bundled)
    spoil(document)
    assert list_problems(document) != []


def test_the_phase_follows_from_the_ages(bundled: Document) -> None:
    for row in bundled["x-code-lists"]["course_age_range"]:
        assert row["min_age"] < row["max_age"]
        if row["code"] == "13920":
            assert row["phase"] == "early_years"
        else:
            assert row["phase"] == ("primary" if row["max_age"] <= 11 else "secondary")


def test_identifiers_of_the_reference_data_have_their_form(bundled: Document) -> None:
    for name in ("degree_grade", "degree_subject", "degree_type", "institution"):
        for row in bundled["x-code-lists"][name]:
            assert str(uuid.UUID(row["uuid"])) == row["uuid"]


def test_the_lists_say_what_the_creation_sample_shows(bundled: Document) -> None:
    lists = {
        name: {row["code"]: row for row in rows} for name, rows in bundled["x-code-lists"].items()
    }
    shown = {place: sample["value"] for place, _, sample in samples(bundled)}
    trainee = shown["create_trainee 201 documented"]["data"]
    ethnicity = lists["ethnicity"][trainee["ethnicity"]]
    assert (ethnicity["group"], ethnicity["label"]) == (
        trainee["ethnic_group"],
        trainee["ethnic_background"],
    )
    ages = lists["course_age_range"][trainee["course_age_range"]]
    for attribute, field in (("min_age", "course_min_age"), ("max_age", "course_max_age")):
        assert ages[attribute] == trainee[field]
    assert ages["phase"] == trainee["course_education_phase"]
    route = lists["training_route"][trainee["training_route"]]
    assert (route["level"], route["qualification"]) == (
        trainee["course_level"],
        trainee["course_qualification"],
    )
    (degree,) = trainee["degrees"]
    for field, name in (
        ("subject", "degree_subject"),
        ("institution", "institution"),
        ("uk_degree", "degree_type"),
        ("grade", "degree_grade"),
    ):
        assert lists[name][degree[field]]["uuid"] == degree[f"{field}_uuid"]
