"""The target's clock, as its answers tell it while a run goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from register_contract.target.client import Client
from register_contract.target.clock import Clock, read_date
from register_contract.target.options import settle
from register_contract.target.target import connect
from register_contract.tests.hostile import JSON, Asked, Reply, hostile
from register_contract.tests.places import NEWEST
from register_spec import versions

START = datetime(2026, 7, 31, 23, 50, tzinfo=UTC)


class Time:
    """What passes on this machine."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.clock = Clock(lambda: self.seconds)
        self.clock.start(START)

    def hear(self, *ahead: float, **more: str) -> float:
        """Hear answers that say it is so many seconds after the start; returns what it is then."""
        for seconds in ahead:
            stamp = format_datetime(START + timedelta(seconds=seconds), usegmt=True)
            self.clock.hear({"date": stamp, **more})
        assert self.clock.present is not None
        return (self.clock.present - START).total_seconds()


@pytest.mark.parametrize("ahead", [3, 600, 7200, -3600, 6 * 86400])
def test_what_two_answers_say_is_believed(ahead: int) -> None:
    time = Time()
    assert time.hear(ahead) == 0
    assert time.hear(ahead + 1) == ahead + 1


@pytest.mark.parametrize(
    "heard",
    [[1], [1, 2, 1], [7200], [7200, 0, 7200], [7200, -7200, 600], [30 * 86400] * 3],
    ids=["a second", "seconds", "once", "every other time", "each another", "a month"],
)
def test_what_is_not_to_be_believed(heard: list[float]) -> None:
    assert Time().hear(*heard) == 0


def test_it_goes_on_between_answers() -> None:
    time = Time()
    time.hear(100, 100)
    time.seconds += 50
    assert time.hear() == 150
    assert time.hear(150, 150) == 150


def test_what_a_cache_says_is_old() -> None:
    assert Time().hear(600, 600, age="60") == 0


@pytest.mark.parametrize("stamp", ["", "today", "Fri, 31 Jul 1926 23:59:00 GMT", "0" * 5000])
def test_a_date_of_no_sense_is_none(stamp: str) -> None:
    assert read_date(stamp) is None
    time = Time()
    time.clock.hear({"date": stamp})
    assert time.hear() == 0


def test_a_clock_that_was_not_started_hears_nothing() -> None:
    clock = Clock()
    for _ in range(3):
        clock.hear({"date": format_datetime(START)})
    assert clock.present is None


def test_a_run_knows_that_the_clock_of_its_target_jumped() -> None:
    """As after this machine slept: its own clock has not noticed, and midnight has passed."""
    now = [START]

    def info(asked: Asked) -> Reply:
        stamp = format_datetime(now[0], usegmt=True)
        return Reply(b'{"status": "ok"}', headers={**JSON, "Date": stamp})

    with hostile(info) as base:
        options = settle(version=versions()[-1], url=base, token="t", profile="read-only")
        target = connect(options, NEWEST, base, versions())
        assert target.present.date() == date(2026, 7, 31)
        now[0] += timedelta(hours=1)
        api = Client(target.wire, NEWEST, "t")
        api.call("GET", "/info")
        assert target.present.date() == date(2026, 7, 31)
        api.call("GET", "/info")
        assert target.present.date() == date(2026, 8, 1)
        assert target.now.date() == date(2026, 7, 31)
