"""Decides when a token has asked too much: fixed windows of the world's clock (decision 15)."""

from __future__ import annotations

from math import ceil

from register_mock.contract.moments import timestamp
from register_mock.contract.problems import Refusal
from register_mock.request.walk import Walk
from register_mock.world.clock import EPOCH
from register_mock.world.journal import Finding


def limited(walk: Walk) -> Refusal | None:
    """Count the request, and refuse it when its window is full.

    Windows begin at whole multiples of their length since 1970, whoever asks first. Requests
    without a token of this world share one count. A refused request counts as well.
    """
    world = walk.world
    limit = world.settings.rate_limit
    if not limit.enabled:
        return None
    now = world.now()
    since = (now - EPOCH).total_seconds()
    window = int(since // limit.seconds)
    token = walk.token
    who = token if token and world.issued(token) else ""
    count = world.windows.count((window, limit.seconds), who)
    if count <= limit.requests:
        return None
    wait = ceil((window + 1) * limit.seconds - since)
    walk.notes.append(
        Finding(
            rule="too_many_requests",
            message=f"request {count} of this token in a window of {limit.seconds} s of the "
            f"world's clock, which now shows {timestamp(now)}; the next one begins in {wait} s",
            sent=count,
            allowed=limit.requests,
        )
    )
    return Refusal("too_many_requests", wait=wait)
