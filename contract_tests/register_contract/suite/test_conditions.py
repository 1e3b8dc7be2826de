"""Conditions: fields that depend on each other, in every combination.

Documents: 001 Degree object, Placement object, withdraw; 003 Trainee object; decisions 6 and 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.choices import choices
from register_contract.oracle.contract import CREATE, SHOW, TRAINEE, Contract, Operation
from register_contract.oracle.fields import Problem
from register_contract.oracle.judged import judged_schema
from register_contract.oracle.said import effective, left_behind
from register_contract.oracle.schemas import properties
from register_contract.suite.applies import to_operations
from register_contract.suite.bench import Bench, StagingError
from register_contract.suite.checks import expect
from register_contract.suite.combined import MOST, bases, combinations, valid
from register_contract.suite.strategies.combinations import Combination
from register_contract.suite.subject import Subject
from register_contract.target.exchange import Exchange

_FEWER = 60
_WRONG = 12


def conditional(operation: Operation, contract: Contract) -> bool:
    """Operations whose fields depend on each other."""
    if operation.body is None:
        return False
    return next(choices(contract, judged_schema(contract, operation)), None) is not None


def conditional_update(operation: Operation, contract: Contract) -> bool:
    """Those that change a record."""
    return conditional(operation, contract) and "x-merged" in contract.data_schema(operation)


@to_operations(conditional)
def test_every_combination(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"fields of {operation.id} that depend on each other")
    subject = Subject(bench, operation)
    made = combinations(operation, bench)
    most = _FEWER if subject.is_update else MOST
    for combination in bench.some([*made.all(most), *made.spoiled(_WRONG)]):
        if not subject.ready():
            return
        if subject.is_update:
            data = combination.over({}, absent=None)
        else:
            data = combination.over(valid(bench, operation.id))
        exchange = bench.call(operation.id, path=subject.ids, data=data)
        problems = subject.problems(data)
        _judge(bench, operation, combination, problems, exchange)
        subject.answered(data, exchange.status)


def test_every_combination_inside_a_new_trainee(bench: Bench) -> None:
    bench.needs_writing("nested fields that depend on each other")
    operation = bench.contract.doing(CREATE)
    schema = bench.contract.data_schema(operation)
    for name, kind in bench.contract.nested(properties(bench.contract, schema)).items():
        nested = bench.contract.doing(CREATE, kind)
        made = combinations(nested, bench)
        for combination in bench.some([*made.all(_FEWER), *made.spoiled(_WRONG)]):
            data = bench.bodies.trainee(**{name: [combination.over(valid(bench, nested.id))]})
            problems = bench.rules.problems(schema, data, operation.id)
            exchange = bench.call(operation.id, data=data)
            _judge(bench, operation, combination, problems, exchange)


@to_operations(conditional_update)
def test_a_refused_change_changes_nothing(operation: Operation, bench: Bench) -> None:
    """One field alone turns a record into another kind only if it has all that kind needs."""
    bench.needs_writing(f"single changes of fields that depend on each other, {operation.id}")
    made = combinations(operation, bench)
    for base in bench.some(bases(operation, bench, made)):
        record = _Record(bench, operation, base)
        for change in bench.some(made.single()):
            record.change(change)


class _Record:
    """A record of one kind; made anew when a change was accepted."""

    def __init__(self, bench: Bench, operation: Operation, base: Combination) -> None:
        self._bench = bench
        self._operation = operation
        self._base = base
        self._fields = set(properties(bench.contract, bench.contract.data_schema(operation)))
        self._ids: dict[str, str] = {}
        self._shown: Mapping[str, Any] = {}

    def change(self, change: Combination) -> None:
        """Send one change; judge the answer, and the record after a refusal."""
        if not self._ids:
            self._make()
        bench, operation = self._bench, self._operation
        data = change.over({}, absent=None)
        stored = {n: v for n, v in self._shown.items() if n in self._fields and v is not None}
        sendable = bench.contract.data_schema(operation)
        said = effective(bench.contract, sendable, data)
        left = left_behind(bench.contract, operation, stored, said)
        merged = {n: v for n, v in left.items() if v is not None}
        schema = judged_schema(bench.contract, operation)
        about = self._shown if operation.kind == TRAINEE else None
        problems = bench.rules.problems(schema, merged, operation.id, stored, about, said)
        exchange = bench.call(operation.id, path=self._ids, data=data)
        words = Combination({**self._base.values, **change.values})
        _judge(bench, operation, words, problems, exchange)
        if exchange.status < 300:
            self._ids = {}
            return
        after = bench.must(bench.doing(SHOW, operation.kind), path=self._ids)
        now = _object(after.data)
        breaches = expect.holds(
            now == self._shown,
            "refusal.changed-something",
            f"{operation.id} {words.words} is refused and changes the record all the same",
            "the record as it was",
            {n: v for n, v in now.items() if self._shown.get(n) != v},
        )
        bench.found(breaches, after, operation.id)

    def _make(self) -> None:
        kind = self._operation.kind
        cast = self._bench.trainee(**(self._base.over({}) if kind == TRAINEE else {}))
        self._ids = dict(cast.ids)
        if kind != TRAINEE:
            create = self._bench.doing(CREATE, kind)
            data = self._base.over(valid(self._bench, create))
            made = self._bench.must(create, path=self._ids, data=data).data
            self._ids[kind] = self._bench.first_id(made, kind)
        shown = self._bench.must(self._bench.doing(SHOW, kind), path=self._ids)
        self._shown = _object(shown.data)
        if self._bench.contract.id_field(kind) not in self._shown:
            raise StagingError(f"no {kind} is shown where one should be")


def _object(data: Any) -> Mapping[str, Any]:
    """A record; whatever else stands there has no fields."""
    return data if isinstance(data, Mapping) else {}


def _judge(
    bench: Bench,
    operation: Operation,
    combination: Combination,
    problems: tuple[Problem, ...],
    exchange: Exchange,
) -> None:
    """Hold one answer to the one that is due."""
    what = f"{operation.id} {combination.words}"
    wanted = bench.field_refusal(operation, problems)
    breaches = expect.deserved(exchange, operation, wanted, what, bench.source(operation.id))
    bench.found(breaches, exchange, operation.id)
