"""Walks: whole careers of a trainee, by the API and by what happens outside it.

Documents: 003 Trainee object (states); decision 14 (events outside the API); x-lifecycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from register_contract.oracle.careers import Stage, issued
from register_contract.oracle.contract import CREATE, OUTSIDE, SHOW, TRAINEE, UPDATE
from register_contract.oracle.derived import shown_scope
from register_contract.oracle.lifecycle import edge_of
from register_contract.oracle.listing import AT_OR_AFTER
from register_contract.oracle.refusals import not_found
from register_contract.oracle.rows import moved
from register_contract.suite.bench import Bench, StagingError
from register_contract.suite.checks import expect
from register_contract.suite.checks.events import written_breaches
from register_contract.target.control import ControlRefusedError
from register_contract.target.exchange import Exchange
from register_contract.verdict.finding import Breach

_SET = "1234567"


def test_a_career(career: tuple[str, ...], bench: Bench) -> None:
    what = f"the career {', '.join(career)}"
    bench.needs_writing(what)
    bench.needs(bench.control, what, "the run has no control API")
    walk = Walk(bench)
    for event in career:
        walk.step(event)


class Walk:
    """Follows one trainee; what it should be is known from the table alone."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._ids = bench.trainee().ids
        self._stage = Stage((bench.contract.states_of_new[0],))

    def step(self, name: str) -> None:
        """Let one event happen and compare the trainee with what the table says."""
        contract = self._bench.contract
        event = contract.events[name]
        after = self._stage.after(contract, event)
        assert after is not None, "careers are made of what can happen"
        row = self._stage.row(contract, event)
        sent: Mapping[str, Any] = {}
        answer: Exchange | None = None
        if event["cause"] == OUTSIDE:
            self._let_happen(name)
        else:
            sent = self._bench.bodies.for_operation(event["cause"]) or {}
            answer = self._bench.must(event["cause"], path=self._ids, data=sent)
        self._stage = after
        if answer is None or not self._bench.share.brief:
            answer = self._bench.must(self._bench.doing(SHOW), path=self._ids)
        self._compare(name, event, sent, answer)
        contract.exercised.note(row)

    def _let_happen(self, name: str) -> None:
        """An event outside the API; that it cannot happen is news, as the contract has it."""
        assert self._bench.control is not None
        try:
            self._bench.control.event(self._ids[TRAINEE], name)
        except ControlRefusedError as error:
            breach = Breach(
                "lifecycle.event",
                f"{name} cannot happen to a trainee that is {self._stage.states[-1]}",
                "a trainee in the next state",
                error.exchange.describe(),
                "x-lifecycle",
            )
            self._bench.found([breach], error.exchange, name)
            raise StagingError(str(error)) from error

    def _compare(
        self, name: str, event: Mapping[str, Any], sent: Mapping[str, Any], shown: Exchange
    ) -> None:
        contract, show = self._bench.contract, self._bench.doing(SHOW)
        what, record = f"A trainee after {name}", shown.data
        state, has = contract.state_field, self._stage.has
        breaches = expect.value(state, self._stage.states[-1], record.get(state), what)
        made_up = {each for row in contract.events.values() for each in issued(row)}
        for inner in sorted(made_up):
            field = contract.public(inner)
            breaches += expect.holds(
                (record.get(field) is not None) == (inner in has),
                "lifecycle.issued",
                f"{what} {'has no' if inner in has else 'has a'} {field}",
                f"{field} once it has arrived, and not before",
                record.get(field),
            )
        given = None if event["cause"] == OUTSIDE else sent
        breaches += written_breaches(contract, event, record, self._bench.bodies.today, given, what)
        self._bench.found(breaches, shown, show)


def test_a_hidden_trainee_is_gone(bench: Bench) -> None:
    bench.needs(bench.contract.hiding, "hidden trainees", "no event hides a trainee")
    bench.needs(bench.control, "hidden trainees", "the run has no control API")
    assert bench.control is not None
    show = bench.doing(SHOW)
    for name, state in bench.some(product(bench.contract.hiding, bench.contract.states)):
        event, cast = bench.contract.events[name], bench.in_state(state)
        if cast is None:
            continue
        scope = shown_scope(bench.contract, TRAINEE, cast.shown, bench.bodies.today)
        edge = edge_of(event, state, replace(scope, whole=True))
        if edge is None:
            continue
        bench.control.event(cast.trainee_id, name)
        exchange = bench.call(show, path=cast.ids)
        what = f"{show} of a trainee that was {state}, after {name},"
        if event["hides"] is True:
            row = bench.refusal(not_found(TRAINEE), show)
            breaches = expect.refusal(exchange, row, what, "decision 14")
        else:
            wanted = bench.operation(show).success
            breaches = expect.status(exchange, wanted, what, "x-lifecycle")
        bench.contract.exercised.note(moved(name, state, edge))
        bench.found(breaches, exchange, show)


def test_an_update_is_dated(bench: Bench) -> None:
    listing = bench.listing
    fields = listing.fields(AT_OR_AFTER)
    bench.needs_writing(", ".join(fields))
    cast, update = bench.trainee(), bench.doing(UPDATE)
    if bench.control is not None:
        bench.control.advance(seconds=1)
    changed = bench.must(update, path=cast.ids, data=bench.bodies.change())
    for field in fields:
        before, after = str(cast.shown.get(field)), str(changed.data.get(field))
        name = listing.parameter(AT_OR_AFTER)["name"]
        breaches = expect.holds(
            after > before,
            "update.not-dated",
            f"{update} leaves {field} as it was, so {name}= cannot find the change",
            f"later than {before}",
            after,
        )
        bench.found(breaches, changed, update)


def test_an_update_of_what_belongs_to_a_trainee_is_dated(child: str, bench: Bench) -> None:
    fields = bench.listing.fields(AT_OR_AFTER)
    dated = [name for name in fields if name in bench.contract.shown(child)["properties"]]
    bench.needs(dated, f"when a {child} changed", f"no {child} tells when it changed")
    bench.needs_writing(", ".join(fields))
    cast, update = bench.trainee(), bench.doing(UPDATE, child)
    show = bench.doing(SHOW, child)
    before = bench.must(show, path=cast.ids)
    if bench.control is not None:
        bench.control.advance(seconds=1)
    bench.must(update, path=cast.ids, data=bench.bodies.lasting(child))
    after = bench.must(show, path=cast.ids)
    for field in dated:
        then, now = str(before.data.get(field)), str(after.data.get(field))
        breaches = expect.holds(
            now > then,
            "update.not-dated",
            f"{update} leaves {field} of the {child} as it was",
            f"later than {then}",
            now,
        )
        bench.found(breaches, after, show)


@pytest.mark.parametrize("does", [CREATE, UPDATE])
def test_read_only_fields_cannot_be_set(does: str, bench: Bench) -> None:
    bench.needs_writing("read-only fields")
    properties = bench.contract.shown(TRAINEE)["properties"]
    fields = [field for field, rule in properties.items() if rule.get("readOnly")]
    given, name = dict.fromkeys(fields, _SET), bench.doing(does)
    if does == CREATE:
        exchange = bench.must(name, data=bench.bodies.trainee(**given))
    else:
        data = {**given, **bench.bodies.change()}
        exchange = bench.must(name, path=bench.trainee().ids, data=data)
    wrong = {field: exchange.data[field] for field in fields if exchange.data.get(field) == _SET}
    breaches = expect.holds(
        not wrong,
        "read-only.set",
        f"{name} lets a client set {', '.join(wrong)}",
        "read-only fields as the service makes them",
        wrong,
    )
    bench.found(breaches, exchange, name)
