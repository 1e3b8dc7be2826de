"""The journal of a world: listed, shown, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from register_mock.contract.envelopes import Answer
from register_mock.control.entries import (
    Personal,
    personal_fields,
    shown_entry,
    shown_json,
    token_headers,
)
from register_mock.control.har import archive
from register_mock.control.visit import Visit, Wrong, unknown
from register_mock.control.worlds import NO_CONTENT
from register_mock.world.journal import Entry, number_of
from register_mock.world.world import moment

Test = Callable[[Entry], bool]
MOST_NAMED = 3


def list_requests(visit: Visit) -> Answer | Wrong:
    """Show the requests that fit all filters, newest last, and say how many there are."""
    found = _found(visit)
    if isinstance(found, Wrong):
        return found
    total, shown = found
    return Answer(200, shown_json({"total": total, "requests": shown}))


def export_requests(visit: Visit) -> Answer | Wrong:
    """Show the same requests as an HTTP Archive."""
    found = _found(visit)
    if isinstance(found, Wrong):
        return found
    return Answer(200, shown_json(archive(found[1], visit.options.url)))


def _found(visit: Visit) -> tuple[int, list[dict[str, Any]]] | Wrong:
    """Return how many requests fit all filters, and those that are wanted, as they are shown.

    The number counts before `limit`, which keeps the newest.
    """
    tests = wanted(visit)
    if isinstance(tests, Wrong):
        return tests
    found = [entry for entry in visit.world.journal.entries() if all(t(entry) for t in tests)]
    limit = visit.query.get("limit")
    kept = found if limit is None else found[max(0, len(found) - limit) :]
    personal, carriers = _personal(visit), token_headers(visit.editions.values())
    shown = [shown_entry(entry, personal, carriers) for entry in kept]
    return len(found), shown


def wanted(visit: Visit) -> list[Test] | Wrong:
    """Return the tests that a request has to pass by the filters of a call.

    `since` is a time of the world's clock, or the id of a request: those after it.
    """
    asked = visit.query
    tests = [test(asked[name]) for name, test in FILTERS.items() if asked.get(name) is not None]
    since = asked.get("since")
    newer = None if since is None else _since(since)
    if isinstance(newer, Wrong):
        return newer
    return tests if newer is None else [*tests, newer]


def show_request(visit: Visit) -> Answer | Wrong:
    """Show one request: what came, what was answered, and why."""
    asked = visit.arguments["id"]
    number = number_of(asked)
    journal = visit.world.journal
    entry = None if number is None else journal.get(number)
    if entry is None:
        newest = [entry.id for entry in journal.entries()[-MOST_NAMED:]]
        return unknown("request", asked, newest)
    carriers = token_headers(visit.editions.values())
    return Answer(200, shown_json(shown_entry(entry, _personal(visit), carriers)))


def clear_requests(visit: Visit) -> Answer:
    """Forget all requests; ids go on."""
    visit.world.journal.clear()
    return NO_CONTENT


def _personal(visit: Visit) -> Personal:
    if not visit.options.mask_personal_data:
        return Personal()
    editions = visit.editions.values()
    return personal_fields(editions)


def _by(attribute: str) -> Callable[[Any], Test]:
    return lambda wanted: lambda entry: getattr(entry, attribute) == wanted


def _by_status(wanted: Any) -> Test:
    return lambda entry: entry.answer.status == int(wanted)


FILTERS: dict[str, Callable[[Any], Test]] = {
    "operation": _by("operation"),
    "version": _by("version"),
    "provider": _by("provider"),
    "trainee_id": _by("trainee_id"),
    "status": _by_status,
}


def _since(text: str) -> Test | Wrong:
    number = number_of(text)
    if number is not None:
        return lambda entry: entry.number > number
    try:
        # A plus sign that was not encoded arrives as a space.
        earliest: datetime = moment(text.replace(" ", "+").upper())
    except (ValueError, OverflowError):
        return Wrong(
            400,
            "invalid_value",
            f"since: {text[:60]!r} is neither a time such as 2025-10-15T09:00:00Z nor the id of a "
            "request such as req-000012",
        )
    return lambda entry: entry.at >= earliest
