"""The rows of ``x-rules``: which of them a body breaks on a given day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from register_contract.oracle.contract import CREATE, CannotTryError, Contract
from register_contract.oracle.kept import nested, stored
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.oracle.unsaid import CannotSayError, UnknownWordError, only, read_once
from register_contract.oracle.words import condition_mentions

Row = Mapping[str, Any]
Path = tuple[str | int, ...]
_KEYS = (
    *("id", "operations", "field", "must", "when", "text", "binds"),
    *("label", "section", "in_any_case", "facts", "of", "beside", "at_save"),
)
_MANY = (dict, list)
_BINDS = ("always", "on_change")


def rules_of(contract: Contract, operation: str) -> list[Row]:
    """The rows of ``x-rules`` for that operation; a PATCH has those of its PUT."""
    table = contract.table("x-rules")
    return contract.once(f"rules of {operation}", table, lambda: _rules_of(contract, operation))


def _rules_of(contract: Contract, operation: str) -> list[Row]:
    names = {operation, contract.acts_as(operation)}
    rows = contract.table("x-rules")
    return [{"id": id_, **row} for id_, row in rows.items() if names & set(row["operations"])]


@read_once
def _known(row: Row) -> None:
    """Raise UnknownWordError for a row with a word that is not read here."""
    only(row, _KEYS)


def rule_breaks(
    contract: Contract,
    operation: str,
    data: Any,
    today: date,
    before: Mapping[str, Any] | None = None,
    wrong: Collection[Path] = (),
    about: Mapping[str, Any] | None = None,
    sent: Collection[str] | None = None,
) -> Iterator[tuple[Row, Path, Scope]]:
    """The rules ``data`` breaks, each with the place of the record that breaks it, and that record.

    A missing or unreadable value breaks none of them. Nor does one beside a ``wrong`` field, or,
    for some rules, one that an update of the record ``before`` leaves as it was. With the shown
    trainee that an event is ``about``, rules see its fields behind ``data``; of an update they see
    how many records it holds. ``sent`` are the fields that an update says something of. Raises
    CannotTryError when a rule cannot be judged.
    """
    rows = rules_of(contract, operation)
    if not rows or not isinstance(data, Mapping):
        return
    scope = whole(contract, operation, data, today, wrong, sent)
    if about is not None and before is None:
        scope = told_about(contract, about, data, today)
    elif about is not None:
        scope = replace(scope, children=held_by(contract, about))
    old = None if before is None else as_stored(contract, operation, before, today)
    told: set[Path] = set()
    for row in rows:
        _known(row)
        names, own = fields_of(contract, row), contract.public(row["field"])
        for at, record in _judged(contract, operation, row, scope):
            judged = {(*at, name) for name in ({own} if "in_any_case" in row else names)}
            beside = set() if "beside" in row else told
            if judged & {*wrong, *beside}:
                continue
            if _minds_changes_only(row) and not _changed(names, record, old):
                continue
            if _is_broken(row, record):
                if not is_late(row):
                    told.add((*at, own))
                yield row, at, record


def is_late(row: Row) -> bool:
    """Whether a rule is judged when all else is right."""
    return "section" in row or "at_save" in row


def _judged(
    contract: Contract, operation: str, row: Row, scope: Scope
) -> Iterator[tuple[Path, Scope]]:
    """What a rule is judged on: the record, or each of its kind in that, with the place of each."""
    if row.get("of", contract.operation(operation).kind) == contract.operation(operation).kind:
        yield (), scope
        return
    for name, kind in _lists(contract, operation).items():
        entries = scope.fields.get(name) if kind == row["of"] else None
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, Mapping):
                yield (name, place), scope.about(entry)


def facts_of(row: Row, scope: Scope) -> dict[str, Any]:
    """What the text of a rule that a record breaks puts in besides. Raises CannotTryError."""
    try:
        return {name: scope.value(value) for name, value in row.get("facts", {}).items()}
    except CannotSayError as error:
        raise CannotTryError(f"what {row['id']} says cannot be said: {error}") from error


def whole(
    contract: Contract,
    operation: str,
    data: Mapping[str, Any],
    today: date,
    wrong: Collection[Path] = (),
    sent: Collection[str] | None = None,
) -> Scope:
    """The record that ``data`` makes, and in it the records that come with it.

    What is wrong in these by itself is left out of them. ``sent`` as for ``as_stored``.
    """
    # What is wrong by itself is as it was sent; the service makes nothing of it.
    plain = {
        name: data[name]
        for name in (str(path[0]) for path in wrong if len(path) == 1)
        if name in data and not isinstance(data[name], _MANY)
    }
    right = {name: value for name, value in data.items() if name not in plain}
    scope = as_stored(contract, operation, right, today, sent).over(plain)
    entries: dict[str, list[Any]] = {}
    for name, kind in _lists(contract, operation).items():
        rows = data.get(name)
        if isinstance(rows, list) and (name,) in wrong:
            entries[name] = []
        elif isinstance(rows, list):
            entries[name] = [
                _entry(contract, kind, row, today, {path[2] for path in wrong if path[:2] == at})
                for at, row in (((name, place), row) for place, row in enumerate(rows))
                if isinstance(row, Mapping)
            ]
    return scope.over(entries)


def _lists(contract: Contract, operation: str) -> Mapping[str, str]:
    """The lists in the data of an operation that hold records, each with the kind of these."""
    found = contract.operation(operation)
    if found.body is None:
        return {}
    return contract.nested(contract.data_schema(found).get("properties", {}))


def _entry(
    contract: Contract, kind: str, row: Mapping[str, Any], today: date, wrong: Collection[Any]
) -> Mapping[str, Any]:
    sent = {name: value for name, value in row.items() if name not in wrong}
    return nested(contract, kind, Scope(contract, sent, whole=True, today=today)).fields


def as_stored(
    contract: Contract,
    operation: str,
    data: Mapping[str, Any],
    today: date,
    sent: Collection[str] | None = None,
) -> Scope:
    """The record that ``data`` makes, with what the service puts in; a new one has no state yet.

    Of an update, ``data`` is what it leaves behind, and ``sent`` are the fields it speaks of.
    """
    found = contract.operations[operation]
    scope = Scope(
        contract,
        data,
        whole=True,
        today=today,
        state="" if found.does == CREATE else None,
        sent=None if sent is None else frozenset(sent),
    )
    return stored(contract, found.kind, scope)


def told_about(
    contract: Contract, about: Mapping[str, Any], data: Mapping[str, Any], today: date
) -> Scope:
    """A shown trainee, and over its fields what a request says of an event."""
    state = about.get(contract.state_field)
    return Scope(
        contract,
        {**about, **data},
        whole=True,
        today=today,
        state=state if isinstance(state, str) else None,
        children=held_by(contract, about),
    )


def held_by(contract: Contract, shown: Mapping[str, Any]) -> dict[str, int]:
    """How many records of each kind a shown trainee has."""
    held = {kind: shown.get(holder) for kind, holder in contract.held.items()}
    return {kind: len(rows) for kind, rows in held.items() if isinstance(rows, list)}


def fields_of(contract: Contract, row: Row) -> set[str]:
    """The fields a rule is about, under public names: its own, and those its conditions look at."""
    return contract.once("fields of a rule", row, lambda: _fields_of(contract, row))


def _fields_of(contract: Contract, row: Row) -> set[str]:
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
