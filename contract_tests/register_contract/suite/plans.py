"""What a plan has of the suite: which tests, in which order, and how many trials of each.

The full plan has all of it. The smoke plan is at most 300 requests of the same tests. They touch
each operation with each status, each state, event, filter, kind of rule and derived field, and find
most defects; its rows are measured (``register-contract score --plan smoke``), and their order is
that of the run.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from register_contract.oracle.contract import CREATE, DELETE, LIST, TRAINEE, UPDATE, Operation
from register_contract.target.options import SMOKE

Item = TypeVar("Item")
Where = Callable[[Operation], bool]


def _any(operation: Operation) -> bool:
    return True


def _new_trainee(operation: Operation) -> bool:
    return (operation.does, operation.kind) == (CREATE, TRAINEE)


def _own(operation: Operation) -> bool:
    """Not those that repeat another one under another method or path."""
    return operation.id == operation.acts_as


def _storing(operation: Operation) -> bool:
    """Those that make a record, or change one."""
    return operation.stores


def _changing_a_trainee(operation: Operation) -> bool:
    return _own(operation) and (operation.does, operation.kind) == (UPDATE, TRAINEE)


def _sending(operation: Operation) -> bool:
    return operation.body is not None


def _listing(operation: Operation) -> bool:
    return (operation.does, operation.kind) == (LIST, TRAINEE)


def _creating(operation: Operation) -> bool:
    return operation.does == CREATE


def _deleting(operation: Operation) -> bool:
    return operation.does == DELETE


def _moving(operation: Operation) -> bool:
    """Those that send something about a trainee which is no record."""
    return _sending(operation) and not operation.stores


def _moving_first(operation: Operation) -> bool:
    """Those of them that repeat no other."""
    return _own(operation) and _moving(operation)


@dataclass(frozen=True)
class Share:
    """What a plan has of one test of the suite.

    It has at most so many of its ``tests``, or as many as it takes to have each value of their
    parameters once; of tests for an operation only those for such as ``of_each`` says. Each goes
    through at most so many ``trials`` of what it has (``of``), or through all. One that is
    ``brief`` makes its trainees by the control API where there is one, puts together what can be,
    and looks again at what was refused only once.
    """

    tests: int | None = None
    trials: int | None = None
    brief: bool = True
    of_each: Where = _any

    def is_of(self, operation: Operation | None) -> bool:
        """Whether it has a test that is for this operation, or for none."""
        return operation is None or self.of_each(operation)

    def of(self, items: Iterable[Item], chance: random.Random) -> list[Item]:
        """The items, or as many as there are trials: the edges, and in between by chance."""
        every = list(items)
        if self.trials is None or len(every) <= self.trials:
            return every
        if self.trials < _EDGES:
            places = chance.sample(range(len(every)), self.trials)
        else:
            inner = chance.sample(range(1, len(every) - 1), self.trials - _EDGES)
            places = [0, *inner, len(every) - 1]
        return [every[place] for place in sorted(places)]


_EDGES = 2
WHOLE = Share(brief=False)
"""All of a test, as the full plan has it."""
LEFT_OUT = f"--plan {SMOKE} leaves it out"
_ALL = Share()

_SMOKE: Mapping[str, Mapping[str, Share | tuple[Share, ...]]] = {
    "examples": {
        "documented_requests_succeed": Share(of_each=_storing),
        "an_unknown_route_is_not_found": Share(tests=1, trials=1),
    },
    "boundaries": {
        "many_fields_at_their_limits": (
            Share(trials=6, of_each=_new_trainee),
            Share(trials=1, of_each=_creating),
            Share(trials=2, of_each=_moving_first),
        ),
        "each_query_parameter_at_its_limits": (
            Share(trials=3, of_each=_listing),
            Share(trials=2),
        ),
    },
    "derived": {"what_is_made_of_the_fields_sent": Share(trials=4, of_each=_new_trainee)},
    "lifecycle": {
        "each_operation_in_each_state": (
            Share(trials=2, of_each=_moving),
            Share(trials=2, of_each=_deleting),
            Share(trials=1, of_each=_own),
        ),
        "what_cannot_happen_does_not": Share(trials=4),
        "what_was_deleted_is_gone": _ALL,
    },
    "walk": {
        "a_career": Share(tests=2),
        "a_hidden_trainee_is_gone": Share(trials=2),
        "an_update_is_dated": _ALL,
        "read_only_fields_cannot_be_set": Share(tests=1),
    },
    "time": {
        "the_list_turns_with_the_academic_cycle": _ALL,
        "what_is_done_is_dated_now": (Share(of_each=_creating), Share(tests=1)),
        "a_token_ends_at_midnight": _ALL,
        "what_is_due_comes_in_time": _ALL,
        "a_day_begins_at_midnight": Share(trials=1),
    },
    "duplicates": {
        "trainees": Share(trials=3),
        "trainees_with_accents": Share(trials=2),
        "trainees_in_each_state": Share(trials=1),
        "a_trainee_like_two_others": _ALL,
        "children": Share(trials=2),
    },
    "lists": {
        "list": Share(trials=1),
        "two_wrong_parameters_are_both_named": _ALL,
    },
    "isolation": {
        "another_providers_trainee_does_not_exist": _ALL,
        "an_id_in_other_letters": Share(tests=1),
        "a_record_below_another_trainee": Share(tests=1),
        "lists_hold_the_own_trainees_only": _ALL,
        "another_providers_duplicate_is_none": _ALL,
    },
    "precedence": {
        "the_first_reason_is_named": Share(trials=1, of_each=_sending),
        "a_junk_id_is_an_unknown_one": Share(tests=1),
        "fields_and_state_in_their_order": Share(tests=1),
        "wrong_fields_in_each_form": Share(trials=1, of_each=_new_trainee),
    },
    "auth": {
        "a_wrong_token_is_refused": Share(trials=1),
        "the_tokens_of_a_provider_that_is_gone": _ALL,
        "a_token_in_another_form": Share(tests=1),
        "no_token_is_asked_for": Share(tests=1, trials=1),
    },
    "updates": {
        "what_was_read_can_be_sent_back": Share(tests=1, trials=1, of_each=_changing_a_trainee),
        "a_refused_update_changes_nothing": Share(tests=1),
        "a_rule_that_time_broke_binds_changes_only": Share(tests=1, trials=1),
    },
    "texts": {
        "a_text_comes_back": Share(trials=1, of_each=_new_trainee),
    },
    "registers": {"who_is_named_is_looked_up": Share(trials=1, of_each=_new_trainee)},
    "conditions": {"every_combination_inside_a_new_trainee": Share(trials=3)},
    "envelopes": {
        "a_body_that_is_not_called_json": Share(tests=1),
    },
    "simultaneous": {
        "equal_trainees_at_once": Share(trials=1),
        "records_of_a_trainee_at_once": Share(tests=1, trials=1),
    },
    "rate": {"too_many_requests_are_refused": _ALL},
}
"""The layers in their order, and of each the tests, by what follows ``test_`` in their names."""


@dataclass(frozen=True)
class Plan:
    """How much of the suite a run has; without ``rows`` all of it."""

    rows: Mapping[str, Mapping[str, Share | tuple[Share, ...]]] | None

    def share(self, layer: str, test: str, operation: Operation | None) -> Share | None:
        """What it has of a test, for an operation or for none; or None."""
        if self.rows is None:
            return WHOLE
        row = self.rows.get(layer, {}).get(test, ())
        shares = row if isinstance(row, tuple) else (row,)
        return next((each for each in shares if each.is_of(operation)), None)

    def groups(self, checks: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """Which checks of one thing are made together, by name: each alone, or briefly all."""
        alone: dict[str, tuple[str, ...]] = {name: (name,) for name in checks}
        return alone if self.rows is None else {"all": tuple(checks)}

    @property
    def order(self) -> list[tuple[str, str]]:
        """Its tests by layer and name, in the order of the run; of the full plan none."""
        return [(layer, test) for layer, tests in (self.rows or {}).items() for test in tests]


def plan_of(name: str) -> Plan:
    """The plan of this name."""
    return Plan(_SMOKE if name == SMOKE else None)
