"""Worlds: made, shown, reset, saved and removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_mock.contract.envelopes import Answer, json_answer
from register_mock.control.visit import Visit, Wrong, taken, unknown
from register_mock.world.providers import Provider, Token
from register_mock.world.world import Origin, World
from register_mock.world.worlds import DEFAULT
from register_spec import SpecError, plain, switched_on, with_switches

NO_CONTENT = Answer(204, b"")


def show_health(visit: Visit) -> Answer:
    """Say that the mock answers, with its versions and the number of worlds."""
    content = {
        "status": "ok",
        "versions": list(visit.editions),
        "apis": [
            {
                "version": version,
                "path": edition.base_path,
                "header": str(edition.token_header),
            }
            for version, edition in visit.editions.items()
        ],
        "readings": [
            {"reading": name, "summary": next(iter(documents.values()))["info"]["summary"]}
            for name, documents in visit.worlds.editions.documents.items()
        ],
        "worlds": len(visit.worlds.all()),
        "now": visit.world.timestamp(),
    }
    return json_answer(200, content)


def show_control_document(visit: Visit) -> Answer:
    """Show the control API's own document."""
    return Answer(200, visit.document().encode(), "application/yaml")


def list_worlds(visit: Visit) -> Answer:
    """Show all worlds."""
    return json_answer(200, {"worlds": [shown_world(world) for world in visit.worlds.all()]})


def create_world(visit: Visit) -> Answer | Wrong:
    """Make a world; what is not said is as the server was started."""
    body, options = visit.body, visit.options
    name = body.get("name") or visit.worlds.free_name()
    origin = Origin(
        name,
        _reading(body, options.reading),
        body.get("seed", options.seed),
        body.get("random_seed", options.random_seed),
    )
    wrong = _wrong_reading(visit, origin.reading)
    if wrong is not None:
        return wrong
    try:
        world = visit.worlds.create(origin)
    except SpecError as error:
        return _wrong_seed(error)
    return taken("world", name) if world is None else json_answer(201, shown_world(world))


def show_world(visit: Visit) -> Answer | Wrong:
    """Show one world."""
    world = visit.worlds.get(visit.arguments["name"])
    return _unknown_world(visit) if world is None else json_answer(200, shown_world(world))


def delete_world(visit: Visit) -> Answer | Wrong:
    """Remove a world; the default one has to stay, since calls without a name go there."""
    name = visit.arguments["name"]
    if name == DEFAULT:
        return Wrong(409, "world_needed", f"the world {DEFAULT} cannot be removed; reset it")
    return NO_CONTENT if visit.worlds.delete(name) else _unknown_world(visit)


def reset_world(visit: Visit) -> Answer | Wrong:
    """Put a world back to a seed."""
    try:
        visit.worlds.reset(visit.world, visit.body.get("seed"))
    except SpecError as error:
        return _wrong_seed(error)
    return json_answer(200, shown_world(visit.world))


def save_snapshot(visit: Visit) -> Answer:
    """Keep what the world is like now."""
    visit.world.save(visit.arguments["name"])
    return json_answer(201, shown_world(visit.world))


def restore_snapshot(visit: Visit) -> Answer | Wrong:
    """Make the world what it was at a snapshot."""
    world, name = visit.world, visit.arguments["name"]
    if name not in world.snapshots:
        return unknown("snapshot", name, world.snapshots)
    world.restore(world.snapshots[name])
    return json_answer(200, shown_world(world))


def shown_world(world: World) -> dict[str, Any]:
    """Return a world as answers show it."""
    with world.lock:
        return {
            "name": world.name,
            "reading": plain(world.origin.reading),
            "seed": world.seed,
            "switched_on": switched_on(world.origin.reading),
            "now": world.timestamp(),
            "providers": shown_providers(world),
        }


def shown_providers(world: World) -> list[dict[str, Any]]:
    """Return the providers of a world; those discarded are not there any more."""
    return [
        shown_provider(world, provider)
        for provider in world.providers.values()
        if not provider.discarded
    ]


def shown_provider(world: World, provider: Provider) -> dict[str, Any]:
    """Return a provider as answers show it."""
    tokens = [shown_token(world, token) for token in provider.tokens]
    return {"name": provider.name, "ukprn": provider.ukprn, "tokens": tokens}


def shown_token(world: World, token: Token) -> dict[str, Any]:
    """Return a token as answers show it; one whose day has passed is expired."""
    is_past = token.status == "active" and not token.is_good(world.now().date())
    status = "expired" if is_past else token.status
    return {"token": token.token, "status": status, "expires_on": token.expires_on}


def _reading(body: Mapping[str, Any], default: str) -> str:
    """Return the reading that is asked for, with what is to be switched on in it."""
    asked = body.get("reading", plain(default) if "switched_on" in body else default)
    return with_switches(asked, body["switched_on"]) if "switched_on" in body else asked


def _wrong_reading(visit: Visit, reading: str) -> Wrong | None:
    """Return why a reading that no world has had cannot be served, if it cannot."""
    try:
        assert visit.worlds.editions[reading]
    except SpecError as error:
        return Wrong(400, "wrong_reading", str(error))
    return None


def _wrong_seed(error: SpecError) -> Wrong:
    """Return the refusal of a seed file that was changed since the server began."""
    return Wrong(400, "wrong_seed", str(error))


def _unknown_world(visit: Visit) -> Wrong:
    names = (world.name for world in visit.worlds.all())
    return unknown("world", visit.arguments["name"], names)
