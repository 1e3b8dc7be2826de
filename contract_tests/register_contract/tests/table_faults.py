"""Faults in what the tables say: values that are made, keys that are compared, fields written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from register_contract.tests.faults import known
from register_contract.tests.proxy import Ask, Asked, Given, changed

_NOT_PROVIDED = "not_provided_ethnic_group"


def _repeated(asked: Asked, given: Given) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What was sent and the trainee that it repeats, where a new trainee is refused for one."""
    is_new = asked.method == "POST" and asked.ends("/trainees")
    if given.status != 409 or not is_new:
        return None
    return asked.body["data"], given.body["data"][0]


def _accepted(given: Given, record: dict[str, Any]) -> Given:
    return replace(given, status=201, body={"data": record})


@known("examples and create_trainee", "A trainee is shown with course_min_age that does not follow")
def ages_of_another_range(asked: Asked, given: Given, ask: Ask) -> Given:
    return changed(given, course_min_age=4)


@known("boundaries and create_trainee", "shown with diversity_disclosure that does not follow")
def diversity_without_disabilities(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.trainee is None or given.trainee["ethnic_group"] != _NOT_PROVIDED:
        return given
    return changed(given, diversity_disclosure="diversity_not_disclosed")


@known("examples and create_degree", "A degree is shown with subject_uuid that does not follow")
def uuid_of_another_subject(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.ends("/degrees") and given.status == 201:
        degree = {**given.body["data"][0], "subject_uuid": "bf8170f0-5dce-e911-a985-000d3ab79618"}
        return replace(given, body={"data": [degree]})
    return given


@known("examples and create_placement", "A placement is shown with address that does not follow")
def address_without_urn(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.ends("/placements") and given.status == 201:
        placement = {**given.body["data"], "address": given.body["data"]["postcode"]}
        return replace(given, body={"data": placement})
    return given


@known("boundaries and create_trainee", "create_trainee answers ethnicity that does not follow")
def ethnicity_has_no_default(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.trainee is None or given.trainee["ethnicity"] != "997":
        return given
    return changed(given, ethnicity="998")


@known(
    "boundaries and create_trainee", "answers course_subject_one that does not follow from what",
    "v2025.0",
)  # fmt: skip
def primary_subject_is_not_first(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.trainee is None or given.trainee["course_subject_one"] != "100511":
        return given
    first, second = given.trainee["course_subject_two"], given.trainee["course_subject_one"]
    return changed(given, course_subject_one=first, course_subject_two=second)


@known(
    "duplicates and test_trainees", "on the last day of the academic cycle, answers 201 instead of"
)
def cycle_turns_a_day_early(asked: Asked, given: Given, ask: Ask) -> Given:
    found = _repeated(asked, given)
    if found is None or not found[0]["itt_start_date"].endswith("-07-31"):
        return given
    return _accepted(given, found[1])


@known("duplicates and test_trainees", "with email in other case and another first_names, answers")
def email_compared_with_case(asked: Asked, given: Given, ask: Ask) -> Given:
    found = _repeated(asked, given)
    if found is None or found[0]["first_names"].casefold() == found[1]["first_names"].casefold():
        return given
    return given if found[0]["email"] == found[1]["email"] else _accepted(given, found[1])


@known("duplicates and test_trainees", "with another trainee_start_date and the same itt_start")
def trainee_start_is_not_looked_at(asked: Asked, given: Given, ask: Ask) -> Given:
    """A trainee like the last one with another start is taken for a duplicate."""
    if asked.method != "POST" or not asked.ends("/trainees") or given.trainee is None:
        return given
    last, _LAST[:] = list(_LAST), [given.trainee]
    same = ("last_name", "email", "itt_start_date")
    if last and all(last[0][name] == given.trainee[name] for name in same):
        error = {"error": "Conflict", "message": "This trainee is already in Register"}
        return replace(given, status=409, body={"errors": [error], "data": last})
    return given


_LAST: list[dict[str, Any]] = []


@known("walk and career and TRN", "A trainee after reinstate: reinstate_date is null instead of")
def reinstatement_not_dated(asked: Asked, given: Given, ask: Ask) -> Given:
    return changed(given, reinstate_date=None)


@known("lifecycle and each_state and recommend", "outcome_date is null instead of")
def outcome_not_written(asked: Asked, given: Given, ask: Ask) -> Given:
    return changed(given, outcome_date=None)


@known("boundaries and update_trainee", "update_trainee answers ethnicity that does not follow")
def default_not_put_in_again(asked: Asked, given: Given, ask: Ask) -> Given:
    data: Any = asked.body.get("data") if isinstance(asked.body, dict) else None
    if asked.method != "PUT" or not isinstance(data, dict) or data.get("ethnicity", "") is not None:
        return given
    return changed(given, ethnicity=None, ethnic_group=None, ethnic_background=None)


@known("conditions and update_degree", "update_degree answers country that does not follow")
def country_of_a_uk_degree_kept(asked: Asked, given: Given, ask: Ask) -> Given:
    data: Any = asked.body.get("data") if isinstance(asked.body, dict) else None
    shown: Any = given.body.get("data") if isinstance(given.body, dict) else None
    if asked.method != "PUT" or given.status != 200 or data.get("country") != "XF":
        return given
    return replace(given, body={"data": {**shown, "country": "XF"}})
