"""Faults in what a target keeps: writes that are lost or do too much, races, lists that lag."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from register_contract.tests.faults import known
from register_contract.tests.proxy import Ask, Asked, Given, changed

_PAGE = 25
_SEEN: dict[str, dict[str, Any]] = {}
"""Trainees as they were shown first, for faults that go on showing them so."""


def _of_a_trainee(asked: Asked) -> bool:
    return asked.path.rsplit("/", 2)[-2] == "trainees"


@known("boundaries and update_trainee", "What is read is not what was answered before")
def update_not_stored(asked: Asked, given: Given, ask: Ask) -> Given:
    """The update answers well, and is forgotten."""
    if given.trainee is None:
        return given
    first = _SEEN.setdefault(f"update {given.trainee['trainee_id']}", given.trainee)
    data = asked.method == "GET" and _of_a_trainee(asked)
    return replace(given, body={"data": first}) if data else given


@known("boundaries and update_trainee", "changes nationality, which it does not write")
def what_is_not_sent_is_cleared(asked: Asked, given: Given, ask: Ask) -> Given:
    data: Any = asked.body.get("data") if isinstance(asked.body, dict) else None
    if asked.method == "PUT" and _of_a_trainee(asked) and "nationality" not in (data or {}):
        return changed(given, nationality=None)
    return given


@known("lifecycle and each_state and delete_placement", "changes degrees, which it does not write")
def deletion_takes_degrees_along(asked: Asked, given: Given, ask: Ask) -> Given:
    return changed(given, degrees=[]) if asked.method == "DELETE" else given


@known("lifecycle and each_state and defer", "defer_trainee changes study_mode, which it does not")
def deferral_clears_the_mode(asked: Asked, given: Given, ask: Ask) -> Given:
    return changed(given, study_mode=None) if asked.ends("/defer") else given


@known("conditions and update_degree", "show_degree shows a degree otherwise than the")
def degree_not_stored(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.method == "POST" and asked.ends("/degrees") and given.status == 201:
        (degree,) = given.body["data"]
        _SEEN[f"degree {degree['degree_id']}"] = {"data": degree}
    first = _SEEN.get(f"degree {asked.path.rpartition('/')[2]}", given.body)
    return replace(given, body=first) if asked.method == "GET" and given.status == 200 else given


@known("lists and default_page", "without per_page: the number of trainees is 25 instead of 50")
def half_a_page(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.ends("/trainees") and asked.method == "GET" and "per_page" not in asked.query:
        rows = given.body.get("data")
        return replace(given, body={**given.body, "data": rows[:_PAGE]}) if rows else given
    return given


@known("lists and at_once", "does not begin with that trainee as it is now")
def list_lags(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.method != "GET" or not asked.ends("/trainees") or given.status != 200:
        return given
    rows = [_SEEN.setdefault(row["trainee_id"], row) for row in given.body["data"]]
    return replace(given, body={**given.body, "data": rows})


@known("lists and filters_together", "shows trainees it should not")
def filters_in_each_others_way(asked: Asked, given: Given, ask: Ask) -> Given:
    names = {"since", "has_trn", "status"}
    if asked.ends("/trainees") and names <= asked.query.keys():
        left = {name: value for name, value in asked.query.items() if name != "since"}
        return ask(replace(asked, query=left))
    return given


@known("time and cycle", "on the first day of the next academic cycle answers 200 instead of 404")
def cycle_stays(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.status != 404 or not asked.ends("/trainees") or asked.query:
        return given
    years = (ask(replace(asked, query={"academic_cycle": f"{year}"})) for year in range(2024, 2030))
    return next((answer for answer in years if answer.status == 200), given)


@known("time and midnight", "two seconds before midnight answers 409 instead of 422")
def tomorrow_is_today(asked: Asked, given: Given, ask: Ask) -> Given:
    is_new = asked.method == "POST" and asked.ends("/trainees")
    return replace(given, status=409) if is_new and given.status == 422 else given


@known("simultaneous and equal", "at once with the same data, is done otherwise than once")
def two_of_many_are_made(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.method == "POST" and given.status == 409 and asked.ends("/trainees"):
        return replace(given, status=201, body={"data": given.body["data"][0]})
    return given


@known("simultaneous and records and placement", "at once not each is there afterwards")
def one_of_many_is_lost(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.method == "GET" and asked.ends("/placements"):
        return replace(given, body={"data": given.body["data"][:-1]})
    return given
