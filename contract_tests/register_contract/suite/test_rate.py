"""Rate limit: a token that has asked too often is told to wait, and may ask again afterwards.

Documents: 005 Rate Limiting; decision 15 for windows and the form of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.population import own_world
from register_contract.target.exchange import Exchange
from register_contract.verdict.finding import Breach

_LIMIT, _WINDOW = 5, 3600
_AT_ONCE = 8
_REASON = "too_many_requests"


@contextmanager
def _limited(bench: Bench) -> Iterator[Bench]:
    """A bench in a world of its own with a low limit, at the beginning of a window."""
    bench.needs(bench.control, "the rate limit", "only a control API sets it")
    inside = own_world(bench)
    assert inside.control is not None
    with inside.control.passing():
        inside.control.limit(_LIMIT, _WINDOW)
        now = inside.control.now().replace(minute=0, second=0, microsecond=0)
        inside.control.go_to(now + timedelta(hours=1, seconds=1))
        with inside.target.wire.impatient():
            yield inside


def _asked(bench: Bench) -> Exchange:
    probe = bench.contract.simplest
    return bench.target.api.call(probe.method, probe.path)


def test_too_many_requests_are_refused(bench: Bench) -> None:
    with _limited(bench) as inside:
        probe, source = inside.contract.simplest, inside.source(inside.contract.simplest.id)
        row = inside.refusal(_REASON, probe.id)
        for number in range(1, _LIMIT + 2):
            exchange, what = _asked(inside), f"{probe.id}, asked {number} times in a window,"
            if number > _LIMIT:
                breaches = expect.refusal(exchange, row, what, source)
                breaches = breaches or _told_to_wait(exchange, what)
            else:
                breaches = _not_refused(exchange, row.status, what)
            inside.found(breaches, exchange, probe.id)
        assert inside.control is not None
        inside.control.advance(seconds=_WINDOW)
        exchange, what = _asked(inside), f"{probe.id} in the next window"
        inside.found(_not_refused(exchange, row.status, what), exchange, probe.id)


def _not_refused(exchange: Exchange, refused: int, what: str) -> list[Breach]:
    return expect.holds(
        exchange.status != refused,
        "rate.early",
        f"{what} is refused, though no more than {_LIMIT} are",
        "an answer",
        exchange.status,
    )


def _told_to_wait(exchange: Exchange, what: str) -> list[Breach]:
    wait = exchange.headers.get("retry-after", "")
    return expect.holds(
        wait.isdecimal() and _WINDOW // 2 < int(wait) <= _WINDOW,
        "rate.wait",
        f"{what} is not told how long to wait",
        f"Retry-After: the seconds that are left of {_WINDOW}",
        wait,
    )


def test_requests_at_once_count_each(bench: Bench) -> None:
    with _limited(bench) as inside:
        probe = inside.contract.simplest
        refused = inside.refusal(_REASON, probe.id).status
        exchanges = inside.at_once([(probe.id, {}, None)] * _AT_ONCE)
        told = sum(exchange.status == refused for exchange in exchanges)
        breaches = expect.holds(
            told == _AT_ONCE - _LIMIT,
            "rate.at-once",
            f"Of {_AT_ONCE} requests at once, {_LIMIT} being allowed, {told} are refused",
            f"{_AT_ONCE - _LIMIT} times {refused}",
            sorted(exchange.status for exchange in exchanges),
        )
        last = max(exchanges, key=lambda exchange: exchange.status)
        inside.found(breaches, last, probe.id, [each for each in exchanges if each is not last])
