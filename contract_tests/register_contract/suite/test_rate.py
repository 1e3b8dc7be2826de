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

_LIMIT, _FEW, _WINDOW = 5, 2, 3600
_AT_ONCE = 8
_REASON = "too_many_requests"


@contextmanager
def _limited(bench: Bench) -> Iterator[Bench]:
    """A bench in a world of its own with a low limit, at the beginning of a window."""
    bench.needs(bench.control, "the rate limit", "only a control API sets it")
    inside = own_world(bench)
    assert inside.control is not None
    with inside.control.passing():
        inside.control.limit(_limit(bench), _WINDOW)
        now = inside.control.now().replace(minute=0, second=0, microsecond=0)
        inside.control.go_to(now + timedelta(hours=1, seconds=1))
        with inside.target.wire.impatient():
            yield inside


def _limit(bench: Bench) -> int:
    return _FEW if bench.share.brief else _LIMIT


def _asked(bench: Bench) -> Exchange:
    probe = bench.contract.simplest
    return bench.target.api.call(probe.method, probe.path)


def test_too_many_requests_are_refused(bench: Bench) -> None:
    with _limited(bench) as inside:
        probe, source = inside.contract.simplest, inside.source(inside.contract.simplest.id)
        row = inside.refusal(_REASON, probe.id)
        limit = _limit(inside)
        for number in range(1, limit + 2):
            exchange, what = _asked(inside), f"{probe.id}, asked {number} times in a window,"
            if number > limit:
                breaches = expect.refusal(exchange, row, what, source)
                breaches = breaches or _told_to_wait(exchange, what)
            else:
                breaches = _not_refused(exchange, row.status, what, limit)
            inside.found(breaches, exchange, probe.id)
        _of_each_operation(inside)
        assert inside.control is not None
        inside.control.advance(seconds=_WINDOW)
        exchange, what = _asked(inside), f"{probe.id} in the next window"
        inside.found(_not_refused(exchange, row.status, what, limit), exchange, probe.id)


def _of_each_operation(bench: Bench) -> None:
    """Whatever is asked for in the rest of the window is refused likewise."""
    for operation in bench.contract.operations.values():
        if operation == bench.contract.simplest:
            continue  # it has told the limit
        raw = b"{}" if operation.body else None
        exchange = bench.call(operation.id, path=bench.contract.nobody, raw_body=raw)
        what = f"{operation.id}, after too many requests in a window,"
        row, source = bench.refusal(_REASON, operation.id), bench.source(operation.id)
        bench.found(expect.refusal(exchange, row, what, source), exchange, operation.id)


def _not_refused(exchange: Exchange, refused: int, what: str, limit: int) -> list[Breach]:
    return expect.holds(
        exchange.status != refused,
        "rate.early",
        f"{what} is refused, though no more than {limit} are",
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
        limit = _limit(inside)
        refused = inside.refusal(_REASON, probe.id).status
        exchanges = inside.at_once([(probe.id, {}, None)] * _AT_ONCE)
        told = sum(exchange.status == refused for exchange in exchanges)
        breaches = expect.holds(
            told == _AT_ONCE - limit,
            "rate.at-once",
            f"Of {_AT_ONCE} requests at once, {limit} being allowed, {told} are refused",
            f"{_AT_ONCE - limit} times {refused}",
            sorted(exchange.status for exchange in exchanges),
        )
        last = max(exchanges, key=lambda exchange: exchange.status)
        inside.found(breaches, last, probe.id, [each for each in exchanges if each is not last])
