"""Valid bodies: made of a sample that every reading of the version takes, where there is one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import CREATE, Contract
from register_contract.oracle.fields import FieldRules
from register_contract.suite.strategies.bodies import Bodies

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def contracts(version: str) -> tuple[Contract, Contract]:
    """The contract of the documents, and that of the service."""
    documented, deployed = (
        Contract(version, spec.bundle(version, reading), spec.every_code())
        for reading in (spec.DOCUMENTED, "deployed")
    )
    return documented, deployed


def bodies(contract: Contract, *others: Contract) -> Bodies:
    contract.others = others
    return Bodies(contract, NOW, 1, "a test", "")


def sample(contract: Contract) -> Any:
    found = contract.doing(CREATE).sample
    assert found is not None
    return found["value"]["data"]


@pytest.mark.parametrize("version", spec.versions())
def test_the_sample_of_another_reading_is_taken_where_its_own_is_refused(version: str) -> None:
    documented, deployed = contracts(version)
    create = documented.doing(CREATE)
    made = bodies(documented, deployed)
    assert sample(documented) != sample(deployed)
    assert made.example(create.id) == sample(deployed)
    problems = FieldRules(documented, NOW.date()).problems
    assert not problems(documented.data_schema(create), made.trainee(), create.id)


@pytest.mark.parametrize("version", spec.versions())
def test_one_that_it_refuses_itself_is_not(version: str) -> None:
    documented, deployed = contracts(version)
    create = deployed.doing(CREATE).id
    assert bodies(deployed, documented).example(create) == sample(deployed)


def test_without_other_readings_it_is_its_own() -> None:
    documented, _ = contracts("v2026.1")
    assert bodies(documented).example(documented.doing(CREATE).id) == sample(documented)
