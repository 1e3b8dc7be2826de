"""The first page of a world: tokens, clock, lifecycle, settings, faults and newest requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import flask

from register_mock.contract.credentials import TokenHeader, base_path
from register_mock.pages.live import DEFAULT, Live
from register_mock.pages.live.drawing import drawn

NEWEST = 10


def add_overview(pages: flask.Blueprint, live: Live) -> None:
    """Add the first page of each world, and the drift ledger."""

    @pages.get("/", defaults={"world": DEFAULT}, endpoint="home")
    @pages.get("/worlds/<world>", endpoint="world")
    def overview(world: str) -> str:
        return live.page("overview.html", world, **_overview(live, world))

    @pages.get("/drift")
    def drift() -> str:
        ledgers = {name: each["x-drift"] for name, each in live.documents.items() if _tells(each)}
        name = flask.request.args.get("of", next(reversed(ledgers), ""))
        return live.page(
            "drift.html", DEFAULT, names=list(ledgers), name=name, rows=ledgers.get(name)
        )


def _overview(live: Live, world: str) -> dict[str, Any]:
    ask = live.desk.ask
    health, lifecycle = ask("show_health", world), ask("show_lifecycle", world)
    found = ask("show_world", world, arguments={"name": world})
    origin = flask.request.host_url.rstrip("/")
    newest = health["apis"][-1]
    return {
        "found": found,
        "worlds": ask("list_worlds", world)["worlds"],
        "health": health,
        "origin": origin,
        "bases": {name: origin + base_path(each) for name, each in live.documents.items()},
        "lines": _lines(found, newest, origin),
        "clock": ask("show_clock", world),
        "lifecycle": lifecycle,
        "drawing": drawn(lifecycle),
        "settings": list(_settings(live, ask("show_settings", world))),
        "faults": ask("list_faults", world)["faults"],
        "effects": list(_effects(live)),
        "operations": live.values("Operation"),
        "readings": live.values("Reading"),
        "seeds": live.values("Seed"),
        "journal": ask("list_requests", world, query={"limit": NEWEST}),
    }


def _lines(world: Mapping[str, Any], api: Mapping[str, Any], origin: str) -> dict[str, str]:
    """Return for each token that is good a line that asks the newest version with it."""
    header = TokenHeader.of(api["header"])
    return {
        token["token"]: header.curl(token["token"], f"{origin}{api['path']}/info")
        for provider in world["providers"]
        for token in provider["tokens"]
        if token["status"] == "active"
    }


def _settings(live: Live, settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each setting with what one press makes of it: another mode, on or off."""
    modes = live.control["components"]["schemas"]["Timer"]["properties"]["mode"]["enum"]
    for name, value in settings.items():
        if "mode" in value:
            other = next(mode for mode in modes if mode != value["mode"])
            is_timed = value["mode"] == "after"
            now = f"after {value['seconds']:g} s" if is_timed else value["mode"]
            press = {"field": f"{name}.mode", "value": other, "to": other}
        else:
            now = "on" if value["enabled"] else "off"
            other = "off" if value["enabled"] else "on"
            field = {"field": f"{name}.enabled", "value": str(not value["enabled"]).lower()}
            press = {**field, "to": other}
            now = f"{now}, {value['requests']} requests in {value['seconds']} s"
        yield {"name": name.replace("_", " "), "now": now, **press}


def _effects(live: Live) -> Iterator[dict[str, Any]]:
    """Yield each kind of fault as a button: what it is called, does, and sends."""
    schemas = live.control["components"]["schemas"]
    for form in schemas["FaultEffect"]["oneOf"]:
        sent = {}
        for name in form["required"]:
            row = form["properties"][name]
            row = schemas[row["$ref"].rpartition("/")[2]] if "$ref" in row else row
            sent[name] = row["const"] if "const" in row else row["examples"][0]
        rest = [str(value) for name, value in sent.items() if name != "kind"]
        label = " ".join([sent["kind"].replace("_", " "), *rest])
        fields = "&".join(f"effect.{name}={value}" for name, value in sent.items())
        yield {"label": label, "does": form["description"], "fields": fields}


def _tells(document: Mapping[str, Any]) -> bool:
    """Whether a document tells of drift."""
    return bool(document.get("x-drift"))
