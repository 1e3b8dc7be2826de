"""The trainees of a world in pages, and the page of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flask

from register_mock.pages.live import Live, only_some

ON_A_PAGE = 50
FILTERS = ("state", "provider", "search")


def add_trainees(pages: flask.Blueprint, live: Live) -> None:
    """Add the list and the page of one trainee."""

    @pages.get("/worlds/<world>/trainees")
    def trainees(world: str) -> str:
        return live.page("trainees.html", world, **_listed(live, world))

    @pages.get("/worlds/<world>/trainees/<trainee_id>")
    def trainee(world: str, trainee_id: str) -> str:
        return live.page("trainee.html", world, **_one(live, world, trainee_id))


def _listed(live: Live, world: str) -> dict[str, Any]:
    asked = only_some(flask.request.args, FILTERS)
    text = flask.request.args.get("page", "1")
    page = int(text) if text.isdecimal() and 0 < len(text) < 8 else 1
    query = {**asked, "order": "newest", "limit": ON_A_PAGE, "offset": (page - 1) * ON_A_PAGE}
    found = live.desk.ask("list_records", world, query=query)
    return {
        "lifecycle": live.desk.ask("show_lifecycle", world),
        "providers": live.desk.ask("list_providers", world)["providers"],
        "found": found,
        "asked": asked,
        "page": page,
        "pages": max(1, -(-found["total"] // ON_A_PAGE)),
        "first": (page - 1) * ON_A_PAGE + 1,
    }


def _one(live: Live, world: str, trainee_id: str) -> dict[str, Any]:
    ask = live.desk.ask
    health = ask("show_health", world)
    asked = only_some(flask.request.args, ("version",))
    version = asked.get("version", health["versions"][-1])
    about = {"trainee_id": trainee_id}
    record = ask("show_record", world, arguments=about, query={"version": version})
    journal = ask("list_requests", world, query=about)
    return {
        "record": record,
        "version": version,
        "versions": health["versions"],
        "journal": journal,
        "kept": {each["id"] for each in journal["requests"]},
        "events": list(_events(live, record["events"])),
        "history": _history(record, journal["requests"]),
    }


def _events(live: Live, names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the events that may happen, each with what it can be told."""
    for form in live.control["components"]["schemas"]["EventRequest"]["oneOf"]:
        name = form["properties"]["event"]["const"]
        if name in names:
            yield {"name": name, "inputs": [key for key in form["properties"] if key != "event"]}


def _history(record: dict[str, Any], requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what happened to a trainee, newest first: its moves, and calls that changed it else.

    A call that moved it is told by its move.
    """
    movers = {move["by"] for move in record["moves"]}
    calls = [
        {"time": each["time"], "what": each["operation"], "by": each["id"]}
        for each in requests
        if each["method"] != "GET"
        and each["id"] not in movers
        and each["status"] is not None
        and each["status"] < 300
    ]
    moves = [
        {
            "time": each["time"],
            "what": each["event"],
            "by": each["by"],
            "from": each["from"],
            "to": each["to"],
        }
        for each in record["moves"]
    ]
    return sorted([*moves, *calls], key=lambda row: row["time"], reverse=True)
