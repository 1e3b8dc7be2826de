"""One mistake, one sentence: what follows from a wrong value is not told beside it."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.contract.branches import Conditions, fields_of
from register_mock.tests.conftest import Api

UK = {
    "subject": "100425",
    "graduation_year": "2015",
    "grade": "02",
    "uk_degree": "083",
    "institution": "0117",
}
WITHDRAWAL = {
    "trigger": "trainee",
    "future_interest": "no",
    # The older and the newer name; an unknown key is ignored.
    "withdraw_date": "2025-03-05",
    "withdrawal_date": "2025-03-05",
    "reasons": ["trainee_workload_issues"],
}
COUNTRY = ["Country is not included in the list"]


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        ({**UK, "country": "France"}, COUNTRY),
        ({**UK, "country": 5, "grade": None}, ["Country is invalid"]),
        ({**UK, "country": "France", "subject": None}, [*COUNTRY, "Subject can't be blank"]),
        (
            {**UK, "uk_degree": "zzz", "grade": None, "non_uk_degree": "051"},
            ["Uk degree is not included in the list"],
        ),
        # A field that is blank is no mistake of another one: all three are told.
        (
            {**UK, "grade": None, "uk_degree": None, "institution": None},
            ["Grade can't be blank", "Uk degree can't be blank", "Institution can't be blank"],
        ),
    ],
)
def test_a_degree_with_a_wrong_value(api: Api, data: Any, messages: list[str]) -> None:
    """Alone, and inside a new trainee beside one that only lacks a field."""
    path = f"/trainees/{api.created()['trainee_id']}/degrees"
    assert api.messages(api.call("POST", path, data)) == messages
    other = {**UK, "institution": None}
    both = api.create(last_name="Roe", degrees_attributes=[data, other])
    assert api.messages(both) == [*messages, "Institution can't be blank"]


def test_a_placement_with_a_wrong_urn(api: Api) -> None:
    """A number as urn is wrong; whether a name is needed is seen when it is right."""
    path = f"/trainees/{api.created()['trainee_id']}/placements"
    assert api.messages(api.call("POST", path, {"urn": 5})) == ["Urn is invalid"]
    nested = api.create(last_name="Roe", placements_attributes=[{"urn": 5}, {"postcode": "A"}])
    assert api.messages(nested) == ["Urn is invalid", "Name can't be blank"]


def test_an_aim_with_a_wrong_type(api: Api) -> None:
    wrong = api.create(itt_aim=True, itt_qualification_aim=None)
    assert len(api.messages(wrong)) == 1
    assert api.messages(wrong)[0].startswith("Itt aim ")


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        (
            {"trigger": "somebody", "reasons": ["unacceptable_behaviour"]},
            ["Trigger is not included in the list"],
        ),
        # The third condition looks at reasons, which the first finds wrong.
        (
            {"reasons": ["had_to_withdraw_trainee_another_reason"]},
            ["Reasons is not included in the list"],
        ),
        (
            {"reasons": ["trainee_chose_to_withdraw_another_reason"]},
            ["Another reason can't be blank"],
        ),
    ],
)
def test_a_withdrawal(api: Api, changes: Any, messages: list[str]) -> None:
    path = f"/trainees/{api.created()['trainee_id']}/withdraw"
    assert api.messages(api.call("POST", path, {**WITHDRAWAL, **changes})) == messages


def test_a_date_rule_beside_a_wrong_date(newest: Api) -> None:
    """A start in the future may be right beside another `itt_start_date`, which is wrong here."""
    ahead = {"trainee_start_date": "2025-12-01"}
    assert newest.messages(newest.create(itt_start_date="soon", **ahead)) == [
        "Itt start date is invalid"
    ]
    assert newest.messages(newest.create(itt_start_date="2025-11-01", **ahead)) == [
        "Trainee start date is invalid"
    ]


def test_which_fields_decide_a_branch() -> None:
    """Those of each `if` on the way, however it combines them; a field may be called `then`."""
    asked = {
        "allOf": [{"required": ["a"]}, {"not": {"properties": {"b": {"const": 1}}}}],
        "anyOf": [{"if": {"required": ["c"]}, "then": {"required": ["d"]}}],
    }
    assert fields_of(asked) == {"a", "b", "c", "d"}
    inner = {"if": {"required": ["e"]}, "then": {"properties": {"then": {"type": "string"}}}}
    conditions = Conditions({"s": {"if": asked, "else": inner}})
    steps = ("s", "else", "then", "properties", "then", "type")
    assert conditions.branch(steps) == ("s", "else", "then")
    assert conditions.deciding(("s", "else", "then")) == {"a", "b", "c", "d", "e"}
    assert conditions.branch(("s", "else", "properties")) == ("s", "else")
    assert conditions.branch(("s", "type")) == ()
