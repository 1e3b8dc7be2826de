"""Follows the journal of a running mock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import sleep
from typing import Any

from register_mock.client import Control, Request

SECONDS_BETWEEN_LOOKS = 0.3


def followed(control: Control, filters: Mapping[str, Any]) -> Iterator[Request]:
    """Yield the entries that fit, then each new one, for ever; after a reset it begins anew."""
    last = ""
    wanted = dict(filters)
    while True:
        for entry in control.requests(**wanted):
            last = entry.id
            yield entry
        sleep(SECONDS_BETWEEN_LOOKS)
        newest = control.requests(limit=1)
        if not newest or newest[0].id < last:
            last = ""
        wanted = {**filters, "limit": None} | ({"since": last} if last else {})
