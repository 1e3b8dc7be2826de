"""What a run of the suite touches: run as a program, it holds a mock and prints that as JSON.

In a process of its own, for the suite is watched from within: which answers it judged, which
refusals it foresaw, and in which order its tests came.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from rich.console import Console

from register_contract import running
from register_contract.oracle.contract import Contract
from register_contract.oracle.derived import records_in
from register_contract.oracle.fields import Problem
from register_contract.oracle.refusals import Refusal, Refusals
from register_contract.suite.conftest import contract_of
from register_contract.target.control import Control
from register_contract.target.exchange import Exchange
from register_contract.target.transport import GuardedSession
from register_contract.verdict.reports.collect import Collector, Quiet
from register_contract.verdict.results import Judge

_MADE_UP = re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.]+Z|\b[A-Za-z0-9]{24}\b")
"""Moments and identifiers, which two runs with one seed may have otherwise."""


_LISTS = {"findings", "crashes", "tests", "requests"}


@dataclass(frozen=True)
class Touched:
    """What one run touched, and what it found.

    ``statuses`` has operation and status, ``shown`` the kind and the name of each field, ``asked``
    the parameters of lists, ``reasons`` and ``rows`` what refusals were foreseen for. ``requests``
    are those of the public API, without what a target makes up.
    """

    findings: list[str]
    crashes: list[str]
    tests: list[str]
    requests: list[str]
    statuses: frozenset[tuple[str, int]]
    states: frozenset[str]
    shown: frozenset[tuple[str, str]]
    asked: frozenset[tuple[str, str]]
    reasons: frozenset[str]
    rows: frozenset[str]
    events: frozenset[str]


@cache
def touched(edition: str, *words: str) -> Touched:
    """Run the suite with these words of its command line against a mock of an edition."""
    done = subprocess.run(
        [sys.executable, "-P", __file__, edition, *words],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for name in found.keys() - _LISTS:
        rows = (tuple(each) if isinstance(each, list) else each for each in found[name])
        found[name] = frozenset(rows)
    return Touched(**found)


class _Watch:
    """Looks over the shoulder of a run."""

    def __init__(self) -> None:
        self.contract: Contract | None = None
        self.tests: list[str] = []
        self.requests: list[str] = []
        self.seen: dict[str, set[Any]] = {
            name: set()
            for name in ("statuses", "states", "shown", "asked", "reasons", "rows", "events")
        }

    def pytest_collection_modifyitems(self, config: pytest.Config) -> None:
        """Know what the run is held to."""
        self.contract = contract_of(config)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Note which test comes."""
        self.tests.append(item.nodeid)

    def sent(self, request: requests.PreparedRequest) -> None:
        """Note a request of the public API."""
        where = urlsplit(request.url or "")
        if not where.path.startswith("/_mock"):
            body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
            names = sorted(name for name, _ in parse_qsl(where.query, keep_blank_values=True))
            said = f"{request.method} {where.path} {' '.join(names)} {body}"
            self.requests.append(_MADE_UP.sub("…", said))

    def judged(self, exchange: Exchange, operation: str) -> None:
        """Note an answer that was judged."""
        contract = self.contract
        assert contract is not None
        if operation not in contract.operations:
            return
        self.seen["statuses"].add((operation, exchange.status))
        for name, value in parse_qsl(urlsplit(exchange.url).query):
            self.seen["asked"].add((name, value))
        for kind, shown in records_in(contract, exchange.data) if exchange.status < 300 else ():
            self.seen["shown"] |= {(kind, name) for name in shown}
            self.seen["states"] |= {shown[n] for n in (contract.state_field,) if n in shown}

    def foreseen(self, reason: str, problems: tuple[Problem, ...]) -> None:
        """Note a refusal that was foreseen."""
        self.seen["reasons"].add(reason)
        self.seen["rows"] |= {problem.row for problem in problems}


def _watch(watch: _Watch) -> None:
    """Have what is sent, judged and foreseen told to a watch; for the rest of the process."""
    send, saw, wanted, event = GuardedSession.send, Judge.saw, Refusals.wanted, Control.event

    def sending(self: Any, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        watch.sent(request)
        return send(self, request, **more)

    def seeing(self: Any, breaches: Any, exchange: Any, operation: str, *more: Any) -> bool:
        watch.judged(exchange, operation)
        return saw(self, breaches, exchange, operation, *more)

    def wanting(self: Any, reason: str, operation: str, *more: Any) -> Refusal:
        watch.foreseen(reason, tuple(more[0]) if more else ())
        return wanted(self, reason, operation, *more)

    def happening(self: Any, trainee_id: str, name: str) -> None:
        event(self, trainee_id, name)
        watch.seen["events"].add(name)

    # This process does nothing else, so nothing is put back.
    patch.object(GuardedSession, "send", sending).start()
    patch.object(Judge, "saw", seeing).start()
    patch.object(Refusals, "wanted", wanting).start()
    patch.object(Control, "event", happening).start()


def _main() -> None:
    edition, *words = sys.argv[1:]
    watch = _Watch()
    _watch(watch)
    house = [*running._HOUSE, str(running._SUITE), "--api-version", edition]
    with TemporaryDirectory() as folder:
        collector = Collector(Console(quiet=True), folder=Path(folder))
        pytest.main([*house, *words], plugins=[Quiet(), running.Named(collector), watch])
    results = collector.results
    layers = results.layers.values()
    print()
    print(
        json.dumps(
            {
                "findings": [finding.sentence for finding in results.findings],
                "crashes": [text for layer in layers for _, text in layer.crashes],
                "tests": watch.tests,
                "requests": watch.requests,
                **{name: list(found) for name, found in watch.seen.items()},
            }
        )
    )


if __name__ == "__main__":
    _main()
