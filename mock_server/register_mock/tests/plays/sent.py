"""Plays about what is sent: each field with each of its values, children, texts, updates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from register_mock.tests.plays.play import (
    Json,
    Play,
    id_in,
    ids_in,
)
from register_spec.scenarios.bodies import outward


def limits_of(row: Json) -> Iterator[int]:
    """Yield lengths on both sides of the limits of a field."""
    for part in (row, *row.get("anyOf", ())):
        for keyword in ("maxLength", "minLength"):
            if part.get(keyword) and "enum" not in part:
                yield from (part[keyword] - 1, part[keyword], part[keyword] + 1, 3 * part[keyword])


def codes_of(row: Json) -> list[Any]:
    """Return the codes of a field that has a list: all of a short one, the edges of a long one."""
    codes = [code for part in (row, *row.get("anyOf", ())) for code in part.get("enum", ())]
    return codes if len(codes) < 25 else [codes[0], codes[1], codes[-2], codes[-1]]


def values_of(name: str, row: Json) -> Iterator[Any]:
    """Yield what is sent for a field, right and wrong."""
    for length in limits_of(row):
        yield ("1" * length) if name != "email" else "a" * (length - 6) + "@ab.cd"
    yield from codes_of(row)
    for part in (row, *row.get("anyOf", ())):
        if "maximum" in part:
            yield from (part["maximum"], part["maximum"] + 1, 10 * part["maximum"] + 9)
        if "minimum" in part:
            yield from (part["minimum"], part["minimum"] - 1, 0, 123)
    yield from ("", None, "zz", 7, ["a"], " ", True)


def every_field(play: Play) -> None:
    """Each field of a new trainee with each of its values."""
    for name, row in play.fields("TraineeRequest").items():
        if name not in ("placements_attributes", "degrees_attributes"):
            play.again()
            play.create(name)
            for value in values_of(name, row):
                play.again()
                play.create(**{name: value})


CHILDREN = {
    "degree": {
        "subject": "100485", "grade": "02", "uk_degree": "083", "institution": "0117",
        "graduation_year": "2003", "country": "XF",
    },
    "placement": {"urn": "100001", "name": "A school", "postcode": "AB1 2CD"},
}  # fmt: skip


def every_field_of_a_child(play: Play) -> None:
    """Each field of a degree and of a placement, each value, alone, nested and in an update."""
    for kind, base in CHILDREN.items():
        owner = play.made("trn_received", degrees_attributes=[], placements_attributes=[])
        first = id_in(play.ask("POST", f"/trainees/{owner}/{kind}s", base), f"{kind}_id")
        for name, row in play.fields(f"{kind.capitalize()}Request").items():
            lacking = {key: value for key, value in base.items() if key != name}
            play.ask("POST", f"/trainees/{owner}/{kind}s", lacking)
            for value in values_of(name, row):
                changed = {**base, name: value}
                made = id_in(play.ask("POST", f"/trainees/{owner}/{kind}s", changed), f"{kind}_id")
                play.ask("DELETE", f"/trainees/{owner}/{kind}s/{made}")
                play.ask("PATCH", f"/trainees/{owner}/{kind}s/{first}", {name: value})
                play.ask("PUT", f"/trainees/{owner}/{kind}s/{first}", base)


FOREIGN = {"subject": "100485", "country": "FR", "non_uk_degree": "083", "graduation_year": 2010}
DEGREES: tuple[Json, ...] = (
    FOREIGN,
    {**FOREIGN, "uk_degree": "083", "institution": "0117", "grade": "02"},
    {**FOREIGN, "country": "XG"},
    {**CHILDREN["degree"], "country": "XG"},
    {**CHILDREN["degree"], "country": "FR"},
    {**CHILDREN["degree"], "non_uk_degree": "083"},
    {key: value for key, value in FOREIGN.items() if key != "country"},
    {key: value for key, value in FOREIGN.items() if key != "non_uk_degree"},
    {"subject": "100485", "graduation_year": "2010-07-01"},
    {**CHILDREN["degree"], "graduation_year": "2010-07-01"},
    {**CHILDREN["degree"], "graduation_year": 1000},
    {**CHILDREN["degree"], "unknown_key": 1},
)
PLACEMENTS: tuple[Json, ...] = (
    {"urn": "100000"},
    {"urn": "100000", "name": "Own name"},
    {"urn": "100000", "name": "Own name", "postcode": "ZZ1 1ZZ"},
    {"urn": "999999"},
    {"urn": "900030"},
    {"name": "Only a name"},
    {"postcode": "AB1 2CD"},
    {"name": "é𝄞", "urn": "012345", "postcode": "AB12 3CD"},
)


def children(play: Play) -> None:
    """Degrees and placements of all kinds, made alone and with their trainee, read and removed."""
    kinds: tuple[tuple[str, tuple[Json, ...]], ...] = (
        ("degree", DEGREES),
        ("placement", PLACEMENTS),
    )
    for kind, bodies in kinds:
        for body in bodies:
            owner = play.made("trn_received", degrees_attributes=[], placements_attributes=[])
            play.ask("GET", f"/trainees/{owner}/{kind}s")
            made = id_in(play.ask("POST", f"/trainees/{owner}/{kind}s", body), f"{kind}_id")
            play.ask("POST", f"/trainees/{owner}/{kind}s", body)
            play.at("2025-10-16T09:00:00Z")
            play.ask("PUT", f"/trainees/{owner}/{kind}s/{made}", body)
            play.ask("GET", f"/trainees/{owner}/{kind}s/{made}")
            play.ask(
                "PATCH", f"/trainees/{owner}/{kind}s/{made}", {"postcode": None, "grade": "01"}
            )
            play.ask("PATCH", f"/trainees/{owner}/{kind}s/{made}", {"name": "", "grade": None})
            play.show(owner)
            play.again()
            play.create(**{f"{kind}s_attributes": [body]})


def siblings(play: Play) -> None:
    """Several degrees and placements: order, one of them changed, one removed."""
    for kind, key in (("degree", "grade"), ("placement", "urn")):
        three = [{**CHILDREN[kind], key: value} for value in _different(key)]
        owner = play.made("trn_received", **{f"{kind}s_attributes": three})
        play.at("2025-10-16T09:00:00Z")
        ids = ids_in(play.show(owner), f"{kind}s", f"{kind}_id")
        play.ask("PATCH", f"/trainees/{owner}/{kind}s/{ids[0]}", {key: _different(key)[0]})
        play.show(owner)
        play.ask("PATCH", f"/trainees/{owner}/{kind}s/{ids[0]}", {key: _different(key)[-1]})
        play.ask("DELETE", f"/trainees/{owner}/{kind}s/{ids[len(ids) // 2]}")
        play.ask("GET", f"/trainees/{owner}/{kind}s")
        play.ask("GET", f"/trainees/{owner}/{kind}s/{ids[len(ids) // 2]}")
        play.ask("DELETE", f"/trainees/{owner}/{kind}s/{ids[-1]}")
        play.show(owner)


def _different(key: str) -> tuple[str, ...]:
    return ("01", "02", "03") if key == "grade" else ("100001", "100002", "100003")


def texts(play: Play) -> None:
    """Texts that are hard to keep."""
    for text in (
        "Zoë", "Zoe\u0308", "𝄞 Ann", "o'neill-ÀB", "  Ann  ", "007", "mc donald", "ß", "<b>&amp;",
        "Ann " + " " * 60, "日本", "a\tb",
    ):  # fmt: skip
        play.again()
        trainee = play.create(first_names=text, last_name=text, previous_last_name=text,
                              provider_trainee_id=text)  # fmt: skip
        play.show(trainee)
        play.ask("PATCH", f"/trainees/{trainee}", {"last_name": text + "x"})
        play.show(trainee)
    for email in ("Ann.B@Example.COM", "a+b@example.com", "a@b.museum", "a@b", "@b.c", "a b@c.de"):
        play.again()
        play.show(play.create(email=email))


ETHNICITY_AND_MORE: tuple[Json, ...] = (
    {"ethnicity": "160", "disability1": "95", "disability2": None},
    {"ethnicity": "997", "disability1": "95", "disability2": None},
    {"ethnicity": "997", "disability1": "98", "disability2": "58"},
    {"ethnicity": "998", "disability1": "58", "disability2": None},
    {"ethnicity": None, "disability1": None, "disability2": None},
    {"ethnicity": "997", "disability1": None, "disability2": None, "disability3": "99"},
    {"training_partner_urn": "130000"},
    {"training_partner_urn": None, "training_partner_ukprn": "10000001"},
    {"training_partner_urn": "130000", "training_partner_ukprn": "10000002"},
    {"training_partner_urn": "999999", "training_partner_ukprn": "99999999"},
    {"employing_school_urn": "100000"},
    {"employing_school_urn": "999999"},
    {"training_route": "16", "study_mode": None},
    {"training_route": "17", "study_mode": None, "course_age_range": "13920",
     "course_subject_1": "100510"},
    {"training_route": "17", "course_age_range": "13913"},
    {"training_route": "17", "course_age_range": "13920"},
    {"training_route": "15"},
    {"training_route": "15", "iqts_country": "FR"},
    {"course_age_range": "13916", "course_subject_1": "100346"},
    {"course_age_range": "13913", "course_subject_1": "100346"},
    {"course_age_range": "13920", "course_subject_1": "100510"},
    {"itt_aim": "201", "itt_qualification_aim": None},
    {"itt_aim": 201},
    {"itt_aim": "202", "itt_qualification_aim": None},
    {"trainee_start_date": "2023-02-01"},
    {"email": "x", "hesa_id": "1", "sex": "00", "first_names": ""},
    {"itt_end_date": "x", "itt_start_date": "x"},
    {"degrees_attributes": [{"subject": "x"}, {}], "placements_attributes": [{"urn": "1234567"}]},
    {"unknown_key": "x"},
    {"application_id": 12, "hesa_id": "1" * 15},
    {"application_id": 12, "fund_code": "3"},
    {"application_id": 12},
)  # fmt: skip


def wholes(play: Play) -> None:
    """New trainees whose fields go together or do not, with errors listed and grouped."""
    for changes in ETHNICITY_AND_MORE:
        for headers in ({}, {"Enhanced-Errors": "true"}):
            play.again()
            trainee = play.create(**changes, headers=headers)
        play.show(trainee)
        play.again()
        trainee = play.create()
        play.at("2025-10-16T09:00:00Z")
        play.ask("PUT", f"/trainees/{trainee}", outward(changes, play.edition.names))
        play.show(trainee)
    play.again()
    minimal = [name for name in play.fields("TraineeFields") if name not in _required(play)]
    play.show(play.create(*minimal, "degrees_attributes", "placements_attributes"))


def _required(play: Play) -> set[str]:
    schema = play.document["components"]["schemas"]["TraineeRequest"]
    return {play.edition.names.inner(name) for name in schema["required"]} | {"study_mode"}


def updates(play: Play) -> None:
    """Updates, each read back."""
    full = {"ni_number": "AB123456C", "nationality": "FR", "application_id": 12}
    parts: tuple[Json, ...] = (
        {}, {"last_name": "Other"}, {"ni_number": None}, {"ni_number": ""}, {"nationality": ""},
        {"previous_last_name": None, "provider_trainee_id": ""}, {"first_names": None},
        {"itt_start_date": "2023-03-01"},
        {"itt_start_date": "2022-03-01", "trainee_start_date": None},
        {"unknown_key": 1}, {"email": "x"}, {"last_name": "Wrong", "email": "x"},
        {"degrees_attributes": []}, {"ethnicity": "160"}, {"course_age_range": "13918"},
        {"email": "OTHER@example.com"}, {"disability1": None},
        {"disability1": "95", "disability2": ""},
        {"itt_start_date": "2030-01-01"}, {"course_subject_1": "100346"},
    )  # fmt: skip
    for method in ("PUT", "PATCH"):
        for part in parts:
            for state in ("submitted_for_trn", "deferred"):
                trainee = play.made(state, **full)
                play.at("2025-10-16T09:00:00Z")
                play.ask(method, f"/trainees/{trainee}", outward(part, play.edition.names))
                play.show(trainee)
                play.ask("GET", "/trainees?academic_cycle=2022")
    trainee = play.made("trn_received", **full)
    shown = play.show(trainee)
    play.ask("PUT", f"/trainees/{trainee}", shown.get("data") if isinstance(shown, dict) else {})
    play.show(trainee)
    play.show(trainee)
