"""Faults against rules that no other fault breaks, and no named defect of the mock."""

from __future__ import annotations

from typing import Any

from register_contract.tests.faults import known
from register_contract.tests.proxy import Ask, Asked, Given, changed

_REFUSED: set[str] = set()
"""Trainees that a new one was refused for."""
_SENT: dict[str, Any] = {}
"""What the last update of each trainee sent."""


def _updates(asked: Asked) -> bool:
    is_of_a_trainee = asked.path.rsplit("/", 2)[-2] == "trainees"
    return asked.method in ("PUT", "PATCH") and is_of_a_trainee


@known("lifecycle and deleted and placement", "answers the trainee with the placement still in it")
def deleted_placement_still_shown(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.method != "DELETE" or given.trainee is None:
        return given
    gone = {"placement_id": asked.path.rpartition("/")[2]}
    return changed(given, placements=[*given.trainee["placements"], gone])


@known("duplicates and test_trainees", "with a duplicate changes the trainee that was there")
def original_changed_by_a_duplicate(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.status == 409 and asked.method == "POST":
        _REFUSED.update(each["trainee_id"] for each in given.body["data"])
    if given.trainee is not None and given.trainee["trainee_id"] in _REFUSED:
        return changed(given, middle_names="Changed")
    return given


@known("lifecycle and each_state and recommend", "leaves recommended_for_award_at empty")
def recommendation_not_dated(asked: Asked, given: Given, ask: Ask) -> Given:
    return changed(given, recommended_for_award_at=None) if given.status == 202 else given


@known("updates and sent_back and trainee", "with what was read changes middle_names")
def what_was_read_is_read_otherwise(asked: Asked, given: Given, ask: Ask) -> Given:
    data: Any = asked.body.get("data") if isinstance(asked.body, dict) else None
    is_all = isinstance(data, dict) and "created_at" in data
    return changed(given, middle_names="Changed") if _updates(asked) and is_all else given


@known("lifecycle and update_twice", "sent twice differs from once")
def second_update_does_more(asked: Asked, given: Given, ask: Ask) -> Given:
    if not _updates(asked) or given.trainee is None:
        return given
    place = f"{asked.authorization} {asked.path}"
    is_repeated = _SENT.get(place) == asked.body
    _SENT[place] = asked.body
    return changed(given, middle_names="Twice") if is_repeated else given


@known("lifecycle and reading_changes and show_trainee", "twice in a row gives two answers")
def each_look_differs(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.method != "GET" or given.trainee is None:
        return given
    _SENT[asked.path] = not _SENT.get(asked.path)
    return changed(given, middle_names="Even" if _SENT[asked.path] else "Odd")
