"""The rows of ``x-rules``: which of them a body breaks on a given day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from register_contract.oracle.contract import CREATE, CannotTryError, Contract
from register_contract.oracle.kept import stored
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.oracle.unsaid import CannotSayError, UnknownWordError, only
from register_contract.oracle.words import condition_mentions

Row = Mapping[str, Any]
_KEYS = (
    *("id", "operations", "field", "must", "when", "text", "binds"),
    *("label", "section", "in_any_case", "facts", "of", "beside"),
)
_BINDS = ("always", "on_change")


def rules_of(contract: Contract, operation: str) -> list[Row]:
    """The rows of ``x-rules`` for that operation; a PATCH has those of its PUT."""
    names = {operation, contract.acts_as(operation)}
    rows = contract.table("x-rules") or {}
    kind = contract.operations[operation].kind if operation in contract.operations else ""
    return [
        {"id": id_, **row}
        for id_, row in rows.items()
        if names & set(row["operations"]) and row.get("of", kind) == kind
    ]


def nested_rules(contract: Contract, operation: str, kind: str) -> list[Row]:
    """The rows that are about records of a kind sent inside the one that the operation makes."""
    rows = contract.table("x-rules") or {}
    acts_as = contract.acts_as(operation)
    return [
        {"id": id_, **row}
        for id_, row in rows.items()
        if acts_as in row["operations"]
        and row.get("of") == kind != contract.operations[operation].kind
    ]


def nested_breaks(
    contract: Contract, operation: str, kind: str, data: Any, today: date
) -> Iterator[Row]:
    """The rules that ``data``, one of the records inside a new one, breaks."""
    rows = nested_rules(contract, operation, kind)
    if rows and isinstance(data, Mapping):
        made = contract.doing(CREATE, kind)
        scope = as_stored(contract, made.id, data, today)
        yield from _broken(contract, rows, scope, None, ())


def rule_breaks(
    contract: Contract,
    operation: str,
    data: Any,
    today: date,
    before: Mapping[str, Any] | None = None,
    wrong: Collection[str] = (),
    about: Mapping[str, Any] | None = None,
) -> Iterator[Row]:
    """The rules ``data`` breaks. A missing or unreadable value breaks none of them.

    Nor does one beside a ``wrong`` field, or, for some rules, one that an update of the record
    ``before`` leaves as it was. With the shown trainee that an event is ``about``, rules see its
    fields behind ``data``. Raises CannotTryError when a rule cannot be judged.
    """
    rows = rules_of(contract, operation)
    if not rows or not isinstance(data, Mapping):
        return
    scope = as_stored(contract, operation, data, today)
    if about is not None:
        scope = told_about(contract, about, data, today)
    old = None if before is None else as_stored(contract, operation, before, today)
    yield from _broken(contract, rows, scope, old, wrong)


def _broken(
    contract: Contract, rows: list[Row], scope: Scope, old: Scope | None, wrong: Collection[str]
) -> Iterator[Row]:
    told = set(wrong)
    for row in rows:
        only(row, _KEYS)
        names = fields_of(contract, row)
        judged = {contract.public(row["field"])} if "in_any_case" in row else names
        others = set(wrong) if "beside" in row else told
        if judged & others or (_minds_changes_only(row) and not _changed(names, scope, old)):
            continue
        if _is_broken(row, scope):
            if "section" not in row:
                told.add(contract.public(row["field"]))
            yield row


def facts_of(
    contract: Contract, operation: str, row: Row, data: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """What the text of a broken rule puts in besides. Raises CannotTryError."""
    scope = as_stored(contract, operation, data, today)
    try:
        return {name: scope.value(value) for name, value in row.get("facts", {}).items()}
    except CannotSayError as error:
        raise CannotTryError(f"what {row['id']} says cannot be said: {error}") from error


def as_stored(contract: Contract, operation: str, data: Mapping[str, Any], today: date) -> Scope:
    """The record that ``data`` makes, with what the service puts in."""
    scope = Scope(contract, data, whole=True, today=today)
    return stored(contract, contract.operations[operation].kind, scope)


def told_about(
    contract: Contract, about: Mapping[str, Any], data: Mapping[str, Any], today: date
) -> Scope:
    """A shown trainee, and over its fields what a request says of an event."""
    state = about.get(contract.state_field)
    held = {kind: about.get(holder) for kind, holder in contract.held.items()}
    return Scope(
        contract,
        {**about, **data},
        whole=True,
        today=today,
        state=state if isinstance(state, str) else None,
        children={kind: len(rows) for kind, rows in held.items() if isinstance(rows, list)},
    )


def fields_of(contract: Contract, row: Row) -> set[str]:
    """The fields a rule is about, under public names: its own, and those its conditions look at."""
    conditions = [row[key] for key in ("must", "when") if key in row]
    looked_at = {name for each in conditions for name in condition_mentions(each)}
    return {contract.public(name) for name in {row["field"], *looked_at}}


def _is_broken(row: Row, scope: Scope) -> bool:
    try:
        if "when" in row and not scope.holds(row["when"]):
            return False
        return scope.holds(row["must"]) is False
    except CannotSayError as error:
        raise CannotTryError(f"whether {row['id']} is kept cannot be said: {error}") from error


def _minds_changes_only(row: Row) -> bool:
    """Whether an update is held to the rule only when it changes what the rule is about."""
    binds = row.get("binds", "always")
    if binds not in _BINDS:
        raise UnknownWordError(binds)
    return bool(binds == "on_change")


def _changed(names: Collection[str], scope: Scope, old: Scope | None) -> bool:
    """Whether a record differs from what it was in one of these fields; a new record does.

    Of a field that is not known it counts as changed: whether it is, the rule then cannot say.
    """
    if old is None:
        return True
    pairs = [(scope.fields.get(name), old.fields.get(name)) for name in names]
    return any(now != before or now is UNKNOWN for now, before in pairs)
