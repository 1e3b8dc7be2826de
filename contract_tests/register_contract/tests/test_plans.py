"""The smoke plan: what it has of the suite, what it touches of each contract, and what it says."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import register_spec as spec
from register_contract import suite
from register_contract.oracle.contract import LIST, OUTSIDE, Contract
from register_contract.oracle.kept import rows_of, written_by
from register_contract.oracle.listing import Listing
from register_contract.suite.choosing import covering
from register_contract.suite.plans import WHOLE, Share, plan_of
from register_contract.target.options import SMOKE, UsageError, settle
from register_contract.target.options import WHOLE as FULL
from register_contract.tests.command import register_contract
from register_contract.tests.touching import Touched, touched

SUITE = Path(suite.__file__).parent
NEWEST = spec.versions()[-1]
EDITIONS = [
    f"{version}@{reading}" for version in spec.versions() for reading in spec.readings(version)
]
SEED = "1"
MOST = 300
"""The smoke plan is of so many requests to the API at most, those of the control API apart."""

NO_STATUS = {
    413: "what is larger than a body may be fits in no command line that repeats it",
    500: "no request makes a service fail that keeps the contract",
}
"""The documented statuses that the plan does not bring about, and why."""
NO_REASON = {
    "too_large": NO_STATUS[413],
    "server_error": NO_STATUS[500],
}
"""Likewise, of the answers in ``x-sentences``."""


def contract_of(edition: str) -> Contract:
    version, _, reading = edition.partition("@")
    return Contract(version, spec.bundle(version, reading), spec.every_code(None))


def smoke(edition: str, seed: str = SEED) -> Touched:
    return touched(edition, "--plan", SMOKE, "--seed", seed)


def daily(edition: str) -> object:
    """The newest version by day, all others at night."""
    marks = [pytest.mark.slow, pytest.mark.xdist_group(edition)]
    marks += [] if edition.startswith(NEWEST) else [pytest.mark.nightly]
    return pytest.param(edition, marks=marks)


each_edition = pytest.mark.parametrize("edition", [daily(edition) for edition in EDITIONS])


# --- what it has


def test_each_row_is_a_test_of_the_suite() -> None:
    for layer, test in plan_of(SMOKE).order:
        assert f"def test_{test}(" in (SUITE / f"test_{layer}.py").read_text(), (layer, test)


def test_the_full_plan_has_all() -> None:
    assert plan_of(FULL).share("lists", "list", None) is WHOLE
    assert plan_of(FULL).share("no", "such", None) is WHOLE
    assert plan_of(SMOKE).share("no", "such", None) is None


def test_the_first_share_that_is_for_an_operation_counts() -> None:
    contract = contract_of(f"{NEWEST}@{spec.DOCUMENTED}")
    shares = {
        name: plan_of(SMOKE).share("boundaries", "many_fields_at_their_limits", operation)
        for name, operation in contract.operations.items()
    }
    of_new, of_degree = shares["create_trainee"], shares["create_degree"]
    assert of_new is not None
    assert of_degree is not None
    assert (of_new.trials or 0) > (of_degree.trials or 0)
    assert shares["patch_trainee"] is None, "it repeats another one"


@pytest.mark.parametrize("trials", [1, 2, 3, 9])
def test_a_share_takes_the_edges_and_some_between(trials: int) -> None:
    items = list(range(10))
    taken = [Share(trials=trials).of(items, random.Random(seed)) for seed in range(20)]
    assert all(len(each) == trials and each == sorted(set(each)) for each in taken)
    assert len({tuple(each) for each in taken}) > 1 or trials == 2
    if trials > 1:
        assert all(each[0] == 0 and each[-1] == 9 for each in taken)


def test_a_share_takes_all_there_is() -> None:
    chance = random.Random(1)
    assert Share().of(range(5), chance) == [0, 1, 2, 3, 4]
    assert Share(trials=9).of(range(5), chance) == [0, 1, 2, 3, 4]
    assert Share(trials=1).of([], chance) == []


def test_what_covers_each_value_is_no_more_than_it_takes() -> None:
    made = [{"operation": each, "kind": kind} for each in "abcdef" for kind in "xyz"]
    for seed in range(20):
        found = covering(made, None, random.Random(seed))
        assert {made[place]["operation"] for place in found} == set("abcdef")
        assert {made[place]["kind"] for place in found} == set("xyz")
        assert len(found) == 6
        assert len(covering(made, 2, random.Random(seed))) == 2
    tuples = [{"career": each} for each in [("a", "b"), ("b", "a"), ("a",), ("b", "a", "b")]]
    assert covering(tuples, 1, random.Random(1)) == [3]
    assert covering(tuples, None, random.Random(1)) == [3]


# --- what it touches


@each_edition
def test_a_mock_keeps_the_contract(edition: str) -> None:
    found = smoke(edition)
    assert not found.findings
    assert not found.crashes
    assert len(found.requests) <= MOST


@each_edition
def test_each_operation_is_tried_with_each_status(edition: str) -> None:
    contract, found = contract_of(edition), smoke(edition)
    documented = {
        (name, status) for name, each in contract.operations.items() for status in each.answers
    }
    unreached = {(name, status) for name, status in documented if status in NO_STATUS}
    assert not documented - found.statuses - unreached
    assert not unreached & found.statuses, "a reason that does not hold"
    assert {status for _, status in unreached} == set(NO_STATUS), "a reason for nothing"


@each_edition
def test_each_state_is_seen_and_each_event_happens(edition: str) -> None:
    contract, found = contract_of(edition), smoke(edition)
    assert found.states == set(contract.states)
    outside = {name for name, row in contract.events.items() if row["cause"] == OUTSIDE}
    assert found.events == outside


@each_edition
def test_each_reason_to_refuse_is_given(edition: str) -> None:
    """The stages of ``x-precedence``, duplicates, states: each answer of ``x-sentences``."""
    contract, found = contract_of(edition), smoke(edition)
    answers = contract.table("x-sentences")["answers"]
    reasons = {row.get("for", name) for name, row in answers.items()}
    ungiven = {*NO_REASON, *_told_by_a_rule(contract)}
    assert not reasons - found.reasons - ungiven
    assert not found.reasons & ungiven, "a reason that does not hold"


def _told_by_a_rule(contract: Contract) -> Iterator[str]:
    """The refusals of events for a state that a rule of their fields asks for, and tells first."""
    for event in contract.events.values():
        for row in contract.table("x-rules").values():
            value = row["must"].get("value")
            about_a_state = isinstance(value, dict) and "state" in value
            if about_a_state and event["cause"] in row["operations"]:
                yield str(event["refusal"])


@each_edition
def test_each_kind_of_problem_is_had(edition: str) -> None:
    contract, found = contract_of(edition), smoke(edition)
    kinds = {row["rule"] for row in contract.table("x-sentences")["fields"].values()}
    assert not kinds - found.rows - {"rule"}
    rules = contract.table("x-rules")
    broken = {name: row for name, row in rules.items() if name in found.rows}
    classes = {_class_of(row) for row in rules.values()}
    assert {_class_of(row) for row in broken.values()} == classes


def _class_of(row: dict[str, Any]) -> tuple[str, ...]:
    """What rules have in common: when they are judged, and on which records."""
    return tuple(sorted({"section", "at_save", "of"} & row.keys()))


@each_edition
def test_each_filter_is_used(edition: str) -> None:
    contract, found = contract_of(edition), smoke(edition)
    listing = Listing(contract)
    names = {row["name"] for row in contract.doing(LIST).queries}
    assert names <= {name for name, _ in found.asked}
    values = {(name, value) for name, value, _ in listing.meanings}
    assert values <= found.asked


@each_edition
def test_each_derived_field_is_shown(edition: str) -> None:
    contract, found = contract_of(edition), smoke(edition)
    assert set(_derived(contract)) <= found.shown


def _derived(contract: Contract) -> Iterator[tuple[str, str]]:
    """The kind and the name of each field of an answer that ``x-derived`` makes."""
    for kind in contract.kinds:
        schema = contract.shown(kind)
        fields = schema["properties"]
        sent = [name for name in fields if fields[name].get("x-sent") != "never"]
        names = set(sent) & set(schema.get("x-order", sent))
        for phase in ("stored", "shown"):
            for row in rows_of(contract, kind, phase).values():
                yield from ((kind, n) for n in map(contract.public, written_by(row)) if n in names)


# --- in which order, and what it says


@pytest.mark.slow
def test_its_tests_come_in_the_order_of_its_rows() -> None:
    rows = [f"test_{layer}.py::test_{test}" for layer, test in plan_of(SMOKE).order]
    came = [test.partition("[")[0] for test in smoke(f"{NEWEST}@{spec.DOCUMENTED}").tests]
    assert list(dict.fromkeys(came)) == [row for row in rows if row in came]


@pytest.mark.slow
def test_a_seed_repeats_its_requests() -> None:
    edition = f"{NEWEST}@{spec.DOCUMENTED}"
    touched.cache_clear()
    first = smoke(edition)
    touched.cache_clear()
    again, other = smoke(edition), smoke(edition, "2")
    assert Counter(first.requests) == Counter(again.requests)
    assert first.tests == again.tests
    assert Counter(first.requests) != Counter(other.requests)


@pytest.mark.slow
def test_the_plan_is_told_before_it_starts() -> None:
    done = register_contract("run", "--plan", SMOKE, "--seed", SEED, "--only", "auth or rate")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    told = lines.index("plan      smoke")
    first = next(number for number, line in enumerate(lines) if line.startswith("ok "))
    order = " ".join(" ".join(lines[told + 1 : first]).split())
    assert order.startswith("order ")
    assert "Authentication" in order
    assert order.index("Authentication") < order.index("Rate limit")
    assert "--plan smoke leaves it out: " in done.stdout


def test_a_plan_that_there_is_not() -> None:
    with pytest.raises(UsageError, match="--plan 'quick' is unknown; it is full or smoke"):
        settle(plan="quick")
    assert settle().plan == FULL


def test_plain_schemathesis_has_no_plan() -> None:
    done = register_contract("score", "--against", "schemathesis", "--plan", SMOKE, "--sample", "1")
    assert done.returncode == 2
    assert "schemathesis has no --plan" in done.stderr
