"""What an answer shows of the code lists, and where it shows something else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import Contract
from register_contract.oracle.reference import differs, lists_shown


@pytest.fixture(scope="module")
def due() -> dict[str, Any]:
    contract = Contract("v2026.1", spec.bundle("v2026.1"), spec.every_code())
    schema = contract.operation("show_reference_data").answers[200].schema
    assert schema is not None
    return lists_shown(contract, schema)


def test_a_list_is_shown_by_its_codes(due: dict[str, Any]) -> None:
    assert due["sex"] == {
        "metadata": {"name": "sex", "display_name": "Sex", "description": ""},
        "entries": due["sex"]["entries"],
    }
    first = due["sex"]["entries"][0]
    assert first == {"code": "10", "display_name": "Female", "start_year": None, "end_year": None}


def test_a_reason_is_shown_for_each_trigger_that_may_give_it(due: dict[str, Any]) -> None:
    reasons = due["withdrawal_reasons"]["entries"]
    triggers = [each["trigger"] for each in reasons]
    assert triggers == sorted(triggers)
    assert set(triggers) == {"provider", "trainee"}
    assert all(each["requires_another_reason"] in (True, False) for each in reasons)


def test_the_first_place_that_differs_is_told(due: dict[str, Any]) -> None:
    assert differs(due, deepcopy(due)) == ""
    came = deepcopy(due)
    came["sex"]["entries"][1]["display_name"] = "Men"
    assert differs(due, came) == "sex.entries.1.display_name"
    came = deepcopy(due)
    came["sex"]["entries"].pop()
    assert differs(due, came) == "sex.entries"
    came = deepcopy(due)
    del came["country"]
    assert differs(due, came) == "."


def test_no_and_nothing_are_not_the_same() -> None:
    assert differs({"a": False}, {"a": 0}) == "a"
    assert differs({"a": None}, {"a": False}) == "a"
    assert differs([1, 2], [2, 1]) == "0"
