"""The deployed reading of v2026.1: what it does otherwise than that of v2025.0."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.tests.conftest import Api
from register_mock.tests.test_deployed_trainee import DEGREE, body, deployed, errors, made, updated

VERSION = "v2026.1"
ROUTES = "'03', '09', '10', '11', '12', '14', '15', '16', '17', '18'..."
STE = {
    "errors": [
        {
            "error": "StateTransitionError",
            "message": "It\N{RIGHT SINGLE QUOTATION MARK}s not possible to perform this action "
            "while the trainee is in its current state",
        }
    ]
}
EARLY_YEARS = {
    "training_route": "19",
    "course_age_range": "13920",
    "course_subject_1": "100510",
    "course_subject_2": None,
    "course_subject_3": None,
    "degrees_attributes": [DEGREE],
    "fund_code": "2",
    "funding_method": "6",
}


@pytest.fixture
def api() -> Api:
    """The version, in a world whose clock stands still."""
    return deployed(VERSION)


def test_info_names_the_version(api: Api) -> None:
    _, answer = api.call("GET", "/info")
    assert answer == {"status": "ok", "version": {"requested": VERSION, "latest": VERSION}}


def test_the_keys_of_a_trainee_in_their_order(api: Api) -> None:
    keys = list(made(api, disability1="58", disability2=None))
    assert len(keys) == 69
    assert keys[14] == "itt_start_date"
    assert keys[30:33] == ["record_source", "iqts_country", "provider_trainee_id"]
    assert keys[-15:-7] == [
        *("course_subject_1", "course_subject_2", "course_subject_3", "nationality"),
        *("withdrawal_date", "withdrawal_reasons", "withdrawal_trigger"),
        "withdrawal_future_interest",
    ]


@pytest.mark.parametrize(
    ("field", "examples"),
    [
        ("ethnicity", "'100', '101', '103', '104', '119', '120', '121', '139', '140', '141'..."),
        ("nationality", "'AD', 'AE', 'AF', 'AG', 'AI', 'AL', 'AM', 'AO', 'AR', 'AT'..."),
        ("training_route", ROUTES),
    ],
)
def test_examples_of_a_list_are_sorted(api: Api, field: str, examples: str) -> None:
    said = f"{field} has invalid reference data value of '~'. Example values include {examples}"
    assert said in errors(api, **{field: "~"})


def test_examples_of_nested_lists_are_sorted(api: Api) -> None:
    told = errors(api, degrees_attributes=[{**DEGREE, "uk_degree": "777"}])
    types = "'001', '002', '003', '005', '007', '009', '010', '012', '013', '014'..."
    assert told == [
        f"uk_degree has invalid reference data value of '777'. Example values include {types}"
    ]


def test_a_route_that_is_over_is_refused_by_name(api: Api) -> None:
    name = "school_direct_tuition_fee"
    said = f"training_route has invalid reference data value of '{name}'. "
    assert f"{said}Example values include {ROUTES}" in errors(
        api, training_route="02", degrees_attributes=[DEGREE]
    )


def test_routes_of_a_later_version_are_refused_by_name() -> None:
    told = errors(deployed("v2025.0"), training_route="15", degrees_attributes=[DEGREE])
    routes = "'02', '03', '09', '10', '11', '12', '14'"
    said = f"training_route has invalid reference data value of 'iqts'. Valid values are {routes}."
    assert said in told


def test_errors_grouped_by_field(api: Api) -> None:
    wrong = body(
        VERSION,
        sex=None,
        placements_attributes=[{}],
        degrees_attributes=[{**DEGREE, "grade": None}],
    )
    answer = api.client.post(
        f"/api/{VERSION}/trainees",
        json={"data": wrong},
        headers={"Authorization": f"Bearer {api.token}", "Enhanced-Errors": "true"},
    )
    grade = "must be entered if specifying a previous UK degree or non-UK degree"
    assert answer.json == {
        "message": "Validation failed: 3 errors prohibited this trainee from being saved",
        "errors": {
            "sex": ["can't be blank"],
            "placements_attributes": {"name": ["can't be blank"]},
            "degrees_attributes": {"grade": [grade]},
        },
    }


def test_an_error_of_the_whole_list_of_degrees_stays_a_list(api: Api) -> None:
    answer = api.client.post(
        f"/api/{VERSION}/trainees",
        json={"data": body(VERSION, training_route="12", degrees_attributes=None)},
        headers={"Authorization": f"Bearer {api.token}", "Enhanced-Errors": "true"},
    )
    said = "must be entered if specifying a postgraduate training_route"
    assert answer.json is not None
    assert answer.json["errors"]["degrees_attributes"] == [said]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2031-01-01", "itt_end_date must be within the next 5 years"),
        ("2015-10-14", "itt_end_date must be within the last 10 years"),
        ("2015-10-15", "itt_end_date must be after itt_start_date"),
        ("2023-01-01", "itt_end_date must be after itt_start_date"),
    ],
)
def test_the_window_of_the_end_comes_before_its_order(api: Api, end: str, said: str) -> None:
    assert errors(api, itt_start_date="2023-01-01", itt_end_date=end) == [said]


def test_the_end_of_the_fifth_year_is_right(api: Api) -> None:
    made(api, itt_end_date="2030-12-31")


@pytest.mark.parametrize("year", ["abc", "", "1.5"])
def test_a_course_year_is_a_whole_number(api: Api, year: str) -> None:
    said = "can't be blank" if not year else "is not a valid course year"
    assert errors(api, course_year=year) == [f"course_year {said}"]


def test_any_whole_number_is_a_course_year(api: Api) -> None:
    assert made(api, course_year=2012)["course_year"] == 2012
    assert made(api, course_year="3")["course_year"] == 3


def test_early_years(api: Api) -> None:
    shown = made(api, **EARLY_YEARS)
    assert (shown["course_qualification"], shown["course_education_phase"]) == (
        "EYTS",
        "early_years",
    )
    other = {**EARLY_YEARS, "course_subject_1": "100511", "course_age_range": "13914"}
    assert errors(api, **other) == [
        "course_subject_1 is invalid. It should be `100510` for the training_route provided",
        "course_age_range is invalid. It should be `13920` for the training_route provided",
    ]
    assert errors(api, course_age_range="13920") == [
        "course_age_range is invalid. It can only be used for early years training routes"
    ]


def test_subjects_of_early_years_may_be_equal(api: Api) -> None:
    made(api, **{**EARLY_YEARS, "course_subject_2": "100510"})
    told = errors(api, course_subject_2="100511")
    assert told == ["course_subject_2 might contain duplicate values"]


def test_funding_of_a_subject_without_eligibility(api: Api) -> None:
    physics: dict[str, Any] = {
        "training_route": "12",
        "course_age_range": "13918",
        "course_subject_1": "100425",
        "course_subject_2": None,
        "course_subject_3": None,
        "degrees_attributes": [DEGREE],
        "fund_code": "2",
        "funding_method": "D",
    }
    now = {"itt_start_date": "2025-09-01", "itt_end_date": "2026-07-01"}
    then = {"itt_start_date": "2024-09-01", "itt_end_date": "2026-07-01"}
    made(api, **physics, **now)
    assert errors(api, **physics, **then) == [
        "funding_method 'bursary' is not allowed when fund_code is '2' and course_subject_1 is "
        "'physics'"
    ]
    assert errors(api, **{**physics, "fund_code": "7", "funding_method": "E"}, **now) == [
        "funding_method 'grant' is not allowed when training_route is 'provider_led_postgrad' and "
        "course_subject_1 is 'physics' in academic cycle '2025 to 2026'"
    ]


def test_the_second_initiative_is_for_some_cycles(api: Api) -> None:
    now = {"itt_start_date": "2025-09-01", "itt_end_date": "2026-07-01"}
    assert errors(api, **now, additional_training_initiative="025") == [
        "additional_training_initiative 'transition_to_teach' is not available in academic cycle "
        "'2025 to 2026'"
    ]
    made(api, **now, additional_training_initiative="026")


def test_a_lock_comes_before_child_and_data(api: Api) -> None:
    trainee = made(api)
    path = f"/trainees/{trainee['trainee_id']}"
    api.client.post(f"/_mock/trainees/{trainee['trainee_id']}/events", json={"event": "discard"})
    record = api.client.post(
        "/_mock/trainees",
        json={
            "provider": next(iter(api.world.providers)),
            "version": VERSION,
            "data": body(VERSION),
            "state": "withdrawn",
        },
    )
    assert record.json is not None
    path = f"/trainees/{record.json['trainee_id']}"
    for method, rest in (
        ("PUT", ""),
        ("POST", "/degrees"),
        ("POST", "/placements"),
        ("PUT", "/degrees/nobody"),
        ("DELETE", "/placements/nobody"),
    ):
        assert api.call(method, path + rest) == (422, STE), (method, rest)
    for method, rest in (("POST", "/placements"), ("PUT", "/degrees/nobody")):
        status, answer = api.call(method, f"/trainees/nobody{rest}")
        assert (status, answer["errors"][0]["message"]) == (404, "Trainee(s) not found")
    assert api.call("POST", "/trainees/nobody/defer")[0] == 422


def test_reference_data_is_sorted_and_names_reasons(api: Api) -> None:
    _, shown = api.call("GET", "/reference-data")
    for name, payload in shown.items():
        if name != "withdrawal_reasons":
            codes = [entry["code"] for entry in payload["entries"]]
            assert codes == sorted(codes), name
    reasons = [(each["trigger"], each["code"]) for each in shown["withdrawal_reasons"]["entries"]]
    assert [trigger for trigger, _ in reasons] == sorted(trigger for trigger, _ in reasons)
    names = {each["code"]: each["display_name"] for each in shown["withdrawal_reasons"]["entries"]}
    assert names["stopped_responding_to_messages"] == "They stopped attending/communicating"


def test_iqts_country_goes_with_the_route(api: Api) -> None:
    told = errors(api, training_route="15", degrees_attributes=[DEGREE])
    assert "iqts_country can't be blank" in told
    shown = made(
        api,
        training_route="15",
        iqts_country="JP",
        degrees_attributes=[DEGREE],
        fund_code="2",
        funding_method="6",
    )
    assert shown["iqts_country"] == "JP"
    assert updated(api, shown, training_route="11")["iqts_country"] is None
    assert errors(api, iqts_country="JP") == ["iqts_country must be blank"]


def test_the_seventeen_errors(api: Api) -> None:
    status, answer = api.call("POST", "/trainees", {"email": "Doe"})
    assert status == 422
    blank = [
        *("first_names", "last_name", "date_of_birth", "sex", "training_route"),
        *("itt_start_date", "itt_end_date", "hesa_id", "course_subject_1", "study_mode"),
    ]
    course = ["itt_aim", "course_year", "course_age_range", "fund_code", "funding_method"]
    assert answer["errors"] == [
        *(f"{name} can't be blank" for name in blank),
        "email Enter an email address in the correct format, like name@example.com",
        *(f"{name} can't be blank" for name in course),
        "itt_qualification_aim must be entered if 202 selected for itt_aim",
    ]
    assert answer["message"].startswith("Validation failed: 17 errors prohibited")


def test_an_empty_email_is_told_twice(api: Api) -> None:
    assert errors(api, email="") == [
        "email can't be blank",
        "email Enter an email address in the correct format, like name@example.com",
    ]
    assert errors(api, email=None) == ["email can't be blank"]


def test_study_mode_of_assessment_only(api: Api) -> None:
    assert errors(api, study_mode=None) == ["study_mode can't be blank"]
    shown = made(
        api,
        training_route="16",
        study_mode=None,
        degrees_attributes=[DEGREE],
        fund_code="2",
        funding_method="6",
    )
    assert shown["study_mode"] is None


@pytest.mark.parametrize(
    ("field", "number", "code"),
    [
        ("training_route", 11, "11"),
        ("sex", 12, "12"),
        ("ethnicity", 142, "142"),
        ("study_mode", 63.0, "63"),
        ("course_subject_2", 100346, "100346"),
    ],
)
def test_a_number_is_the_code_that_it_is_as_a_text(
    api: Api, field: str, number: float, code: str
) -> None:
    assert made(api, course_subject_3=None, **{field: number})[field] == code


@pytest.mark.parametrize("number", [1, True])
def test_a_number_that_is_no_code(api: Api, number: Any) -> None:
    (told,) = errors(api, study_mode=number)
    value = "1" if number is not True else "true"
    assert told.startswith(f"study_mode has invalid reference data value of '{value}'")


@pytest.mark.parametrize(
    ("field", "number"),
    [
        ("itt_aim", 202),
        ("fund_code", 7),
        ("funding_method", 6),
        ("additional_training_initiative", 26),
    ],
)
def test_where_codes_are_kept_a_number_is_none(api: Api, field: str, number: int) -> None:
    (told,) = errors(api, **{field: number})
    assert told.startswith(f"{field} has invalid reference data value of '{number}'")


def test_numbers_for_the_codes_of_a_degree(api: Api) -> None:
    numbers = {"subject": 100425, "grade": 14, "country": 5}
    degree = made(api, degrees_attributes=[{**DEGREE, **numbers}])["degrees"][0]
    assert (degree["subject"], degree["grade"], degree["country"]) == ("100425", "14", None)


def test_an_end_is_held_against_nothing_beside_a_start_that_is_no_date(api: Api) -> None:
    wrong = {"itt_start_date": "soon", "itt_end_date": "2040-01-01"}
    assert errors(api, **wrong) == ["itt_start_date is invalid"]
