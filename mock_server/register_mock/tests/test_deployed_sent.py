"""The deployed reading: records that come with a trainee, its likes, and what is kept as sent."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.control.entries import masked, personal_fields
from register_mock.tests.conftest import Api
from register_mock.tests.test_deployed_trainee import (
    DEGREE,
    OLD,
    body,
    errors,
    made,
    updated,
)
from register_mock.tests.test_deployed_trainee import each as each
from register_mock.tests.test_deployed_trainee import new as new
from register_mock.tests.test_deployed_trainee import old as old

# --- Placements of a new trainee ---------------------------------------------------------------


def placement(api: Api, **sent: Any) -> Any:
    """Return a placement that is made with its trainee."""
    return made(api, placements_attributes=[sent])["placements"][0]


def test_a_placement_at_a_school(each: Api) -> None:
    shown = placement(each, urn="100000", name="Other", postcode="nowhere")
    assert (shown["name"], shown["postcode"]) == ("Ashdown Primary School", "AB1 2CD")
    assert shown["address"] == "URN 100000, Ashdown, AB1 2CD"


@pytest.mark.parametrize(
    ("urn", "name"),
    [
        ("900000", "Placement outside England and Wales"),
        ("900010", "Not applicable or not available"),
        ("900020", "Establishment does not have a URN"),
        ("900030", "Not available"),
    ],
)
def test_a_placement_with_a_special_urn(each: Api, urn: str, name: str) -> None:
    for more in ({}, {"name": "Other"}):
        shown = placement(each, urn=urn, **more)
        assert (shown["urn"], shown["name"], shown["address"]) == (urn, name, None)


def test_a_placement_with_an_unknown_urn(old: Api, new: Api) -> None:
    shown = placement(new, urn="999999", name="Own", postcode="AB1 2CD")
    assert (shown["name"], shown["postcode"], shown["address"]) == ("Own", None, "URN 999999")
    named = errors(new, placements_attributes=[{"urn": "999999"}, {"name": ""}])
    assert named == ["placements_attributes name can't be blank"] * 2
    said = ["Placements attributes Name can't be blank"]
    assert errors(old, placements_attributes=[{"urn": "999999"}]) == said
    wrong = errors(new, placements_attributes=[{"urn": "1", "name": "x"}])
    assert wrong == ["placements_attributes urn is invalid"]


# --- Degrees of a new trainee ------------------------------------------------------------------


def test_equal_degrees(old: Api, new: Api) -> None:
    twice = {"degrees_attributes": [DEGREE, {**DEGREE, "institution": "0117"}]}
    assert errors(new, **twice) == ["degrees_attributes contains duplicate degrees"]
    assert len(made(old, **twice)["degrees"]) == 2
    other = [DEGREE, {**DEGREE, "graduation_year": "2014"}]
    assert len(made(new, degrees_attributes=other)["degrees"]) == 2
    dated = [DEGREE, {**DEGREE, "graduation_year": "2015-07-31", "country": "XF"}]
    assert errors(new, degrees_attributes=dated) == [
        "degrees_attributes contains duplicate degrees"
    ]


def test_what_follows_from_a_wrong_code(new: Api) -> None:
    """An unknown route or subject is refused for its degrees and its funding too."""
    at = {"itt_start_date": "2024-09-01", "itt_end_date": "2025-09-01"}
    secondary = {"course_age_range": "13918", "course_subject_one": "100403", **at}
    wrong = errors(new, **secondary, training_route="99", funding_method="D", degrees_attributes=[])
    assert wrong == [
        "degrees_attributes must be entered if specifying a postgraduate training_route",
        "fund_code is not valid for this trainee",
        "funding_method 'bursary' is not allowed when training_route is '99' and "
        "course_subject_one is 'mathematics' in academic cycle '2024 to 2025'",
        "training_route has invalid reference data value of '99'. Valid values are '02', '03', "
        "'09', '10', '11', '12', '14'.",
    ]
    subject = errors(new, **{**secondary, "course_subject_one": "1"}, funding_method="D")
    assert subject[0] == (
        "funding_method 'bursary' is not allowed when training_route is 'provider_led_undergrad' "
        "and course_subject_one is '1' in academic cycle '2024 to 2025'"
    )
    assert subject[1].startswith("course_subject_one has invalid reference data value of '1'.")


def test_the_start_after_an_update(old: Api, new: Api) -> None:
    dates = {"itt_start_date": "2024-09-01", "itt_end_date": "2025-09-01"}
    moved = {"itt_start_date": "2024-10-01"}
    for more in ({}, {"trainee_start_date": "2024-09-02"}):
        trainee = made(old, **dates, **more)
        assert updated(old, trainee, **moved)["trainee_start_date"] == "2024-10-01"
    trainee = made(new, **dates)
    assert updated(new, trainee, **moved)["trainee_start_date"] == "2024-09-01"
    assert updated(new, trainee, trainee_start_date="")["trainee_start_date"] == "2024-10-01"


def test_graduation_years_in_v1_0_pre(old: Api) -> None:
    """They are refused when the record is saved: after sections, as texts."""
    ahead = [{**DEGREE, "graduation_year": "2027"}, {**DEGREE, "graduation_year": "1960"}]
    in_the_past = "Enter a graduation year that is in the past, for example 2014"
    valid = "Degrees graduation year Enter a valid graduation year"
    assert errors(old, degrees_attributes=ahead) == [
        f"Degrees graduation year {in_the_past}",
        valid,
        valid,
    ]
    told = errors(old, degrees_attributes=ahead, date_of_birth="2020-01-01")
    assert list(told) == ["personal_details"]
    far = errors(old, degrees_attributes=[{**DEGREE, "graduation_year": 12345}])
    assert far == [f"Degrees graduation year {in_the_past}", valid]
    made(old, degrees_attributes=[{**DEGREE, "graduation_year": "2026"}])


# --- Duplicate trainees -----------------------------------------------------------------------


def again(api: Api, trainee: dict[str, Any], **changes: Any) -> int:
    """Return the status of a creation with what was sent before, and these changes."""
    status: int = api.call("POST", "/trainees", {**trainee, **changes})[0]
    return status


def original(api: Api, **changes: Any) -> dict[str, Any]:
    """Return what a trainee was made of."""
    sent = body(api.version, first_names="Mary-Jane Ann", **changes)
    assert api.call("POST", "/trainees", sent)[0] == 201
    return sent


@pytest.mark.parametrize("names", ["maryjane", " MARYJANE Other", "Mar'y-Jané"])
def test_the_first_word_of_first_names(each: Api, names: str) -> None:
    sent = original(each)
    wanted = 409 if "é" not in names else 201
    assert again(each, sent, first_names=names, email="other@example.com") == wanted


def test_the_email(each: Api) -> None:
    sent = original(each)
    other = {"first_names": "Zoe"}
    assert again(each, sent, **other, email=sent["email"].upper().replace("COM", "com")) == 409
    assert again(each, sent, **other, email="else@example.com") == 201


def test_the_start_of_the_course(each: Api) -> None:
    dates = {"itt_start_date": "2024-07-31", "itt_end_date": "2025-09-01"}
    sent = original(each, **dates, trainee_start_date="2024-08-01", funding_method="6")
    assert again(each, sent, trainee_start_date="2024-08-01") == 201
    assert again(each, sent, itt_start_date="2024-08-01", trainee_start_date="2023-08-01") == 409


def test_withdrawn_trainees_count_and_discarded_ones_do_not(each: Api) -> None:
    sent = original(each)
    status, answer = each.call("POST", "/trainees", {**sent, "email": "other@example.com"})
    assert (status, answer["errors"]) == (
        409,
        [{"error": "Conflict", "message": "This trainee is already in Register"}],
    )
    assert list(answer) == ["errors", "data"]
    (found,) = answer["data"]
    path = f"/_mock/trainees/{found['trainee_id']}/events"
    assert each.client.post(path, json={"event": "discard"}).status_code < 300
    assert again(each, sent) == 201


# --- The cohort to look around in -----------------------------------------------------------------


@pytest.mark.parametrize("year", [2025, 2029])
def test_the_demo_seed_goes_whatever_is_funded(year: int) -> None:
    now = f"{year}-10-15T09:00:00.000Z"
    create_app(Options(seed="demo", reading="deployed", now=now, frozen=True))


# --- Disabilities and empty texts as they were sent ----------------------------------------------


def test_disabilities_stand_as_they_were_sent(each: Api) -> None:
    sent = {"disability10": "58", "disability2": 57, "disability1": "", "disability01": True}
    trainee = made(each, **sent, disability3=["58"], disabilityx="58", disability="58")
    shown = {name: value for name, value in trainee.items() if name.startswith("disability")}
    del shown["disability_disclosure"]
    assert list(shown.items()) == [
        ("disability1", ""),
        ("disability2", 57),
        ("disability01", True),
        ("disability10", "58"),
    ]
    assert trainee["disability_disclosure"] == "disability_not_provided"


def test_an_update_lays_disabilities_over_those_kept(each: Api) -> None:
    trainee = made(each, disability1="55", disability2="57", disability10="58")
    changed = updated(each, trainee, disability1=None, disability10="", disability12="x")
    assert [changed[f"disability{number}"] for number in (1, 2, 10, 12)] == [None, "57", "", "x"]
    if each.version == OLD:
        names = ["disability1", "disability2", "disability10", "disability12"]
        assert sorted(changed["hesa_disabilities"]) == sorted(names)
    assert updated(each, trainee, first_names="Ada")["disability12"] == "x"


def test_a_disability_of_a_high_number_is_data(new: Api) -> None:
    updated(new, made(new), disability99="58")


def test_empty_texts_are_kept_where_texts_are_not_looked_at(each: Api) -> None:
    names = ["middle_names", "previous_last_name", "provider_trainee_id", "ni_number"]
    empty = dict.fromkeys([*names, "additional_training_initiative"], "")
    trainee = made(each, **empty)
    assert {name: trainee[name] for name in empty} == empty
    filled = updated(each, trainee, **dict.fromkeys(empty, "026"))
    assert {filled[name] for name in empty} == {"026"}
    again = updated(each, trainee, **empty)
    assert {name: again[name] for name in empty} == empty


def test_every_disability_is_personal(each: Api) -> None:
    edition = each.worlds.editions["deployed"][each.version]
    sent = {"disability1": "58", "disability10": "58", "disability": "58"}
    hidden = {"disability1": "***", "disability10": "***", "disability": "58"}
    assert masked(sent, personal_fields([edition])) == hidden


# --- Beside a date that is wrong -----------------------------------------------------------------


@pytest.mark.parametrize("start", ["soon", "2010-01-01", "2026-06-01"])
def test_a_route_is_not_looked_up_beside_a_wrong_start(each: Api, start: str) -> None:
    told = errors(each, trainee_start_date=start, training_route="77", fund_code="2")
    assert not [text for text in told if "raining" in text and "reference data" in text]
    assert errors(each, training_route="77") != []
    blank = errors(each, trainee_start_date=start, training_route=None)
    label = "Training route" if each.version == OLD else "training_route"
    assert f"{label} can't be blank" in blank


def test_a_very_small_number_in_a_sentence(new: Api) -> None:
    (told,) = errors(new, study_mode=1e-05)
    assert "of '1e-05'" in told


def test_without_a_date_the_present_cycle_decides(new: Api) -> None:
    said = "training_initiative 'transition_to_teach' is not available in academic cycle"
    assert errors(new, trainee_start_date="soon", training_initiative="025") == [
        "trainee_start_date is invalid",
        f"{said} '2025 to 2026'",
    ]
    (_, grant) = errors(new, trainee_start_date="soon", funding_method="E")
    assert grant.endswith("in academic cycle '2025 to 2026'")


# --- What is taken away before anything looks at it ----------------------------------------------


@pytest.mark.parametrize("lists", [[None], ["x", 5], "x", 5, True])
def test_what_is_no_record_is_not_sent(each: Api, lists: Any) -> None:
    sent = {"placements_attributes": lists, "degrees_attributes": lists}
    trainee = made(each, **sent)
    assert (trainee["placements"], trainee["degrees"]) == ([], [])


def test_an_object_in_place_of_a_list(each: Api) -> None:
    sent = {"degrees_attributes": {"0": DEGREE}}
    if each.version == OLD:
        assert errors(each, **sent) == ["Degrees attributes is invalid"]
    else:
        assert made(each, **sent)["degrees"] == []


def test_records_beside_what_is_none(each: Api) -> None:
    placement = {"urn": ["900000"], "name": "Hedgehogs"}
    sent = {"placements_attributes": [None, placement], "degrees_attributes": ["x", DEGREE]}
    trainee = made(each, **sent)
    assert [each["name"] for each in trainee["placements"]] == ["Hedgehogs"]
    assert len(trainee["degrees"]) == 1
