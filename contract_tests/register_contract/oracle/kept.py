"""What the service makes of a record: the rows of ``x-derived``, run one after the other.

What a row needs and the suite does not know, it leaves unknown (``UNKNOWN``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from register_contract.oracle.contract import Contract
from register_contract.oracle.exercised import DERIVED, row_id
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.oracle.unsaid import CannotSayError, UnknownWordError, only, read_once
from register_contract.oracle.values import is_missing
from register_contract.oracle.words import condition_mentions, mentions

Row = Mapping[str, Any]
Fields = Mapping[str, Any]
_KEYS = (
    *("field", "fields", "value", "when", "follows", "put_first", "look_up", "by"),
    *("unknown", "nobody", "first_sent"),
)


def rows_of(contract: Contract, kind: str, phase: str) -> Mapping[str, Row]:
    """The rows of ``x-derived`` for a kind of record, when it is ``stored`` or ``shown``."""
    found: Mapping[str, Row] = contract.table("x-derived").get(kind, {}).get(phase, {})
    return found


def written_by(row: Row) -> list[str]:
    """The fields a row writes, under their names in the tables."""
    return [row["field"]] if "field" in row else list(row["fields"])


def stored(contract: Contract, kind: str, scope: Scope) -> Scope:
    """The record as it is stored, from the fields that were sent."""
    return _run(contract, kind, "stored", scope)


def nested(contract: Contract, kind: str, scope: Scope) -> Scope:
    """The record as it is stored when it comes with its trainee."""
    return stored(contract, kind, _run(contract, kind, "nested", scope))


def as_shown(contract: Contract, kind: str, scope: Scope) -> Scope:
    """The record as it is shown, from the fields that are stored."""
    return _run(contract, kind, "shown", scope)


def _run(contract: Contract, kind: str, phase: str, scope: Scope) -> Scope:
    rows = rows_of(contract, kind, phase)
    if not rows:
        return scope
    named = contract.once(phase, rows, lambda: [*_named(contract, kind, phase)])
    # A copy of its own: rows are run by the thousand, and most of them change something.
    draft = scope.draft()
    for name, row in named:
        changes = changes_of(row, draft)
        if changes:
            draft.note(changes, name)
    return draft


def _named(contract: Contract, kind: str, phase: str) -> Iterator[tuple[str, Row]]:
    """The rows with their ids."""
    for name, row in rows_of(contract, kind, phase).items():
        yield row_id(DERIVED, kind, phase, name), row


def changed(contract: Contract, scope: Scope, fields: Iterable[str]) -> set[str]:
    """The rows of ``x-derived`` that have changed these fields, or what these are made of."""
    found: set[str] = set()
    todo = list(fields)
    while todo:
        for id_ in scope.changed_by.get(todo.pop(), ()):
            if id_ not in found:
                found.add(id_)
                todo += _made_of(contract, id_)
    return found


def _made_of(contract: Contract, id_: str) -> list[str]:
    """The fields that a row of ``x-derived`` looks at, under public names."""
    _, kind, phase, name = id_.split(".", 3)
    row = rows_of(contract, kind, phase)[name]
    own = [] if "value" in row else written_by(row)
    values = [row[word] for word in ("value",) if word in row]
    names = {
        *own,
        *(each for value in values for each in mentions(value)),
        *(condition_mentions(row["when"]) if "when" in row else ()),
    }
    return [contract.public(each) for each in names]


@read_once
def _written(row: Row) -> list[str]:
    only(row, _KEYS)
    return written_by(row)


def changes_of(row: Row, scope: Scope) -> Fields:
    """What a row writes, under public names. Raises UnknownWordError."""
    names = [scope.contract.public(name) for name in _written(row)]
    try:
        if "when" in row and not scope.holds(row["when"]):
            return {}
        if "put_first" in row:
            return dict(zip(names, _shifted(row, scope), strict=True))
        if "look_up" in row:
            return _looked_up(row, names, scope)
        if "value" in row:
            return dict.fromkeys(names, scope.value(row["value"]))
    except CannotSayError:
        return dict.fromkeys(names, UNKNOWN)
    raise UnknownWordError(next(iter(row)))


def _shifted(row: Row, scope: Scope) -> list[Any]:
    """One code first, the others after it in their order, each once, as far as there is room."""
    values = [row["put_first"]]
    for name in row["fields"]:
        value = scope.field(name)
        if value is not None and value not in values:
            values.append(value)
    room = len(row["fields"])
    return [*values, *[None] * room][:room]


def _looked_up(row: Row, names: list[str], scope: Scope) -> Fields:
    """What a register has for the first key that was sent; without any all is as it was.

    That is the first with a value or, where the row says so, the first, blank or not.
    """
    public = scope.contract.public
    taken = [key for key in row["by"] if scope.was_sent(key)]
    if "first_sent" not in row:
        taken = [key for key in taken if not is_missing(scope.field(key))] or taken
    if not taken:
        return {}
    value, key = scope.field(taken[0]), row["by"][taken[0]]
    found = None if is_missing(value) else scope.registered(row["look_up"], key, value)
    if found is not None:
        return {public(name): found.get(key) for name, key in row["by"].items()}
    kept: dict[str, Any] = dict.fromkeys(names)
    nobody = scope.contract.table("x-code-lists").get(row.get("nobody"), [])
    if "unknown" in row and value not in [code["code"] for code in nobody]:
        kept[public(taken[0])] = value
    return kept


def laid_over(
    contract: Contract, kind: str, base: Mapping[str, Any], said: Mapping[str, Any]
) -> dict[str, Any]:
    """What an update makes of what was sent before: a default may move with another field."""
    moved = {
        field
        for field, source, is_always in followers(contract, kind)
        if is_always and source in said
    }
    return {**{n: value for n, value in base.items() if n not in moved}, **said}


def followers(contract: Contract, kind: str) -> Iterator[tuple[str, str, bool]]:
    """Each field whose default follows another one, and that other, under public names.

    It may always do so, whatever was sent for it before.
    """
    for row in rows_of(contract, kind, "stored").values():
        if row.get("follows"):
            own = written_by(row)[0]
            for name in mentions(row["value"]):
                if name != own:
                    yield contract.public(own), contract.public(name), row["follows"] == "always"
