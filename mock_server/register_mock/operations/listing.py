"""The list of trainees: one academic cycle, filters, order, pages.

Which trainees a status means is a table beside the parameter (`x-meaning`).
"""

from __future__ import annotations

from collections.abc import Callable

from register_mock.contract.cycles import cycle_of
from register_mock.contract.envelopes import Answer, data_answer, joined
from register_mock.contract.meanings import LISTED_BY, Meaning
from register_mock.contract.moments import earliest
from register_mock.contract.problems import Refusal
from register_mock.contract.values import Scope
from register_mock.request.walk import Walk
from register_mock.world.lists import Facet, Slice

Test = Callable[[Facet], bool]


def list_trainees(walk: Walk) -> Answer | Refusal:
    """Show one page of the provider's trainees; drafts and discarded ones are hidden."""
    query, store = walk.query, walk.world.store
    year = query["academic_cycle"]
    cycle = int(year) if year else cycle_of(walk.world.now().date())
    meaning = _meaning(walk)
    tests = [_is_listed(walk), *_tests(walk, meaning)]
    page = Slice(
        since=_since(query["since"]),
        newest_first=query["sort_order"] == "desc",
        skip=(query["page"] - 1) * query["per_page"],
        most=query["per_page"],
        by_start=meaning is not None and meaning.by_start,
    )
    found = store.listed(walk.ukprn, cycle, lambda facet: all(t(facet) for t in tests), page)
    if not found:
        return Refusal("none_listed")
    return data_answer(200, joined([walk.edition.show(trainee) for trainee in found]))


def _since(since: str | None) -> str:
    first = earliest(since) if since else ""
    assert first is not None, "the query was checked"
    return first


def _is_listed(walk: Walk) -> Test:
    initial = walk.edition.lifecycle.initial
    return lambda facet: facet.state != initial and not facet.is_discarded


def _meaning(walk: Walk) -> Meaning | None:
    """Return which trainees the status asked for means; None when none is."""
    status = walk.query["status"]
    return None if status is None else walk.operation.meanings["status"][status]


def _tests(walk: Walk, meaning: Meaning | None) -> list[Test]:
    tests: list[Test] = []
    has_trn = walk.query["has_trn"]
    if has_trn is not None:
        tests.append(lambda facet: facet.has_trn is has_trn)
    if meaning is not None:
        tests.append(_selected(meaning, walk))
    return tests


def _selected(meaning: Meaning, walk: Walk) -> Test:
    now = walk.world.now()
    scopes = {state: Scope(now, state) for state in walk.edition.lifecycle.states}

    def test(facet: Facet) -> bool:
        scope = scopes.get(facet.state) or Scope(now, facet.state)
        return meaning.selects({LISTED_BY: facet.itt_start_date}, scope) is True

    return test
