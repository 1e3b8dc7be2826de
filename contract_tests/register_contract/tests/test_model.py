"""The model of a target: what a call makes of what is held, and the whole answer that is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import (
    CREATE,
    DELETE,
    LIST,
    SHOW,
    TRAINEE,
    UPDATE,
    CannotTryError,
    Contract,
)
from register_contract.oracle.holdings import Held
from register_contract.oracle.lifecycle import event_of
from register_contract.oracle.moments import Within
from register_contract.oracle.showing import shown
from register_contract.oracle.step import Due, Model
from register_contract.oracle.world import Call, World
from register_contract.suite.strategies.bodies import Bodies

TODAY = date(2025, 10, 15)
ME, OTHER = "me", "another provider"
EDITIONS = [(version, reading) for version in spec.versions() for reading in spec.readings(version)]


@cache
def contract_of(version: str, reading: str) -> Contract:
    """One for all tests: what is made of it is kept for good."""
    contract = Contract(version, spec.bundle(version, reading), spec.every_code())
    contract.registers = lambda: {"schools": [], "partners": []}
    return contract


class Play:
    """Calls one after the other, each answered as is due, with ids of our own."""

    def __init__(self, version: str, reading: str) -> None:
        self.contract = contract_of(version, reading)
        self.model, self.world = Model(self.contract), World()
        now = datetime.combine(TODAY, datetime.min.time(), UTC)
        self.bodies = Bodies(self.contract, now, 1, "model", "")
        self._made = 0

    def call(
        self, what: str, kind: str = TRAINEE, ids: dict[str, str] | None = None, **more: Any
    ) -> Due:
        """What is due; a success is answered, and so learned."""
        operation = self.contract.doing(what, kind)
        data = more.get("data")
        if data is None and operation.body:
            data = self.bodies.for_operation(operation.id)
        call = Call(operation, more.get("holder", ME), ids or {}, data, TODAY, more.get("when"))
        return self.done(call)

    def done(self, call: Call) -> Due:
        due = self.model.step(self.world, call)
        self.world = self.model.learned(due, self.answer(due))
        return due

    def answer(self, due: Due) -> dict[str, Any] | None:
        """The trainee or the record as it is shown, with what the target makes up."""
        held = due.child or due.held
        return None if held is None or due.refusal else self._completed(held)

    def _completed(self, held: Held) -> dict[str, Any]:
        row = dict(shown(self.contract, held, TODAY))
        holders = {holder: kind for kind, holder in self.contract.held.items()}
        for name, value in row.items():
            if held.kind == TRAINEE and name in holders:
                row[name] = [self._completed(each) for each in held.children[holders[name]]]
            elif not isinstance(value, str | int | list | dict | None):
                self._made += 1
                row[name] = f"made-{self._made}"
        return row

    def trainee(self) -> str:
        self.call(CREATE)
        return list(self.world.trainees)[-1]

    def held(self, trainee: str) -> Held:
        return self.world.trainees[trainee][1]


@pytest.fixture(params=EDITIONS, ids="@".join)
def play(request: pytest.FixtureRequest) -> Play:
    return Play(*request.param)


def wrong(play: Play, due: Due, data: Any) -> list[str]:
    return [place.field for place in play.model.places(due, data) if place.is_wrong]


def test_each_field_of_a_new_trainee_is_due(play: Play) -> None:
    due = play.call(CREATE)
    answer = play.answer(due)
    assert answer is not None
    assert due.status == play.contract.doing(CREATE).success
    assert wrong(play, due, answer) == []
    assert play.model.agrees(due, answer)
    for name, value in answer.items():
        if isinstance(value, str) and not value.startswith("made-"):
            other = {**answer, name: f"{value}x"}
            assert wrong(play, due, other) == [name]
            assert not play.model.agrees(due, other)


def test_what_was_made_up_is_exact_once_it_was_seen(play: Play) -> None:
    trainee = play.trainee()
    due = play.call(SHOW, ids={TRAINEE: trainee})
    answer = play.answer(due)
    assert answer is not None
    assert wrong(play, due, answer) == []
    assert wrong(play, due, {**answer, "created_at": "another"}) == ["created_at"]
    assert all(place.is_said for place in play.model.places(due, answer))


def test_an_update_changes_what_it_sends_and_what_is_made_of_that(play: Play) -> None:
    trainee = play.trainee()
    before = play.held(trainee)
    due = play.call(UPDATE, ids={TRAINEE: trainee}, data={"email": "new@example.com"})
    after = shown(play.contract, play.held(trainee), TODAY)
    assert due.refusal is None
    assert after["email"] == "new@example.com"
    assert shown(play.contract, before, TODAY)["email"] != "new@example.com"
    (dated,) = play.model.contract.moments & {"updated_at"}
    assert before.seen[dated] != play.held(trainee).seen[dated]


FIRST, LATER, LAST = (datetime(2025, 10, 15, 9, minute, tzinfo=UTC) for minute in (0, 10, 20))


def about(moment: datetime) -> Within:
    return Within(moment - timedelta(seconds=1), moment + timedelta(seconds=1))


def dated(play: Play, due: Due, **moments: datetime) -> list[str]:
    """What is wrong where some fields of the record, and of new ones in it, hold these moments."""
    texts = {name: moment.isoformat() for name, moment in moments.items()}
    answer = play.answer(due)
    assert answer is not None
    is_new = due.call.operation.does == CREATE
    inner = [row for rows in answer.values() if isinstance(rows, list) and is_new for row in rows]
    for row in [answer, *(each for each in inner if isinstance(each, dict))]:
        row.update({name: text for name, text in texts.items() if name in row})
    found = [place.field for place in play.model.places(due, answer) if place.is_wrong]
    assert play.model.agrees(due, answer) is (found == [])
    return sorted({*found} & {*texts})


def test_what_a_call_writes_is_dated_when_it_was(play: Play) -> None:
    """Also the records that come with a new trainee; what stays is as it was seen."""
    made = play.call(CREATE, when=about(FIRST))
    assert dated(play, made, created_at=FIRST, updated_at=FIRST) == []
    assert dated(play, made, created_at=LATER, updated_at=FIRST) == ["created_at"]
    ids = {TRAINEE: list(play.world.trainees)[-1]}
    changed = play.call(UPDATE, ids=ids, data={"email": "new@example.com"}, when=about(LATER))
    assert dated(play, changed, updated_at=LATER) == []
    assert dated(play, changed, updated_at=FIRST) == ["updated_at"]
    assert dated(play, changed, created_at=LATER) == ["created_at"]


def test_what_the_contract_does_not_date(play: Play) -> None:
    """A change that changes nothing, and the trainee whose degree was changed."""
    play.call(CREATE, when=about(FIRST))
    ids = {TRAINEE: list(play.world.trainees)[-1]}
    play.call(UPDATE, ids=ids, data={"email": "new@example.com"}, when=about(LATER))
    again = play.call(UPDATE, ids=ids, data={"email": "new@example.com"}, when=about(LAST))
    assert dated(play, again, updated_at=LATER) == []
    assert dated(play, again, updated_at=LAST) == []
    degree = play.call(CREATE, "degree", ids=ids, when=about(LAST))
    assert degree.child is not None
    assert dated(play, degree, created_at=FIRST) == ["created_at"]
    trainee = play.call(SHOW, ids=ids)
    assert dated(play, trainee, updated_at=FIRST) == []


def test_an_event_is_dated(play: Play) -> None:
    """In the field that it writes, and as the last change."""
    play.call(CREATE, when=about(FIRST))
    ids = {TRAINEE: list(play.world.trainees)[-1]}
    contract = play.contract
    events = ((each, event_of(contract, each)) for each in contract.operations.values())
    writes = next(o for o, e in events if e and o.path_names and "submitted_for_trn" in str(e))
    due = play.done(
        Call(writes, ME, ids, play.bodies.for_operation(writes.id), TODAY, about(LATER))
    )
    assert due.refusal is None
    assert dated(play, due, updated_at=LATER) == []
    assert dated(play, due, updated_at=FIRST) == ["updated_at"]


def test_a_moment_between_two() -> None:
    """In whatever zone; what is none does not lie there."""
    when = about(FIRST)
    assert when.holds("2025-10-15T10:00:00.500+01:00")
    assert not when.holds("2025-10-15T09:00:02Z")
    assert not any(when.holds(each) for each in (None, 7, "soon", "2025-10-15"))
    assert replace(when, or_none=True).holds(None)
    assert not replace(when, or_none=True).holds("2025-10-15")
    assert str(when) == "between 2025-10-15T08:59:59+00:00 and 2025-10-15T09:00:01+00:00"


def test_an_event_leads_to_another_state_once(play: Play) -> None:
    trainee = play.trainee()
    contract = play.contract
    (defer,) = (o for o in contract.operations.values() if o.id == "defer_trainee")
    call = Call(defer, ME, {TRAINEE: trainee}, play.bodies.for_operation(defer.id), TODAY)
    assert play.done(call).refusal is None
    assert play.held(trainee).state == "deferred"
    event = event_of(contract, defer)
    assert event is not None
    refused = play.done(call)
    assert refused.refusal is not None
    assert refused.status == 422
    assert not refused.changes


def test_who_repeats_a_trainee_is_refused_and_another_provider_is_not(play: Play) -> None:
    data = play.bodies.trainee()
    assert play.call(CREATE, data=data).refusal is None
    assert play.call(CREATE, data=data).status == 409
    assert play.call(CREATE, data=data, holder=OTHER).refusal is None
    assert len(play.world.trainees) == 2


def test_a_trainee_is_found_by_its_provider_alone(play: Play) -> None:
    trainee = play.trainee()
    assert play.call(SHOW, ids={TRAINEE: trainee}, holder=OTHER).status == 404
    assert play.call(SHOW, ids={TRAINEE: "nobody"}).status == 404
    assert play.call(SHOW, ids={TRAINEE: trainee}, holder="").status == 401


@pytest.mark.parametrize("kind", ["placement", "degree"])
def test_records_of_a_trainee_come_change_and_go(play: Play, kind: str) -> None:
    trainee = play.trainee()
    ids = {TRAINEE: trainee}
    before = [row.id for row in play.held(trainee).children[kind]]
    play.call(CREATE, kind, ids)
    (new,) = {row.id for row in play.held(trainee).children[kind]} - set(before)
    assert new
    shown_again = play.call(SHOW, kind, {**ids, kind: new})
    assert shown_again.child is not None
    assert shown_again.child.id == new
    changed = play.call(UPDATE, kind, {**ids, kind: new})
    assert changed.refusal is None
    listed = play.call(LIST, kind, ids)
    assert wrong(play, listed, []) == ["number"]
    play.call(DELETE, kind, {**ids, kind: new})
    assert [row.id for row in play.held(trainee).children[kind]] == before
    assert play.call(DELETE, kind, {**ids, kind: new}).status == 404


def test_wrong_fields_are_refused_and_change_nothing(play: Play) -> None:
    trainee = play.trainee()
    kept = dict(play.held(trainee).kept)
    due = play.call(UPDATE, ids={TRAINEE: trainee}, data={"sex": "~"})
    assert due.status == 422
    assert play.held(trainee).kept == kept


def test_what_is_lost_with_a_refusal() -> None:
    play = Play("v2026.1", "deployed")
    trainee = play.trainee()
    play.call(UPDATE, ids={TRAINEE: trainee}, data={"nationality": "GB", "sex": "~"})
    assert shown(play.contract, play.held(trainee), TODAY)["nationality"] is None


def test_a_step_leaves_the_world_before_it_as_it_was(play: Play) -> None:
    trainee = play.trainee()
    world = play.world
    kept = repr(world)
    play.call(UPDATE, ids={TRAINEE: trainee}, data={"email": "new@example.com"})
    play.call(CREATE, "degree", {TRAINEE: trainee})
    assert repr(world) == kept
    assert play.world is not world


def test_what_calls_make_no_difference_to_each_other(play: Play) -> None:
    create, trainee = play.contract.doing(CREATE), play.trainee()
    data, other = play.bodies.trainee(), play.bodies.trainee()

    def calls() -> Iterator[Call]:
        for each in (data, other, data):
            yield Call(create, ME, {}, each, TODAY)
        for what in (SHOW, UPDATE):
            yield Call(play.contract.doing(what), ME, {TRAINEE: trainee}, {}, TODAY)

    assert sorted(map(sorted, play.model.related(list(calls())))) == [[0, 2], [1], [3, 4]]


def test_what_the_contract_does_not_say_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    play = Play("v2026.1", "deployed")
    monkeypatch.setattr(play.contract, "registers", lambda: None)
    with pytest.raises(CannotTryError, match="not known here"):
        play.call(CREATE)
