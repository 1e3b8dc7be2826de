"""What a test works with: calls by operationId, trainees made to measure, verdicts kept.

Every call is also checked against the documented answers of its operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

import pytest

from register_contract.oracle.contract import CREATE, TRAINEE, Contract, Operation
from register_contract.oracle.fields import FieldRules, Problem
from register_contract.oracle.listing import Listing
from register_contract.oracle.moments import Within
from register_contract.oracle.refusals import Refusal, Refusals
from register_contract.suite.checks import expect
from register_contract.suite.checks.answers import check_answer
from register_contract.suite.checks.whole import Notes, Whole
from register_contract.suite.plans import LEFT_OUT, WHOLE, Share
from register_contract.suite.strategies.bodies import Bodies
from register_contract.target.client import Client
from register_contract.target.clock import read_date
from register_contract.target.control import Control, ControlError
from register_contract.target.exchange import Exchange
from register_contract.target.target import Target
from register_contract.verdict.finding import Breach
from register_contract.verdict.results import Judge

Item = TypeVar("Item")
_SLACK, _SLACK_OF_HEADERS = timedelta(seconds=1), timedelta(seconds=5)
"""By so much a moment may lie aside: a header has whole seconds, and is of one machine of many."""


class StagingError(Exception):
    """What a test needs first was refused; the refusal is on record as a finding."""


@dataclass(frozen=True)
class Cast:
    """A trainee made for a test, with its children: what was sent and what came back.

    ``all_ids`` are its own and that of the first child of each kind, empty without one. ``made`` is
    the public call that made it, if it was one.
    """

    all_ids: Mapping[str, str]
    sent: Mapping[str, Any]
    shown: Mapping[str, Any]
    made: Exchange | None = None

    @property
    def history(self) -> tuple[Exchange, ...]:
        """What a request builds on that is about this trainee without holding its id."""
        return (self.made,) if self.made else ()

    @property
    def ids(self) -> dict[str, str]:
        """The ids by the kind of record they name."""
        return dict(self.all_ids)

    @property
    def trainee_id(self) -> str:
        """The id of the trainee itself."""
        return self.all_ids[TRAINEE]


class Bench:
    """One test's view of target and contract; ``share`` is what the run's plan has of the test."""

    def __init__(
        self,
        contract: Contract,
        target: Target,
        judge: Judge,
        bodies: Bodies,
        share: Share = WHOLE,
    ) -> None:
        self.contract = contract
        self.target = target
        self.judge = judge
        self.bodies = bodies
        self.share = share
        self.rules = FieldRules(contract, bodies.today)
        self.refusals = Refusals(contract)
        notes = Notes(judge.skip, judge.not_said)
        is_alone = target.control is not None
        self._whole = Whole(contract, is_alone=is_alone, derives=target.writes, notes=notes)
        self._calls = 0
        self._looked_again = False

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

    def some(self, items: Iterable[Item]) -> Iterable[Item]:
        """What the plan has of these: all, or a few; that there are more is noted."""
        if self.share.trials is None:
            return items
        every = list(items)
        few = self.share.of(every, self.bodies.random)
        if len(few) < len(every):
            self.judge.skip(f"the rest of {self.bodies.purpose}", LEFT_OUT)
        return few

    def first(self, items: Iterator[Item]) -> Iterator[Item]:
        """Likewise, of what comes by worth the first ones."""
        yield from islice(items, self.share.trials)
        if next(items, None) is not None:
            self.judge.skip(f"the rest of {self.bodies.purpose}", LEFT_OUT)

    def looks_again(self, is_likely: bool = True) -> bool:
        """Whether to look at what a refused call must have left alone.

        Always; or where the plan is brief once in a test, if it is likely enough to be changed.
        """
        is_due = not self.share.brief or (is_likely and not self._looked_again)
        self._looked_again = True
        return is_due

    @property
    def listing(self) -> Listing:
        """The list of trainees. Raises CannotTryError when the contract has none."""
        return Listing(self.contract)

    def doing(self, what: str, kind: str = TRAINEE) -> str:
        """The operationId of what does it with records of a kind. Raises CannotTryError."""
        return self.contract.doing(what, kind).id

    def operation(self, name: str) -> Operation:
        """An operation of the contract."""
        return self.contract.operation(name)

    def source(self, name: str) -> str:
        """The document that describes an operation."""
        return self.contract.sources[self.operation(name).id]

    def refusal(self, reason: str, operation: str) -> Refusal:
        """The refusal for a reason that lies in no field."""
        return self.refusals.wanted(reason, operation)

    def field_refusal(
        self,
        operation: Operation,
        problems: Sequence[Problem],
        headers: Mapping[str, str] | None = None,
    ) -> Refusal | None:
        """The refusal for these problems of a body; None when there are none."""
        return self.refusals.of_fields(operation.id, problems, headers) if problems else None

    def query_refusal(self, operation: Operation, sent: Mapping[str, str]) -> Refusal:
        """The refusal for these query parameters, all of them with wrong values."""
        rule, id_ = self.rules.query_problem, operation.id
        problems = [rule(id_, name, value) for name, value in sent.items()]
        return self.refusals.wanted("invalid_query", id_, problems)

    def accepted(self, operation: Operation) -> list[int]:
        """The statuses of a read whose query is right: there may be nothing to show.

        Not the one that says that the query is wrong.
        """
        refused = self.query_refusal(operation, {}).status
        return [status for status in (operation.success, 404) if status != refused]

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

        ``path`` are the ids in the path, by kind of record; ``data`` is put under ``data``,
        ``body`` is the whole body. With ``want``, another status is a finding that names the
        request by ``what``. ``after`` are exchanges that the answer builds on although no id of
        theirs is in the request.
        """
        operation = self.operation(name)
        sent_body = {"data": data} if data is not None else body
        exchange = self._send(operation, api, path or {}, sent_body, query=query, **more)
        wrong = expect.status(exchange, want, what or name) if want is not None else []
        sent = data if data is not None else exchange.sent
        self._forget_what_control_did()
        today = self.bodies.today
        when = self._when(exchange)
        wrong = self._whole.breaches(operation, path or {}, sent, exchange, today, wrong, when)
        self.judge.saw(wrong, exchange, name, after)
        return exchange

    def _when(self, exchange: Exchange) -> Within | None:
        """When the target was at an answer that just came, by its own clock, if that is known.

        In a world of its own by what was told of its clock, elsewhere by the header ``Date``.
        """
        took = timedelta(seconds=exchange.seconds)
        if self.control is not None:
            now, slack = self.control.clock.present, _SLACK
        else:
            is_fresh = "age" not in exchange.headers
            now = read_date(exchange.headers.get("date", "")) if is_fresh else None
            slack = _SLACK_OF_HEADERS
        return None if now is None else Within(now - took - slack, now + slack)

    def together(
        self, name: str, bodies: Sequence[Any], path: Mapping[str, Any] | None = None
    ) -> list[Exchange]:
        """Call an operation once with each of these ``data``, all at the same time.

        The answers come in the order of ``bodies``; the form of each is judged.
        """
        return self.at_once([(name, path or {}, data) for data in bodies])

    def at_once(self, calls: Sequence[tuple[str, Mapping[str, Any], Any]]) -> list[Exchange]:
        """Call operations, each with the ids of its path and its ``data``, all at the same time.

        The answers come in the order of ``calls``; each is judged, but for what was before.
        """
        operations = [self.operation(name) for name, _, _ in calls]
        with ThreadPoolExecutor(len(calls)) as pool:
            sent = [
                pool.submit(
                    self._send, operation, None, path, None if data is None else {"data": data}
                )
                for operation, (_, path, data) in zip(operations, calls, strict=True)
            ]
        exchanges = [each.result() for each in sent]
        self._whole.forget()
        for operation, (_, _, data), exchange in zip(operations, calls, exchanges, strict=True):
            wrong = check_answer(self.contract, operation, exchange)
            # Of what is there already the others may have changed anything.
            wrong = wrong or self._whole.predicted(operation, {}, data, exchange, self.bodies.today)
            self.judge.saw(wrong, exchange, operation.id, ())
        self._whole.forget()
        return exchanges

    def _send(
        self,
        operation: Operation,
        api: Client | None,
        path: Mapping[str, Any],
        body: Any,
        **more: Any,
    ) -> Exchange:
        return (api or self.target.api).call(
            operation.method,
            operation.path,
            path=operation.filled(path),
            json_body=body,
            places={status: answer.place for status, answer in operation.answers.items()},
            **more,
        )

    def at(self, now: datetime) -> Bench:
        """The same at another time of the target's clock; what is known of trainees stays so."""
        found = copy(self)
        found.bodies = self.bodies.at(now)
        found.rules = FieldRules(self.contract, found.bodies.today)
        return found

    def of_version(self, contract: Contract) -> Bench:
        """The same through another version of the API that the target serves."""
        target = replace(self.target, place=contract.place, version=contract.version)
        word = f"{contract.version} {self.bodies.word()}"
        bodies = Bodies(contract, self.target.present, self.judge.seed, word, self.bodies.nonce)
        return Bench(contract, target, self.judge, bodies)

    def forget(self) -> None:
        """Something may have happened to anybody: hold no answer to those before it."""
        self._whole.forget()

    def nothing_happened(self) -> None:
        """What the control API did last, such as moving the clock, has changed no trainee."""
        self._calls = 0 if self.control is None else self.control.calls

    def happened(self, trainee_id: str, event: Mapping[str, Any]) -> None:
        """What the control API did last was to let an event happen to this one trainee."""
        self._whole.happened(trainee_id, event)
        self.nothing_happened()

    def _forget_what_control_did(self) -> None:
        calls = 0 if self.control is None else self.control.calls
        if calls != self._calls:
            self._whole.forget()
        self._calls = calls

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
        """A new trainee of the first provider, with one placement and one degree.

        Where the plan is brief the control API makes it, if there is one.
        """
        if self.share.brief and self.control is not None:
            placed = self._placed(self.bodies.trainee(**changes), self.contract.states_of_new[0])
            if placed is not None:
                return placed
        return self.created(**changes)

    def created(self, **changes: Any) -> Cast:
        """Likewise, always by the public API."""
        sent = self.bodies.trainee(**changes)
        exchange = self.must(self.doing(CREATE), data=sent)
        self.judge.staged += 1
        return self.cast(sent, exchange)

    def cast(self, sent: Mapping[str, Any], exchange: Exchange) -> Cast:
        """The trainee in a successful answer. Raises StagingError when it has no id."""
        shown, name = exchange.data, self.contract.id_field(TRAINEE)
        if not isinstance(shown, dict) or not isinstance(shown.get(name), str):
            raise StagingError(f"the new trainee has no {name}")
        return Cast(self._ids(shown[name], shown), sent, shown, exchange)

    def in_state(self, state: str, **changes: Any) -> Cast | None:
        """A new trainee in ``state``, or None when contract or target offer no way there."""
        if state not in self.contract.states:
            return None
        if self.control is None:
            return self._by_public_api(state, changes)
        return self._placed(self.bodies.trainee(**changes), state)

    def _placed(self, sent: Mapping[str, Any], state: str) -> Cast | None:
        """A trainee in ``state`` that the control API makes, or None (and a note) if it cannot."""
        assert self.control is not None
        self._forget_what_control_did()
        try:
            placed = self.control.place(self.target.ukprn, self.contract.version, sent, state)
        except ControlError as error:
            self.judge.skip(f"trainees that are {state}", error.reason)
            return None
        self._calls = self.control.calls
        self._whole.placed(sent, placed.data, self.bodies.today)
        return Cast(self._ids(placed.trainee_id, placed.data), sent, placed.data)

    def _by_public_api(self, state: str, changes: Mapping[str, Any]) -> Cast | None:
        """Make a trainee and let the one operation happen that leads to ``state``."""
        firsts = self.contract.states_of_new
        if state in firsts:
            return self.trainee(**changes)
        for event in self.contract.events.values():
            leads = any(
                edge["to"] == state and not set(firsts).isdisjoint(edge["from"])
                for edge in event["edges"]
            )
            if leads and event["cause"] in self.contract.operations:
                cast = self.trainee(**changes)
                data = self.bodies.for_operation(event["cause"])
                return self.cast(cast.sent, self.must(event["cause"], path=cast.ids, data=data))
        return None

    def _ids(self, trainee_id: str, shown: Mapping[str, Any]) -> dict[str, str]:
        return {TRAINEE: trainee_id} | {
            kind: self.first_id(shown.get(holder), kind)
            for kind, holder in self.contract.held.items()
        }

    def first_id(self, data: Any, kind: str) -> str:
        """The id of a shown record of that kind, or of the first of a list; empty without one."""
        first = data[0] if isinstance(data, list) and data else data
        known = isinstance(first, Mapping)
        return str(first.get(self.contract.id_field(kind), "")) if known else ""
