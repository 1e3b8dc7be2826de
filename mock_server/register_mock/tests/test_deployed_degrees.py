"""The degrees of the deployed reading: what the service takes, refuses and shows."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.tests.deployed import NEWER, OLDEST, VERSIONS, Deployed, said, shared

EITHER = "must be entered if specifying a previous UK degree or non-UK degree"
OTHER_UK = "02132969-f5bc-47ca-be9c-b6f6d5b05e1b"
TYPES = "'002', '010', '013', '014', '051', '052', '053', '054', '055', '056'..."
COUNTRIES = "'AF', 'XQ', 'AX', 'AL', 'DZ', 'AS', 'AD', 'AO', 'AI', 'XX'..."
DEGREE = {
    "subject": "100425",
    "graduation_year": "2015",
    "uk_degree": "083",
    "grade": "02",
    "institution": "0116",
}
ABROAD = {
    "subject": "100425",
    "graduation_year": "2014",
    "non_uk_degree": "097",
    "country": "MX",
}


@pytest.fixture(params=VERSIONS)
def api(request: pytest.FixtureRequest) -> Deployed:
    """Each version."""
    return shared(request.param)


def sent(api: Deployed, data: dict[str, Any], found: str | None = None) -> tuple[int, Any]:
    """Send a new degree, by default of a trainee whose only degree is another one."""
    return api.call("POST", f"/trainees/{found or nobody_else(api)}/degrees", data)


def nobody_else(api: Deployed) -> str:
    """Return the id of a new trainee with one degree, which is like none here."""
    other = {**DEGREE, "subject": "100426", "graduation_year": "1990", "uk_degree": "051"}
    return api.trainee(degrees_attributes=[other])


def kept(api: Deployed, **changes: Any) -> Any:
    """Return what is shown of a new degree of the UK; None leaves a field out."""
    data = {name: value for name, value in {**DEGREE, **changes}.items() if value is not None}
    status, answer = sent(api, data)
    assert status == 201, answer
    return answer["data"]


def refused(api: Deployed, data: dict[str, Any]) -> list[str]:
    """Return what a new degree is refused for, of a trainee who has none."""
    found = nobody_else(api)
    degree = api.call("GET", f"/trainees/{found}/degrees")[1]["data"][0]["degree_id"]
    assert api.call("DELETE", f"/trainees/{found}/degrees/{degree}")[0] == 200
    return said(sent(api, data, found))


def written(api: Deployed, old: str, new: str) -> str:
    """Return what a version says."""
    return {OLDEST: old, NEWER: new}[api.version]


def test_a_new_degree_is_an_object(api: Deployed) -> None:
    status, answer = sent(api, DEGREE)
    assert (status, answer["data"]["subject"]) == (201, "100425")
    assert list(answer["data"]) == [
        "uk_degree", "non_uk_degree", "created_at", "updated_at", "subject", "institution",
        "graduation_year", "grade", "country", "other_grade", "institution_uuid", "uk_degree_uuid",
        "subject_uuid", "grade_uuid", "degree_id",
    ]  # fmt: skip
    assert (answer["data"]["graduation_year"], answer["data"]["country"]) == (2015, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"country": None},
        {"country": "XF"},
        {"country": "XK", "institution": None},
        {"country": "MX"},
        {"country": "GB"},
        {"country": "nowhere"},
        {"country": 5},
        {"institution": "9999", "country": "MX"},
        {"country": "", "institution": ""},
        {"non_uk_degree": "zzz"},
    ],
)
def test_degrees_of_the_uk(api: Deployed, changes: dict[str, Any]) -> None:
    """No country, one of the UK, or an institution."""
    shown = kept(api, **changes)
    assert (shown["country"], shown["uk_degree"], shown["non_uk_degree"]) == (None, "083", None)


@pytest.mark.parametrize("institution", [None, "", "9999", 5])
def test_an_institution_nobody_knows(api: Deployed, institution: Any) -> None:
    """It becomes another institution of the UK, which has no code."""
    shown = kept(api, institution=institution)
    assert (shown["institution"], shown["institution_uuid"]) == (None, OTHER_UK)


@pytest.mark.parametrize(
    ("field", "code", "shown"),
    [("institution", "0133", "0149"), ("grade", "09", "14"), ("other_grade", "A star", None)],
)
def test_codes_that_become_others(api: Deployed, field: str, code: str, shown: str | None) -> None:
    assert kept(api, **{field: code})[field] == shown


@pytest.mark.parametrize("type_", ["400", "401", "402", "999"])
def test_general_types_are_shown_as_null(api: Deployed, type_: str) -> None:
    shown = kept(api, uk_degree=type_)
    assert shown["uk_degree"] is None
    assert shown["uk_degree_uuid"] is not None
    status, answer = sent(api, {**ABROAD, "non_uk_degree": type_})
    assert (status, answer["data"]["non_uk_degree"]) == (201, None)


def test_degrees_of_other_countries(api: Deployed) -> None:
    """A type of the UK that is sent is shown, without its uuid; the grade is optional."""
    status, answer = sent(api, {**ABROAD, "uk_degree": "051", "grade": "zz"})
    shown = answer["data"]
    assert (status, shown["country"], shown["uk_degree"]) == (201, "MX", "051")
    assert [shown[f"{name}_uuid"] for name in ("uk_degree", "institution", "grade")] == [None] * 3
    assert sent(api, {**ABROAD, "grade": "02"})[1]["data"]["grade"] == "02"


@pytest.mark.parametrize(
    ("year", "shown"), [("2015-07-31", 2015), (2015, 2015), ("2015", 2015), ("2015x", 2015),
    ("1966", 1966), ("2026", 2026)],
)  # fmt: skip
def test_forms_of_a_graduation_year(api: Deployed, year: Any, shown: int) -> None:
    """From 59 years ago to next year."""
    assert kept(api, graduation_year=year)["graduation_year"] == shown


@pytest.mark.parametrize(
    ("year", "ahead"), [("1965", False), ("abc", False), ("2027", True), (99999, True)]
)
def test_graduation_years_out_of_range(api: Deployed, year: Any, ahead: bool) -> None:
    """One after next year has both problems."""
    past = written(
        api,
        "Graduation year Enter a graduation year that is in the past, for example 2014",
        "graduation_year must be in the past, for example 2014",
    )
    invalid = written(
        api, "Graduation year Enter a valid graduation year", "graduation_year is invalid"
    )
    assert refused(api, {**DEGREE, "graduation_year": year}) == [past] * ahead + [invalid]


def test_when_the_graduation_year_is_judged(api: Deployed) -> None:
    """In v1.0-pre only when all else is right."""
    found = fields(refused(api, {**DEGREE, "graduation_year": "2027", "subject": ""}))
    assert found == written(api, "subject", "graduation_year graduation_year subject").split()


@pytest.mark.parametrize("field", ["graduation_year", "subject", "grade", "uk_degree"])
def test_what_a_degree_of_the_uk_needs(api: Deployed, field: str) -> None:
    """An unknown subject or grade counts as missing, a label too."""
    text = EITHER if field != "uk_degree" else "must be entered if specifying a previous UK degree"
    label = field.replace("_", " ").capitalize()
    wanted = [written(api, f"{label} can't be blank", f"{field} {text}")]
    without = {name: value for name, value in DEGREE.items() if name != field}
    assert refused(api, without) == wanted
    blanks: tuple[Any, ...] = (None, "", [], {"a": 1})
    for blank in blanks:
        assert refused(api, {**DEGREE, field: blank}) == wanted
    if field in ("subject", "grade"):
        for unknown in ("zz", "Pass", 2):
            assert refused(api, {**DEGREE, field: unknown}) == wanted


def test_what_another_degree_needs(api: Deployed) -> None:
    """9 and 11; without a country it is one of the UK."""
    without = {name: value for name, value in ABROAD.items() if name != "non_uk_degree"}
    blank = "non_uk_degree must be entered if specifying a previous non-UK degree"
    assert refused(api, without) == [written(api, "Non uk degree can't be blank", blank)]
    alone = {name: value for name, value in ABROAD.items() if name != "country"}
    assert fields(refused(api, alone)) == written(api, "uk grade", "uk_degree grade").split()
    invalid = "has invalid reference data value"
    for value, said_of in (("Q9", "Q9"), ("GB", "GB"), (5, "5")):
        assert refused(api, {**ABROAD, "country": value}) == [
            written(
                api,
                f"Country {invalid}s",
                f"country {invalid} of '{said_of}'. Example values include {COUNTRIES}",
            )
        ]


def test_types_that_are_unknown(api: Deployed) -> None:
    invalid = "has invalid reference data value"
    for data, field in ((DEGREE, "uk_degree"), (ABROAD, "non_uk_degree")):
        label = field.replace("_", " ").capitalize()
        told = f"{field} {invalid} of '000'. Example values include {TYPES}"
        assert refused(api, {**data, field: "000"}) == [written(api, f"{label} {invalid}s", told)]


def test_the_order_of_errors(api: Deployed) -> None:
    """In v1.0-pre an unknown type comes before the grade, in v2025.0 after it."""
    old, new = "graduation subject uk grade", "graduation_year subject grade uk_degree"
    assert fields(refused(api, {"uk_degree": "000"})) == written(api, old, new).split()
    wrong = {"country": "Q9", "non_uk_degree": "000"}
    old, new = "graduation subject country non", "graduation_year subject country non_uk_degree"
    assert fields(refused(api, wrong)) == written(api, old, new).split()


def fields(messages: list[str]) -> list[str]:
    """Return the first word of each message."""
    return [message.split(" ")[0].lower() for message in messages]


def updated(api: Deployed, first: dict[str, Any], data: dict[str, Any]) -> tuple[int, Any]:
    """Send an update of a new degree."""
    found = nobody_else(api)
    made = sent(api, first, found)[1]["data"]
    return api.call("PATCH", f"/trainees/{found}/degrees/{made['degree_id']}", data)


def test_an_update_makes_a_degree_one_of_another_country(api: Deployed) -> None:
    """The type and the country are those of the request alone; the institution stays."""
    status, answer = updated(api, DEGREE, {"non_uk_degree": "097", "country": "MX"})
    shown = answer["data"]
    assert (status, shown["non_uk_degree"], shown["country"]) == (200, "097", "MX")
    assert (shown["uk_degree"], shown["uk_degree_uuid"]) == (None, None)
    assert (shown["institution"], shown["grade"]) == ("0116", "02")


def test_an_update_makes_a_degree_one_of_the_uk(api: Deployed) -> None:
    status, answer = updated(api, {**ABROAD, "grade": "02"}, {"uk_degree": "051"})
    shown = answer["data"]
    assert (status, shown["uk_degree"], shown["country"]) == (200, "051", None)
    assert shown["non_uk_degree"] is None


def test_updates_that_lack_something(api: Deployed) -> None:
    """Without a country a type of another country is one of the UK without its type."""
    uk = "uk_degree must be entered if specifying a previous UK degree"
    wanted = [written(api, "Uk degree can't be blank", uk)]
    assert said(updated(api, DEGREE, {"non_uk_degree": "097"})) == wanted
    blank = [written(api, "Subject can't be blank", f"subject {EITHER}")]
    for subject in ("", None, "zz"):
        assert said(updated(api, DEGREE, {"subject": subject})) == blank


def test_an_update_leaves_what_it_does_not_send(api: Deployed) -> None:
    """And codes become others as in a new degree."""
    status, answer = updated(api, DEGREE, {"grade": "09", "institution": "0133"})
    shown = answer["data"]
    assert (status, shown["grade"], shown["institution"]) == (200, "14", "0149")
    assert (shown["subject"], shown["uk_degree"]) == ("100425", "083")
    assert updated(api, DEGREE, {"institution": ""})[1]["data"]["institution_uuid"] == OTHER_UK


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (DEGREE, 1),
        ({**DEGREE, "institution": "0117"}, 1),
        ({**DEGREE, "country": "MX"}, 1),
        ({**DEGREE, "grade": "zz", "subject": ""}, 2),
        ({"institution": "0116"}, 4),
        ({"graduation_year": 2015, "grade": "02"}, 1),
        ({"graduation_year": 2015}, 2),
        ({**DEGREE, "grade": "03"}, 0),
        ({**DEGREE, "graduation_year": "2016"}, 0),
        ({**ABROAD, "country": "US"}, 0),
        (ABROAD, 1),
    ],
)
def test_duplicates(api: Deployed, data: dict[str, Any], count: int) -> None:
    """Blank fields match anything, and all that match are shown, the earliest first."""
    other = {**DEGREE, "subject": "100426", "graduation_year": "1990", "uk_degree": "051"}
    degrees = [DEGREE, {**DEGREE, "grade": "01"}, ABROAD, other]
    status, answer = sent(api, data, api.trainee(degrees_attributes=degrees))
    if not count:
        assert status == 201
        return
    assert (status, len(answer["data"])) == (409, count)
    assert answer["errors"] == [{"error": "Conflict", "message": "This is a duplicate degree"}]
    years = [each["graduation_year"] for each in answer["data"]]
    assert years == sorted(years)


def test_wrong_types_among_duplicates(api: Deployed) -> None:
    """In v1.0-pre they match nothing, in v2025.0 they are left out."""
    found = api.trainee(degrees_attributes=[DEGREE])
    assert sent(api, {**DEGREE, "uk_degree": "000"}, found)[0] == (
        409 if api.version == NEWER else 422
    )


def test_duplicates_of_an_update(api: Deployed) -> None:
    """What the update would leave behind is compared, but not with itself."""
    found = api.trainee(degrees_attributes=[DEGREE, {**DEGREE, "grade": "01"}])
    first, second = (
        each["degree_id"] for each in api.call("GET", f"/trainees/{found}/degrees")[1]["data"]
    )
    assert api.call("PUT", f"/trainees/{found}/degrees/{first}", {"institution": "0117"})[0] == 200
    status, answer = api.call("PUT", f"/trainees/{found}/degrees/{second}", {"grade": "02"})
    assert (status, [each["degree_id"] for each in answer["data"]]) == (409, [first])
    shown = api.call("GET", f"/trainees/{found}/degrees/{second}")[1]["data"]
    assert shown["grade"] == "01"


def test_degrees_are_shown_by_year(api: Deployed) -> None:
    """In their list and in the trainee."""
    found = api.trainee(
        degrees_attributes=[{**DEGREE, "graduation_year": year} for year in (2015, "1999", 2003)]
    )
    lists = (
        api.call("GET", f"/trainees/{found}/degrees")[1]["data"],
        api.call("GET", f"/trainees/{found}")[1]["degrees"],
    )
    for shown in lists:
        assert [each["graduation_year"] for each in shown] == [1999, 2003, 2015]


def test_degrees_of_a_new_trainee(api: Deployed) -> None:
    """The same codes and the same problems."""
    data = api.body(degrees_attributes=[{**DEGREE, "grade": "09", "country": "GB"}])
    status, answer = api.call("POST", "/trainees", data)
    (shown,) = answer["data"]["degrees"]
    assert (status, shown["grade"], shown["country"]) == (201, "14", None)


def test_graduation_years_of_a_new_trainee() -> None:
    """Both problems, as of any degree."""
    api = shared(NEWER)
    degrees = [DEGREE, {**DEGREE, "graduation_year": "2027"}]
    status, answer = api.call("POST", "/trainees", api.body(degrees_attributes=degrees))
    past, invalid = "must be in the past, for example 2014", "is invalid"
    assert status == 422
    assert answer["errors"] == [f"graduation_year {past}", f"graduation_year {invalid}"]
