"""The deployed reading: what the running service answers to creating and updating a trainee.

Each test names the part of the service's behaviour that it holds the mock to.
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


# --- 2. Error formats ----------------------------------------------------------------------


def test_2_1_errors_are_texts_with_a_message(each: Api) -> None:
    status, answer = each.call("POST", "/trainees", body(each.version, sex=None))
    said = "Sex can't be blank" if each.version == OLD else "sex can't be blank"
    message = "Validation failed: 1 error prohibited this trainee from being saved"
    assert (status, answer) == (422, {"message": message, "errors": [said]})
    assert list(answer) == ["message", "errors"]


def test_2_1_several_errors_are_counted(each: Api) -> None:
    _, answer = each.call("POST", "/trainees", body(each.version, sex=None, hesa_id=None))
    message = "Validation failed: 2 errors prohibited this trainee from being saved"
    assert answer["message"] == message


def test_2_1_an_update_is_refused_likewise(new: Api) -> None:
    assert update_errors(new, made(new), sex="") == ["sex can't be blank"]


def test_2_2_names_of_fields_in_v1_0_pre(old: Api) -> None:
    assert errors(old, hesa_id=None) == ["Hesa can't be blank"]
    assert errors(old, itt_start_date="x") == ["Itt start date is invalid"]
    assert errors(old, course_year=None) == [
        "Hesa trainee detail attributes Course year can't be blank"
    ]
    placement = errors(old, placements_attributes=[{}])
    assert placement == ["Placements attributes Name can't be blank"]
    wrong = errors(old, degrees_attributes=[{**DEGREE, "uk_degree": "777"}])
    assert wrong == ["Degrees attributes Uk degree has invalid reference data values"]


def test_2_2_names_of_fields_in_v2025_0(new: Api) -> None:
    assert errors(new, hesa_id=None) == ["hesa_id can't be blank"]
    assert errors(new, course_year=None) == ["course_year can't be blank"]
    assert errors(new, placements_attributes=[{}]) == ["placements_attributes name can't be blank"]


def test_2_3_enhanced_errors(new: Api) -> None:
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
def test_2_5_ten_examples_of_a_long_list(new: Api, field: str, examples: str) -> None:
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
def test_2_5_all_values_of_a_short_list(new: Api, field: str, values: str) -> None:
    told = errors(new, **{field: "~"})
    wanted = f"{field} has invalid reference data value of '~'. Valid values are {values}."
    assert wanted in told


def test_2_5_no_values_in_v1_0_pre(old: Api) -> None:
    assert errors(old, sex="~") == ["Sex has invalid reference data values"]


# --- 1. Request envelope ----------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{}, {"data": None}, {"data": {}}, [1], 7])
def test_1_1_missing_data(each: Api, wrong: Any) -> None:
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


def test_1_2_a_number_is_no_code(new: Api) -> None:
    values = "'10', '11', '12', '96', '99'"
    said = f"sex has invalid reference data value of '10'. Valid values are {values}."
    assert errors(new, sex=10) == [said]
    aim = "itt_aim has invalid reference data value of '202'. Valid values are '201', '202'."
    assert errors(new, itt_aim=202) == [aim]


# --- 9. and 8. Answers ------------------------------------------------------------------------------


def test_9_1_the_keys_of_v1_0_pre_in_their_order(old: Api) -> None:
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


def test_9_1_the_keys_of_v2025_0_in_their_order(new: Api) -> None:
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


def test_9_2_fields_that_are_shown_otherwise(each: Api) -> None:
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
def test_4_9_disability_disclosure(each: Api, codes: tuple[Any, Any], disclosure: str) -> None:
    shown = made(each, disability1=codes[0], disability2=codes[1])
    assert shown["disability_disclosure"] == disclosure


def test_8_codes_that_are_kept_as_others(each: Api) -> None:
    shown = made(each, ethnicity="999", nationality="JE")
    assert (shown["ethnicity"], shown["nationality"]) == ("997", "GB")


def test_4_8_the_initiative_of_veterans_has_no_code(new: Api) -> None:
    shown = made(new, funding_method="C", training_initiative="026")
    assert shown["training_initiative"] is None
