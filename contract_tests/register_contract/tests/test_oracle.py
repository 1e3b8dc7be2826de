"""The field rules: which fields a body is refused for, and in which words."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import Contract
from register_contract.oracle.echo import echoes
from register_contract.oracle.fields import FieldRules
from register_contract.oracle.rules import rule_breaks
from register_contract.oracle.sentences import Sentences
from register_contract.oracle.values import years_on
from register_contract.suite.strategies.boundaries import Boundaries

TODAY = date(2026, 2, 10)


@pytest.fixture(scope="module", params=spec.versions())
def contract(request: pytest.FixtureRequest) -> Contract:
    return Contract(request.param, spec.bundle(request.param))


def sentences(contract: Contract, operation: str, **changes: Any) -> list[str]:
    chosen = contract.operations[operation]
    data = {**chosen.examples["documented"]["value"]["data"], **changes}
    rules = FieldRules(contract, TODAY)
    problems = rules.problems(contract.data_schema(chosen), data, operation)
    return [problem.sentence for problem in problems]


def test_documented_requests_are_accepted(contract: Contract) -> None:
    for operation in contract.operations.values():
        if operation.examples:
            assert sentences(contract, operation.id) == [], operation.id


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_names", None, "First names can't be blank"),
        ("first_names", " ", "First names can't be blank"),
        ("first_names", "x" * 61, "First names is too long (maximum is 60 characters)"),
        ("first_names", 7, "First names is invalid"),
        ("date_of_birth", "2023-02-30", "Date of birth is invalid"),
        ("sex", "zz", "Sex is not included in the list"),
        ("nationality", "ZZZ", "Nationality is not included in the list"),
        ("itt_aim", 203, "Itt aim is not included in the list"),
        ("itt_aim", "203", "Itt aim is not included in the list"),
        ("itt_aim", True, "Itt aim is invalid"),
        ("itt_aim", " ", "Itt aim can't be blank"),
        ("itt_qualification_aim", None, "Itt qualification aim can't be blank"),
        ("application_id", "x", "Application is invalid"),
        ("degrees_attributes", [{"subject": "1", "country": "US"}], "Subject is not included"),
    ],
)
def test_one_wrong_field(contract: Contract, field: str, value: Any, sentence: str) -> None:
    got = sentences(contract, "create_trainee", **{field: value})
    assert any(text.startswith(sentence) for text in got)
    assert len(got) == 1 or field == "degrees_attributes"


@pytest.mark.parametrize("field", ["nationality", "middle_names", "ethnicity", "ni_number"])
@pytest.mark.parametrize("value", [None, ""])
def test_optional_fields_may_be_cleared(contract: Contract, field: str, value: Any) -> None:
    assert sentences(contract, "create_trainee", **{field: value}) == []


def test_problems_come_in_the_order_of_the_spec(contract: Contract) -> None:
    got = sentences(contract, "create_trainee", hesa_id=None, sex="zz", first_names=None)
    assert [text.split(" ")[0] for text in got] == ["First", "Sex", "Hesa"]


def test_withdrawal_reasons_depend_on_the_trigger(contract: Contract) -> None:
    wrong = "Reasons is not included in the list"
    assert sentences(contract, "withdraw_trainee", trigger="trainee") == [wrong]
    assert sentences(contract, "withdraw_trainee", another_reason="") == [
        "Another reason can't be blank"
    ]
    blank = sentences(contract, "withdraw_trainee", **{contract.public("withdrawal_date"): None})
    assert blank == ["Withdraw date Choose a withdrawal date"]


def test_several_wrong_entries_are_one_problem(contract: Contract) -> None:
    got = sentences(contract, "withdraw_trainee", reasons=["a", "b"])
    assert got == ["Reasons is not included in the list"]


def test_date_rules_are_read_from_the_table() -> None:
    contract = Contract("v2026.1", spec.bundle("v2026.1"))
    base = {"itt_start_date": "2026-01-01"}

    def broken(**data: str) -> list[str]:
        broken = rule_breaks(contract, "patch_trainee", {**base, **data}, TODAY)
        rows = (row for row, *_ in broken)
        return [row["id"] for row in rows]

    assert broken(itt_start_date="2027-02-10") == []
    assert broken(itt_start_date="2027-02-11") == ["itt_start_date_within_a_year"]
    assert broken(trainee_start_date="2026-02-10") == []
    assert broken(trainee_start_date="2026-02-11") == ["trainee_start_date_not_in_the_future"]
    assert broken(trainee_start_date="2026-03-01", itt_start_date="2026-03-01") == []
    assert broken(trainee_start_date="2016-02-09") == ["trainee_start_date_within_ten_years"]
    assert broken(trainee_start_date="soon") == []


def test_small_words(contract: Contract) -> None:
    label = Sentences(contract).label
    assert label("hesa_id") == "Hesa"
    assert label("qts_standards_met_date") == "Qts standards met date"
    assert years_on(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_what_is_derived_is_not_expected_back(contract: Contract) -> None:
    back = echoes(contract, "trainee")
    assert {"first_names", "email", "hesa_id"} <= back
    assert not {"ethnicity", "course_subject_one", "itt_aim"} & back
    assert not {"ethnic_group", "ethnic_background"} & back  # read-only in a request


def test_a_field_of_two_types_is_tried_in_both(contract: Contract) -> None:
    boundaries = Boundaries(contract, random.Random(1), TODAY)
    schema = contract.schema("TraineeFields")
    tried = [each.value for each in boundaries.of(schema, {}) if each.path == ("itt_aim",)]
    for value in ("201", 202, "~~~", {"a": 1}, None):
        assert value in tried


def test_nested_problems_come_in_the_order_of_the_spec_too(contract: Contract) -> None:
    got = sentences(contract, "create_trainee", placements_attributes=[{"postcode": 1}, {}])
    assert got == ["Name can't be blank", "Postcode is invalid", "Name can't be blank"]
