"""The deployed reading: what an update changes and leaves, and whom it names."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.tests.conftest import Api
from register_mock.tests.test_deployed_trainee import each as each
from register_mock.tests.test_deployed_trainee import (
    errors,
    made,
    update_errors,
    updated,
)
from register_mock.tests.test_deployed_trainee import new as new
from register_mock.tests.test_deployed_trainee import old as old

# --- Updates -----------------------------------------------------------------------------------


def test_null_leaves_a_field_as_it_was(each: Api) -> None:
    trainee = made(each, ethnicity="120", nationality="GB")
    kept = updated(each, trainee, hesa_id=None, training_route=None, nationality=None)
    for name in ("hesa_id", "training_route", "nationality"):
        assert kept[name] == trainee[name] is not None
    assert updated(each, trainee, ethnicity=None)["ethnicity"] == "997"


def test_an_empty_text_is_blank_but_for_route_and_subject(new: Api) -> None:
    trainee = made(new)
    assert updated(new, trainee, training_route="")["training_route"] == trainee["training_route"]
    assert update_errors(new, trainee, course_age_range="") == [
        "course_age_range can't be blank",
        "fund_code is not valid for this trainee",
    ]


def test_subjects_that_can_be_cleared(old: Api, new: Api) -> None:
    subjects = {
        "course_age_range": "13918",
        "course_subject_one": "100403",
        "course_subject_two": "100425",
        "course_subject_three": None,
    }
    second = "course_subject_two"
    assert updated(new, made(new, **subjects), course_subject_two=None)[second] is None
    assert updated(old, made(old, **subjects), course_subject_two=None)[second] == "100425"


def test_nested_records_of_an_update_are_ignored(each: Api) -> None:
    trainee = made(each)
    after = updated(each, trainee, placements_attributes=[{}], degrees_attributes=[{}])
    assert after["placements"] == trainee["placements"]
    assert after["degrees"] == trainee["degrees"]


@pytest.mark.parametrize("many", [{"a": 1}, [], ["10"]])
def test_arrays_and_objects_are_ignored(new: Api, many: Any) -> None:
    assert errors(new, sex=many) == ["sex can't be blank"]
    trainee = made(new, ni_number=many)
    assert trainee["ni_number"] is None
    assert updated(new, trainee, email=many)["email"] == trainee["email"]


def test_only_unknown_keys_are_missing_data(old: Api, new: Api) -> None:
    path = f"/trainees/{made(new)['trainee_id']}"
    said = {"errors": ["Param is missing or the value is empty or invalid: data"]}
    assert new.call("PUT", path, {"foo": 1}) == (422, said)
    assert new.call("POST", "/trainees", {"foo": 1}) == (422, said)
    assert old.call("PUT", f"/trainees/{made(old)['trainee_id']}", {"foo": 1})[0] == 200
    assert new.call("PUT", path, {"ethnic_group": "x"})[0] == 200


# --- Partners and schools ---------------------------------------------------------------------

NOBODY = ["900000", "900010", "900020", "900030"]
PARTNER = {"lead_partner_urn": "130000", "lead_partner_ukprn": "10000001"}


def partner(shown: Any) -> dict[str, Any]:
    """Return what is shown of the lead partner."""
    return {name: shown[name] for name in PARTNER}


def test_an_unknown_partner_or_school(old: Api, new: Api) -> None:
    said = "is invalid. The URN '{}' does not match any known"
    for name, value in {"urn": "123456", "ukprn": "12345678"}.items():
        told = errors(new, **{f"lead_partner_{name}": value})
        assert told == [f"lead_partner_id {said.format(value)} lead partners"]
        assert set(partner(made(old, **{f"lead_partner_{name}": value})).values()) == {None}
    told = errors(new, employing_school_urn="123456")
    assert told == [f"employing_school_id {said.format('123456')} schools"]
    assert made(old, employing_school_urn="123456")["employing_school_urn"] is None


def test_a_known_one_by_text_or_number(each: Api) -> None:
    for sent in ("130000", 130000):
        assert partner(made(each, lead_partner_urn=sent)) == PARTNER
    assert partner(made(each, lead_partner_urn=None, lead_partner_ukprn="10000001")) == PARTNER
    assert made(each, employing_school_urn="100001")["employing_school_urn"] == "100001"


@pytest.mark.parametrize("sent", [*NOBODY, ""])
def test_nobody(each: Api, sent: str) -> None:
    trainee = made(each, lead_partner_urn=sent, employing_school_urn=sent)
    assert set(partner(trainee).values()) == {trainee["employing_school_urn"]} == {None}
    known = made(each, lead_partner_urn="130000", employing_school_urn="100001")
    cleared = updated(each, known, lead_partner_urn=sent, employing_school_urn=sent)
    assert set(partner(cleared).values()) == {cleared["employing_school_urn"]} == {None}


def test_which_key_wins(each: Api) -> None:
    both = {"lead_partner_urn": "", "lead_partner_ukprn": "10000002"}
    assert set(partner(made(each, **both)).values()) == {None}
    other = made(each, lead_partner_urn="130000", lead_partner_ukprn="99999999")
    assert partner(other) == PARTNER
    changed = updated(each, other, lead_partner_ukprn="10000002")
    assert changed["lead_partner_urn"] == "130001"
    assert partner(updated(each, other, email="a@example.com"))["lead_partner_urn"] == "130001"


def test_an_unknown_one_in_an_update(new: Api) -> None:
    trainee = made(new, lead_partner_urn="130000")
    told = update_errors(new, trainee, lead_partner_ukprn="1")
    assert told == [
        "lead_partner_id is invalid. The URN '1' does not match any known lead partners"
    ]
    assert partner(updated(new, trainee, email="b@example.com")) == PARTNER
