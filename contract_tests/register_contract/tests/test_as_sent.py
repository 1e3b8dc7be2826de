"""What the suite expects of values that are kept as they were sent, and of what is not told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import Contract
from register_contract.oracle.derived import kept_of_new, kept_of_update
from register_contract.oracle.fields import FieldRules
from register_contract.oracle.holdings import new_trainee
from register_contract.oracle.said import effective, gathered, is_missing_data
from register_contract.oracle.showing import places

TODAY = date(2025, 10, 15)
SENT = {"disability1": "", "disability2": None, "disability10": 58, "disability3": ["58"]}
KEPT = {"disability1": "", "disability2": None, "disability10": 58}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract("v1.0-pre", spec.bundle("v1.0-pre", "deployed"))


def told(contract: Contract, sent: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """The fields of an answer to a creation that are not what was sent."""
    held = new_trainee(contract, contract.operation("create_trainee"), sent, TODAY)
    found = {each.field: each for each in places(contract, held, shown, TODAY)}
    missing = {name for name in held.kept.get("disabilities") or {} if name not in shown}
    return sorted(missing | {name for name, each in found.items() if each.is_wrong})


def test_what_is_gathered(contract: Contract) -> None:
    schema = contract.schema("TraineeRequest")
    found = gathered(contract, schema, {**SENT, "disability": "58", "disability1x": "58"})
    assert found == {"disabilities": KEPT}
    assert not is_missing_data(contract, schema, {"disability77": "58"})


def test_gathered_keys_are_shown_as_they_were_sent(contract: Contract) -> None:
    assert told(contract, SENT, {**KEPT, "hesa_disabilities": KEPT}) == []
    assert told(contract, SENT, {"disability1": None, "disability10": 58}) == [
        "disability1",
        "disability2",
    ]
    assert told(contract, SENT, {**KEPT, "hesa_disabilities": {}}) == ["hesa_disabilities"]


def test_an_update_is_laid_over_what_was_gathered(contract: Contract) -> None:
    create = contract.operation("create_trainee")
    before = kept_of_new(contract, create, SENT, TODAY)
    kept = kept_of_update(contract, "trainee", before, SENT, {"disability10": "", "sex": "10"})
    assert kept.fields["disabilities"] == {**KEPT, "disability10": ""}


def test_an_empty_text_that_is_kept(contract: Contract) -> None:
    assert told(contract, {"ni_number": ""}, {"ni_number": ""}) == []
    assert told(contract, {"ni_number": ""}, {"ni_number": None}) == ["ni_number"]
    assert told(contract, {"nationality": ""}, {"nationality": None}) == []


def test_a_field_is_silent_beside_another(contract: Contract) -> None:
    rules, schema = FieldRules(contract, TODAY), contract.schema("TraineeRequest")
    sample = contract.operation("create_trainee").examples["documented"]["value"]["data"]

    def fields(**sent: Any) -> set[str]:
        data = {**sample, "placements_attributes": [], **sent}
        found = rules.problems(schema, data, "create_trainee")
        return {problem.field for problem in found}

    assert fields(training_route="77", fund_code="2") == {"training_route"}
    for start in ("soon", "2010-01-01"):
        wrong = {"trainee_start_date": start, "fund_code": "2"}
        assert fields(training_route="77", **wrong) == {"trainee_start_date"}
        assert fields(training_route=None, **wrong) == {"trainee_start_date", "training_route"}


def test_what_is_no_object_in_a_list_is_not_said(contract: Contract) -> None:
    schema = contract.schema("TraineeRequest")

    def said(value: Any) -> Any:
        return effective(contract, schema, {"placements_attributes": value})

    assert said([None, "x", {"urn": "900000"}]) == {"placements_attributes": [{"urn": "900000"}]}
    assert said("x") == {}
    assert said({"urn": "900000"}) == {"placements_attributes": {"urn": "900000"}}
