"""The rows that the tables of a contract have, by the ids of ``exercised``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from register_contract.oracle.contract import TRAINEE, CannotTryError, Contract, Operation
from register_contract.oracle.exercised import (
    ANSWERS,
    DERIVED,
    DUPLICATES,
    EXCEPTIONS,
    FIELDS,
    LIFECYCLE,
    LIST,
    LOCKS,
    MEANING,
    PAGE,
    PRECEDENCE,
    REFUSED,
    RULES,
    WRITES,
    row_id,
)


def rows_of(contract: Contract) -> list[str]:
    """The ids of all rows that a contract has, table by table."""
    answers, order = contract.table("x-sentences"), contract.table(PRECEDENCE)
    return [
        *(row_id(RULES, name) for name in contract.table(RULES)),
        *(row_id(ANSWERS, name) for name in answers.get("answers", {})),
        *(row_id(FIELDS, name) for name in answers.get("fields", {})),
        *_lifecycle(contract),
        *_duplicates(contract.table(DUPLICATES)),
        *_derived(contract),
        *(row_id(PRECEDENCE, stage) for stage in order.get("stages", ())),
        *(row_id(PRECEDENCE, EXCEPTIONS, name) for name in order.get("exceptions", {})),
        *dict.fromkeys(_lists(contract)),
    ]


def stages_of(contract: Contract, operation: Operation | None, *stages: str) -> list[str]:
    """The rows of ``x-precedence`` behind a refusal for the first of these, all being reasons.

    One reason alone is no matter of precedence.
    """
    if len(stages) < 2:
        return []
    found = [row_id(PRECEDENCE, stage) for stage in stages]
    for name, row in contract.table(PRECEDENCE).get("exceptions", {}).items():
        concerned = operation is not None and operation.acts_as in row["operations"]
        if concerned and row["stage"] == stages[0] and row["before"] in stages:
            found.append(row_id(PRECEDENCE, EXCEPTIONS, name))
    return found


def _own(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The rows of a table without what is said of the whole of it."""
    return ((name, row) for name, row in table.items() if not name.startswith("x-"))


def _lifecycle(contract: Contract) -> Iterator[str]:
    for name, event in contract.events.items():
        ways = {state: str(edge["to"]) for edge in event["edges"] for state in edge["from"]}
        for edge in event["edges"]:
            yield from (moved(name, state, edge) for state in edge["from"])
        if "refusal" in event or event["cause"] not in contract.operations:
            yield from (moved(name, state, None) for state in contract.states if state not in ways)
        shown = _carried(contract, TRAINEE)
        written = (field for field in event["writes"] if contract.public(field) in shown)
        yield from (row_id(LIFECYCLE, name, WRITES, field) for field in written)
    for lock in contract.locks:
        for operation in lock["operations"]:
            yield from (row_id(LIFECYCLE, LOCKS, operation, state) for state in lock["states"])


def moved(event: str, state: str, edge: Mapping[str, Any] | None) -> str:
    """The id of an edge from a state, or of the refusal where there is none."""
    return row_id(LIFECYCLE, event, state, REFUSED if edge is None else str(edge["to"]))


def _duplicates(table: Mapping[str, Any]) -> Iterator[str]:
    for kind, row in _own(table):
        yield row_id(DUPLICATES, kind)
        for which in ("all", "any"):
            yield from (row_id(DUPLICATES, kind, which, key) for key in row.get(which) or ())


def _derived(contract: Contract) -> Iterator[str]:
    """What no answer carries cannot be compared with one."""
    for kind, phases in _own(contract.table(DERIVED)):
        carried = _carried(contract, kind)
        for phase, rows in phases.items():
            for name, row in rows.items():
                fields = [row["field"]] if "field" in row else row["fields"]
                if not carried.isdisjoint(map(contract.public, fields)):
                    yield row_id(DERIVED, kind, phase, name)


def _carried(contract: Contract, kind: str) -> set[str]:
    """The fields of a kind of record that answers have."""
    try:
        schema = contract.shown(kind)
    except CannotTryError:
        return set()
    fields = schema["properties"]
    names = schema.get("x-order", fields)
    return {name for name in names if fields.get(name, {}).get("x-sent") != "never"}


def _lists(contract: Contract) -> Iterable[str]:
    for operation in contract.operations.values():
        if operation.id != operation.acts_as:
            continue
        for row in operation.queries:
            if "x-list" in row:
                yield row_id(LIST, row["name"])
            yield from (row_id(MEANING, row["name"], value) for value in row.get("x-meaning", ()))
        answer = operation.answers.get(200)
        yield from _pages(contract, (answer.schema if answer else None) or {})


def _pages(contract: Contract, schema: Mapping[str, Any]) -> Iterator[str]:
    for name, field in contract.resolve(schema).get("properties", {}).items():
        if "x-page" in field:
            yield row_id(PAGE, name)
        elif "properties" in field:
            yield from _pages(contract, field)
