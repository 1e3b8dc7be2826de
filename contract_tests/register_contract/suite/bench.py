"""What a test works with: calls by operationId, trainees made to measure, verdicts kept.

Every call is also checked against the documented answers of its operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from register_contract.oracle.contract import Contract, Operation
from register_contract.oracle.derived import derived_breaches
from register_contract.oracle.fields import FieldRules
from register_contract.suite.checks import expect
from register_contract.suite.checks.answers import check_answer
from register_contract.suite.strategies.bodies import Bodies
from register_contract.target.client import Client
from register_contract.target.control import Control, ControlError
from register_contract.target.exchange import Exchange
from register_contract.target.target import Target
from register_contract.verdict.finding import Breach
from register_contract.verdict.results import Judge


class StagingError(Exception):
    """What a test needs first was refused; the refusal is on record as a finding."""


@dataclass(frozen=True)
class Cast:
    """A trainee made for a test, with its children: what was sent and what came back.

    ``made`` is the public call that made it, if it was one.
    """

    trainee_id: str
    sent: Mapping[str, Any]
    shown: Mapping[str, Any]
    made: Exchange | None = None
    placement_id: str = ""
    degree_id: str = ""

    @property
    def history(self) -> tuple[Exchange, ...]:
        """What a request builds on that is about this trainee without holding its id."""
        return (self.made,) if self.made else ()

    @property
    def ids(self) -> dict[str, str]:
        """The ids under the names they have in paths."""
        return {
            "trainee_id": self.trainee_id,
            "placement_id": self.placement_id,
            "degree_id": self.degree_id,
        }


class Bench:
    """One test's view of target and contract."""

    def __init__(self, contract: Contract, target: Target, judge: Judge, bodies: Bodies) -> None:
        self.contract = contract
        self.target = target
        self.judge = judge
        self.bodies = bodies
        self.rules = FieldRules(contract, bodies.today)

    @property
    def control(self) -> Control | None:
        """The target's control API, if it has one."""
        return self.target.control

    def needs(self, present: object, what: str, why: str) -> None:
        """Skip the test, and say so in the report, when something is not ``present``."""
        if not present:
            self.judge.skip(what, why)
            pytest.skip(why)

    def needs_writing(self, what: str) -> None:
        """Skip the test on a target that must not be written to."""
        self.needs(self.target.writes, what, "the run is read-only (--profile full writes)")

    def operation(self, name: str) -> Operation:
        """An operation of the contract."""
        return self.contract.operation(name)

    def source(self, name: str) -> str:
        """The document that describes an operation."""
        return self.contract.sources[self.operation(name).id]

    def call(
        self,
        name: str,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        data: Any = None,
        body: Any = None,
        api: Client | None = None,
        want: int | None = None,
        what: str = "",
        after: Sequence[Exchange] = (),
        **more: Any,
    ) -> Exchange:
        """Call an operation as the first provider (or as ``api``) and judge the answer's form.

        ``data`` is put under ``data``; ``body`` is the whole body. With ``want``, another status
        is a finding that names the request by ``what``. ``after`` are exchanges that the answer
        builds on although no id of theirs is in the request.
        """
        operation = self.operation(name)
        exchange = (api or self.target.api).call(
            operation.method,
            operation.path,
            path=path,
            query=query,
            json_body={"data": data} if data is not None else body,
            **more,
        )
        wrong = expect.status(exchange, want, what or name) if want is not None else []
        wrong = wrong or check_answer(self.contract, operation, exchange)
        self.judge.saw(wrong or self._derived(exchange), exchange, name, after)
        return exchange

    def _derived(self, exchange: Exchange) -> list[Breach]:
        """What does not follow from the rest of a trainee that this run made.

        Records made elsewhere differ even in the documents' samples, so lists, and targets that
        are only read, are left alone.
        """
        shown = exchange.data
        if not self.target.writes or not isinstance(shown, dict) or "trainee_id" not in shown:
            return []
        return list(derived_breaches(self.contract, "trainee", shown))

    def found(
        self,
        breaches: list[Breach],
        exchange: Exchange,
        name: str,
        after: Sequence[Exchange] = (),
    ) -> bool:
        """Keep what a further check of ``exchange`` found; returns whether it was clean.

        ``after``: as in ``call``.
        """
        return self.judge.saw(breaches, exchange, name, after)

    def must(self, name: str, **details: Any) -> Exchange:
        """Call what the test builds on. Raises StagingError when it does not succeed."""
        wanted = self.operation(name).success
        exchange = self.call(name, want=wanted, what=f"{name} with a valid request", **details)
        if exchange.status != wanted:
            raise StagingError(f"{name}: {exchange.describe()}")
        return exchange

    def trainee(self, **changes: Any) -> Cast:
        """A new trainee of the first provider, with one placement and one degree."""
        sent = self.bodies.trainee(**changes)
        exchange = self.must("create_trainee", data=sent)
        return self.cast(sent, exchange)

    def cast(self, sent: Mapping[str, Any], exchange: Exchange) -> Cast:
        """The trainee in a successful answer. Raises StagingError when it has no id."""
        shown = exchange.data
        if not isinstance(shown, dict) or not isinstance(shown.get("trainee_id"), str):
            raise StagingError("the new trainee has no trainee_id")
        return Cast(
            trainee_id=shown["trainee_id"],
            sent=sent,
            shown=shown,
            made=exchange,
            placement_id=_first_id(shown, "placement"),
            degree_id=_first_id(shown, "degree"),
        )

    def in_state(self, state: str) -> Cast | None:
        """A new trainee in ``state``, or None when contract or target offer no way there."""
        if state not in self.contract.states:
            return None
        if self.control is None:
            return self._by_public_api(state)
        sent = self.bodies.trainee()
        provider = self.target.first
        assert provider is not None
        assert provider.ukprn is not None
        try:
            placed = self.control.place(provider.ukprn, self.contract.version, sent, state)
        except ControlError as error:
            self.judge.skip(f"trainees that are {state}", error.reason)
            return None
        return Cast(
            trainee_id=placed.trainee_id,
            sent=sent,
            shown=placed.data,
            placement_id=next(iter(placed.placements), ""),
            degree_id=next(iter(placed.degrees), ""),
        )

    def _by_public_api(self, state: str) -> Cast | None:
        """Make a trainee and let the one operation happen that leads to ``state``."""
        firsts = self.contract.states_after("create_trainee")
        if state in firsts:
            return self.trainee()
        for event in self.contract.events.values():
            leads = any(
                edge["to"] == state and not set(firsts).isdisjoint(edge["from"])
                for edge in event["edges"]
            )
            if leads and event["cause"] in self.contract.operations:
                cast = self.trainee()
                data = self.bodies.for_operation(event["cause"])
                return self.cast(cast.sent, self.must(event["cause"], path=cast.ids, data=data))
        return None


def _first_id(shown: Mapping[str, Any], kind: str) -> str:
    children = shown.get(f"{kind}s")
    if isinstance(children, list) and children and isinstance(children[0], dict):
        return str(children[0].get(f"{kind}_id", ""))
    return ""
