"""Faults of a world: added, listed with how often they fired, removed."""

from __future__ import annotations

from typing import Any

from register_mock.contract.envelopes import Answer, json_answer
from register_mock.control.visit import Visit, Wrong, unknown
from register_mock.control.worlds import NO_CONTENT
from register_mock.world.faults import Fault


def list_faults(visit: Visit) -> Answer:
    """Show all faults, oldest first; used-up ones too."""
    return json_answer(200, {"faults": [shown_fault(fault) for fault in visit.world.faults]})


def add_fault(visit: Visit) -> Answer | Wrong:
    """Add a fault. Without `match` it meets every public call, without `times` always."""
    body = visit.body
    match = body.get("match", {})
    wrong = _wrong_match(visit, match)
    if wrong is not None:
        return wrong
    times, probability = body.get("times"), body.get("probability")
    fault = visit.world.faults.add(match, body["effect"], times, probability)
    return json_answer(201, shown_fault(fault))


def clear_faults(visit: Visit) -> Answer:
    """Remove all faults."""
    visit.world.faults.clear()
    return NO_CONTENT


def delete_fault(visit: Visit) -> Answer | Wrong:
    """Remove one fault."""
    faults, wanted = visit.world.faults, visit.arguments["id"]
    if not faults.remove(wanted):
        return unknown("fault", wanted, [fault.id for fault in faults])
    return NO_CONTENT


def shown_fault(fault: Fault) -> dict[str, Any]:
    """Return a fault as answers show it."""
    return {
        "id": fault.id,
        "match": fault.match,
        "times": fault.times,
        "probability": fault.probability,
        "effect": fault.effect,
        "fired": fault.fired,
    }


def _wrong_match(visit: Visit, match: dict[str, str]) -> Wrong | None:
    """Return why no request can ever fit, if that is so: a typo would rehearse nothing."""
    world = visit.world
    editions, version = visit.editions, match.get("version")
    wrong = visit.not_in_reading("match.version", version) if version else None
    if wrong is not None:
        return wrong
    asked = [editions[version]] if version else list(editions.values())
    operations = dict.fromkeys(name for edition in asked for name in edition.operations)
    for key, known in (("operation", operations), ("provider", world.providers)):
        if key in match and match[key] not in known:
            there = ", ".join(known)
            detail = f"match.{key}: {match[key][:60]!r} is not one of {there}"
            return Wrong(400, "invalid_value", detail)
    return None
