"""Every record of a world, records in any state, and the events from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import orjson

from register_mock.contract.edition import Edition
from register_mock.contract.envelopes import Answer, json_answer
from register_mock.control.details import details_of, moment_told
from register_mock.control.outlook import outlook
from register_mock.control.providers import live_providers
from register_mock.control.records import Wanted, made
from register_mock.control.visit import Visit, Wrong, unknown
from register_mock.trainee.model import Trainee
from register_mock.world.moves import Move


def list_records(visit: Visit) -> Answer | Wrong:
    """Show every record, drafts and discarded ones too."""
    provider, state = visit.query["provider"], visit.query["state"]
    if provider is not None and provider not in visit.world.providers:
        return unknown("provider", provider, visit.world.providers)
    edition = list(visit.editions.values())[-1]
    is_wanted = _searched(visit.query["search"])
    found = [
        trainee
        for trainee in visit.world.store.all()
        if provider in (None, trainee.ukprn)
        and state in (None, trainee.state)
        and is_wanted(trainee)
    ]
    in_order = reversed(found) if visit.query["order"] == "newest" else iter(found)
    first, limit = visit.query["offset"] or 0, visit.query["limit"]
    shown = islice(in_order, first, None if limit is None else first + limit)
    called = visit.called_by
    records = [_shown(edition, trainee, called) for trainee in shown]
    return json_answer(200, {"total": len(found), "trainees": records})


def show_record(visit: Visit) -> Answer | Wrong:
    """Show one record in any version, what moved it, and what may happen to it."""
    trainee = visit.world.store.get(visit.arguments["trainee_id"])
    if trainee is None:
        return _unknown_trainee(visit)
    version = visit.query["version"] or list(visit.editions)[-1]
    wrong = visit.not_in_reading("version", version)
    if wrong is not None:
        return wrong
    world, edition = visit.world, visit.editions[version]
    provider, today = world.providers[trainee.ukprn], world.now().date()
    is_let_in = not provider.discarded and any(each.is_good(today) for each in provider.tokens)
    content = {
        **_shown(edition, trainee, visit.called_by),
        "events": legal_events(visit, trainee),
        "operations": list(outlook(edition, trainee, world.now(), is_let_in)),
        "moves": [_shown_move(move) for move in world.moves.of(trainee.id)],
    }
    return json_answer(200, content)


def _searched(search: str | None) -> Callable[[Trainee], bool]:
    """Return whether a record has each of these words in its id or one of its texts."""
    words = (search or "").casefold().split()

    def is_found(trainee: Trainee) -> bool:
        texts = [trainee.id, *(each for each in trainee.fields.values() if isinstance(each, str))]
        whole = "\n".join(texts).casefold()
        return all(word in whole for word in words)

    return is_found if words else lambda trainee: True


def _shown_move(move: Move) -> dict[str, str]:
    return {
        "time": move.at,
        "event": move.event,
        "from": move.origin,
        "to": move.target,
        "by": move.by,
    }


def make_record(visit: Visit) -> Answer | Wrong:
    """Make a trainee in the state that was asked for."""
    world, body = visit.world, visit.body
    wrong = visit.not_in_reading("version", body["version"])
    if wrong is not None:
        return wrong
    edition = visit.editions[body["version"]]
    if body["provider"] not in live_providers(world):
        return unknown("provider", body["provider"], live_providers(world))
    trainee = made(
        world,
        edition,
        Wanted(body["provider"], body["data"], body.get("state"), body.get("details", {})),
    )
    if isinstance(trainee, Wrong):
        return trainee
    content = {
        "trainee_id": trainee.id,
        "state": trainee.state,
        "placements": [each.id for each in trainee.placements],
        "degrees": [each.id for each in trainee.degrees],
        "data": orjson.Fragment(edition.show(trainee)),
    }
    return json_answer(201, content)


def fire_event(visit: Visit) -> Answer | Wrong:
    """Let an event from outside happen to a trainee."""
    world, trainee = visit.world, visit.world.store.get(visit.arguments["trainee_id"])
    if trainee is None:
        return _unknown_trainee(visit)
    body = dict(visit.body)
    event = body.pop("event")
    for each in details_of(list(visit.editions.values())[-1]):
        if each.event == event and each.is_moment and each.input in body:
            wrong = moment_told(body, each.input, each.input)
            if wrong is not None:
                return wrong
    if event not in legal_events(visit, trainee):
        return _illegal(visit, trainee, event)
    changed = world.fire(event, trainee, body)
    assert changed is not None
    return json_answer(200, {"trainee_id": changed.id, "state": changed.state})


def explain_event(visit: Visit, wrong: Wrong) -> Wrong:
    """Add to the refusal of an unknown event those that are legal for this trainee."""
    trainee = visit.world.store.get(visit.arguments["trainee_id"])
    if trainee is None:
        return _unknown_trainee(visit)
    if visit.body.get("event") in visit.world.lifecycle.events:
        return wrong
    there = ", ".join(legal_events(visit, trainee)) or "none"
    return Wrong(
        wrong.status, wrong.error, f"{wrong.detail} (possible in {trainee.state}: {there})"
    )


def legal_events(visit: Visit, trainee: Trainee) -> list[str]:
    """Return the outside events that lead on from a record; none from a discarded one."""
    if trainee.is_discarded:
        return []
    return visit.world.lifecycle.possible(trainee, visit.world.now())


def _illegal(visit: Visit, trainee: Trainee, event: str) -> Wrong:
    there = ", ".join(legal_events(visit, trainee)) or "none"
    where = "a discarded record" if trainee.is_discarded else trainee.state
    has_trn = " with a TRN" if trainee.fields.get("trn") else ""
    detail = f"{event} is not possible in {where}{has_trn}; possible are {there}"
    return Wrong(409, "illegal_event", detail, {"state": trainee.state})


def _unknown_trainee(visit: Visit) -> Wrong:
    name = visit.arguments["trainee_id"]
    detail = f"there is no trainee {name!r} in the world {visit.world.name}"
    return Wrong(404, "unknown_trainee", f"{detail}; GET /_mock/trainees lists those there are")


def _shown(edition: Edition, trainee: Trainee, called: Sequence[str]) -> dict[str, Any]:
    names = [str(trainee.fields[name]) for name in called if trainee.fields.get(name)]
    return {
        "trainee_id": trainee.id,
        "called": " ".join(names) or None,
        "provider": trainee.ukprn,
        "state": trainee.state,
        "discarded": trainee.is_discarded,
        "created_at": trainee.created_at,
        "updated_at": trainee.updated_at,
        "placements": [each.id for each in trainee.placements],
        "degrees": [each.id for each in trainee.degrees],
        "version": edition.version,
        "data": orjson.Fragment(edition.show(trainee)),
    }
