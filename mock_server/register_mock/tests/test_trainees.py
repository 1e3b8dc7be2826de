"""Creating, changing and showing trainees, held against the documents and decision 1 to 9."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import pytest

import register_spec as spec
from register_mock.contract.shape import Shape
from register_mock.tests.conftest import (
    VERSIONS,
    Api,
    documented,
    make_api,
    missing_data,
    trainee_data,
)

MADE_BY_THE_SERVICE = {
    "created_at",
    "updated_at",
    "submitted_for_trn_at",
    "trainee_id",
    "ukprn",
    "placement_id",
    "degree_id",
}

# The versions that put primary teaching first; the others refuse another subject.
MOVES_SUBJECTS = [
    version
    for version in VERSIONS
    if "primary_subject" in spec.bundle(version)["x-derived"]["trainee"]["stored"]
]


def _comparable(record: Any) -> Any:
    if isinstance(record, dict):
        return {k: _comparable(v) for k, v in record.items() if k not in MADE_BY_THE_SERVICE}
    return [_comparable(each) for each in record] if isinstance(record, list) else record


def test_the_documented_request_is_answered_as_documented(api: Api) -> None:
    """The printed request answers the printed body, but for what decision 6 names."""
    expected = documented(api.version, "/trainees", "post", "201")["data"]
    got = api.created()
    assert list(got) == list(expected)
    changed = {"course_age_range": "13913", "course_max_age": 9}
    expected = _comparable(expected) | changed
    expected["placements"][0]["name"] = "Placement"
    assert _comparable(got) == expected


def test_the_same_request_twice_is_a_conflict_with_the_first_trainee(api: Api) -> None:
    """The second answer is 409 and shows the trainee that is there."""
    first = api.created()
    status, answer = api.create()
    assert status == 409
    assert answer["errors"] == [
        {"error": "Conflict", "message": "This trainee is already in Register"}
    ]
    assert answer["data"] == [first]


SAME = [
    {"first_names": "Jo\u200bhn", "email": "other@example.com"},
    {"first_names": "JOHN"},
    {"first_names": "jo-hn."},
    {"first_names": "J o h n", "email": "other@example.com"},
    {"first_names": "Other", "email": "JOHN.DOE@EXAMPLE.COM"},
    {"last_name": "dOE"},
    {"hesa_id": "0310261553102", "provider_trainee_id": "1"},
    {"itt_start_date": "2023-07-31", "trainee_start_date": "2022-08-01"},
]
OTHER: list[dict[str, Any]] = [
    {"date_of_birth": "1990-01-02"},
    {"training_route": "09"},
    {"last_name": "Do-e"},
    {"first_names": "Jöhn", "email": "other@example.com"},
    {"first_names": "Jon", "email": "other@example.com"},
    {"first_names": "Jo\u0308hn", "email": "other@example.com"},
    {"itt_start_date": "2023-08-01"},
    {"trainee_start_date": "2023-08-01"},
]


@pytest.mark.parametrize("changes", SAME)
def test_a_trainee_that_differs_only_so_is_a_duplicate(api: Api, changes: Any) -> None:
    """Case, punctuation and the fields that are no keys do not make another trainee."""
    api.created()
    assert api.create(**changes)[0] == 409


@pytest.mark.parametrize("changes", OTHER)
def test_a_trainee_that_differs_in_a_key_is_another_one(api: Api, changes: Any) -> None:
    """Another birth date, route, name or academic year makes another trainee."""
    api.created()
    assert api.create(**changes)[0] == 201


@pytest.mark.parametrize("name", ["last_name", "first_names", "email"])
@pytest.mark.parametrize("accented", ["Zoé", "Łukǰa", "Ạ̈lex"])
def test_an_accent_is_the_same_however_it_is_written(api: Api, name: str, accented: str) -> None:
    """Keys without case are compared in NFC; folding takes some letters apart."""
    apart = {"email": "other@example.com"} if name == "first_names" else {}
    apart = {"first_names": "Other"} if name == "email" else apart
    end = "@example.com" if name == "email" else ""
    api.created(**{name: normalize("NFC", accented) + end})
    for form in ("NFD", "NFC"):
        for spelt in (normalize(form, accented), normalize(form, accented.swapcase())):
            assert api.create(**{**apart, name: spelt + end})[0] == 409
    bare = "".join(each for each in normalize("NFD", accented) if each.isalpha())
    assert api.create(**{**apart, name: bare + end})[0] == 201


def test_names_without_a_letter_match_nothing(api: Api) -> None:
    """An empty result of the normalisation is not a match (decision 9)."""
    api.created(first_names="--", email="a@example.com")
    assert api.create(first_names="..", email="b@example.com")[0] == 201


def test_another_providers_trainee_is_no_duplicate_and_does_not_exist(api: Api) -> None:
    """A token sees its own provider's trainees only."""
    mine = api.created()["trainee_id"]
    other = api.other_provider()
    assert other.create()[0] == 201
    assert other.messages(other.call("GET", f"/trainees/{mine}")) == ["Trainee(s) not found"]
    assert other.call("PUT", f"/trainees/{mine}", {"first_names": "X"})[0] == 404


def test_all_problems_come_together_in_the_order_of_the_document(api: Api) -> None:
    """One problem a field, blank before invalid before list before length."""
    outcome = api.create(
        first_names=" ",
        last_name="x" * 61,
        sex="13",
        email=None,
        date_of_birth="1990-02-30",
        itt_aim=5,
        nationality="GBX",
        degrees_attributes=[{"subject": "100485", "graduation_year": "2003"}],
    )
    assert outcome[0] == 422
    assert api.messages(outcome) == [
        "First names can't be blank",
        "Last name is too long (maximum is 60 characters)",
        "Date of birth is invalid",
        "Sex is not included in the list",
        "Nationality is not included in the list",
        "Email can't be blank",
        "Itt aim is not included in the list",
        "Grade can't be blank",
        "Uk degree can't be blank",
        "Institution can't be blank",
    ]


def test_the_conditions_of_the_document(api: Api) -> None:
    """itt_qualification_aim with 202, in either form; a placement's name without a urn."""
    for aim in ("202", 202):
        outcome = api.create(itt_aim=aim, itt_qualification_aim=None)
        assert api.messages(outcome) == ["Itt qualification aim can't be blank"]
    assert api.create(itt_aim="201", itt_qualification_aim=None)[0] == 201
    outcome = api.create(placements_attributes=[{"postcode": "AB1 2CD"}])
    assert api.messages(outcome) == ["Name can't be blank"]


def test_values_the_service_makes(api: Api) -> None:
    """Defaults, look-ups and the disclosures."""
    urn, ukprn = api.named("training_partner_urn"), api.named("training_partner_ukprn")
    subject = trainee_data(api.version)[api.named("course_subject_1")]
    plain = api.created(
        ethnicity=None,
        disability1=None,
        disability2=None,
        course_age_range="13918",
        employing_school_urn="100003",
        **{urn: None, ukprn: "10000002"},
    )
    expected = {
        "ethnicity": "997",
        "ethnic_group": "not_provided_ethnic_group",
        "ethnic_background": "Not provided",
        "disability_disclosure": "disability_not_provided",
        "diversity_disclosure": "diversity_not_disclosed",
        api.named("course_subject_1"): subject,
        "course_min_age": 11,
        "course_max_age": 16,
        "course_education_phase": "secondary",
        "employing_school_urn": "100003",
        "employing_school_not_applicable": False,
        urn: "130001",
        ukprn: "10000002",
        api.named("training_partner_not_applicable"): False,
        "trainee_start_date": "2023-01-01",
    }
    assert {key: plain[key] for key in expected} == expected
    assert plain.get("hesa_disabilities") is None
    assert "disability1" not in plain


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (["100346", "101410", "100366"], ["100511", "100346", "101410"]),
        (["100511", "101410", "100366"], ["100511", "101410", "100366"]),
        (["100346", "100511", None], ["100511", "100346", None]),
        (["100346", "100346", "101410"], ["100511", "100346", "101410"]),
    ],
)
@pytest.mark.parametrize("version", MOVES_SUBJECTS)
def test_a_primary_course_has_primary_teaching_first(
    version: str, sent: list[str], shown: list[str]
) -> None:
    """The subjects sent move on and keep their order."""
    api = make_api(version)
    names = ["course_subject_one", "course_subject_two", "course_subject_three"]
    trainee = api.created(**dict(zip(names, sent, strict=True)))
    assert [trainee[name] for name in names] == shown


def test_an_update_merges_and_clears(api: Api) -> None:
    """What is not sent stays; null and an empty text clear; PATCH does the same as PUT."""
    path = f"/trainees/{api.created()['trainee_id']}"
    for method in ("PUT", "PATCH"):
        status, answer = api.call(
            method, path, {"first_names": method, "previous_last_name": None, "disability2": ""}
        )
        assert status == 200
        assert answer["data"]["first_names"] == method
        assert answer["data"]["last_name"] == "Doe"
        assert answer["data"]["previous_last_name"] is None
        assert answer["data"]["disability1"] == "58"
        assert "disability2" not in answer["data"]
        assert answer == api.call("GET", path)[1]


def test_an_update_is_checked_as_the_merged_record(api: Api) -> None:
    """A required field cannot be cleared; a condition sees what is stored."""
    path = f"/trainees/{api.created(itt_aim='201', itt_qualification_aim=None)['trainee_id']}"
    assert api.messages(api.call("PUT", path, {"last_name": None})) == ["Last name can't be blank"]
    assert api.messages(api.call("PUT", path, {"itt_aim": "202"})) == [
        "Itt qualification aim can't be blank"
    ]
    assert api.call("PUT", path, {"itt_aim": 202, "itt_qualification_aim": "001"})[0] == 200


def test_read_only_and_unknown_keys_are_ignored(api: Api) -> None:
    """They are neither refused nor set (decision 7)."""
    before = api.created()
    path = f"/trainees/{before['trainee_id']}"
    sent = {"trn": "1234567", "state": "awarded", "trainee_id": "x", "unheard_of": 1}
    status, answer = api.call("PUT", path, {**sent, "degrees_attributes": [], "ukprn": "1"})
    assert status == 200
    assert answer["data"] == before
    sent = {"ethnic_group": 5, "ethnic_background": "x" * 999}
    assert api.call("PUT", path, sent)[1]["data"] == before
    other = api.created(last_name="Other", ethnicity="120", **sent)
    assert (other["ethnic_group"], other["ethnic_background"]) == ("black_ethnic_group", "African")


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_read_only_is_kept_of_a_request(version: str) -> None:
    """Neither in the record nor in what an update is merged from."""
    shape = Shape(spec.bundle(version), "#/components/schemas/TraineeRequest")
    assert shape.not_cleared({"ethnic_group": "x", "ethnic_background": 5, "sex": "10"}) == {
        "sex": "10"
    }


@pytest.mark.parametrize(
    ("aim", "problem"),
    [
        ("203", "is not included in the list"),
        (203, "is not included in the list"),
        (True, "is invalid"),
        (202.5, "is invalid"),
        (["202"], "is invalid"),
        (" ", "can't be blank"),
        (None, "can't be blank"),
    ],
)
def test_a_wrong_aim_is_told_in_the_form_it_was_sent(api: Api, aim: Any, problem: str) -> None:
    """The aim is a text or a number; one problem, for the form that was meant."""
    assert api.messages(api.create(itt_aim=aim)) == [f"Itt aim {problem}"]


def test_dates_against_today(newest: Api) -> None:
    """v2025.0 refuses what starts too late or too long ago; today is 15 October 2025."""
    refused = [
        {"itt_start_date": "2026-10-16"},
        {"itt_start_date": "2015-10-14"},
        {"trainee_start_date": "2025-10-16"},
        {"trainee_start_date": "2015-10-14"},
        {"trainee_start_date": "0000-01-01"},
    ]
    for changes in refused:
        assert newest.create(**changes)[0] == 422, changes
    accepted = [
        {"itt_start_date": "2026-10-15"},
        {"itt_start_date": "2015-10-15"},
        {"trainee_start_date": "2025-10-15"},
        {"itt_start_date": "2026-09-01", "trainee_start_date": "2026-09-01"},
    ]
    for number, changes in enumerate(accepted):
        assert newest.create(last_name=f"Doe{number}", **changes)[0] == 201, changes


@pytest.mark.parametrize("version", MOVES_SUBJECTS)
def test_a_subject_sent_again_is_not_shown_twice(version: str) -> None:
    """The subjects a primary course has beside its first are kept."""
    api = make_api(version)
    path = f"/trainees/{api.created()['trainee_id']}"
    trainee = api.call("PUT", path, {"course_subject_one": "100346"})[1]["data"]
    assert trainee["course_subject_two"] == "100346"
    assert trainee["course_subject_three"] == "101410"


def test_a_list_of_wrong_things_is_one_problem(api: Api) -> None:
    """However many of its entries are no degrees; those that are get problems of their own."""
    outcome = api.create(degrees_attributes=[1, "two", {"subject": "100485"}])
    messages = api.messages(outcome)
    assert messages.count("Degrees attributes is invalid") == 1
    assert "Graduation year can't be blank" in messages


@pytest.mark.parametrize("text", ["a\0b", "\0"])
def test_a_text_with_nul_is_malformed(api: Api, text: str) -> None:
    """No database keeps it; an escaped backslash before the same letters is no NUL."""
    assert api.create(first_names=text)[0] == 400
    assert api.created(first_names="a\\u0000b")["first_names"] == "a\\u0000b"


def test_numbers_json_allows(api: Api) -> None:
    """202.0 is the number 202; without a limit, an application id may be as large as it likes."""
    assert api.created(itt_aim=202.0)["itt_aim"] == "202"
    path = f"/trainees/{api.created(last_name='Other', application_id=7.0)['trainee_id']}"
    assert api.call("GET", path)[1]["data"]["application_id"] == 7
    fields = spec.bundle(api.version)["components"]["schemas"]["Trainee"]["properties"]
    largest = fields["application_id"].get("maximum", 2**80)
    assert api.call("PUT", path, {"application_id": largest})[0] == 200


def test_data_that_is_not_there(api: Api) -> None:
    """No data, empty data and data of another kind are one and the same problem."""
    expected = [missing_data(api.version)]
    empty: list[Any] = [{}, [], "", "text", 7]
    for data in empty:
        assert api.messages(api.call("POST", "/trainees", data)) == expected
    headers = {"Authorization": f"Bearer {api.token}"}
    url = f"/api/{api.version}/trainees"
    bodies: list[Any] = [{"json": []}, {"json": 1}, {}, {"data": '{"data":{"sex":"1"}}'}]
    for sent in bodies:
        answer = api.client.post(url, headers=headers, **sent)
        assert answer.status_code == 422
        assert answer.json is not None
        assert answer.json["errors"][0]["message"] == expected[0]


def test_the_request_is_not_kept_by_reference(api: Api) -> None:
    """Two trainees of one request body do not share a record."""
    one = api.created()
    two = api.created(last_name="Roe")
    api.call("PUT", f"/trainees/{two['trainee_id']}", {"first_names": "New"})
    assert api.call("GET", f"/trainees/{one['trainee_id']}")[1]["data"] == one
    assert trainee_data(api.version)["first_names"] == "John"
