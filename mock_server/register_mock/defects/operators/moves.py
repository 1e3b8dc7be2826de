"""Operators on the state machine: moves that are missing or too many, values not written, locks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from register_mock.defects.operators.change import Change, Document, Operator, entry, path

KIND = "lifecycle"


def _edges(event: str, target: str) -> str:
    return path("x-lifecycle", "events", event, "edges") + f"[?@.to == '{target}']['from']"


def edge_missing(document: Document) -> Iterator[Change]:
    """An event does not lead on from one of its states."""
    for event, row in document["x-lifecycle"]["events"].items():
        for edge in row["edges"]:
            for state in edge["from"]:
                sentence = f"The event {event} does not lead from {state} to {edge['to']}."
                place = _edges(event, edge["to"]) + entry(state)
                yield Change(f"{event}-{state}-{edge['to']}", KIND, sentence, place)


def edge_added(document: Document) -> Iterator[Change]:
    """An event leads on from a state in which nothing should come of it.

    Not one with a condition, which other states may never fulfil; nor the first, which comes once.
    """
    table = document["x-lifecycle"]
    for event, row in table["events"].items():
        origins = {state for edge in row["edges"] for state in edge["from"]}
        target = row["edges"][0]["to"]
        for state in table["states"]:
            if state not in origins and _is_free(row):
                sentence = f"The event {event} leads from {state} to {target}."
                place = _edges(event, target)
                yield Change(f"{event}-{state}", KIND, sentence, place, [state])


def _is_free(event: Mapping[str, Any]) -> bool:
    return event["cause"] != "create_trainee" and "when" not in event["edges"][0]


def value_not_written(document: Document) -> Iterator[Change]:
    """An event does not write one of its fields."""
    for event, row in document["x-lifecycle"]["events"].items():
        for field in row["writes"]:
            if "hides" not in row:
                sentence = f"The event {event} does not write {field}."
                place = path("x-lifecycle", "events", event, "writes", field)
                yield Change(f"{event}-{field}", KIND, sentence, place)


def lock_missing(document: Document) -> Iterator[Change]:
    """An operation, or a state, is left out of a lock."""
    for lock in document["x-lifecycle"]["locks"]:
        place = path("x-lifecycle", "locks") + f"[?@.refusal == '{lock['refusal']}']"
        for operation in lock["operations"]:
            sentence = f"{operation} is not refused in any state ({', '.join(lock['states'])})."
            yield Change(operation, KIND, sentence, place + "['operations']" + entry(operation))
        for state in lock["states"]:
            sentence = f"Nothing is refused because the trainee is {state}."
            yield Change(state, KIND, sentence, place + "['states']" + entry(state))


OPERATORS: dict[str, Operator] = {
    each.__name__: each for each in (edge_missing, edge_added, value_not_written, lock_missing)
}
