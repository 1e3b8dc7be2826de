"""The code lists of the version: all of them, or one."""

from __future__ import annotations

from register_mock.request.walk import Walk


def show_reference_data(walk: Walk) -> list[bytes]:
    """Show the list that the query names, or every one under its name."""
    return [walk.edition.shown_lists[walk.query["field"]]]
