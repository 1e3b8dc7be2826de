"""The deployed reading: what the running service answers to creating and updating a trainee.

In the order of what a creation goes through; updates and duplicates at the end.
"""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import Any

import pytest

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.tests.conftest import NOW, Api
from register_mock.world.worlds import Worlds
from register_spec import bundle

OLD, NEW = "v1.0-pre", "v2025.0"
DEGREE = {
    "uk_degree": "083",
    "subject": "100425",
    "institution": "0116",
    "graduation_year": "2015",
    "grade": "02",
}


_NUMBERS = count()


@cache
def deployed(version: str) -> Api:
    """Return the deployed reading of a version, over one world whose clock stands still."""
    options = Options(seed="empty", reading="deployed", now=NOW, frozen=True, self_check=True)
    app = create_app(options)
    worlds: Worlds = app.extensions["register_mock"]
    world = worlds.all()[0]
    token = next(iter(world.providers.values())).tokens[0].token
    return Api(app.test_client(), worlds, version, token)


@pytest.fixture(params=[OLD, NEW])
def each(request: pytest.FixtureRequest) -> Api:
    """Each version."""
    return deployed(request.param)


@pytest.fixture
def old() -> Api:
    """The oldest version."""
    return deployed(OLD)


@pytest.fixture
def new() -> Api:
    """The version after it."""
    return deployed(NEW)


def body(version: str, **changes: Any) -> dict[str, Any]:
    """Return a valid request, with changes; None leaves a field out."""
    operation = bundle(version, "deployed")["paths"]["/trainees"]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    number = next(_NUMBERS)
    apart = {"last_name": f"Smith{number}", "email": f"trainee{number}@example.com"}
    data = content["examples"]["documented"]["value"]["data"] | apart | changes
    return {key: value for key, value in data.items() if value is not None}


def errors(api: Api, **changes: Any) -> Any:
    """Return what a creation with these changes is refused for."""
    status, answer = api.call("POST", "/trainees", body(api.version, **changes))
    assert status == 422, answer
    return answer["errors"]


def made(api: Api, **changes: Any) -> Any:
    """Return a new trainee."""
    status, answer = api.call("POST", "/trainees", body(api.version, **changes))
    assert status == 201, answer
    return answer["data"]


def update_errors(api: Api, trainee: Any, **changes: Any) -> Any:
    """Return what an update of a trainee is refused for."""
    status, answer = api.call("PUT", f"/trainees/{trainee['trainee_id']}", changes)
    assert status == 422, answer
    return answer["errors"]


def updated(api: Api, trainee: Any, **changes: Any) -> Any:
    """Return a trainee as it is after an update."""
    status, answer = api.call("PUT", f"/trainees/{trainee['trainee_id']}", changes)
    assert status == 200, answer
    return answer["data"]


# --- Error formats -----------------------------------------------------------------------------


def test_errors_are_texts_with_a_message(each: Api) -> None:
    status, answer = each.call("POST", "/trainees", body(each.version, sex=None))
    said = "Sex can't be blank" if each.version == OLD else "sex can't be blank"
    message = "Validation failed: 1 error prohibited this trainee from being saved"
    assert (status, answer) == (422, {"message": message, "errors": [said]})
    assert list(answer) == ["message", "errors"]


def test_several_errors_are_counted(each: Api) -> None:
    _, answer = each.call("POST", "/trainees", body(each.version, sex=None, hesa_id=None))
    message = "Validation failed: 2 errors prohibited this trainee from being saved"
    assert answer["message"] == message


def test_an_update_is_refused_likewise(new: Api) -> None:
    assert update_errors(new, made(new), sex="") == ["sex can't be blank"]


def test_names_of_fields_in_v1_0_pre(old: Api) -> None:
    assert errors(old, hesa_id=None) == ["Hesa can't be blank"]
    assert errors(old, itt_start_date="x") == ["Itt start date is invalid"]
    assert errors(old, course_year=None) == [
        "Hesa trainee detail attributes Course year can't be blank"
    ]
    placement = errors(old, placements_attributes=[{}])
    assert placement == ["Placements attributes Name can't be blank"]
    wrong = errors(old, degrees_attributes=[{**DEGREE, "uk_degree": "777"}])
    assert wrong == ["Degrees attributes Uk degree has invalid reference data values"]


def test_names_of_fields_in_v2025_0(new: Api) -> None:
    assert errors(new, hesa_id=None) == ["hesa_id can't be blank"]
    assert errors(new, course_year=None) == ["course_year can't be blank"]
    assert errors(new, placements_attributes=[{}]) == ["placements_attributes name can't be blank"]


def test_enhanced_errors(new: Api) -> None:
    answer = new.client.post(
        f"/api/{new.version}/trainees",
        json={"data": body(NEW, sex=None, placements_attributes=[{}])},
        headers={"Authorization": f"Bearer {new.token}", "Enhanced-Errors": "true"},
    )
    assert answer.json == {
        "message": "Validation failed: 2 errors prohibited this trainee from being saved",
        "errors": {"sex": ["can't be blank"], "placements_attributes": ["name can't be blank"]},
    }


@pytest.mark.parametrize(
    ("field", "examples"),
    [
        ("ethnicity", "'180', '100', '101', '103', '104', '119', '120', '121', '139', '140'..."),
        ("nationality", "'AL', 'AF', 'DZ', 'US', 'AD', 'AO', 'AI', 'AR', 'AM', 'AU'..."),
        (
            "course_subject_one",
            "'101117', '100343', '101038', '100358', '101060', '101192', '100346', '100078', "
            "'100079', '100417'...",
        ),
        (
            "itt_qualification_aim",
            "'001', '002', '003', '004', '007', '008', '020', '021', '028', '031'...",
        ),
        (
            "course_age_range",
            "'13909', '13911', '13912', '13913', '13914', '13915', '13916', '13917', '13918', "
            "'13919'...",
        ),
    ],
)
def test_ten_examples_of_a_long_list(new: Api, field: str, examples: str) -> None:
    told = errors(new, **{field: "~"})
    wanted = f"{field} has invalid reference data value of '~'. Example values include {examples}"
    assert wanted in told


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("sex", "'10', '11', '12', '96', '99'"),
        ("training_route", "'02', '03', '09', '10', '11', '12', '14'"),
        ("study_mode", "'01', '02', '31', '63', '64'"),
        ("itt_aim", "'201', '202'"),
        ("fund_code", "'2', '7'"),
    ],
)
def test_all_values_of_a_short_list(new: Api, field: str, values: str) -> None:
    told = errors(new, **{field: "~"})
    wanted = f"{field} has invalid reference data value of '~'. Valid values are {values}."
    assert wanted in told


def test_no_values_in_v1_0_pre(old: Api) -> None:
    assert errors(old, sex="~") == ["Sex has invalid reference data values"]


# --- Request envelope --------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{}, {"data": None}, {"data": {}}, [1], 7])
def test_missing_data(each: Api, wrong: Any) -> None:
    answer = each.client.post(
        f"/api/{each.version}/trainees",
        json=wrong,
        headers={"Authorization": f"Bearer {each.token}"},
    )
    said = {
        OLD: "Param is missing or the value is empty: data",
        NEW: "Param is missing or the value is empty or invalid: data",
    }
    assert (answer.status_code, answer.json) == (422, {"errors": [said[each.version]]})


def test_a_number_is_no_code(new: Api) -> None:
    values = "'10', '11', '12', '96', '99'"
    said = f"sex has invalid reference data value of '10'. Valid values are {values}."
    assert errors(new, sex=10) == [said]
    aim = "itt_aim has invalid reference data value of '202'. Valid values are '201', '202'."
    assert errors(new, itt_aim=202) == [aim]


# --- Answers ----------------------------------------------------------------------------


def test_the_keys_of_v1_0_pre_in_their_order(old: Api) -> None:
    keys = list(made(old, disability1="58", disability2=None))
    assert len(keys) == 71
    assert keys[19:24] == [
        "submitted_for_trn_at",
        "withdraw_date",
        "defer_date",
        "recommended_for_award_at",
        "trainee_start_date",
    ]
    assert "ebacc" not in keys
    assert keys[-3:] == ["state", "trainee_id", "application_id"]


def test_the_keys_of_v2025_0_in_their_order(new: Api) -> None:
    keys = list(made(new, disability1="58", disability2=None))
    assert len(keys) == 68
    assert "expected_end_date" not in keys
    assert keys[-10:-3] == [
        "withdraw_reasons",
        "withdrawal_trigger",
        "withdrawal_future_interest",
        "withdrawal_another_reason",
        "withdrawal_safeguarding_concern_reasons",
        "placements",
        "degrees",
    ]


def test_fields_that_are_shown_otherwise(each: Api) -> None:
    nobody = dict.fromkeys(("disability1", "disability2"))
    shown = made(each, course_year="2", **nobody)
    assert shown["course_year"] == 2
    assert shown["withdraw_reasons"] is None
    assert shown.get("hesa_disabilities", {}) == {}
    assert made(each, course_year=2012)["course_year"] == 2012


@pytest.mark.parametrize(
    ("codes", "disclosure"),
    [
        (("95", None), "no_disability"),
        (("98", None), "disability_not_provided"),
        (("95", "95"), "disabled"),
        (("95", "58"), "disabled"),
        ((None, None), "disability_not_provided"),
    ],
)
def test_disability_disclosure(each: Api, codes: tuple[Any, Any], disclosure: str) -> None:
    shown = made(each, disability1=codes[0], disability2=codes[1])
    assert shown["disability_disclosure"] == disclosure


def test_codes_that_are_kept_as_others(each: Api) -> None:
    shown = made(each, ethnicity="999", nationality="JE")
    assert (shown["ethnicity"], shown["nationality"]) == ("997", "GB")


def test_the_initiative_of_veterans_has_no_code(new: Api) -> None:
    maths = {
        "course_age_range": "13918",
        "course_subject_one": "100403",
        "itt_start_date": "2024-09-01",
        "itt_end_date": "2025-09-01",
    }
    shown = made(new, **maths, funding_method="C", training_initiative="026")
    assert shown["training_initiative"] is None


# --- Rules -----------------------------------------------------------------------------


def test_the_seventeen_errors(new: Api) -> None:
    answer = new.call("POST", "/trainees", {"email": "Doe"})[1]
    blank = [
        *("first_names", "last_name", "date_of_birth", "sex", "training_route"),
        *("itt_start_date", "itt_end_date", "course_subject_one", "study_mode", "hesa_id"),
    ]
    course = ["itt_aim", "course_year", "course_age_range", "fund_code", "funding_method"]
    assert answer["errors"] == [
        *(f"{name} can't be blank" for name in blank),
        "email Enter an email address in the correct format, like name@example.com",
        *(f"{name} can't be blank" for name in course),
        "itt_qualification_aim must be entered if 202 selected for itt_aim",
    ]
    assert answer["message"].startswith("Validation failed: 17 errors prohibited")


def test_the_last_of_them_in_v1_0_pre(old: Api) -> None:
    told = old.call("POST", "/trainees", {"email": "Doe"})[1]["errors"]
    assert len(told) == 17
    assert told[-1] == "Hesa trainee detail attributes Itt qualification aim can't be blank"


def test_sections(old: Api) -> None:
    status, answer = old.call(
        "POST",
        "/trainees",
        body(
            OLD, date_of_birth="2020-01-01", itt_start_date="2024-09-01", itt_end_date="2024-09-01"
        ),
    )
    assert (status, answer) == (
        422,
        {
            "message": "Validation failed: 2 errors prohibited this trainee from being saved",
            "errors": {
                "personal_details": {
                    "date_of_birth": [
                        "Enter a valid date of birth, trainee cannot be younger than 16 years old"
                    ]
                },
                "course_details": {
                    "itt_end_date": ["The Expected end date must be after the start date"]
                },
            },
        },
    )


def test_sections_come_last(old: Api) -> None:
    assert errors(old, date_of_birth="2020-01-01", sex=None) == ["Sex can't be blank"]


def test_qualification_aim(old: Api, new: Api) -> None:
    made(old, itt_aim="202", itt_qualification_aim=None)
    said = "itt_qualification_aim must be entered if 202 selected for itt_aim"
    assert errors(new, itt_aim="202", itt_qualification_aim=None) == [said]
    made(new, itt_aim="201", itt_qualification_aim=None)


def test_dates_of_the_course(new: Api) -> None:
    starts = {"itt_start_date": "2027-01-01", "itt_end_date": "2028-01-01"}
    said = ["itt_start_date must not be more than one year in the future"]
    assert errors(new, **starts) == said
    made(new, itt_start_date="2026-12-31", itt_end_date="2027-12-31")
    order = errors(new, itt_start_date="2025-09-01", itt_end_date="2025-09-01")
    assert order == ["itt_end_date must be after itt_start_date"]
    far = errors(new, itt_start_date="2025-09-01", itt_end_date="2031-01-01")
    assert far == {
        "course_details": {"itt_end_date": ["Enter an Expected end date closer to today"]}
    }


@pytest.mark.parametrize(
    "written", ["20240902", "2024-W36-1", "2024-246", "2024-09-02T10:00:00Z", "2024W361"]
)
def test_dates_in_every_form(each: Api, written: str) -> None:
    dates = {"itt_start_date": written, "itt_end_date": "20250901"}
    shown = made(each, **dates, date_of_birth="1990001", pg_apprenticeship_start_date=written)
    for name in ("itt_start_date", "trainee_start_date", "pg_apprenticeship_start_date"):
        assert shown[name] == "2024-09-02"
    assert (shown["itt_end_date"], shown["date_of_birth"]) == ("2025-09-01", "1990-01-01")
    assert updated(each, shown, itt_end_date="2025-W36-2")["itt_end_date"] == "2025-09-02"


@pytest.mark.parametrize("written", ["2023-1-1", "01/02/2023", "2023-02-30"])
def test_what_is_no_date(old: Api, new: Api, written: str) -> None:
    assert errors(old, itt_start_date=written) == ["Itt start date is invalid"]
    assert errors(new, itt_start_date=written) == ["itt_start_date is invalid"]


def test_trainee_start_date(old: Api, new: Api) -> None:
    old_said = ["Trainee start date Cannot be more than 10 years in the past"]
    assert errors(old, trainee_start_date="2015-10-14") == old_said
    said = ["trainee_start_date Cannot be more than 10 years in the past"]
    assert errors(new, trainee_start_date="2015-10-14", fund_code="2") == said
    assert errors(new, trainee_start_date="2025-10-16") == [
        "trainee_start_date must be in the past"
    ]
    coming = {"itt_start_date": "2025-10-16", "itt_end_date": "2026-10-16"}
    made(new, **coming)
    assert errors(old, **coming) == ["Trainee start date Must be in the past"]


@pytest.mark.parametrize(
    ("born", "said"),
    [
        ("1925-10-14", "is invalid"),
        ("2025-10-16", "must be in the past"),
        ("2009-10-16", "cannot be less than 16 years ago"),
    ],
)
def test_date_of_birth(new: Api, born: str, said: str) -> None:
    assert errors(new, date_of_birth=born) == [f"date_of_birth {said}"]


def test_degrees_on_a_postgraduate_route(old: Api, new: Api) -> None:
    route = {"training_route": "12", "degrees_attributes": None}
    said = "degrees_attributes must be entered if specifying a postgraduate training_route"
    assert errors(new, **route) == [said]
    assert errors(old, **route) == {"degrees": {"degree_ids": ["Add at least one degree"]}}
    made(new, training_route="11", degrees_attributes=None)


def test_route_12_before_2022(old: Api, new: Api) -> None:
    early = {
        "training_route": "12",
        "itt_start_date": "2022-07-31",
        "itt_end_date": "2023-07-01",
        "fund_code": "2",
    }
    values = "'02', '03', '09', '10', '11', '12', '14'"
    assert errors(new, **early) == [
        "training_route has invalid reference data value of 'provider_led_postgrad'. "
        f"Valid values are {values}."
    ]
    assert errors(old, **early) == ["Training route has invalid reference data values"]
    made(new, **{**early, "itt_start_date": "2022-08-01"})


def test_equal_subjects(new: Api) -> None:
    secondary = {"course_age_range": "13918", "course_subject_one": "100403"}
    twice = errors(new, **secondary, course_subject_two="100403", course_subject_three=None)
    assert twice == ["course_subject_two might contain duplicate values"]
    third = errors(new, **secondary, course_subject_two="100425", course_subject_three="100425")
    assert third == ["course_subject_three might contain duplicate values"]


def test_fund_code(old: Api, new: Api) -> None:
    assert errors(new, training_route="14") == ["fund_code is not valid for this trainee"]
    said = ["Hesa trainee detail attributes Fund code is ineligible"]
    assert errors(old, training_route="14") == said
    made(old, training_route="14", fund_code="2")
    told = errors(new, course_age_range="~")
    assert told[0] == "fund_code is not valid for this trainee"
    assert told[1].startswith("course_age_range has invalid reference data value of '~'. Example")


def test_funding_method(new: Api) -> None:
    secondary = {
        "course_age_range": "13918",
        "course_subject_two": None,
        "course_subject_three": None,
        "itt_start_date": "2024-09-01",
        "itt_end_date": "2025-09-01",
    }
    made(new, **secondary, course_subject_one="100403", funding_method="D")
    assert errors(new, **secondary, course_subject_one="100346", funding_method="B") == [
        "funding_method 'bursary' is not allowed when training_route is 'provider_led_undergrad' "
        "and course_subject_one is 'biology' in academic cycle '2024 to 2025'"
    ]
    no_loan = {**secondary, "course_subject_one": "100403", "fund_code": "2"}
    assert errors(new, **no_loan, funding_method="B") == [
        "funding_method 'bursary' is not allowed when fund_code is '2' and course_subject_one is "
        "'mathematics'"
    ]


def test_initiatives_by_year(new: Api) -> None:
    late = {"itt_start_date": "2025-09-01", "itt_end_date": "2026-06-01"}
    assert errors(new, **late, training_initiative="025") == [
        "training_initiative 'transition_to_teach' is not available in academic cycle "
        "'2025 to 2026'"
    ]
    made(new, **late, training_initiative="026")
    assert "'009', '011', '025', '026', '036'" in errors(new, training_initiative="001")[0]


@pytest.mark.parametrize(
    "email", ["Doe", "a@b", "a..b@example.com", "a@-b.com", "a@b.c", "a b@c.de"]
)
def test_email(new: Api, email: str) -> None:
    said = "email Enter an email address in the correct format, like name@example.com"
    assert errors(new, email=email) == [said]


def test_the_case_of_a_domain(old: Api, new: Api) -> None:
    assert len(errors(old, email="zoe@EXAMPLE.COM")) == 1
    made(new, email="zoe@EXAMPLE.COM")


def test_limits_that_are_not_kept(old: Api, new: Api) -> None:
    made(old, hesa_id="1" * 30, provider_trainee_id="x" * 60, ni_number="QQ 12 34 56 C")
    made(new, additional_training_initiative="zzz", disability1="00")
    assert errors(new, provider_trainee_id="x" * 51) == [
        "provider_trainee_id is too long (maximum is 50 characters)"
    ]
    assert errors(new, hesa_id="1" * 14) == ["hesa_id must be 13 or 17 characters"]


# --- More fields -----------------------------------------------------------------------


def test_application_id(old: Api, new: Api) -> None:
    said = ["application_id is too long (maximum is 7 characters)"]
    assert errors(new, application_id=12345678) == errors(new, application_id="12345678") == said
    assert made(new, application_id="1234567")["application_id"] == 1234567
    assert made(old, application_id=12345678)["application_id"] == 12345678


def test_names_longer_than_sixty(old: Api, new: Api) -> None:
    long = dict.fromkeys(("first_names", "middle_names", "last_name"), "x" * 61)
    assert errors(old, **long) == {
        "personal_details": {
            "first_names": ["First name must be 60 characters or fewer"],
            "last_name": ["Last name must be 60 characters or fewer"],
            "middle_names": ["Middle name must be 60 characters or fewer"],
        }
    }
    text = "is too long (maximum is 60 characters)"
    names = ("first_names", "last_name", "middle_names")
    assert errors(new, **long) == [f"{name} {text}" for name in names]


def test_middle_names(each: Api) -> None:
    trainee = made(each, middle_names="Ann  B")
    assert trainee["middle_names"] == "Ann B"
    assert updated(each, trainee, middle_names=None)["middle_names"] == "Ann B"


def test_white_space_is_squashed(each: Api) -> None:
    shown = made(each, first_names="  Ruby \t Joy ", last_name=" Van  Dyke ")
    assert (shown["first_names"], shown["last_name"]) == ("Ruby Joy", "Van Dyke")


def test_any_fund_code_in_v1_0_pre(old: Api, new: Api) -> None:
    assert made(old, fund_code="9")["fund_code"] == "9"
    assert len(errors(new, fund_code="9")) == 1


def test_a_number_is_a_name(each: Api) -> None:
    names = ("first_names", "middle_names", "previous_last_name", "provider_trainee_id")
    shown = made(each, **dict.fromkeys(names, 123))
    assert [shown[name] for name in names] == ["123"] * 4
    assert updated(each, shown, ni_number=5)["ni_number"] == "5"


def test_the_start_of_an_apprenticeship(each: Api) -> None:
    name = "pg_apprenticeship_start_date"
    assert made(each, **{name: "2024-09-01"})[name] == "2024-09-01"
    for wrong in ("01/02/2023", 7, True):
        assert made(each, **{name: wrong})[name] is None


def test_an_empty_mode_of_study(each: Api) -> None:
    trainee = made(each, study_mode="31")
    assert updated(each, trainee, study_mode="")["study_mode"] == "31"
    assert len(errors(each, study_mode="")) == 1


def test_an_empty_email_has_two_errors(old: Api, new: Api) -> None:
    form = "Enter an email address in the correct format, like name@example.com"
    for empty in ("", " "):
        assert errors(new, email=empty) == ["email can't be blank", f"email {form}"]
        assert errors(old, email=empty) == ["Email can't be blank", f"Email {form}"]
    assert errors(new, email=None) == ["email can't be blank"]
    assert update_errors(new, made(new), email="") == ["email can't be blank", f"email {form}"]
    long = errors(new, email="x" * 256)
    assert long == ["email is too long (maximum is 255 characters)", f"email {form}"]


def test_equal_subjects_in_v1_0_pre(old: Api) -> None:
    subjects = {
        "course_age_range": "13918",
        "course_subject_one": "100403",
        "course_subject_two": "100403",
        "course_subject_three": "100403",
    }
    assert errors(old, **subjects) == {
        "course_details": {
            "course_subject_two": ["Enter a different second subject"],
            "course_subject_three": ["Enter a different third subject"],
        }
    }


def test_equal_disabilities(old: Api, new: Api) -> None:
    twice = {"disability1": "58", "disability2": "58"}
    assert errors(new, **twice) == ["disabilities contain duplicate values"]
    said = ["Trainee disabilities attributes contain duplicate values"]
    assert errors(old, **twice) == said
    assert (
        update_errors(old, made(old, disability1="58", disability2=None), disability2="58") == said
    )
    made(new, disability1="99", disability2="99")
    made(new, disability1="zz", disability2="zz")


def test_degrees_on_an_updated_route(old: Api, new: Api) -> None:
    bare = {"degrees_attributes": None, "fund_code": "2", "training_route": "11"}
    said = ["degrees_attributes must be entered if specifying a postgraduate training_route"]
    assert update_errors(new, made(new, **bare), training_route="12") == said
    section = {"degrees": {"degree_ids": ["Add at least one degree"]}}
    assert update_errors(old, made(old, **bare), training_route="12") == section
    assert updated(new, made(new, training_route="11"), training_route="12")
