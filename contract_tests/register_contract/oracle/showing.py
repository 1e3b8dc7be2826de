"""How what is held is shown, and what an answer tells of it.

A field is as the tables make it of what is kept; of one of which they do not say, as answers have
shown it since it was written last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Any

from register_contract.oracle.careers import Stage
from register_contract.oracle.contract import TRAINEE, Contract, Operation
from register_contract.oracle.derived import touched_by
from register_contract.oracle.holdings import OF_FIELDS, Held, new_trainee
from register_contract.oracle.kept import as_shown, changed
from register_contract.oracle.moments import Within
from register_contract.oracle.schemas import properties
from register_contract.oracle.scope import UNKNOWN, Scope

_TWO = 2


def shown(contract: Contract, held: Held, today: date) -> Mapping[str, Any]:
    """The record as answers show it, by field; UNKNOWN where that cannot be said."""
    return held.once(("shown", contract, today), lambda: _shown(contract, held, today))


def _shown(contract: Contract, held: Held, today: date) -> dict[str, Any]:
    made, found = _made(contract, held, today).fields, dict[str, Any]()
    kept_empty = contract.keeping_empty
    for each in _fields(contract, held.kind):
        name, how = each.name, each.how
        if name in held.seen:
            found[name] = held.seen[name]
        elif how is How.ID:
            found[name] = held.id or UNKNOWN
        elif how is How.STATE:
            found[name] = held.state or UNKNOWN
        elif how is How.RECORDS:
            rows = in_order(contract, held, each.kind, today)
            found[name] = UNKNOWN if rows is None else [shown(contract, r, today) for r in rows]
        elif how is How.NOTHING:
            found[name] = None
        elif how is How.WRITTEN or name in made:
            value = each.fitting(made.get(name))
            found[name] = None if value == "" and name not in kept_empty else value
        else:
            found[name] = UNKNOWN
        if each.is_spread:
            found |= found[name] or {}
    return found


class How(Enum):
    """Where what a field shows comes from: NOTHING is always null, ELSEWHERE nobody can say."""

    ID, STATE, RECORDS, NOTHING, WRITTEN, ELSEWHERE = range(6)


@dataclass(frozen=True)
class _Field:
    """A field of a shown record: where it comes from, and what it has room for.

    Another version may have had more. ``kind`` is that of the records in it; one that ``is_spread``
    is shown as its keys.
    """

    name: str
    how: How
    kind: str = ""
    is_spread: bool = False
    codes: frozenset[Any] | None = None
    codes_inside: frozenset[Any] | None = None
    longest: int | None = None
    largest: float | None = None

    def fitting(self, value: Any) -> Any:
        """A value as far as there is room for it: of a list the codes that are known."""
        if value is UNKNOWN or value is None:
            return value
        if isinstance(value, list):
            inside = self.codes_inside
            return value if inside is None else [each for each in value if each in inside]
        outside = self.codes is not None and value not in self.codes
        long = self.longest is not None and isinstance(value, str) and len(value) > self.longest
        large = self.largest is not None and isinstance(value, int | float)
        return None if outside or long or (large and value > self.largest) else value


def _fields(contract: Contract, kind: str) -> Sequence[_Field]:
    return contract.once("fields", contract.shown(kind), lambda: [*_read_fields(contract, kind)])


def _read_fields(contract: Contract, kind: str) -> Iterator[_Field]:
    written = _written(contract, kind)
    holders = {holder: kind for kind, holder in contract.held.items()} if kind == TRAINEE else {}
    for name, rule in contract.shown(kind)["properties"].items():
        how = How.WRITTEN if name in written else How.ELSEWHERE
        if rule.get("x-record", {}).get("kind") == kind:
            how = How.ID
        elif name in holders:
            how = How.RECORDS
        elif rule.get("x-states"):
            how = How.STATE
        elif how is How.ELSEWHERE and rule.get("type") == "null":
            how = How.NOTHING
        schema = contract.resolve(rule)
        yield _Field(
            name,
            how,
            holders.get(name, ""),
            rule.get("x-sent") == "as its keys",
            frozenset(schema["enum"]) if "enum" in schema else None,
            frozenset(codes) if (codes := schema.get("items", {}).get("enum")) else None,
            schema.get("maxLength"),
            schema.get("maximum"),
        )


def _made(contract: Contract, held: Held, today: date) -> Scope:
    """What ``x-derived`` makes of a record to show it, whatever is in which order."""
    return held.once(
        (OF_FIELDS, contract, today),
        lambda: as_shown(contract, held.kind, held.scope(contract, today)),
    )


def _written(contract: Contract, kind: str) -> frozenset[str]:
    """The fields of a record that requests, tables or events write: without that they are empty."""
    sent = set(properties(contract, contract.stored(kind)))
    by_events = {
        contract.public(name) for event in contract.events.values() for name in event["writes"]
    }
    return frozenset(sent | touched_by(contract, kind) | (by_events if kind == TRAINEE else set()))


def rows_behind(
    contract: Contract, held: Held, row: Mapping[str, Any], today: date
) -> Iterator[str]:
    """The rows of ``x-derived`` by which a record is due as it is, as far as it is shown here."""
    made = _made(contract, held, today)
    known = {name for name, value in made.fields.items() if value is not UNKNOWN}
    spread = {each.name for each in _fields(contract, held.kind) if each.is_spread}
    yield from changed(contract, made, (known & (row.keys() | spread)) - held.seen.keys())
    for kind, holder in contract.held.items() if held.children else ():
        rows, children = row.get(holder), in_order(contract, held, kind, today)
        for child, each in zip(
            children or (), rows if isinstance(rows, list) else (), strict=False
        ):
            if isinstance(each, Mapping):
                yield from rows_behind(contract, child, each, today)


def rows_of_field(contract: Contract, held: Held, field: str, today: date) -> set[str]:
    """The rows of ``x-derived`` that have made a field of a record, or what that is made of."""
    return changed(contract, _made(contract, held, today), [field])


def in_order(contract: Contract, held: Held, kind: str, today: date) -> Sequence[Held] | None:
    """The records of a trainee as answers show them: in which order, not always can be said."""
    field = contract.shown(kind).get("x-record", {}).get("sorted_by")
    rows = held.children.get(kind, ())
    if not field or len(rows) < _TWO:
        return rows
    keys = [_made(contract, each, today).fields.get(field) for each in rows]
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
        if isinstance(self.due, Within):
            return not self.due.holds(self.came)
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
            yield Place(held.kind, name, _due(held, name, predicted[name]), row[name], is_inner)
        else:
            children = in_order(contract, held, holders[name], today)
            yield from _inner(contract, children, name, row, today)


def _due(held: Held, name: str, predicted: Any) -> Any:
    """What is due in a field: what is predicted, or at least when it was written."""
    return held.dated.get(name, UNKNOWN) if predicted is UNKNOWN else predicted


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


def agrees(
    contract: Contract,
    held: Held,
    row: Mapping[str, Any],
    today: date,
    but: Set[str] = frozenset(),
) -> bool:
    """Whether no place of a shown record is wrong, ``but`` in some fields: the quick answer."""
    predicted = shown(contract, held, today)
    holders = {holder: kind for kind, holder in contract.held.items()} if held.children else {}
    for name, came in row.items():
        due = predicted.get(name, UNKNOWN)
        is_dated = due is UNKNOWN and name in held.dated and name not in but
        if is_dated and not held.dated[name].holds(came):
            return False
        if due is UNKNOWN or due == came or name in but:
            continue
        if name not in holders or not isinstance(came, list):
            return False
        children = in_order(contract, held, holders[name], today) or ()
        if len(children) != len(came):
            return False
        for child, each in zip(children, came, strict=True):
            if isinstance(each, Mapping) and not agrees(contract, child, each, today, but):
                return False
    return True


def learned(
    contract: Contract,
    held: Held,
    row: Mapping[str, Any],
    today: date,
    but: Set[str] = frozenset(),
) -> Held:
    """The record with what an answer has shown of what nobody can say, ``but`` some fields."""
    predicted, inner = shown(contract, held, today), contract.held.values()
    told = {
        name: came
        for name, came in row.items()
        if predicted.get(name) is UNKNOWN and name not in but
        if held.kind != TRAINEE or name not in inner
    }
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
