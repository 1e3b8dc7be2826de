"""A trainee that was there before the traffic begins: made as the traffic first shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from register_mock.contract.edition import KINDS, Edition, Operation
from register_mock.control.records import Wanted, made
from register_mock.control.visit import Wrong
from register_mock.rehearse.sides import Side
from register_mock.rehearse.traffic import Asked, Traffic

Record = Mapping[str, Any]


def placed(side: Side, traffic: Traffic, asked: Asked, trainee_id: str, ukprn: str) -> str:
    """Make a trainee in a world as an answer first shows it; return its id there.

    It is empty where no answer shows it, or the version would not take it.
    """
    found = traffic.first_shown.get(trainee_id.lower())
    if found is None:
        return ""
    first, record = found
    edition = first.edition
    if edition.creation is None or edition.creation.shape is None:
        return ""
    wanted = Wanted(
        ukprn, _data(edition, edition.creation, record), _state(asked, first, record), timers=False
    )
    trainee = made(side.world, edition, wanted)
    return "" if isinstance(trainee, Wrong) else trainee.id


def listed(body: Any) -> Iterator[str]:
    """Yield the ids of the trainees in a list that an answer shows."""
    rows = body.get("data") if isinstance(body, Mapping) else None
    for row in rows if isinstance(rows, list) else ():
        named = row.get(f"{KINDS[0]}_id") if isinstance(row, Mapping) else None
        if isinstance(named, str):
            yield named


def same_ids(recorded: Any, here: Any) -> Iterator[tuple[str, str]]:
    """Yield the ids of two answers or records that are the same, at any depth, recorded ones first.

    Their letters are made small, as ids may come in any.
    """
    names = {f"{kind}_id" for kind in KINDS}
    if isinstance(recorded, Mapping) and isinstance(here, Mapping):
        for key in recorded.keys() & here.keys():
            one, other = recorded[key], here[key]
            if key in names and isinstance(one, str) and isinstance(other, str):
                yield one.lower(), other
            else:
                yield from same_ids(one, other)
    elif isinstance(recorded, list) and isinstance(here, list) and len(recorded) == len(here):
        for one, other in zip(recorded, here, strict=True):
            yield from same_ids(one, other)


def shown_here(
    side: Side, traffic: Traffic, trainee_id: str, own: str
) -> Iterator[tuple[str, str]]:
    """Yield the ids of a trainee that was placed, and of its records."""
    trainee = side.trainee(own)
    found = traffic.first_shown.get(trainee_id.lower())
    if trainee is not None and found is not None:
        shown = orjson.loads(found[0].edition.show(trainee))
        yield from same_ids(found[1], shown)


def _data(edition: Edition, creation: Operation, record: Record) -> dict[str, Any]:
    """The part of a shown record that a new one is sent with."""
    shape = creation.shape
    assert shape is not None
    sent = {name: record[name] for name in shape.fields if record.get(name) is not None}
    for name, kind in shape.nested.items():
        sent.pop(name, None)
        rows = record.get(f"{kind}s") or []
        known = _fields(edition, kind)
        sent[name] = [
            {k: v for k, v in row.items() if k in known and v is not None} for row in rows
        ]
    return {name: value for name, value in sent.items() if value != []}


def _fields(edition: Edition, kind: str) -> frozenset[str]:
    """The fields that a new record of a kind is sent with."""
    for each in edition.operations.values():
        if each.kind == kind and each.stores_record and each.shape and kind not in each.ids:
            return frozenset(each.shape.fields)
    return frozenset()


def _state(asked: Asked, first: Asked, record: Record) -> str | None:
    """The state that a trainee has before a request: the shown one, if that did not bring it."""
    edition = first.edition
    name = next((n for n, row in edition.trainee_fields.items() if "x-states" in row), None)
    shown = record.get(name) if name is not None else None
    operation = asked.operation
    event = None if operation is None else edition.lifecycle.event_of(operation.acts_as)
    if event is None or first is not asked:
        return shown
    origins = {state for edge in event.edges for state in edge.origins}
    return next((state for state in edition.lifecycle.states if state in origins), shown)
