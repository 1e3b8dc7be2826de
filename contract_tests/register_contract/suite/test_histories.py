"""Histories: random ones of several trainees; of those that show a fault, the shortest.

Documents: 001 to 003; decisions 1 and 14; x-lifecycle, x-duplicates, x-list.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from register_contract.suite.bench import Bench, StagingError
from register_contract.suite.histories import KINDS, Draw, History, Step
from register_contract.suite.population import own_world
from register_contract.suite.strategies.drawing import drawn
from register_contract.target.options import Options
from register_contract.verdict.results import FoundError, Judge

_STEPS = 30
_EXAMPLES_EACH = 5
"""So many generated requests count as one history."""
_NUMBERS = 10_000
Steps = tuple[Step, ...]


def test_random_histories(bench: Bench, options: Options) -> None:
    what = "histories of several trainees"
    bench.needs_writing(what)
    bench.needs(bench.control, what, "only a control API makes a world for each of them")
    one = st.builds(Draw, st.sampled_from(KINDS), st.integers(0, _NUMBERS))
    histories = st.lists(one, min_size=_STEPS, max_size=_STEPS)
    count = max(1, options.examples // _EXAMPLES_EACH)
    for draws in drawn(histories, count, bench.bodies.random.randrange(2**32)):
        trial = bench.judge.fresh()
        faulty = _shows(bench, draws, trial)
        if faulty is None:
            bench.judge.take(trial)
            continue
        shortest = faulty if bench.judge.stops else _shortest(bench, faulty)
        _play(bench, shortest, bench.judge)
        if not bench.judge.findings:
            bench.judge.take(trial)  # it did not come again: it is told as it came
        return


def _shows(bench: Bench, steps: Sequence[Draw | Step], trial: Judge) -> Steps | None:
    """The steps up to the first that shows a fault; None when none does."""
    trial.stops, trial.recipes = True, {}
    taken: list[Step] = []
    try:
        _play(bench, steps, trial, taken)
    except (FoundError, StagingError):
        return tuple(taken)  # what was refused is a finding too
    return None


def _shortest(bench: Bench, steps: Steps) -> Steps:
    """The history without each step that makes no difference, the later ones first."""
    place = len(steps) - 1
    while place > 0:
        place -= 1
        fewer = steps[:place] + steps[place + 1 :]
        found = _shows(bench, fewer, bench.judge.fresh())
        if found is not None:
            steps, place = found, min(place, len(found) - 1)
    return steps


def _play(
    bench: Bench, steps: Sequence[Draw | Step], judge: Judge, taken: list[Step] | None = None
) -> None:
    """Take the steps in a world of their own; ``taken`` gets those that were begun."""
    judge.history.begin()  # ids of a world before may come again
    chance = bench.bodies.random.getstate()
    inside = own_world(Bench(bench.contract, bench.target, judge, bench.bodies, bench.share))
    assert inside.control is not None
    try:
        with inside.control.passing():
            history = History(inside)
            for each in steps:
                step = history.step(each) if isinstance(each, Draw) else each
                if taken is not None:
                    taken.append(step)
                history.take(step)
    finally:
        bench.bodies.random.setstate(chance)
