"""The scenarios of `fixtures/scenarios`: each goes as it says, and each row has one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest

from register_mock.contract.edition import Edition
from register_mock.scenarios.files import Scenario, read_scenarios
from register_mock.scenarios.judging import Judge
from register_mock.scenarios.playing import Stage


@lru_cache(maxsize=1)
def judge() -> Judge:
    return Judge(Stage(), read_scenarios())


def case_name(value: Any) -> str:
    return str(value.name if isinstance(value, Scenario) else value.key)


@pytest.mark.parametrize(("scenario", "edition"), judge().cases, ids=case_name)
def test_a_scenario_goes_as_it_says(scenario: Scenario, edition: Edition) -> None:
    assert judge().flaws(scenario, edition) == [], scenario.sentence


# Rows that no scenario can show, and why.
NOT_SHOWN: dict[str, str] = {}


@pytest.mark.parametrize("edition", judge().stage.editions, ids=case_name)
def test_every_row_has_a_scenario(edition: Edition) -> None:
    assert [id for id in judge().without_scenario(edition) if id not in NOT_SHOWN] == []
