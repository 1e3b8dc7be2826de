"""What the suite makes of a degree that is sent: what is read, replaced, repeated and in order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.alike import is_duplicate
from register_contract.oracle.contract import Contract
from register_contract.oracle.derived import order_breaches
from register_contract.oracle.fields import FieldRules
from register_contract.oracle.said import effective, left_behind
from register_contract.oracle.scope import Scope

TODAY = date(2025, 10, 15)
UK = {
    "subject": "100425",
    "uk_degree": "083",
    "grade": "02",
    "institution": "0116",
    "graduation_year": "2015-07-31",
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract("v2025.0", spec.bundle("v2025.0", "deployed"))


def test_what_is_read_of_a_degree(contract: Contract) -> None:
    schema = contract.schema("DegreeRequest")
    sent = {**UK, "country": "MX", "grade": "09", "subject": [], "institution": "0133"}
    assert effective(contract, schema, sent) == {
        "uk_degree": "083",
        "grade": "14",
        "institution": "0149",
        "graduation_year": 2015,
        "country": None,
    }
    nested = effective(contract, contract.schema("TraineeRequest"), {"degrees_attributes": [sent]})
    assert nested["degrees_attributes"][0]["grade"] == "14"


def test_what_an_update_of_a_degree_replaces(contract: Contract) -> None:
    update = contract.operation("update_degree")
    left = left_behind(contract, update, UK, {"non_uk_degree": "097", "country": "MX"})
    assert "uk_degree" not in left
    assert (left["institution"], left["country"]) == ("0116", "MX")
    assert left_behind(contract, update, UK, {"grade": "01"})["uk_degree"] == "083"


def test_what_a_degree_is_refused_for(contract: Contract) -> None:
    rules, schema = FieldRules(contract, TODAY), contract.schema("DegreeRequest")
    wrong = {**UK, "graduation_year": "2027", "grade": "zz"}
    past, invalid = "must be in the past, for example 2014", "is invalid"
    either = "must be entered if specifying a previous UK degree or non-UK degree"
    wanted = [f"graduation_year {past}", f"graduation_year {invalid}", f"grade {either}"]
    assert [each.sentence for each in rules.problems(schema, wrong, "create_degree")] == wanted
    nested = {"degrees_attributes": [UK, {**UK, "graduation_year": 1950}]}
    found = rules.problems(contract.schema("TraineeRequest"), nested, "create_trainee")
    assert f"graduation_year {invalid}" in [each.sentence for each in found]


@pytest.mark.parametrize(
    ("changes", "repeats"),
    [
        ({}, True),
        ({"subject": None, "grade": None}, True),
        ({"uk_degree": "000"}, True),
        ({"grade": "01"}, False),
    ],
)
def test_blanks_match(contract: Contract, changes: dict[str, Any], repeats: bool) -> None:
    row = contract.table("x-duplicates")["degree"]
    new = Scope(contract, {**UK, **changes}, whole=True)
    assert is_duplicate(row, Scope(contract, UK, whole=True), new) == repeats
    # The other way round a blank is no wildcard.
    assert not is_duplicate(row, Scope(contract, {}, whole=True), Scope(contract, UK, whole=True))


def test_the_order_of_degrees(contract: Contract) -> None:
    degrees = [{"degree_id": "a", "graduation_year": year} for year in (2010, 2001)]
    for data in (degrees, {"trainee_id": "t", "degrees": degrees}):
        (breach,) = order_breaches(contract, data)
        assert "by graduation_year" in breach.sentence
    assert not list(order_breaches(contract, degrees[::-1]))
