"""What a new record is answered with: each field that comes back as it was sent, and its children.

What is made of a field is held to ``x-derived`` (``derived.kept_breaches``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from register_contract.oracle.contract import Contract, Operation
from register_contract.oracle.derived import gathered_names, touched_by
from register_contract.oracle.echo import echoes, kept_as_read
from register_contract.oracle.kept import as_shown, changed, nested
from register_contract.oracle.reading import read
from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.target.words import short
from register_contract.verdict.finding import Breach


def made_breaches(
    contract: Contract,
    operation: Operation,
    said: Mapping[str, Any],
    shown: Mapping[str, Any],
    today: date,
) -> Iterator[Breach]:
    """A breach for each field of a new record that is not as sent, and for each of its children.

    ``said`` is the ``data`` of the request as it is read. Raises UnknownWordError.
    """
    as_read = read(contract, contract.data_schema(operation), said)
    own = kept_as_read(contract, operation.kind) - gathered_names(contract, operation.kind)
    for field in sorted(own):
        value = as_read.get(field)
        if value == "" and field not in contract.keeping_empty:
            value = None
        yield from _unlike(operation, operation.kind, field, value, shown)
    sendable = properties(contract, contract.data_schema(operation))
    for name, kind in contract.nested(sendable).items():
        taken = properties(contract, constraint(contract, sendable[name])["items"])
        sent = [each for each in said.get(name) or () if isinstance(each, Mapping)]
        entries = [{n: v for n, v in each.items() if n in taken} for each in sent]
        rows = shown.get(contract.held_in(kind))
        if isinstance(rows, list):
            yield from _children(contract, operation, kind, entries, rows, today)


def _children(
    contract: Contract,
    operation: Operation,
    kind: str,
    sent: Sequence[Mapping[str, Any]],
    rows: Sequence[Any],
    today: date,
) -> Iterator[Breach]:
    """What is wrong with the children of a new record; they are as many as were sent."""
    if len(rows) != len(sent):
        words = f"{operation.id} answers with other {kind}s than were sent"
        yield Breach("made.children", words, f"{len(sent)} of them", f"{len(rows)} of them")
        return
    scopes = (Scope(contract, each, whole=True, today=today) for each in sent)
    kept = [as_shown(contract, kind, nested(contract, kind, scope)) for scope in scopes]
    field = contract.shown(kind).get("x-record", {}).get("sorted_by")
    if field:
        if any(not isinstance(each.fields.get(field), int) for each in kept):
            return  # in which order they come cannot be said
        kept.sort(key=lambda each: int(each.fields[field]))
    names = touched_by(contract, kind) | echoes(contract, kind)
    for made, row in zip(kept, rows, strict=True):
        for name in sorted(names & row.keys()):
            value = made.fields.get(name)
            if value is not UNKNOWN:
                contract.exercised.note(*changed(contract, made, [name]))
                yield from _unlike(operation, kind, name, None if value == "" else value, row)


def _unlike(
    operation: Operation, kind: str, field: str, wanted: Any, shown: Mapping[str, Any]
) -> Iterator[Breach]:
    if field in shown and shown[field] != wanted:
        of_it = "" if kind == operation.kind else f" of its {kind}s"
        yield Breach(
            "made.not-as-sent",
            f"{operation.id} answers another {field}{of_it} than was sent",
            f"{field} = {short(wanted)}",
            f"{field} = {short(shown[field])}",
            field="" if of_it else field,
        )
