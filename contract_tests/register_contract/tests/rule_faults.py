"""Faults in how fields depend on each other, on what was stored, and on the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from register_contract.tests.faults import known
from register_contract.tests.proxy import Ask, Asked, Given

_UK = {"XF", "XG", "XH", "XI", "XK", "GB"}
_TEN_YEARS = 3653


def _data(asked: Asked) -> dict[str, Any]:
    data: Any = asked.body.get("data") if isinstance(asked.body, dict) else None
    return data if isinstance(data, dict) else {}


def _refused(given: Given, *messages: str) -> Given:
    errors = [{"error": "UnprocessableEntity", "message": message} for message in messages]
    return replace(given, status=422, body={"errors": errors})


def _messages(given: Given) -> list[str]:
    errors = given.body.get("errors") if isinstance(given.body, dict) else None
    return [each["message"] for each in errors] if isinstance(errors, list) else []


@known("conditions and create_degree", "answers 201 instead of 422")
def incomplete_uk_degree_accepted(asked: Asked, given: Given, ask: Ask) -> Given:
    data = _data(asked)
    blank = all(message.endswith("can't be blank") for message in _messages(given))
    is_uk = data.get("country") in _UK and data.get("non_uk_degree")
    if asked.method == "POST" and given.status == 422 and blank and is_uk:
        names = ("country", "non_uk_degree", "grade", "uk_degree", "institution")
        complete = {**data, "grade": "02", "uk_degree": "083", "institution": "0117"}
        made = ask(replace(asked, body={"data": complete}))
        if made.status == 201:
            degree = {**made.body["data"][0], **dict.fromkeys(names)}
            return replace(made, body={"data": [degree]}, headers=given.headers)
    return given


@known("conditions and patch_degree", "is refused and changes the record all the same")
def degree_emptied_by_a_refused_change(asked: Asked, given: Given, ask: Ask) -> Given:
    data = given.body.get("data") if isinstance(given.body, dict) else None
    if asked.method == "PATCH" and given.status == 422 and _data(asked).get("country") in _UK:
        _EMPTIED.add(asked.path)
    is_shown = asked.method == "GET" and asked.path in _EMPTIED
    if is_shown and isinstance(data, dict) and data.get("country"):
        return replace(given, body={"data": {**data, "country": None, "non_uk_degree": None}})
    return given


_EMPTIED: set[str] = set()


@known("boundaries and create_degree", "is also refused for “Non uk degree can't be blank”")
def echo_of_a_wrong_country(asked: Asked, given: Given, ask: Ask) -> Given:
    if _messages(given) == ["Country is not included in the list"]:
        return _refused(given, *_messages(given), "Non uk degree can't be blank")
    return given


@known("conditions and create_placement", "is also refused for “Name can't be blank”")
def echo_of_a_wrong_urn(asked: Asked, given: Given, ask: Ask) -> Given:
    if _messages(given) == ["Urn is invalid"] and not _data(asked).get("name"):
        return _refused(given, "Urn is invalid", "Name can't be blank")
    return given


@known("boundaries and query", "with since=")
def since_needs_a_zone(asked: Asked, given: Given, ask: Ask) -> Given:
    since = asked.query.get("since", "")
    if "T" in since and not since.endswith("Z") and "+" not in since[10:]:
        error = f"{since} is not a valid since"
        words = "Validation failed: 1 error prohibited this request being run"
        return replace(given, status=422, body={"message": words, "errors": {"since": [error]}})
    return given


@known("lists and since", "(an offset without colon)")
def since_takes_an_offset_for_none(asked: Asked, given: Given, ask: Ask) -> Given:
    since = asked.query.get("since", "")
    if since.endswith("+0100"):
        return ask(replace(asked, query={**asked.query, "since": since.removesuffix("+0100")}))
    return given


@known("updates and sent_back", "update_degree with what was read answers 422 instead of 200")
def year_as_a_number_refused(asked: Asked, given: Given, ask: Ask) -> Given:
    if isinstance(_data(asked).get("graduation_year"), int) and given.status < 300:
        return _refused(given, "Graduation year is invalid")
    return given


@known("updates and time_broke", "when trainee_start_date_within_ten_years is broken by now")
def everything_judged_on_every_update(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.method in ("PUT", "PATCH") and given.trainee is not None:
        start = date.fromisoformat(given.trainee["trainee_start_date"])
        today = date.fromisoformat(given.trainee["updated_at"][:10])
        if (today - start).days >= _TEN_YEARS:
            return _refused(given, "Trainee start date is invalid")
    return given


@known("updates and default", "beside a default answers 422 instead of 200")
def default_kept_as_if_it_was_sent(asked: Asked, given: Given, ask: Ask) -> Given:
    data = _data(asked)
    if asked.method in ("PUT", "PATCH") and set(data) == {"itt_start_date"}:
        return _refused(given, "Trainee start date is invalid")
    return given
