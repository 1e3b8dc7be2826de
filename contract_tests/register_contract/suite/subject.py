"""The record an operation is tried on, and what the contract says of a request for it.

A request that was accepted has changed its record, so the next request gets a new one: each is
judged on a record whose content is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from register_contract.oracle.alike import is_duplicate
from register_contract.oracle.contract import CREATE, DELETE, SHOW, TRAINEE, Operation
from register_contract.oracle.fields import Problem
from register_contract.oracle.holdings import base_of, new_trainee
from register_contract.oracle.judged import as_compared, judged_record
from register_contract.oracle.kept import nested
from register_contract.oracle.refusals import Refusal
from register_contract.oracle.said import effective
from register_contract.oracle.schemas import properties
from register_contract.oracle.scope import Scope
from register_contract.oracle.unsaid import CannotSayError
from register_contract.suite.applies import duplicates_first
from register_contract.suite.bench import Bench, Cast
from register_contract.target.exchange import Exchange

_REFUSED = 300
_MANY = (dict, list)


class Subject:
    """Gives an operation with a body its path, and predicts the field errors of a body."""

    def __init__(
        self, bench: Bench, operation: Operation, having: Mapping[str, Any] | None = None
    ) -> None:
        """``having`` are values of the trainee whose record it is, instead of the usual ones.

        ``siblings`` are then the records of the operation's kind that were sent with it.
        """
        self._bench = bench
        self._having = having or {}
        self._operation = operation
        self._schema = bench.contract.data_schema(operation)
        merged = self._schema.get("x-merged")
        self._merged = bench.contract.schema(merged) if merged else None
        self._ids: dict[str, str] | None = None
        self._base: dict[str, Any] = {}
        self._about: Mapping[str, Any] | None = None
        self._others: list[Scope] = []
        self.siblings: list[Mapping[str, Any]] = []

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

    def renew(self) -> None:
        """Take another record next time."""
        self._ids = None

    def bare(self, kind: str, keep: int = 0) -> bool:
        """Delete the trainee's records of a kind, but for so many; whether there were any more."""
        bench = self._bench
        holder = bench.contract.held[kind]
        rows = (self._about or {}).get(holder) or []
        for row in rows[keep:]:
            ids = {TRAINEE: self.ids[TRAINEE], kind: row[bench.contract.id_field(kind)]}
            bench.must(bench.doing(DELETE, kind), path=ids)
        self._about = {**(self._about or {}), holder: rows[:keep]}
        return len(rows) > keep

    def answered(self, data: Any, status: int) -> None:
        """A request with this ``data`` was answered: a changed record is not used again.

        Of one that a refused request would have changed fields may be gone.
        """
        if status < _REFUSED:
            self._read_back()
            self._ids = None
        for name in self._schema.get("x-lost-when-refused", ()):
            if isinstance(data, Mapping) and data.get(name) not in (None, ""):
                self._base.pop(name, None)

    def _read_back(self) -> None:
        """Look at a record that was changed: each call is held to the answers before it."""
        if self.is_update and self._ids is not None:
            self._bench.call(self._bench.doing(SHOW, self._operation.kind), path=self._ids)

    def record(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What the contract judges: ``data``, merged with the record when it is an update."""
        return judged_record(self._bench.contract, self._operation, self._base, data)

    def problems(self, data: Mapping[str, Any]) -> tuple[Problem, ...]:
        """The field errors ``data`` deserves."""
        schema = self._merged or self._schema
        before = self._base if self.is_update else None
        sent = effective(self._bench.contract, self._schema, data) if self.is_update else None
        return self._bench.rules.problems(
            schema, self.record(data), self._operation.id, before, self._about, sent
        )

    def conflict(
        self, data: Mapping[str, Any], problems: Sequence[Problem], exchange: Exchange
    ) -> Refusal | None:
        """The refusal that is due for a placement or degree which the trainee of the path has.

        None where there is none, or where ``problems`` are told first. Where nobody here can say
        whether it is one, that is noted, and the refusal is what came (``exchange``).
        """
        bench, operation = self._bench, self._operation
        row = bench.contract.table("x-duplicates").get(operation.kind, {})
        if operation.kind == TRAINEE or operation.acts_as not in row.get("operations", ()):
            return None
        is_first = duplicates_first(operation, bench.contract)
        if not is_first and any(not problem.late for problem in problems):
            return None
        refusal = bench.refusal(row["answer"], operation.id)
        try:
            today = bench.bodies.today
            new = as_compared(bench.contract, bench.rules, operation, self._base, data, today)
            return refusal if any(is_duplicate(row, old, new) for old in self._others) else None
        except CannotSayError as error:
            bench.judge.skip(f"whether {operation.id} repeats a {operation.kind}", str(error))
            return refusal if exchange.status == refusal.status else None

    def _make(self) -> dict[str, str] | None:
        if not self._operation.path_names:
            return {}
        if self.is_update:
            return self._stored()
        if self._operation.kind != TRAINEE:
            return self._of_a_new_trainee().ids
        for state in allowed_states(self._bench, self._operation):
            cast: Cast | None = self._bench.in_state(state, **self._having)
            if cast is not None:
                self._about = cast.shown
                return cast.ids
        what = f"accepted requests of {self._operation.id}"
        self._bench.judge.skip(what, "only a control API makes a trainee in a fitting state")
        return None

    def _stored(self) -> dict[str, str]:
        """A new record of the kind the operation updates; remembers how it was sent."""
        cast = self._of_a_new_trainee()
        kind = self._operation.kind
        if kind == TRAINEE:
            contract, today = self._bench.contract, self._bench.bodies.today
            made = new_trainee(contract, contract.doing(CREATE), cast.sent, today)
            self._about = cast.shown
            self._base = base_of(contract, self._operation, made)
            return cast.ids
        self._base = self._bench.bodies.lasting(kind)
        create = self._bench.doing(CREATE, kind)
        shown = self._bench.must(create, path=cast.ids, data=self._base).data
        self._bench.judge.staged += 1
        return {**cast.ids, kind: self._bench.first_id(shown, kind)}

    def _of_a_new_trainee(self) -> Cast:
        """A new trainee; remembers which records of the operation's kind came with it."""
        cast, contract = self._bench.trainee(**self._having), self._bench.contract
        schema = contract.data_schema(contract.doing(CREATE))
        said = effective(contract, schema, cast.sent)
        kind, today = self._operation.kind, self._bench.bodies.today
        self.siblings = [
            entry
            for name, held in contract.nested(properties(contract, schema)).items()
            for entry in (said.get(name) or () if held == kind else ())
        ]
        self._others = [
            nested(contract, kind, Scope(contract, entry, whole=True, today=today))
            for entry in self.siblings
        ]
        return cast


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
