"""Providers and their tokens; schools and lead partners that requests may name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from register_mock.contract.envelopes import Answer, json_answer
from register_mock.control.visit import Visit, Wrong, taken, unknown
from register_mock.control.worlds import NO_CONTENT, shown_provider, shown_providers, shown_token
from register_mock.world.world import World


def list_providers(visit: Visit) -> Answer:
    """Show the providers that are not discarded."""
    return json_answer(200, {"providers": shown_providers(visit.world)})


def create_provider(visit: Visit) -> Answer | Wrong:
    """Add a provider with one active token."""
    name, ukprn = visit.body["name"], visit.body["ukprn"]
    known = visit.world.providers.get(ukprn)
    if known is not None and known.discarded:
        detail = f"the provider {ukprn} was discarded; only a reset makes its UKPRN free again"
        return Wrong(409, "name_taken", detail)
    if known is not None:
        return taken("provider", ukprn)
    return json_answer(201, shown_provider(visit.world, visit.world.add_provider(name, ukprn)))


def discard_provider(visit: Visit) -> Answer | Wrong:
    """Discard a provider; its tokens are dead, its trainees stay."""
    ukprn = visit.arguments["ukprn"]
    if ukprn not in live_providers(visit.world):
        return unknown("provider", ukprn, live_providers(visit.world))
    visit.world.discard_provider(ukprn)
    return NO_CONTENT


def create_token(visit: Visit) -> Answer | Wrong:
    """Give a provider one token more."""
    world, ukprn, status = visit.world, visit.arguments["ukprn"], visit.body["status"]
    if ukprn not in live_providers(world):
        return unknown("provider", ukprn, live_providers(world))
    expires_on = visit.body.get("expires_on")
    if status == "expired" and expires_on is None:
        expires_on = (world.now().date() - timedelta(days=1)).isoformat()
    return json_answer(201, shown_token(world, world.add_token(ukprn, status, expires_on)))


def list_schools(visit: Visit) -> Answer:
    """Show the schools."""
    rows = visit.world.registers["schools"].rows
    return json_answer(200, {"schools": [_shown(row, SCHOOL_KEYS) for row in rows]})


def create_school(visit: Visit) -> Answer | Wrong:
    """Add a school."""
    return _added(visit, "schools", "school", SCHOOL_KEYS, ("urn",))


def list_partners(visit: Visit) -> Answer:
    """Show the lead partners."""
    rows = visit.world.registers["partners"].rows
    return json_answer(200, {"partners": [_shown(row, PARTNER_KEYS) for row in rows]})


def create_partner(visit: Visit) -> Answer | Wrong:
    """Add a lead partner."""
    return _added(visit, "partners", "partner", PARTNER_KEYS, ("urn", "ukprn"))


SCHOOL_KEYS = ("urn", "name", "town", "postcode")
PARTNER_KEYS = ("urn", "ukprn", "name")


def live_providers(world: World) -> list[str]:
    """Return the UKPRNs of the providers that are not discarded."""
    return [provider.ukprn for provider in world.providers.values() if not provider.discarded]


def _added(
    visit: Visit, name: str, thing: str, keys: tuple[str, ...], unique: tuple[str, ...]
) -> Answer | Wrong:
    register, row = visit.world.registers[name], visit.body
    for key in unique:
        if key in row and register.find(key, row[key]) is not None:
            return taken(f"{thing} with {key}", row[key])
    register.add(row)
    return json_answer(201, _shown(row, keys))


def _shown(row: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: row.get(key) for key in keys}
