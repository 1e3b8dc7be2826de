"""Which operations a test is for, and how many trials it makes of one.

So no test is counted that had nothing to try, and the share of a contract that a run has tried can
be told from the contract alone, before the first request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from register_contract.oracle.contract import TRAINEE, Contract, Operation
from register_contract.oracle.lifecycle import event_of

Predicate = Callable[[Operation, Contract], bool]
Count = Callable[[Operation, Contract], int]
Test = TypeVar("Test", bound=Callable[..., None])

_ATTRIBUTE = "applies_to"
_CONTRACTS = "applies_where"
_TRIALS = "trials"
_GENERATES = "generates"


def to_operations(predicate: Predicate) -> Callable[[Test], Test]:
    """Mark a test that takes ``operation``: it is made for those the predicate accepts."""

    def mark(test: Test) -> Test:
        setattr(test, _ATTRIBUTE, predicate)
        return test

    return mark


def where(predicate: Callable[[Contract], bool]) -> Callable[[Test], Test]:
    """Mark a test that takes no ``operation``: it is made of contracts the predicate accepts."""

    def mark(test: Test) -> Test:
        setattr(test, _CONTRACTS, predicate)
        return test

    return mark


def has_matter(test: Callable[..., Any], contract: Contract) -> bool:
    """Whether a contract has what a test is about."""
    predicate: Callable[[Contract], bool] = getattr(test, _CONTRACTS, lambda contract: True)
    return predicate(contract)


def chosen(test: Callable[..., Any], contract: Contract) -> list[Operation]:
    """The operations of a contract that a test is for."""
    predicate: Predicate = getattr(test, _ATTRIBUTE, lambda operation, contract: True)
    return [found for found in contract.operations.values() if predicate(found, contract)]


def making(count: Count) -> Callable[[Test], Test]:
    """Mark a test that takes ``operation`` and goes through fields or states.

    ``count`` says how many it goes through; a test without the mark makes one trial.
    """

    def mark(test: Test) -> Test:
        setattr(test, _TRIALS, count)
        return test

    return mark


def generating(test: Test) -> Test:
    """Mark a test that takes ``operation`` and makes as many requests as a run has examples."""
    setattr(test, _GENERATES, True)
    return test


def trials(
    test: Callable[..., Any], operation: Operation | None, contract: Contract, examples: int
) -> int:
    """How many trials a test makes of an operation, in a run with so many ``examples``."""
    if getattr(test, _GENERATES, False):
        return examples
    count: Count | None = getattr(test, _TRIALS, None)
    return count(operation, contract) if count is not None and operation is not None else 1


def with_body(operation: Operation, contract: Contract) -> bool:
    """Operations that take a body."""
    return operation.body is not None


def with_query(operation: Operation, contract: Contract) -> bool:
    """Operations that take query parameters."""
    return bool(operation.queries)


def of_a_trainee(operation: Operation, contract: Contract) -> bool:
    """Operations on one trainee or what belongs to it."""
    return TRAINEE in operation.ids


def causing_an_event(operation: Operation, contract: Contract) -> bool:
    """Operations that move a trainee and can be refused for its state."""
    event = event_of(contract, operation)
    return event is not None and "refusal" in event


def moving_a_trainee(operation: Operation, contract: Contract) -> bool:
    """Likewise, where a state leads on."""
    event = event_of(contract, operation) or {}
    leads = any(edge["from"] for edge in event.get("edges", ()))
    return leads and causing_an_event(operation, contract)


def duplicates_first(operation: Operation, contract: Contract) -> bool:
    """Operations that refuse a record as a duplicate before they look at its fields."""
    order = contract.precedence(operation)
    row = contract.table("x-duplicates").get(operation.kind, {})
    concerned = operation.acts_as in row.get("operations", ())
    return concerned and order.index("duplicates") < order.index("fields")
