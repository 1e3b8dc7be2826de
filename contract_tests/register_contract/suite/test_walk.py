"""Walks: whole careers of a trainee, by the API and by what happens outside it.

Documents: 003 Trainee object (states); decision 14 (events outside the API); x-lifecycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from register_contract.oracle.contract import CannotTryError
from register_contract.oracle.derived import shown_scope
from register_contract.oracle.lifecycle import PREVIOUS, next_state
from register_contract.suite.bench import Bench, StagingError
from register_contract.suite.checks import expect
from register_contract.suite.checks.events import written_breaches
from register_contract.target.control import ControlRefusedError
from register_contract.verdict.finding import Breach

_SOME_TRN = "0000000"
_WALKS = {
    "to the award": ["receive_trn", "recommend_for_award", "award"],
    "with a pause": ["receive_trn", "defer", "reinstate", "recommend_for_award", "award"],
    "with a pause before the TRN": ["defer", "reinstate", "receive_trn"],
    "with a TRN during the pause": ["defer", "receive_trn", "reinstate"],
    "with a withdrawal undone": ["receive_trn", "withdraw", "undo_withdrawal", "defer"],
    "from a pause to the door": ["defer", "withdraw", "undo_withdrawal"],
}


@pytest.mark.parametrize("name", _WALKS)
def test_a_career(name: str, bench: Bench) -> None:
    bench.needs_writing(f"a career {name}")
    bench.needs(bench.control, f"a career {name}", "the run has no control API")
    walk = Walk(bench)
    try:
        for event in _WALKS[name]:
            walk.step(event)
    except CannotTryError as lack:
        bench.needs(None, f"a career {name}", str(lack))


class Walk:
    """Follows one trainee; what it should be is known from the table alone."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        cast = bench.trainee()
        self._ids = cast.ids
        self._shown = cast.shown
        # What a new trainee is by the contract; without a word on it, what the target says.
        new = bench.contract.states_after("create_trainee") or [str(cast.shown.get("state"))]
        self._states = new[:1]
        self._has_trn = False

    def step(self, name: str) -> None:
        """Let one event happen and compare the trainee with what the table says."""
        event = self._bench.contract.event(name)
        state = self._next(name, event)
        sent: Mapping[str, Any] = {}
        if event["cause"] == "outside":
            self._let_happen(name)
        else:
            sent = self._bench.bodies.for_operation(event["cause"]) or {}
            self._bench.must(event["cause"], path=self._ids, data=sent)
        self._has_trn = self._has_trn or name == "receive_trn"
        self._states.append(state)
        self._compare(name, event, sent)

    def _let_happen(self, name: str) -> None:
        """An event outside the API; that it cannot happen is news, as the contract has it."""
        assert self._bench.control is not None
        try:
            self._bench.control.event(self._ids["trainee_id"], name)
        except ControlRefusedError as error:
            breach = Breach(
                "lifecycle.event",
                f"{name} cannot happen to a trainee that is {self._states[-1]}",
                "a trainee in the next state",
                error.exchange.describe(),
                "x-lifecycle",
            )
            self._bench.found([breach], error.exchange, name)
            raise StagingError(str(error)) from error

    def _next(self, name: str, event: Mapping[str, Any]) -> str:
        here = self._states[-1]
        # A TRN is known by whether one has arrived, not by what is shown.
        known = {**self._shown, "trn": _SOME_TRN if self._has_trn else None}
        scope = shown_scope(self._bench.contract, "trainee", known, self._bench.bodies.today)
        to = next_state(event, here, scope)
        if to is None:
            raise CannotTryError(f"the contract lets no {name} happen to a trainee that is {here}")
        return self._before(here) if to == PREVIOUS else to

    def _before(self, here: str) -> str:
        return next((state for state in reversed(self._states) if state != here), here)

    def _compare(self, name: str, event: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
        shown = self._bench.must("show_trainee", path=self._ids)
        what = f"A trainee after {name}"
        record = self._shown = shown.data
        breaches = expect.value("state", self._states[-1], record.get("state"), what)
        breaches += expect.holds(
            (record.get("trn") is not None) == self._has_trn,
            "lifecycle.trn",
            f"{what} {'has no' if self._has_trn else 'has a'} TRN",
            "a TRN once it has arrived, and not before",
            record.get("trn"),
        )
        given = None if event["cause"] == "outside" else sent
        breaches += written_breaches(
            self._bench.contract, event, record, self._bench.bodies.today, given, what
        )
        self._bench.found(breaches, shown, "show_trainee")


def test_a_discarded_trainee_is_gone(bench: Bench) -> None:
    bench.needs(bench.control, "discarded trainees", "the run has no control API")
    bench.contract.event("discard")
    assert bench.control is not None
    cast = bench.trainee()
    bench.control.event(cast.trainee_id, "discard")
    exchange = bench.call("show_trainee", path=cast.ids)
    row = bench.contract.sentence("trainee_not_found")
    what = "show_trainee of a discarded trainee"
    bench.found(expect.refusal(exchange, row, what, "decision 14"), exchange, "show_trainee")


def test_an_update_moves_updated_at(bench: Bench) -> None:
    bench.needs_writing("updated_at")
    cast = bench.trainee()
    if bench.control is not None:
        bench.control.advance(seconds=1)
    changed = bench.must(
        "update_trainee",
        path=cast.ids,
        data={bench.contract.public("first_names"): bench.bodies.word()},
    )
    before, after = str(cast.shown.get("updated_at")), str(changed.data.get("updated_at"))
    breaches = expect.holds(
        after > before,
        "update.not-dated",
        "update_trainee leaves updated_at as it was, so since= cannot find the change",
        f"later than {before}",
        after,
    )
    bench.found(breaches, changed, "update_trainee")


@pytest.mark.parametrize("name", ["create_trainee", "update_trainee"])
def test_read_only_fields_cannot_be_set(name: str, bench: Bench) -> None:
    bench.needs_writing("read-only fields")
    properties = bench.contract.schema("Trainee")["properties"]
    fields = [field for field, rule in properties.items() if rule.get("readOnly")]
    cast = bench.trainee()
    given: dict[str, Any] = dict.fromkeys(fields, "1234567")
    if name == "create_trainee":
        exchange = bench.must(name, data=bench.bodies.trainee(**given))
    else:
        exchange = bench.must(
            name, path=cast.ids, data={**given, bench.contract.public("first_names"): "Ruby"}
        )
    wrong = {
        field: exchange.data[field] for field in fields if exchange.data.get(field) == "1234567"
    }
    breaches = expect.holds(
        not wrong,
        "read-only.set",
        f"{name} lets a client set {', '.join(wrong)}",
        "read-only fields as the service makes them",
        wrong,
    )
    bench.found(breaches, exchange, name)
