"""The control API against generated calls, right and wrong ones: no 5xx, answers as documented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok

from register_mock.tests.controlling import Controlled, controlled

EXAMPLES = 10
# Whether a well-formed call is accepted depends on the world: a provider has to exist.
LEFT_OUT = ("positive_data_acceptance", "missing_required_header", "ignored_auth")


@pytest.fixture(scope="module")
def mock() -> Controlled:
    return controlled()


@pytest.fixture(scope="module")
def schema(mock: Controlled) -> schemathesis.schemas.BaseSchema:
    served = mock.app.test_client().get("/_mock/openapi.yaml").data
    config = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
    loaded = schemathesis.openapi.from_dict(yaml.load(served, yaml.CSafeLoader), config=config)
    loaded.app = mock.app
    return loaded


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_generated_calls_are_answered_as_documented(
    schema: schemathesis.schemas.BaseSchema, mode: GenerationMode
) -> None:
    excluded: list[Any] = [check for check in CHECKS.get_all() if check.__name__ in LEFT_OUT]
    done: dict[str, int] = {}

    def call(case: schemathesis.Case[Any]) -> None:
        response = case.call_and_validate(excluded_checks=excluded)
        good = response.status_code < 300
        done[case.operation.label] = done.get(case.operation.label, 0) + good

    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if mode is GenerationMode.POSITIVE or operation.body or operation.query:
            _generated(operation.as_strategy(generation_mode=mode), call)()
    if mode is GenerationMode.POSITIVE:
        # Calls that are only ever refused would say little of the answers to right ones.
        assert sum(count > 0 for count in done.values()) >= 17


def _generated(
    cases: SearchStrategy[schemathesis.Case[Any]], call: Callable[[schemathesis.Case[Any]], None]
) -> Callable[[], None]:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(case=cases)
    def run(case: schemathesis.Case[Any]) -> None:
        call(case)

    return run
