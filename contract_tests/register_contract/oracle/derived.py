"""Fields of an answer that follow from its other fields, or from what was sent: ``x-derived``.

Only what needs a register, a moment or a field that is not shown is left to the service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from register_contract.oracle.contract import TRAINEE, Contract, Operation, source_text
from register_contract.oracle.exercised import DERIVED, row_id
from register_contract.oracle.kept import (
    changes_of,
    followers,
    rows_of,
    stored,
    written_by,
)
from register_contract.oracle.lifecycle import event_of, written
from register_contract.oracle.said import gathered
from register_contract.oracle.schemas import properties
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.oracle.unsaid import UnknownWordError
from register_contract.oracle.words import value_word
from register_contract.target.words import short
from register_contract.verdict.finding import Breach

# Words that make the same of their own result, so that a shown value tells whether they ran.
_LASTING = {"field", "constant", "first", "text", "year", "number", "casefold", "alphanumeric"}

Untold = Callable[[str, str], None]
"""Told of what cannot be predicted, and why."""


def records_in(contract: Contract, data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The records under the ``data`` of an answer, with their kind: one, or those of a list."""
    for each in data if isinstance(data, list) else [data]:
        if not isinstance(each, Mapping):
            continue
        kind = next((kind for kind in contract.kinds if contract.id_field(kind) in each), None)
        if kind is None:
            continue
        yield kind, each
        for name in _lists(contract, kind):
            yield from records_in(contract, each.get(name, []))


def _lists(contract: Contract, kind: str) -> list[str]:
    """The fields of a shown record that are lists."""
    shown = contract.shown(kind)
    fields = shown["properties"].items()
    return contract.once(
        "lists", shown, lambda: [name for name, field in fields if "items" in field]
    )


def derived_breaches(
    contract: Contract, kind: str, shown: Mapping[str, Any], today: date, untold: Untold
) -> Iterator[Breach]:
    """A breach for each derived field of a record that does not follow from the others."""
    scope = shown_scope(contract, kind, shown, today)
    for name, row, before in _checkable(contract, kind, scope):
        try:
            wanted = changes_of(row, before)
        except UnknownWordError as error:
            untold(f"the derived field {name} of a {kind}", str(error))
            continue
        for field, value in wanted.items():
            if value is UNKNOWN or field not in shown:
                continue
            contract.exercised.note(row_id(DERIVED, kind, "shown", name))
            if shown[field] != value:
                breach = _breach(contract, kind, row, field, value, shown[field])
                yield replace(breach, way=name)


def _checkable(
    contract: Contract, kind: str, scope: Scope
) -> Iterator[tuple[str, Mapping[str, Any], Scope]]:
    """The rows whose result an answer shows, each with what it can be seen to have run on.

    What this row or a later one writes was something else before.
    """
    rows = list(rows_of(contract, kind, "shown").items())
    for place, (name, row) in enumerate(rows):
        later = {field for _, other in rows[place + 1 :] for field in written_by(other)}
        own = set(written_by(row))
        if not own & later:
            yield name, row, scope.without(later if _is_lasting(row) else later | own)


def _is_lasting(row: Mapping[str, Any]) -> bool:
    value = row.get("value")
    try:
        return isinstance(value, str) or value_word(value) in _LASTING
    except UnknownWordError:
        return False


def _breach(
    contract: Contract, kind: str, row: Mapping[str, Any], field: str, wanted: Any, got: Any
) -> Breach:
    return Breach(
        "derived.wrong",
        f"A {kind} is shown with {field} that does not follow from its other fields",
        f"{field} = {short(wanted)} ({short(row.get('value', row))})",
        f"{field} = {short(got)}",
        source_text(row.get("x-source") or contract.table("x-derived").get("x-source")),
        field=field if kind == TRAINEE else "",
    )


def order_breaches(contract: Contract, data: Any) -> Iterator[Breach]:
    """A breach for each list of a trainee's records that is not in the order it should have.

    Lists of trainees are left alone: their order is that of a request.
    """
    rows = data if isinstance(data, list) else []
    kind = next((kind for kind, _ in records_in(contract, rows[:1])), TRAINEE)
    lists: list[tuple[str, Any]] = [] if kind == TRAINEE else [(kind, rows)]
    if isinstance(data, Mapping):
        lists += [(kind, data.get(name)) for kind, name in contract.held.items()]
    for kind, shown in lists:
        field = contract.shown(kind).get("x-record", {}).get("sorted_by")
        if field and isinstance(shown, list):
            found = [each.get(field) for each in shown if isinstance(each, Mapping)]
            numbers = [value for value in found if isinstance(value, int)]
            if numbers != sorted(numbers):
                yield Breach(
                    "order.wrong",
                    f"The {kind}s of a trainee are not shown by {field}",
                    short(sorted(numbers)),
                    short(numbers),
                    source_text(contract.shown(kind).get("x-source")),
                )


def presence_breaches(contract: Contract, kind: str, shown: Mapping[str, Any]) -> Iterator[Breach]:
    """A breach for each field without a value that is shown only when it has one (``x-sent``)."""
    fields = properties(contract, contract.shown(kind))
    own = fields.keys() - gathered_names(contract, kind)
    for name, rule in fields.items():
        left_out = rule.get("x-sent") == "when present" and name in own
        if left_out and name in shown and shown[name] is None:
            yield Breach(
                "field.null",
                f"A {kind} is shown with {name} as null, which is left out without a value",
                f"no {name}",
                f"{name} = null",
                source_text(rule.get("x-source")),
                field=name,
            )


def gathered_names(contract: Contract, kind: str) -> set[str]:
    """The fields of a request that stand in another one, and are shown as its keys."""
    schema = contract.stored(kind)
    names = properties(contract, schema)
    found = gathered(contract, schema, dict.fromkeys(names))
    return {name for row in found.values() for name in row}


def shown_scope(
    contract: Contract, kind: str, shown: Mapping[str, Any], today: date | None = None
) -> Scope:
    """The scope of a record as an answer shows it, with those fields that it shows."""
    fields = properties(contract, contract.shown(kind))
    left_out = {name for name, rule in fields.items() if rule.get("x-sent") == "when present"}
    state = shown.get(contract.state_field) if kind == TRAINEE else None
    return Scope(
        contract,
        {**dict.fromkeys(left_out), **shown},
        today=today,
        state=state if isinstance(state, str) else None,
        inputs=None,
    )


def sent_scope(contract: Contract, kind: str, sent: Mapping[str, Any], today: date) -> Scope:
    """The scope of a record as it was sent, with those fields that a request can set."""
    fields = properties(contract, contract.stored(kind))
    known = {
        name: value
        for name, value in sent.items()
        if name in fields and not fields[name].get("readOnly")
    }
    found = gathered(contract, contract.stored(kind), sent)
    return Scope(contract, {**known, **found}, whole=True, today=today, inputs=sent)


def kept_of_new(
    contract: Contract, operation: Operation, sent: Mapping[str, Any], today: date
) -> Scope:
    """What is kept of a new record, and what the event of its making has written."""
    kept = stored(contract, operation.kind, sent_scope(contract, operation.kind, sent, today))
    event = event_of(contract, operation)
    return kept if event is None else kept.over(written(event, kept))


def kept_of_update(
    contract: Contract,
    kind: str,
    before: Scope,
    base: Mapping[str, Any],
    sent: Mapping[str, Any],
    gone: Iterable[str] = (),
) -> Scope:
    """What is kept of a record after an update.

    ``before`` is what was kept, ``base`` what it was made of; a default that follows another field
    is put in anew, and of the fields that are ``gone`` only what was sent is left.
    """
    moved = {
        field: None
        for field, source, is_always in followers(contract, kind)
        if field not in sent and (source in sent if is_always else base.get(field) in (None, ""))
    }
    new = sent_scope(contract, kind, sent, before.day())
    together = {
        name: {**(before.fields.get(name) or {}), **new.fields[name]}
        for name in gathered(contract, contract.stored(kind), {})
    }
    changed = {**dict.fromkeys(gone), **moved, **new.fields, **together}
    return stored(contract, kind, replace(before.over(changed), inputs=sent, sent=frozenset(sent)))


def touched_by(
    contract: Contract, kind: str, phases: Sequence[str] = ("stored", "shown")
) -> set[str]:
    """The fields that ``x-derived`` makes or changes in some phases, under public names."""
    return {
        contract.public(field)
        for phase in phases
        for row in rows_of(contract, kind, phase).values()
        for field in written_by(row)
    }
