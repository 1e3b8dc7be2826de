"""The clock of a world: shown, set, moved on. What becomes due by it fires at once."""

from __future__ import annotations

from datetime import timedelta

from register_mock.config import FIRST_YEAR, LAST_YEAR
from register_mock.contract.envelopes import Answer, json_answer
from register_mock.control.visit import Visit, Wrong, no_time, time_of


def show_clock(visit: Visit) -> Answer:
    """Show what time it is."""
    clock = visit.world.clock
    return json_answer(200, {"now": visit.world.timestamp(), "frozen": clock.is_frozen})


def set_clock(visit: Visit) -> Answer | Wrong:
    """Go to a time, or back to real time; stand still there or run on."""
    clock, frozen = visit.world.clock, visit.body.get("frozen", False)
    if visit.body.get("now") is not None:
        now = time_of(visit.body["now"])
        if now is None:
            return no_time("now", visit.body["now"])
        clock.set(now, frozen)
    else:
        if "now" in visit.body:
            clock.reset()
        clock.set(clock.now(), frozen)
    visit.world.fire_due()
    return show_clock(visit)


def advance_clock(visit: Visit) -> Answer | Wrong:
    """Move time on."""
    world, by = visit.world, timedelta(**visit.body)
    if (world.now() + by).year > LAST_YEAR:
        return Wrong(400, "out_of_range", f"time goes from {FIRST_YEAR} to the end of {LAST_YEAR}")
    world.clock.advance(by)
    world.fire_due()
    return show_clock(visit)
