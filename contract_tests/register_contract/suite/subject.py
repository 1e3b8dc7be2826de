"""The record an operation is tried on, and what the contract says of a request for it.

A request that was accepted has changed its record, so the next request gets a new one: each is
judged on a record whose content is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from register_contract.oracle.contract import CREATE, TRAINEE, Operation
from register_contract.oracle.derived import kept_breaches, kept_of_new, kept_of_update, records_in
from register_contract.oracle.fields import Problem
from register_contract.oracle.kept import followers
from register_contract.oracle.said import effective, left_behind, replaced
from register_contract.oracle.schemas import properties
from register_contract.oracle.scope import UNKNOWN
from register_contract.oracle.unsaid import UnknownWordError
from register_contract.suite.bench import Bench, Cast
from register_contract.verdict.finding import Breach


class Subject:
    """Gives an operation with a body its path, and predicts the field errors of a body."""

    def __init__(self, bench: Bench, operation: Operation) -> None:
        self._bench = bench
        self._operation = operation
        self._schema = bench.contract.data_schema(operation)
        merged = self._schema.get("x-merged")
        self._merged = bench.contract.schema(merged) if merged else None
        self._ids: dict[str, str] | None = None
        self._base: dict[str, Any] = {}
        self._about: Mapping[str, Any] | None = None

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of the request's ``data``."""
        return self._schema

    @property
    def is_update(self) -> bool:
        """Whether the request is merged with a stored record."""
        return self._merged is not None

    def ready(self) -> bool:
        """Have a record at hand; False (and a note) when there is no way to a fitting one."""
        if self._ids is None:
            self._ids = self._make()
        return self._ids is not None

    @property
    def ids(self) -> dict[str, str]:
        """The ids for the operation's path. Call ``ready`` before."""
        assert self._ids is not None
        return self._ids

    def spent(self) -> None:
        """The record was changed: take another one next time."""
        self._ids = None

    def record(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What the contract judges: ``data``, merged with the record when it is an update."""
        data = effective(self._bench.contract, self._schema, data)
        if self._merged is None:
            return data
        left = left_behind(self._bench.contract, self._operation, self._base, data)
        record = deepcopy(left)
        needed = self._merged.get("required", ())
        for name, value in data.items():
            if value in (None, "") and name not in needed:
                del record[name]
        return record

    def problems(self, data: Mapping[str, Any]) -> tuple[Problem, ...]:
        """The field errors ``data`` deserves."""
        schema = self._merged or self._schema
        before = self._base if self.is_update else None
        sent = effective(self._bench.contract, self._schema, data) if self.is_update else None
        return self._bench.rules.problems(
            schema, self.record(data), self._operation.id, before, self._about, sent
        )

    def unlike(self, data: Mapping[str, Any], answer: Any) -> list[Breach]:
        """What an accepted update answers otherwise than the record and ``data`` say."""
        if not self.is_update:
            return []  # what is made anew is held to that with each call
        contract, kind, today = self._bench.contract, self._operation.kind, self._bench.bodies.today
        made = contract.doing(CREATE, kind)
        try:
            base = effective(contract, contract.data_schema(made), self._base)
            before = kept_of_new(contract, made, base, today)
            said = effective(contract, self._schema, data)
            gone = replaced(contract, self._schema, before, said)
            kept = kept_of_update(contract, kind, before, base, said, gone)
            found = [shown for what, shown in records_in(contract, answer) if what == kind][:1]
            return [
                breach
                for shown in found
                for breach in kept_breaches(contract, self._operation, kept, shown)
            ]
        except UnknownWordError as error:
            what = f"what {self._operation.id} makes of what is sent"
            self._bench.judge.skip(what, str(error))
            return []

    def _make(self) -> dict[str, str] | None:
        if not self._operation.path_names:
            return {}
        if self.is_update:
            return self._stored()
        if self._operation.kind != TRAINEE:
            return self._bench.trainee().ids
        for state in allowed_states(self._bench, self._operation):
            cast: Cast | None = self._bench.in_state(state)
            if cast is not None:
                self._about = cast.shown
                return cast.ids
        what = f"accepted requests of {self._operation.id}"
        self._bench.judge.skip(what, "only a control API makes a trainee in a fitting state")
        return None

    def _stored(self) -> dict[str, str]:
        """A new record of the kind the operation updates; remembers how it was sent."""
        cast = self._bench.trainee()
        kind = self._operation.kind
        if kind == TRAINEE:
            fields = properties(self._bench.contract, self._schema)
            self._about = cast.shown
            self._base = self._kept(cast.sent, fields)
            return cast.ids
        self._base = self._bench.bodies.lasting(kind)
        create = self._bench.doing(CREATE, kind)
        shown = self._bench.must(create, path=cast.ids, data=self._base).data
        return {**cast.ids, kind: self._bench.first_id(shown, kind)}

    def _kept(self, sent: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept of a new trainee; a default that follows another field is not its own.

        Where that is not known, what was sent.
        """
        contract = self._bench.contract
        made = contract.operation(contract.doing(CREATE).id)
        kept = kept_of_new(contract, made, sent, self._bench.bodies.today).fields
        follow = {field for field, _, _ in followers(contract, TRAINEE) if not sent.get(field)}
        found = {name: kept.get(name, UNKNOWN) for name in fields if name not in follow}
        found = {n: sent.get(n) if value is UNKNOWN else value for n, value in found.items()}
        return {name: value for name, value in found.items() if value not in (None, "")}


def allowed_states(bench: Bench, operation: Operation) -> list[str]:
    """States in which the contract allows the operation; a new trainee's when all do."""
    for event in bench.contract.events.values():
        if event["cause"] == operation.acts_as:
            return [state for edge in event["edges"] for state in edge["from"]]
    return bench.contract.states_of_new


def refusing_states(bench: Bench, operation: Operation) -> list[str]:
    """States of a submitted trainee in which the contract refuses the operation."""
    allowed = allowed_states(bench, operation)
    return [s for s in bench.contract.states if s not in allowed and s != bench.contract.initial]
