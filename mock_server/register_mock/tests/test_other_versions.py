"""A trainee made through one version reads through the others, in what each of them can say."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.tests.conftest import VERSIONS, Api, make_api, trainee_data
from register_spec import bundle

NEWEST = VERSIONS[-1]
CYCLE = 2022  # that of the documented trainee
RENAMED = {"course_subject_one": "course_subject_1", "withdraw_date": "withdrawal_date"}


@pytest.fixture(scope="module")
def newest() -> Api:
    """The newest version's API; it holds each answer against the document."""
    return make_api(NEWEST)


def older(api: Api, version: str) -> Api:
    return Api(api.client, api.worlds, version, api.token)


def shown(api: Api, made: Any) -> Any:
    status, answer = api.call("GET", f"/trainees/{made['trainee_id']}")
    assert status == 200, answer
    return answer["data"]


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_renamed_fields_have_the_names_of_the_version(newest: Api, version: str) -> None:
    made = newest.created(last_name=f"Renamed {version}")
    found = shown(older(newest, version), made)
    for old, new in RENAMED.items():
        assert found[old] == made[new]
        assert new not in found


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_what_a_version_has_no_code_or_field_for_is_null(newest: Api, version: str) -> None:
    made = newest.created(
        last_name=f"Iqts {version}", training_route="15", iqts_country="JP", study_mode="01"
    )
    assert (made["training_route"], made["iqts_country"]) == ("15", "JP")
    found = shown(older(newest, version), made)
    for field in ("training_route", "iqts_country", "course_level", "course_qualification"):
        assert found[field] is None, field
    assert shown(newest, made) == made


def test_an_early_years_course_without_a_study_mode(newest: Api) -> None:
    made = newest.created(
        last_name="Early", training_route="17", study_mode=None, course_age_range="13920",
        course_subject_1="100510", course_subject_2=None, course_subject_3=None,
    )  # fmt: skip
    assert (made["course_education_phase"], made["course_qualification"]) == ("early_years", "EYTS")
    for version in VERSIONS[:-1]:
        found = shown(older(newest, version), made)
        assert [found[name] for name in ("study_mode", "course_age_range", "course_max_age")] == (
            [None] * 3
        )


def test_an_unknown_reason_is_missing_in_a_list(newest: Api) -> None:
    made = newest.created(last_name="Left")
    body = {
        "trigger": "provider", "future_interest": "no", "withdrawal_date": "2025-10-01",
        "reasons": ["safeguarding_concerns", "unacceptable_behaviour"],
        "safeguarding_concern_reasons": "A concern",
    }  # fmt: skip
    status, answer = newest.call("POST", f"/trainees/{made['trainee_id']}/withdraw", body)
    assert status == 200, answer
    assert answer["data"]["withdrawal_safeguarding_concern_reasons"] == "A concern"
    for version in VERSIONS[:-1]:
        found = shown(older(newest, version), made)
        assert found["withdrawal_reasons"] == ["unacceptable_behaviour"]
        assert "withdrawal_safeguarding_concern_reasons" not in found


def test_what_is_too_long_is_null(newest: Api) -> None:
    made = newest.created(last_name="Long", provider_trainee_id="x" * 30)
    limits = {
        version: bundle(version)["components"]["schemas"]["Trainee"]["properties"][
            "provider_trainee_id"
        ]["maxLength"]
        for version in VERSIONS
    }
    for version, limit in limits.items():
        found = shown(older(newest, version), made)["provider_trainee_id"]
        assert found == (None if limit < 30 else "x" * 30)


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_a_trainee_of_an_older_version_reads_through_the_newest(newest: Api, version: str) -> None:
    data = trainee_data(version, last_name=f"Older {version}", email="no address", course_year="1")
    status, answer = older(newest, version).call("POST", "/trainees", data)
    assert status == 201, answer
    found = shown(newest, answer["data"])
    assert found["email"] == "no address"
    assert found["course_subject_1"] == answer["data"]["course_subject_one"]
    assert found["training_partner_urn"] == answer["data"]["lead_partner_urn"]
    status, listed = newest.call("GET", f"/trainees?academic_cycle={CYCLE}&per_page=100")
    assert (status, found in listed["data"]) == (200, True)
