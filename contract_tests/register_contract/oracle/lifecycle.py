"""What an event makes of a trainee: the edge it takes, and what it writes (``x-lifecycle``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.contract import CannotTryError, Contract, Operation
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.oracle.unsaid import CannotSayError

Event = Mapping[str, Any]
SAME = "same"
PREVIOUS = "previous"
"""The state before the present one; which it was the record does not say."""


def event_of(contract: Contract, operation: Operation) -> Event | None:
    """The event that an operation causes."""
    return next((e for e in contract.events.values() if e["cause"] == operation.acts_as), None)


def next_state(event: Event, state: str, scope: Scope) -> str | None:
    """The state an event leads to from ``state``, or None where no edge does.

    Raises CannotTryError when whether an edge may be taken cannot be known from the scope.
    """
    edge = edge_of(event, state, scope)
    if edge is None:
        return None
    return state if edge["to"] == SAME else str(edge["to"])


def edge_of(event: Event, state: str, scope: Scope) -> Mapping[str, Any] | None:
    """The edge an event takes from ``state``; None where there is none. Raises CannotTryError."""
    for edge in event["edges"]:
        if state in edge["from"] and _may_be_taken(edge, scope):
            found: Mapping[str, Any] = edge
            return found
    return None


def name_of(contract: Contract, event: Event) -> str:
    """What the table calls an event."""
    return next(name for name, row in contract.events.items() if row is event)


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
