"""The journal of a world: listed, one entry in full, and the stream that keeps pages up to date."""

from __future__ import annotations

from typing import Any

import flask

from register_mock.contract.credentials import TokenHeader
from register_mock.pages.live import Live, only_some
from register_mock.pages.live.curl import curl
from register_mock.wire import response_of

FILTERS = ("operation", "status", "version", "provider", "trainee_id", "limit")
FIRST = 50
MOST = 1_000


def add_journal(pages: flask.Blueprint, live: Live) -> None:
    """Add the list, the page of one entry, and the stream."""

    @pages.get("/worlds/<world>/requests")
    def journal(world: str) -> str:
        asked = only_some(flask.request.args, FILTERS)
        found = live.desk.ask("list_requests", world, query={"limit": FIRST, **asked})
        return live.page(
            "journal.html",
            world,
            journal=found,
            asked=asked,
            most=MOST,
            operations=live.values("Operation"),
            versions=live.desk.ask("show_health", world)["versions"],
            providers=live.desk.ask("list_providers", world)["providers"],
        )

    @pages.get("/worlds/<world>/requests/<id>")
    def entry(world: str, id: str) -> str:
        found = live.desk.ask("show_request", world, arguments={"id": id})
        return live.page("entry.html", world, entry=found, line=_line(live, world, found))

    @pages.get("/worlds/<world>/requests.har")
    def archive(world: str) -> flask.Response:
        return response_of(live.desk.answer("export_requests", world))

    @pages.get("/worlds/<world>/stream")
    def stream(world: str) -> flask.Response:
        return response_of(live.desk.answer("stream_requests", world))


def _line(live: Live, world: str, entry: dict[str, Any]) -> str:
    """Return the command that sends a request again."""
    apis = live.desk.ask("show_health", world)["apis"]
    api = next((each for each in apis if each["version"] == entry["version"]), apis[-1])
    providers = live.desk.ask("list_providers", world)["providers"]
    tokens = [
        token["token"]
        for provider in providers
        for token in provider["tokens"]
        if provider["ukprn"] == entry["provider"] and token["status"] == "active"
    ]
    origin = flask.request.host_url.rstrip("/")
    return curl(entry, origin, TokenHeader.of(api["header"]), next(iter(tokens), None))
