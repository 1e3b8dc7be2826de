"""Which values are tried: codes that only other versions have, too."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import Contract
from register_contract.suite.strategies.boundaries import Boundaries
from register_spec.tests.copies import changed_contract

TODAY = date(2026, 2, 10)
LIST = "institution"


def tried(contract: Contract, operation: str, seed: int = 1) -> dict[str, list[object]]:
    """The values by field."""
    chosen = contract.operations[operation]
    sample = chosen.examples["documented"]["value"]["data"]
    made = Boundaries(contract, random.Random(seed), TODAY)
    found: dict[str, list[object]] = {}
    for boundary in made.of(contract.data_schema(chosen), sample, operation):
        found.setdefault(str(boundary.path[-1]), []).append(boundary.value)
    return found


def without_codes(folder: Path, name: str, removed: Iterable[str]) -> Path:
    """A copy of the spec whose list lacks these codes."""

    def cut(document: dict[str, Any]) -> None:
        for code in removed:
            del document["x-code-lists"][name]["codes"][code]

    return changed_contract(folder / "spec", cut, "v2026.1")


@pytest.mark.parametrize(
    ("name", "removed", "called", "field"),
    [
        ("course_age_range", {"13912", "13917", "13919"}, "create_trainee", "course_age_range"),
        ("disability", {"51", "53", "54", "59"}, "create_trainee", "disability1"),
        ("withdrawal_reason", {"trainee_workload_issues", "mandatory_reasons"},
         "withdraw_trainee", "reasons"),
    ],
)  # fmt: skip
def test_removed_codes_are_tried(
    name: str, removed: set[str], called: str, field: str, tmp_path: Path
) -> None:
    folder = without_codes(tmp_path, name, removed)
    every = spec.every_code(folder)
    contract = Contract("v2026.1", spec.bundle("v2026.1", spec_dir=folder), every)
    values = tried(contract, called)[field]
    codes = {str(value[0] if isinstance(value, list) and value else value) for value in values}
    assert removed <= codes


def test_codes_of_another_version_are_tried() -> None:
    contract = Contract("v1.0-pre", spec.bundle("v1.0-pre"), spec.every_code())
    known = {row["code"] for row in contract.document["x-code-lists"]["course_subject"]}
    others = set(spec.every_code()["course_subject"]) - known
    assert others
    assert others <= set(map(str, tried(contract, "create_trainee")["course_subject_one"]))


def test_long_lists_are_sampled_by_the_seed(tmp_path: Path) -> None:
    removed = set(spec.every_code()[LIST][5:])
    folder = without_codes(tmp_path, LIST, removed)
    every = spec.every_code(folder)
    contract = Contract("v2026.1", spec.bundle("v2026.1", spec_dir=folder), every)
    runs = [tried(contract, "create_degree", seed)[LIST] for seed in (1, 1, 2)]
    assert len(removed) > 40
    assert len([value for value in runs[0] if isinstance(value, str) and value in removed]) == 40
    assert runs[0] == runs[1] != runs[2]


def test_what_looks_right_is_tried_beyond_its_limit() -> None:
    contract = Contract("v2026.1", spec.bundle("v2026.1"), spec.every_code())
    values = tried(contract, "create_trainee")
    texts = {name: [v for v in each if isinstance(v, str)] for name, each in values.items()}
    assert {len(each) for each in texts["email"] if "@" in each} >= {79, 80, 81}
    # Texts that nearly keep to its form: a mark twice or not at all, an accent, other letters.
    (address,) = {each for each in texts["email"] if each == each.upper() and "@" in each}
    near = (address.lower().replace("@", new) for new in ("@@", "", "é@"))
    assert {*near} <= {*texts["email"]}
    # The digits that the list of this code has not, and a number past the greatest.
    assert set("0134568") <= set(texts["fund_code"])
    assert 10_000_000 in values["application_id"]
    # One zero more, and small letters for capitals.
    assert any(each.startswith("0") and len(each) == 3 for each in texts["training_route"])
    assert any(each.isalpha() and each.islower() for each in texts["nationality"])
