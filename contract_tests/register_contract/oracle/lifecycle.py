"""What an event makes of a trainee: the edge it takes, and what it writes (``x-lifecycle``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.contract import CannotTryError, Contract, Operation
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.oracle.unsaid import CannotSayError

Event = Mapping[str, Any]
PREVIOUS = "previous"
"""The state before the present one; which it was the record does not say."""


def event_of(contract: Contract, operation: Operation) -> Event | None:
    """The event that an operation causes."""
    return next((e for e in contract.events.values() if e["cause"] == operation.acts_as), None)


def next_state(event: Event, state: str, scope: Scope) -> str | None:
    """The state an event leads to from ``state``, or None where no edge does.

    Raises CannotTryError when whether an edge may be taken cannot be known from the scope.
    """
    for edge in event["edges"]:
        if state in edge["from"] and _may_be_taken(edge, scope):
            return state if edge["to"] == "same" else str(edge["to"])
    return None


def _may_be_taken(edge: Mapping[str, Any], scope: Scope) -> bool:
    try:
        return "when" not in edge or bool(scope.holds(edge["when"]))
    except CannotSayError as error:
        raise CannotTryError(f"which edge an event takes cannot be said: {error}") from error


def written(event: Event, scope: Scope) -> Mapping[str, Any]:
    """What an event writes, under public names; UNKNOWN where nobody here can say.

    Each value may look at what those before it have written.
    """
    found: dict[str, Any] = {}
    for name, row in event["writes"].items():
        public = scope.contract.public(name)
        try:
            found[public] = scope.over(found).value(row)
        except CannotSayError:
            found[public] = UNKNOWN
    return found
