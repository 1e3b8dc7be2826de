"""Lists as they are kept: every page is what sorting and filtering the whole would give."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from register_mock.trainee.model import Trainee
from register_mock.world.lists import CycleList, Facet, Slice

TIMES = ["2025-10-15T09:00:00.000Z", "2025-10-15T09:00:00.001Z", "2025-10-16T00:00:00.000Z"]
STATES = ["draft", "trn_received", "awarded"]


def _trainee(sequence: int, time: str, state: str, start: str, trn: str | None) -> Trainee:
    fields = {"itt_start_date": start, "trn": trn}
    return Trainee(f"t{sequence}", "1", state, fields, time, time, sequence)


@st.composite
def populations(draw: st.DrawFn) -> list[Trainee]:
    rows = st.tuples(
        st.sampled_from(TIMES),
        st.sampled_from(STATES),
        st.sampled_from(["2025-09-01", "2026-01-05"]),
        st.sampled_from([None, "1234567"]),
    )
    return [_trainee(place, *row) for place, row in enumerate(draw(st.lists(rows, max_size=30)))]


def _expected(trainees: list[Trainee], states: set[str], part: Slice) -> list[str]:
    found = [t for t in trainees if t.state in states and t.updated_at >= part.since]
    found.sort(key=lambda t: -t.sequence)  # of one moment the newest comes first in either order
    found.sort(key=lambda t: t.updated_at, reverse=part.newest_first)
    return [t.id for t in found[part.skip : part.skip + part.most]]


@given(
    trainees=populations(),
    states=st.sets(st.sampled_from(STATES)),
    starts=st.sampled_from([None, {"2025-09-01"}, {"2026-01-05"}, set()]),
    since=st.sampled_from(["", *TIMES, TIMES[0] + "~", "2030"]),
    size=st.integers(1, 7),
    gone=st.sets(st.integers(0, 29)),
)
def test_pages_are_those_of_the_whole_list(
    trainees: list[Trainee],
    states: set[str],
    starts: set[str] | None,
    since: str,
    size: int,
    gone: set[int],
) -> None:
    kept = CycleList()
    for trainee in trainees:
        kept.add(trainee)
    for trainee in trainees:
        if trainee.sequence in gone:
            kept.remove(trainee)
    left = [
        trainee
        for trainee in trainees
        if trainee.sequence not in gone
        and (starts is None or trainee.fields["itt_start_date"] in starts)
    ]

    def wanted(facet: Facet) -> bool:
        return facet.state in states and (starts is None or facet.itt_start_date in starts)

    for newest_first, page in product((True, False), range(6)):
        part = Slice(since, newest_first, page * size, size, starts is not None)
        assert kept.ids(wanted, part) == _expected(left, states, part)
        assert kept.copy().ids(wanted, part) == _expected(left, states, part)
    everything = Slice(since, True, 0, 10**30, starts is not None)
    assert kept.ids(wanted, everything) == _expected(left, states, everything)


def test_an_empty_shelf_is_thrown_away() -> None:
    """Records move on from state to state: what they leave behind must not add up."""
    kept = CycleList()
    for place in range(50):
        trainee = _trainee(place, TIMES[0], "awarded", f"2025-09-{place % 28 + 1:02}", None)
        kept.add(trainee)
        kept.remove(trainee)
    assert kept._shelves == ({}, {})
