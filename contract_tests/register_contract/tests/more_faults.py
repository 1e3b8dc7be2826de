"""Finer faults, which a suite that only looks at shapes would miss."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unicodedata import normalize

from register_contract.tests.faults import known
from register_contract.tests.proxy import Ask, Asked, Given, changed

_SHOWN_TRN = "1234567"


@known("lists and meanings", "list_trainees with status=deferred shows trainees it should not")
def status_ignored(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.query.get("status") == "deferred" and given.status == 200:
        rest = {k: v for k, v in asked.query.items() if k != "status"}
        return ask(replace(asked, query=rest))
    return given


@known("lists and order", "with sort_order absent is not in order of updated_at")
def default_order_turned(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.ends("/trainees") and given.status == 200 and "sort_order" not in asked.query:
        return ask(replace(asked, query={**asked.query, "sort_order": "asc"}))
    return given


@known("duplicates and trainees", "has no 'data'; clients look for 'data' with a list")
def conflict_without_record(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.status == 409:
        return replace(given, body={"errors": given.body["errors"]})
    return given


@known("duplicates and trainees", "with last_name in other case, answers 201 instead of 409")
def names_compared_by_case(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.status == 409 and asked.ends("/trainees") and asked.body:
        record = given.body["data"][0]
        if record["last_name"] != asked.body["data"]["last_name"]:
            return replace(given, status=201, body={"data": record})
    return given


@known("precedence and defer", "clients look for 'errors' with a list")
def errors_as_an_object(asked: Asked, given: Given, ask: Ask) -> Given:
    errors = given.body.get("errors") if isinstance(given.body, dict) else None
    if isinstance(errors, list) and given.status == 422:
        return replace(given, body={"errors": {"base": errors}})
    return given


@known("generated and create_trainee", "with its errors in another order than the fields")
def errors_reversed(asked: Asked, given: Given, ask: Ask) -> Given:
    errors = given.body.get("errors") if isinstance(given.body, dict) else None
    if isinstance(errors, list) and given.status == 422:
        return replace(given, body={"errors": errors[::-1]})
    return given


@known("junk_id", "with content type text/html")
def page_for_not_found(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.status == 404:
        return replace(given, headers={"Content-Type": "text/html"})
    return given


@known("walk and dated", "leaves updated_at as it was")
def updated_at_frozen(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.trainee is not None and asked.method in ("PUT", "PATCH"):
        return changed(given, updated_at=given.trainee["created_at"])
    return given


@known("boundaries and update_trainee", "with first_names of 60 characters answers 422")
def off_by_one(asked: Asked, given: Given, ask: Ask) -> Given:
    data: Any = asked.body.get("data") if isinstance(asked.body, dict) else None
    if isinstance(data, dict) and len(str(data.get("first_names"))) == 60 and given.status == 200:
        message = "First names is too long (maximum is 60 characters)"
        error = {"error": "UnprocessableEntity", "message": message}
        return replace(given, status=422, body={"errors": [error]})
    return given


@known("boundaries and update_trainee", "with sex the unknown code")
def unknown_code_accepted(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.status == 422 and "sex is not included in the list" in str(given.body):
        shown = ask(replace(asked, method="GET", body=None))
        return replace(shown, headers=given.headers) if shown.status == 200 else given
    return given


@known("walk and award", "A trainee after award: state is")
def award_not_shown(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.trainee is not None and given.trainee["state"] == "awarded":
        return changed(given, state="recommended_for_award")
    return given


@known("walk and read_only", "lets a client set trn")
def trn_settable(asked: Asked, given: Given, ask: Ask) -> Given:
    data: Any = asked.body.get("data") if isinstance(asked.body, dict) else None
    if isinstance(data, dict) and data.get("trn") == _SHOWN_TRN and given.trainee is not None:
        return changed(given, trn=_SHOWN_TRN)
    return given


@known("lifecycle and refused or each_state and recommend", "is refused in other words")
def state_refused_in_other_words(asked: Asked, given: Given, ask: Ask) -> Given:
    if "Trainee state is invalid" in str(given.body):
        error = {"error": "UnprocessableEntity", "message": "Wrong state"}
        return replace(given, body={"errors": [error]})
    return given


@known("walk and receive or career", "A trainee is shown with course_itt_start_date")
def copied_field_wrong(asked: Asked, given: Given, ask: Ask) -> Given:
    return changed(given, course_itt_start_date="2020-01-01")


@known("duplicates and accents", "with the é of last_name in two characters, answers 201")
def accents_compared_by_their_code(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.status == 409 and asked.ends("/trainees") and asked.body:
        record, name = given.body["data"][0], asked.body["data"]["last_name"]
        if name != normalize("NFC", name) == record["last_name"]:
            return replace(given, status=201, body={"data": record})
    return given


_DEPLOYED = "v2025.0@deployed"


@known(
    "records_of_a_trainee and degree",
    "The degrees of a trainee are not shown by graduation_year",
    _DEPLOYED,
)
def degrees_in_another_order(asked: Asked, given: Given, ask: Ask) -> Given:
    shown = _degrees(given.body)
    if len(shown) < 2 or given.status >= 300:
        return given
    shown.sort(key=lambda each: each["graduation_year"], reverse=True)
    return given


def _degrees(body: Any) -> list[dict[str, Any]]:
    """The degrees in an answer, alone or in their trainee."""
    data = body.get("data", body) if isinstance(body, dict) else None
    rows = data.get("degrees") if isinstance(data, dict) else data
    is_ours = isinstance(rows, list) and all("graduation_year" in each for each in rows)
    return rows if isinstance(rows, list) and is_ours else []


@known("boundaries and create_degree", "answers 409 instead of 422", _DEPLOYED)
def conflict_with_nothing(asked: Asked, given: Given, ask: Ask) -> Given:
    """Where duplicates come before wrong fields, one that repeats nothing is none."""
    if asked.method == "POST" and asked.ends("/degrees") and given.status == 422:
        error = {"error": "Conflict", "message": "A duplicate"}
        return replace(given, status=409, body={"errors": [error], "data": []})
    return given


@known(
    "boundaries and create_degree", "which repeats a record, answers 422 instead of 409", _DEPLOYED
)
def fields_before_duplicates(asked: Asked, given: Given, ask: Ask) -> Given:
    """The record that is in the way has to be seen first."""
    if asked.method == "POST" and asked.ends("/degrees") and given.status == 409:
        return replace(given, status=422, body={"message": "", "errors": []})
    return given
