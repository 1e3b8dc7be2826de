"""The list of trainees: one academic cycle, filters, order, pages.

What a parameter does is said beside it (`x-list`, `x-meaning`). Where the document has none for it,
nobody asks for it: the present cycle, without that filter, newest first, all on one page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from register_mock.contract.cycles import cycle_of
from register_mock.contract.meanings import LISTED_BY, Meaning
from register_mock.contract.moments import earliest
from register_mock.contract.problems import Refusal
from register_mock.contract.values import Scope
from register_mock.request.walk import Walk
from register_mock.world.lists import Facet, Slice

NONE_LISTED = "none_listed"
# As many as there may ever be: the page of a list that has no pages.
ALL = 10**18
SIZE_BELOW_ZERO = 100
MOST_DIGITS = 18
_NUMBER = re.compile(r"\s*([+-]?[0-9]+)", re.ASCII)
Test = Callable[[Facet], bool]


def list_trainees(walk: Walk) -> list[bytes] | Refusal:
    """Show one page of the provider's trainees; drafts and discarded ones are hidden."""
    store, does = walk.world.store, walk.operation.listing
    year = _asked(walk, does.in_cycle)
    cycle = _leading(year) if year else cycle_of(walk.world.now().date())
    meanings = _meanings(walk)
    tests = [_is_listed(walk), *_tests(walk, meanings)]
    most, number = _size(_asked(walk, does.size)), _number(_asked(walk, does.number))
    if not most:
        return Refusal(NONE_LISTED)
    page = Slice(
        since=_since(_asked(walk, does.at_or_after)),
        newest_first=does.sorted_by is None or _asked(walk, does.sorted_by) != does.rising,
        skip=(number - 1) * most,
        most=most,
        by_start=any(meaning.by_start for several in meanings for meaning in several),
    )

    def wanted(facet: Facet) -> bool:
        return all(test(facet) for test in tests)

    found = store.listed(walk.ukprn, cycle, wanted, page)
    if not found:
        return Refusal(NONE_LISTED)
    if walk.operation.success.tells_page:
        counted = store.counted(walk.ukprn, cycle, wanted, page)
        walk.page = _told(number, most, counted)
    return [walk.edition.show(trainee) for trainee in found]


def _size(asked: Any) -> int:
    """Return how many there are on a page; a text that is no number asks for nobody."""
    if not isinstance(asked, str):
        return asked or ALL
    size = _leading(asked)
    return SIZE_BELOW_ZERO if size < 0 else size


def _number(asked: Any) -> int:
    """Return the number of a page; a text that is none, or none of a page, is the first."""
    return max(_leading(asked), 1) if isinstance(asked, str) else asked or 1


def _leading(text: str) -> int:
    """Return the number that a text begins with, at most as large as a page may be; else 0."""
    found = _NUMBER.match(text)
    return min(int(found[1][:MOST_DIGITS]), ALL) if found else 0


def _told(number: int, most: int, counted: int) -> dict[str, int]:
    """Return what an answer may tell of its page, by the words of `x-page`."""
    return {"number": number, "size": most, "pages": -(-counted // most), "records": counted}


def _asked(walk: Walk, parameter: str | None) -> Any:
    """Return what was sent for a parameter, or its default; None without it."""
    return None if parameter is None else walk.query.get(parameter)


def _since(since: str | None) -> str:
    first = earliest(since) if since else ""
    assert first is not None, "the query was checked"
    return first


def _is_listed(walk: Walk) -> Test:
    initial = walk.edition.lifecycle.initial
    return lambda facet: facet.state != initial and not facet.is_discarded


def _meanings(walk: Walk) -> list[list[Meaning]]:
    """Return what the values asked for mean, of each parameter whose values mean trainees."""
    rows = [(meanings, walk.query.get(name)) for name, meanings in walk.operation.meanings.items()]
    return [
        [meanings[value] for value in (asked if isinstance(asked, list) else [asked])]
        for meanings, asked in rows
        if asked is not None
    ]


def _tests(walk: Walk, meanings: list[list[Meaning]]) -> list[Test]:
    tests = [_selected(several, walk) for several in meanings]
    asked = _asked(walk, walk.operation.listing.with_value)
    if asked not in (None, ""):
        has_trn = asked in (True, "true")
        tests.insert(0, lambda facet: facet.has_trn is has_trn)
    return tests


def _selected(several: list[Meaning], walk: Walk) -> Test:
    """Return the test whether one of these meanings selects a trainee."""
    now = walk.world.now()
    scopes = {state: Scope(now, state) for state in walk.edition.lifecycle.states}

    def test(facet: Facet) -> bool:
        scope = scopes.get(facet.state) or Scope(now, facet.state)
        fields = {LISTED_BY: facet.itt_start_date}
        return any(meaning.selects(fields, scope) is True for meaning in several)

    return test
