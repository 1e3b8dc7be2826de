"""What routes ask of subject, ages, mode and country in the newest version; what states lock."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.tests.conftest import Api

EARLY: dict[str, Any] = {
    "training_route": "18", "course_age_range": "13920", "course_subject_1": "100510",
}  # fmt: skip
SHOULD = "is invalid. It should be"


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        (EARLY, []),
        ({**EARLY, "course_subject_1": "100511"},
         [f"Course subject 1 {SHOULD} `100510` for the training_route provided"]),
        ({**EARLY, "course_age_range": "13914"},
         [f"Course age range {SHOULD} `13920` for the training_route provided"]),
        ({"course_age_range": "13920"},
         ["Course age range is invalid. It can only be used for early years training routes"]),
        ({"course_subject_1": "100346"},
         [f"Course subject 1 {SHOULD} `100511` for the course_age_range provided"]),
        ({"course_subject_1": "100403", "course_age_range": "13918"}, []),
        ({"training_route": "15"}, ["Iqts country can't be blank"]),
        ({"training_route": "15", "iqts_country": "JP"}, []),
        ({"study_mode": None}, ["Study mode can't be blank"]),
        ({"training_route": "16", "study_mode": None}, []),
        ({"itt_end_date": "2030-10-16"}, ["Itt end date must be within the next 5 years"]),
        ({"itt_end_date": "2015-10-14"}, ["Itt end date must be within the last 10 years"]),
        ({"email": "nobody"},
         ["Email Enter an email address in the correct format, like name@example.com"]),
    ],
)  # fmt: skip
def test_a_new_trainee(newest: Api, changes: dict[str, Any], messages: list[str]) -> None:
    outcome = newest.create(**changes)
    assert outcome[0] == (422 if messages else 201), outcome
    assert not messages or newest.messages(outcome) == messages


def test_a_recommended_trainee_and_what_belongs_to_it_stay(newest: Api) -> None:
    made = newest.created()
    path = f"/trainees/{made['trainee_id']}"
    newest.world.fire("receive_trn", next(newest.world.store.all()), {})
    body = {"qts_standards_met_date": "2025-10-01"}
    assert newest.call("POST", f"{path}/update-qts-or-eyts-status", body)[0] == 202
    degree = f"{path}/degrees/{made['degrees'][0]['degree_id']}"
    placement = f"{path}/placements/{made['placements'][0]['placement_id']}"
    calls: list[tuple[str, str, Any]] = [
        ("PUT", path, {"first_names": "Ada"}), ("PATCH", path, {"first_names": "Ada"}),
        ("POST", f"{path}/placements", {"name": "A school"}), ("DELETE", placement, None),
        ("PUT", placement, {"name": "A school"}), ("PATCH", degree, {"grade": "01"}),
        ("POST", f"{path}/degrees", {"country": "US", "non_uk_degree": "051", "subject": "100425",
                                     "graduation_year": "2012"}),
        ("DELETE", degree, None),
    ]  # fmt: skip
    for method, where, data in calls:
        status, answer = newest.call(method, where, data)
        assert (status, answer["errors"][0]["error"]) == (422, "StateTransitionError"), where
    assert newest.call("GET", path)[1]["data"]["state"] == "recommended_for_award"


def test_errors_are_grouped_when_asked_for(newest: Api) -> None:
    headers = {"Authorization": f"Bearer {newest.token}", "Enhanced-Errors": "true"}
    data = {"first_names": "A" * 61, "degrees_attributes": [{"subject": "1"}]}
    answer: Any = newest.client.post(
        f"/api/{newest.version}/trainees", json={"data": data}, headers=headers
    ).json
    assert answer["errors"]["first_names"] == ["is too long (maximum is 60 characters)"]
    assert answer["errors"]["degrees_attributes"]["subject"] == ["is not included in the list"]
    plain = newest.call("POST", "/trainees", data)[1]
    assert "first_names is too long (maximum is 60 characters)" in plain["errors"]
    assert plain["message"] == answer["message"]
