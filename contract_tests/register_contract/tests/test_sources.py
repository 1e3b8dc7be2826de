"""What derived fields are made of is tried, each value alone and with others."""

from __future__ import annotations

import random
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import CREATE, TRAINEE, Contract
from register_contract.suite.strategies.sources import ABSENT, variations


@pytest.fixture(scope="module", params=["v1.0-pre", "v2026.1"])
def contract(request: pytest.FixtureRequest) -> Contract:
    version = str(request.param)
    return Contract(version, spec.bundle(version), spec.every_code())


def made(contract: Contract, kind: str, seed: int = 1) -> list[dict[str, Any]]:
    schema = contract.data_schema(contract.doing(CREATE, kind))
    return list(variations(contract, kind, schema, random.Random(seed)))


def test_an_ethnicity_is_sent_without_disabilities_and_the_other_way_round(
    contract: Contract,
) -> None:
    ways = made(contract, TRAINEE)
    beside = [way for way in ways if {"ethnicity", "disability1"} <= way.keys()]
    told = {(way["ethnicity"] is ABSENT, way["disability1"] is ABSENT) for way in beside}
    assert told == {(True, True), (True, False), (False, True), (False, False)}


def test_codes_differ_in_what_their_list_says_of_them(contract: Contract) -> None:
    ranges = [
        way["course_age_range"]
        for way in made(contract, TRAINEE)
        if set(way) == {"course_age_range"}
    ]
    rows = {row["code"]: row for row in contract.table("x-code-lists")["course_age_range"]}
    told = [tuple(str(rows[code].get(n)) for n in ("min_age", "max_age")) for code in ranges[1:]]
    assert ranges[0] is ABSENT
    assert len(set(told)) == len(told) >= 3


def test_a_seed_repeats_them(contract: Contract) -> None:
    assert made(contract, "degree", 3) == made(contract, "degree", 3)
