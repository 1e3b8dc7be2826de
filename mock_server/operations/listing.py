"""The list of trainees: one academic cycle, filters, order, pages.

Which trainees a status means is a table beside the parameter (`x-meaning`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.checks.moments import earliest
from mock_server.envelopes import Answer, data_answer, joined
from mock_server.problems import Refusal
from mock_server.trainee.cycles import cycle_of, parsed_date
from mock_server.trainee.model import Trainee
from mock_server.walk import Walk
from mock_server.world.store import Place

Test = Callable[[Trainee], bool]


def list_trainees(walk: Walk) -> Answer | Refusal:
    """Show one page of the provider's trainees; drafts and discarded ones are hidden."""
    query, store = walk.query, walk.world.store
    year = query["academic_cycle"]
    cycle = int(year) if year else cycle_of(walk.world.now().date())
    places = store.listed(walk.ukprn, cycle)
    if query["since"]:
        places = _since(places, query["since"])
    places = places[::-1] if query["sort_order"] == "desc" else _oldest_first(places)
    tests = [_is_listed(walk), *_tests(walk)]
    page, size = query["page"], query["per_page"]
    found: list[bytes] = []
    skipped = 0
    for place in places:
        trainee = store.get(place[2])
        assert trainee is not None
        if all(test(trainee) for test in tests):
            if skipped < (page - 1) * size:
                skipped += 1
                continue
            found.append(walk.edition.show(trainee))
            if len(found) == size:
                break
    return data_answer(200, joined(found)) if found else Refusal("none_listed")


def _since(places: list[Place], since: str) -> list[Place]:
    first = earliest(since)
    assert first is not None, "the query was checked"
    return [place for place in places if place[0] >= first]


def _oldest_first(places: list[Place]) -> list[Place]:
    """Of records changed at the same moment the newest comes first in either order."""
    return sorted(places, key=lambda place: (place[0], -place[1]))


def _is_listed(walk: Walk) -> Test:
    initial = walk.edition.lifecycle.initial
    return lambda trainee: trainee.state != initial and not trainee.is_discarded


def _tests(walk: Walk) -> list[Test]:
    tests: list[Test] = []
    has_trn, status = walk.query["has_trn"], walk.query["status"]
    if has_trn is not None:
        tests.append(lambda trainee: (trainee.fields.get("trn") is not None) is has_trn)
    if status is not None:
        tests.append(_status(walk, walk.operation.query.row("status")["x-meaning"][status]))
    return tests


def _status(walk: Walk, meaning: dict[str, Any]) -> Test:
    states = frozenset(meaning["states"])
    start = meaning.get("itt_start_date")
    if start is None:
        return lambda trainee: trainee.state in states
    today = walk.world.now().date()

    def test(trainee: Trainee) -> bool:
        if trainee.state not in states:
            return False
        day = parsed_date(trainee.fields.get("itt_start_date") or "")
        return day is not None and (day > today) is (start == "future")

    return test
