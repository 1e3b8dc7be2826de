"""What is wrong with a scenario in an edition: answers that differ, rows that it does not show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from register_mock.contract.edition import Edition
from register_mock.scenarios.playing import Stage
from register_mock.scenarios.showing import not_shown
from register_spec import DOCUMENTED, SpecError
from register_spec.scenarios.editions import editions_for
from register_spec.scenarios.files import Scenario
from register_spec.scenarios.rows import rows_of

LEDGER = "x-drift."


class Judge:
    """Scenarios and where they are played; `stage` is what they are played on.

    Raises SpecError, which tells all scenarios that name what is not there or are played nowhere.
    """

    def __init__(self, stage: Stage, scenarios: Sequence[Scenario]) -> None:
        """Find the editions of each scenario."""
        self.stage, self.scenarios = stage, scenarios
        self.rows: Mapping[str, Mapping[str, Any]] = {
            edition.key: rows_of(edition) for edition in stage.editions
        }
        wrong = [
            f"scenario {scenario.name}: {flaw}"
            for scenario in scenarios
            for flaw in self._unknown(scenario)
        ]
        if wrong:
            raise SpecError("\n".join(wrong))
        self.cases = [
            (scenario, edition) for scenario in scenarios for edition in self._editions(scenario)
        ]

    def _editions(self, scenario: Scenario) -> list[Edition]:
        return list(editions_for(scenario, self.stage.editions, self.rows))

    def _unknown(self, scenario: Scenario) -> Iterator[str]:
        """Yield what a scenario names that is not there, or not where it is played."""
        editions = self.stage.editions
        words = {word for each in editions for word in (each.version, each.reading)}
        named = [*scenario.editions, *(key for step in scenario.steps for key in _apart(step))]
        for word in " ".join(named).replace(",", " ").split():
            if word not in words:
                yield f"{word!r} is no version and no reading; there are {', '.join(sorted(words))}"
        operations = {name for each in editions for name in each.operations}
        for step in scenario.steps:
            name = step["request"].get("operation")
            if name is not None and name not in operations:
                yield f"request: there is no operation {name!r}"
        played = self._editions(scenario)
        known = set().union(*(self.rows[edition.key] for edition in played))
        there = ", ".join(edition.key for edition in played)
        for id in scenario.shows:
            if not any(id in rows for rows in self.rows.values()):
                yield f"shows: no edition has the row {id}"
            elif played and id not in known:
                yield f"shows: {id} is no row of {there}"
        if not played:
            yield "no edition knows all that it shows, or it says nothing of those that do"

    def without_scenario(self, edition: Edition) -> list[str]:
        """Return the rows of an edition that no scenario shows in it."""
        shown = {id for scenario, one in self.cases if one is edition for id in scenario.shows}
        return [id for id in self.rows[edition.key] if id not in shown]

    def flaws(self, scenario: Scenario, edition: Edition) -> list[str]:
        """Play a scenario; return what is wrong with it, nothing when it goes as it says."""
        return list(self._flaws(scenario, edition))

    def _flaws(self, scenario: Scenario, edition: Edition) -> Iterator[str]:
        played = self.stage.play(scenario, edition)
        for number, step in enumerate(played, start=1):
            for difference in step.differences:
                yield f"step {number}: {difference}"
        rows = self.rows[edition.key]
        known = [id for id in scenario.shows if id in rows]
        for id in known:
            reason = not_shown(id, rows[id], played, edition)
            if reason is not None:
                yield reason
        if any(id.startswith(LEDGER) for id in known):
            yield from self._same(scenario, edition)

    def _same(self, scenario: Scenario, edition: Edition) -> Iterator[str]:
        """Yield that the documented reading answers no otherwise, when it does not."""
        version = edition.version
        for one, other in self.cases:
            if one is scenario and (other.version, other.reading) == (version, DOCUMENTED):
                played = self.stage.play(scenario, other, told=edition)
                if not any(step.differences for step in played):
                    yield f"the documented reading of {version} answers the same"
                return
        yield f"it does not say what the documented reading of {version} answers"


def _apart(step: Mapping[str, Any]) -> list[str]:
    return list(step.get("answer_by", ()))
