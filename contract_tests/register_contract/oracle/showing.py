"""How what is held is shown, and what an answer tells of it.

A field is as the tables make it of what is kept; of one of which they do not say, as answers have
shown it since it was written last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from register_contract.oracle.careers import Stage
from register_contract.oracle.contract import TRAINEE, Contract, Operation
from register_contract.oracle.derived import touched_by
from register_contract.oracle.holdings import Held, new_trainee
from register_contract.oracle.kept import as_shown, changed
from register_contract.oracle.schemas import properties
from register_contract.oracle.scope import UNKNOWN

_TWO = 2


def shown(contract: Contract, held: Held, today: date) -> dict[str, Any]:
    """The record as answers show it, by field; UNKNOWN where that cannot be said."""
    made = as_shown(contract, held.kind, held.scope(contract, today)).fields
    holders = {holder: kind for kind, holder in contract.held.items()}
    settable, found = _told_of(contract, held.kind), dict[str, Any]()
    for name, rule in contract.shown(held.kind)["properties"].items():
        if name in held.seen:
            found[name] = held.seen[name]
        elif rule.get("x-record", {}).get("kind") == held.kind:
            found[name] = held.id or UNKNOWN
        elif held.kind == TRAINEE and name in holders:
            rows = in_order(contract, held, holders[name], today)
            found[name] = UNKNOWN if rows is None else [shown(contract, r, today) for r in rows]
        elif rule.get("x-states"):
            found[name] = held.state or UNKNOWN
        elif name in settable or name in made:
            value = fitting(contract, rule, made.get(name))
            found[name] = None if value == "" and name not in contract.keeping_empty else value
        else:
            found[name] = None if rule.get("type") == "null" else UNKNOWN
        if rule.get("x-sent") == "as its keys":
            found |= found[name] or {}
    return found


def _told_of(contract: Contract, kind: str) -> frozenset[str]:
    """The fields of a record that requests, tables or events write: without that they are empty."""
    return contract.once("written", contract.shown(kind), lambda: _written(contract, kind))


def _written(contract: Contract, kind: str) -> frozenset[str]:
    sent = set(properties(contract, contract.stored(kind)))
    by_events = {
        contract.public(name) for event in contract.events.values() for name in event["writes"]
    }
    return frozenset(sent | touched_by(contract, kind) | (by_events if kind == TRAINEE else set()))


def rows_behind(
    contract: Contract, held: Held, row: Mapping[str, Any], today: date
) -> Iterator[str]:
    """The rows of ``x-derived`` by which a record is due as it is, as far as it is shown here."""
    made = as_shown(contract, held.kind, held.scope(contract, today))
    known = {name for name, value in made.fields.items() if value is not UNKNOWN}
    rules = contract.shown(held.kind)["properties"].items()
    spread = {name for name, rule in rules if rule.get("x-sent") == "as its keys"}
    yield from changed(contract, made, (known & (row.keys() | spread)) - held.seen.keys())
    for kind, holder in contract.held.items() if held.children else ():
        rows, children = row.get(holder), in_order(contract, held, kind, today)
        for child, each in zip(
            children or (), rows if isinstance(rows, list) else (), strict=False
        ):
            if isinstance(each, Mapping):
                yield from rows_behind(contract, child, each, today)


def fitting(contract: Contract, rule: Mapping[str, Any], value: Any) -> Any:
    """A value as far as the schema of a field has room for it: another version may have had more.

    Of a list the codes that are known, else nothing.
    """
    schema = contract.resolve(rule)
    codes = schema.get("items", {}).get("enum")
    if isinstance(value, list) and codes:
        return [each for each in value if each in codes]
    if value is UNKNOWN or value is None:
        return value
    outside = "enum" in schema and value not in schema["enum"]
    long = isinstance(value, str) and len(value) > schema.get("maxLength", len(value))
    large = isinstance(value, int | float) and value > schema.get("maximum", value)
    return None if outside or long or large else value


def in_order(contract: Contract, held: Held, kind: str, today: date) -> Sequence[Held] | None:
    """The records of a trainee as answers show them: in which order, not always can be said."""
    field = contract.shown(kind).get("x-record", {}).get("sorted_by")
    rows = held.children.get(kind, ())
    if not field or len(rows) < _TWO:
        return rows
    made = (as_shown(contract, kind, each.scope(contract, today)) for each in rows)
    keys = [each.fields.get(field) for each in made]
    numbers = [key for key in keys if isinstance(key, int)]
    if len(numbers) < len(rows):
        return None
    return [row for _, row in sorted(zip(numbers, rows, strict=True), key=lambda pair: pair[0])]


@dataclass(frozen=True)
class Place:
    """One place of an answer: a field of a record, what is due there, and what came.

    ``is_inner`` tells that the record stands in another one.
    """

    kind: str
    field: str
    due: Any
    came: Any
    is_inner: bool = False

    @property
    def is_said(self) -> bool:
        """Whether it is known what is due."""
        return self.due is not UNKNOWN

    @property
    def is_wrong(self) -> bool:
        """Whether something else came."""
        return self.is_said and bool(self.due != self.came)


def places(
    contract: Contract, held: Held, row: Mapping[str, Any], today: date, is_inner: bool = False
) -> Iterator[Place]:
    """Each field that a record is shown with, and those of the records in it.

    What has to be there at all, the form of the answer says.
    """
    predicted = shown(contract, held, today)
    holders = {holder: kind for kind, holder in contract.held.items()} if held.children else {}
    for name in row:
        if name not in predicted:
            continue
        if name not in holders:
            yield Place(held.kind, name, predicted[name], row[name], is_inner)
        else:
            children = in_order(contract, held, holders[name], today)
            yield from _inner(contract, children, name, row, today)


def _inner(
    contract: Contract,
    children: Sequence[Held] | None,
    name: str,
    row: Mapping[str, Any],
    today: date,
) -> Iterator[Place]:
    rows = row[name]
    if children is None:
        yield Place(TRAINEE, name, UNKNOWN, rows)
        return
    if not isinstance(rows, list) or len(rows) != len(children):
        came = len(rows) if isinstance(rows, list) else rows
        yield Place(TRAINEE, name, f"{len(children)} of them", f"{came} of them")
        return
    for child, each in zip(children, rows, strict=True):
        if isinstance(each, Mapping):
            yield from places(contract, child, each, today, is_inner=True)


def learned(
    contract: Contract,
    held: Held,
    row: Mapping[str, Any],
    today: date,
    but: Set[str] = frozenset(),
) -> Held:
    """The record with what an answer has shown of what nobody can say, ``but`` some fields."""
    own = places(contract, replace(held, children={}), row, today)
    told = {each.field: each.came for each in own if not each.is_said and each.field not in but}
    children = dict(held.children)
    for kind, holder in contract.held.items() if held.children else ():
        rows, before = row.get(holder), in_order(contract, held, kind, today)
        if before is not None and isinstance(rows, list) and len(rows) == len(before):
            told_of = {id(one): each for one, each in zip(before, rows, strict=True)}
            children[kind] = tuple(
                learned(contract, one, each, today, but)
                if isinstance(each := told_of[id(one)], Mapping)
                else one
                for one in held.children[kind]
            )
    known_as = held.id or str(told.get(contract.id_field(held.kind), ""))
    made = replace(held, id=known_as, seen={**held.seen, **told}, children=children)
    return held if made == held else made


def placed(
    contract: Contract,
    operation: Operation,
    sent: Mapping[str, Any],
    row: Mapping[str, Any],
    today: date,
) -> Held:
    """A trainee that was ``sent`` and is shown (``row``) in the state that it was led to since.

    What events have written is as it is shown; how it came there is not known.
    """
    held = new_trainee(contract, operation, sent, today)
    by_events = {contract.public(n) for event in contract.events.values() for n in event["writes"]}
    kept = {**held.kept, **{name: row.get(name, UNKNOWN) for name in by_events}}
    stage = Stage((str(row.get(contract.state_field)),))
    held = learned(contract, replace(held, kept=kept, stage=stage), row, today)
    own = {name: value for name, value in row.items() if name not in contract.held.values()}
    return replace(held, seen=own)
