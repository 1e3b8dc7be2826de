"""Lists with too much, too little, or in another order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from register_mock.contract.cycles import cycle_of
from register_mock.contract.problems import Refusal
from register_mock.defects.patches import defect
from register_mock.operations import OPERATIONS, listing
from register_mock.request.walk import Walk
from register_mock.world import lists
from register_mock.world.lists import CycleList, Slice
from register_mock.world.store import MemoryStore

KIND = "lists"


def _with_query(function: Any, change: Any) -> Any:
    """Return the list as if something else had been asked."""

    def list_trainees(walk: Walk) -> Any:
        walk.query = {**walk.query, **change(walk)}
        return function(walk)

    return list_trainees


@defect(KIND, OPERATIONS, "list_trainees")
def per_page_capped_silently(function: Any) -> Any:
    """A page never has more than a hundred trainees, and nobody is told."""
    return _with_query(function, lambda walk: {"per_page": min(walk.query["per_page"], 100)})


@defect(KIND, OPERATIONS, "list_trainees")
def one_too_many_on_a_page(function: Any) -> Any:
    """A page has one trainee more than was asked for."""

    def list_trainees(walk: Walk) -> Any:
        found = function(walk)
        if isinstance(found, Refusal):
            return found
        asked = walk.query["per_page"], walk.query["page"]
        walk.query = {**walk.query, "per_page": 1, "page": asked[0] * asked[1] + 1}
        more = function(walk)
        return found if isinstance(more, Refusal) else [*found, *more]

    return list_trainees


@defect(KIND, OPERATIONS, "list_trainees")
def last_page_repeated(function: Any) -> Any:
    """Behind the last page the last one comes again instead of 404."""

    def list_trainees(walk: Walk) -> Any:
        found = function(walk)
        while isinstance(found, Refusal) and walk.query["page"] > 1:
            walk.query = {**walk.query, "page": min(walk.query["page"], 1000) // 2}
            found = function(walk)
        return found

    return list_trainees


@defect(KIND, MemoryStore, "listed")
def pages_overlap(listed: Any) -> Any:
    """A page begins with the last trainee of the page before."""

    def overlapping(self: MemoryStore, ukprn: str, cycle: int, wanted: Any, part: Slice) -> Any:
        return listed(self, ukprn, cycle, wanted, part._replace(skip=max(part.skip - 1, 0)))

    return overlapping


@defect(KIND, MemoryStore, "listed")
def pages_leave_one_out(listed: Any) -> Any:
    """Between two pages a trainee is left out."""

    def gapped(self: MemoryStore, ukprn: str, cycle: int, wanted: Any, part: Slice) -> Any:
        skip = part.skip + 1 if part.skip else 0
        return listed(self, ukprn, cycle, wanted, part._replace(skip=skip))

    return gapped


@defect(KIND, listing, "_since")
def since_exclusive(since: Any) -> Any:
    """A trainee that changed at the very moment of since is left out."""

    def later(text: str | None) -> str:
        first: str = since(text)
        return f"{first}~" if first else first

    return later


@defect(KIND, listing, "_since")
def since_compared_as_text(since: Any) -> Any:
    """The moment of since is compared as it was written, whatever form it has."""
    return lambda text: text or ""


@defect(KIND, listing, "_since")
def since_by_day_only(since: Any) -> Any:
    """Of since only the day counts."""
    return lambda text: since(text)[:10]


@defect(KIND, lists, "_key")
def sorted_by_creation(key: Any) -> Any:
    """The list is in the order of creation instead of the last change."""
    return lambda trainee: (trainee.created_at, trainee.sequence, trainee.id)


@defect(KIND, lists, "_key")
def equal_times_in_any_order(key: Any) -> Any:
    """Trainees of the same moment are in the order of their identifiers."""

    def shuffled(trainee: Any) -> Any:
        return (trainee.updated_at, sum(map(ord, trainee.id)), trainee.id)

    return shuffled


@defect(KIND, CycleList, "ids")
def page_in_shelf_order(ids: Any) -> Any:
    """A page is sorted, but by identifier."""
    return lambda self, wanted, part: sorted(ids(self, wanted, part))


@defect(KIND, listing, "_tests")
def filters_combined_with_or(tests: Any) -> Any:
    """Trainees are listed that fit any of the filters instead of all."""

    def either(walk: Walk, meanings: Any) -> Any:
        found = tests(walk, meanings)
        return [lambda facet: any(test(facet) for test in found)] if found else []

    return either


@defect(KIND, listing, "_tests")
def has_trn_the_wrong_way_round(tests: Any) -> Any:
    """The filter has_trn lists those that have none."""

    def inverted(walk: Walk, meanings: Any) -> Any:
        asked = walk.query.get("has_trn")
        if asked is not None:
            walk.query = {**walk.query, "has_trn": not asked}
        return tests(walk, meanings)

    return inverted


@defect(KIND, listing, "_tests")
def has_trn_false_ignored(tests: Any) -> Any:
    """The filter has_trn=false lists all."""

    def only_true(walk: Walk, meanings: Any) -> Any:
        if walk.query.get("has_trn") is False:
            walk.query = {**walk.query, "has_trn": None}
        return tests(walk, meanings)

    return only_true


@defect(KIND, listing, "_is_listed")
def drafts_listed(is_listed: Any) -> Any:
    """Drafts are listed."""
    return lambda walk: lambda facet: not facet.is_discarded


@defect(KIND, listing, "_is_listed")
def discarded_trainees_listed(is_listed: Any) -> Any:
    """Deleted trainees are listed."""

    def test(walk: Walk) -> Any:
        initial = walk.edition.lifecycle.initial
        return lambda facet: facet.state != initial

    return test


@defect(KIND, listing, "_is_listed")
def withdrawn_trainees_not_listed(is_listed: Any) -> Any:
    """Withdrawn trainees are not listed unless they are asked for."""

    def test(walk: Walk) -> Any:
        known = is_listed(walk)
        asked = walk.query.get("status")
        return lambda facet: known(facet) and (asked is not None or facet.state != "withdrawn")

    return test


@defect(KIND, OPERATIONS, "list_trainees")
def list_of_the_year_before(function: Any) -> Any:
    """Without academic_cycle the list is of the year before."""

    def change(walk: Walk) -> Any:
        year = cycle_of(walk.world.now().date()) - 1
        return {"academic_cycle": walk.query.get("academic_cycle") or str(year)}

    return _with_query(function, change)


@defect(KIND, OPERATIONS, "list_trainees")
def since_forgets_the_year(function: Any) -> Any:
    """With since the list has trainees of every year."""

    def list_trainees(walk: Walk) -> Any:
        if not walk.query.get("since") or walk.query.get("academic_cycle"):
            return function(walk)
        found: list[bytes] = []
        for year in _years(walk):
            walk.query = {**walk.query, "academic_cycle": str(year)}
            listed = function(walk)
            found += [] if isinstance(listed, Refusal) else listed
        return found or Refusal(listing.NONE_LISTED)

    return list_trainees


def _years(walk: Walk) -> Iterator[int]:
    now = cycle_of(walk.world.now().date())
    yield from range(now + 1, now - 12, -1)
