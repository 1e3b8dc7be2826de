"""Records that are made to break one rule, by rules that no sample comes near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import CREATE, Contract
from register_contract.oracle.fields import FieldRules, Problem
from register_contract.oracle.rules import as_stored, rules_of
from register_contract.oracle.words import counted
from register_contract.suite.strategies.bodies import Bodies
from register_contract.suite.strategies.solving import Solver, differing, ways_to_keep, with_change

NOW = datetime(2026, 2, 10, tzinfo=UTC)
TODAY = NOW.date()
ROUTES = {"value": "training_route", "in": ["11", "12"]}
NAMED = {"value": "last_name", "is": "present"}
EARLY = {"value": {"cycle": "itt_start_date"}, "at_most": 2021}
"""Seventeen months before the course of the sample starts."""


class World:
    """The newest contract with one rule more, and a solver for new trainees."""

    def __init__(self, **rule: Any) -> None:
        newest = spec.versions()[-1]
        document = deepcopy(dict(spec.bundle(newest)))
        row = {
            "operations": [Contract(newest, document).doing(CREATE).id],
            "field": "sex",
            "text": "is odd",
            **rule,
        }
        document["x-rules"] = {**document["x-rules"], "odd": row}
        self.contract = Contract(newest, document)
        create = self.contract.doing(CREATE)
        self.create = create.id
        self.schema = self.contract.data_schema(create)
        self.base = Bodies(self.contract, NOW, 1, "solving", "").record("trainee")
        self.rules = FieldRules(self.contract, TODAY)
        self.row = next(r for r in rules_of(self.contract, self.create) if r["id"] == "odd")
        self.solver = Solver(
            self.contract, self.create, self.schema, self.base, TODAY, self.problems
        )

    def problems(self, data: Mapping[str, Any]) -> Sequence[Problem]:
        """What the contract says of a new trainee."""
        return self.rules.problems(self.schema, data, self.create)

    def told(self, data: Mapping[str, Any]) -> list[tuple[str, ...]]:
        """The rows by which a new trainee is refused."""
        return [problem.rows for problem in self.problems(data)]


def test_the_base_breaks_nothing() -> None:
    world = World(must={"value": "sex", "is": "present"})
    assert not world.problems(world.base)


@pytest.mark.parametrize(
    "rule",
    [
        {"must": {"not": {"all": [ROUTES, EARLY]}}},
        {"when": ROUTES, "must": {"not": EARLY}},
        {"when": {"all": [ROUTES, EARLY]}, "must": {"value": "nationality", "equals": "CY"}},
        {"must": {"any": [{"value": "sex", "is": "blank"}, {"not": EARLY}]}},
        {"must": {"not": {"value": "course_subject_3", "same_as": "course_subject_1"}}},
        {
            "when": {"value": "last_name", "is": "present"},
            "must": {"value": "ethnicity", "is": "blank"},
        },
        {"must": {"not": {"value": "itt_end_date", "not_after": {"today": {"years": -9}}}}},
    ],
)
def test_a_rule_is_broken_alone(rule: dict[str, Any]) -> None:
    """Also where that takes several fields, and dates that lie together."""
    world = World(**rule)
    found = list(world.solver.breaking(world.row))
    assert found
    assert world.told(found[0]) == [("x-rules.odd",)]


def test_what_nearly_breaks_it_is_right() -> None:
    """One change of a record that breaks a rule."""
    world = World(must={"not": {"all": [ROUTES, EARLY]}})
    broken = next(world.solver.breaking(world.row))
    kept = list(world.solver.keeping(world.row, broken))
    assert kept
    for data in kept:
        assert not world.problems(data)
        assert len(differing(broken, data)) == 1


def test_a_rule_that_cannot_be_broken() -> None:
    world = World(
        must={"any": [{"value": "sex", "is": "present"}, {"value": "sex", "is": "blank"}]}
    )
    assert not list(world.solver.breaking(world.row))


@pytest.mark.parametrize("condition", [EARLY, {"all": [ROUTES, EARLY]}, {"all": []}])
def test_records_for_which_a_condition_holds(condition: Any) -> None:
    """And which are right."""
    world = World(must=NAMED)
    found = list(world.solver.being(condition))
    assert found
    for data in found:
        assert as_stored(world.contract, world.create, data, TODAY).holds(condition)
        assert not world.problems(data)


def test_a_record_with_a_change() -> None:
    """What is null by it is left out, and what was left out is null in the difference."""
    assert with_change({"a": 1, "b": 2}, {"a": None, "c": 3}) == {"b": 2, "c": 3}
    assert differing({"a": 1, "b": 2}, {"b": 2, "c": 3}) == {"a": None, "c": 3}


def test_what_a_condition_counts() -> None:
    """At any depth, and nothing where there is no condition."""
    condition = {"all": [{"not": {"value": {"children": "degree"}, "at_most": 0}}, ROUTES]}
    assert list(counted(condition)) == ["degree"]
    assert not list(counted(None))


def test_a_rule_with_a_choice_is_kept_in_each_way_alone() -> None:
    """By each part of what it asks for, and by each value that such a part names."""
    when = {"value": "sex", "is": "present"}
    named = {"value": "training_route", "in": ["11", "12"]}
    both = {"all": [NAMED, named]}
    ways = ways_to_keep({"must": {"any": [NAMED, both]}, "when": when})
    assert ways[0] == {"all": [when, NAMED, {"not": both}]}
    assert ways[1] == {"all": [when, both, {"not": NAMED}]}
    for way, code in zip(ways[2:], ["11", "12"], strict=True):
        alone = {"value": "training_route", "equals": code}
        assert way == {"all": [when, {"all": [NAMED, alone]}, {"not": NAMED}]}
    assert ways_to_keep({"must": NAMED}) == []
