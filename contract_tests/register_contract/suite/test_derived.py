"""Derived values: what the service makes of a new record, by all that it is made of.

Documents: 003 Trainee object, the degree and placement objects; x-derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from register_contract.oracle.contract import (
    CREATE,
    TRAINEE,
    CannotTryError,
    Contract,
    Operation,
)
from register_contract.oracle.holdings import new_child, new_trainee
from register_contract.oracle.kept import Row, rows_of, written_by
from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.scope import Scope
from register_contract.oracle.showing import shown
from register_contract.oracle.words import condition_mentions, looked_up_in
from register_contract.suite.applies import to_operations, with_body
from register_contract.suite.bench import Bench
from register_contract.suite.combined import valid
from register_contract.suite.sending import send
from register_contract.suite.strategies.solving import Solver, differing, with_change
from register_contract.suite.strategies.sources import ABSENT, PHASES, variations
from register_contract.suite.subject import Subject
from register_contract.target.words import short

_HELD = 2
_MOST_DRAWN = 60


def _making(operation: Operation, contract: Contract) -> bool:
    return operation.does == CREATE and with_body(operation, contract)


@to_operations(_making)
def test_what_is_made_of_the_fields_sent(operation: Operation, bench: Bench) -> None:
    """Each answer is held to what was sent with it."""
    bench.needs_writing(f"what {operation.id} makes of what is sent")
    subject = Subject(bench, operation)
    made = variations(bench.contract, operation.kind, subject.schema, bench.bodies.random)
    ways = list(made) if not bench.share.brief else _together(bench, operation, subject, made)
    for values in bench.some(ways):
        if not subject.ready():
            return
        changes = {name: value for name, value in values.items() if value is not ABSENT}
        data = _with(valid(bench, operation.id), values)
        if data and not subject.problems(data):
            without = [name for name in values if name not in changes]
            words = f"with {short(changes)}" if changes else ""
            words += f" without {', '.join(without)}" if without else ""
            send(bench, operation, subject, data, words.strip())


def _on_condition(operation: Operation, contract: Contract) -> bool:
    return _making(operation, contract) and bool(_conditional(operation, contract))


def _conditional(operation: Operation, contract: Contract) -> list[Row]:
    """The rows that make something of a new record where a condition holds."""
    phases = (rows_of(contract, operation.kind, phase) for phase in PHASES)
    return [row for rows in phases for row in rows.values() if "when" in row]


@to_operations(_on_condition)
def test_each_row_where_its_condition_holds(operation: Operation, bench: Bench) -> None:
    """A row that depends on several fields may never be tried by values of one or two."""
    bench.needs_writing(f"each condition by which {operation.id} makes something")
    subject = Subject(bench, operation)
    if not subject.ready():
        return
    contract = bench.contract
    base, sendable = valid(bench, operation.id), properties(contract, subject.schema)
    solver = Solver(
        contract, operation.id, subject.schema, base, bench.bodies.today, subject.problems
    )
    makes = _Differing(bench, operation)
    for row in bench.some(_conditional(operation, contract)):
        sent: list[Mapping[str, Any]] = []
        given = [name for name in map(contract.public, written_by(row)) if name in sendable]
        ways = ((row["when"], given), (row["when"], ()), ({"not": row["when"]}, ()))
        for condition, names in ways:
            for data in islice(solver.being(condition, names), _HELD):
                if not subject.ready():
                    return
                _send(bench, operation, subject, base, data)
                sent.append(data)
        if subject.ready():
            for other in makes.differing(row, base, sent, subject):
                _send(bench, operation, subject, base, other)


def _send(
    bench: Bench,
    operation: Operation,
    subject: Subject,
    base: Mapping[str, Any],
    data: Mapping[str, Any],
) -> None:
    """Send what a record has otherwise than the base, in one that nobody has sent."""
    changes = differing(base, data)
    fresh = with_change(valid(bench, operation.id), changes)
    send(bench, operation, subject, fresh, f"with {short(changes)}")


class _Differing:
    """Looks for records that would be shown otherwise without a row of ``x-derived``."""

    def __init__(self, bench: Bench, operation: Operation) -> None:
        self._contract = bench.contract
        self._operation = operation
        self._today = bench.bodies.today
        self._chance = bench.bodies.random

    def differing(
        self,
        row: Row,
        base: Mapping[str, Any],
        sent: Sequence[Mapping[str, Any]],
        subject: Subject,
    ) -> Iterator[Mapping[str, Any]]:
        """One such record, found by chance, where none of what was ``sent`` is one."""
        without = self._without(row)
        if any(self._makes_a_difference(data, without) for data in sent):
            return
        for _ in range(_MOST_DRAWN):
            data = self._drawn(row, base, subject)
            if self._makes_a_difference(data, without) and not subject.problems(data):
                yield data
                return

    def _drawn(self, row: Row, base: Mapping[str, Any], subject: Subject) -> Mapping[str, Any]:
        """The base with what the condition of a row looks at otherwise, by chance."""
        contract, chance = self._contract, self._chance
        fields, changes = properties(contract, subject.schema), dict[str, Any]()
        alike = self._alike(row)
        for name in map(contract.public, condition_mentions(row["when"])):
            codes = list(constraint(contract, fields.get(name, {})).get("enum", ()))
            fitting = [code for code in codes if code in alike] or codes
            if codes:
                changes[name] = chance.choice([None, chance.choice(fitting)])
        return with_change(base, changes)

    def _alike(self, row: Row) -> list[Any]:
        """Codes with one attribute, where a condition looks one up: one is drawn."""
        value = next(looked_up_in(row["when"]), None)
        if value is None:
            return []
        scope = Scope(self._contract, {}, whole=True, today=self._today)
        attributes = scope.attributes(value["in"], value["take"])
        kind = self._chance.choice(list(attributes.values()))
        return [code for code, attribute in attributes.items() if attribute == kind]

    def _without(self, row: Row) -> Contract:
        document = self._contract.document
        table = {
            kind: {
                phase: {name: each for name, each in rows.items() if each is not row}
                for phase, rows in phases.items()
            }
            if isinstance(phases, Mapping) and kind in self._contract.kinds
            else phases
            for kind, phases in document["x-derived"].items()
        }
        other = Contract(
            self._contract.version, {**document, "x-derived": table}, self._contract.every_code
        )
        other.registers = self._contract.registers
        return other

    def _makes_a_difference(self, data: Mapping[str, Any], other: Contract) -> bool:
        try:
            ways = [self._shown(each, data) for each in (self._contract, other)]
        except CannotTryError:
            return False
        return ways[0] != ways[1]

    def _shown(self, contract: Contract, data: Mapping[str, Any]) -> Mapping[str, Any]:
        operation = contract.operation(self._operation.id)
        make = new_trainee if operation.kind == TRAINEE else new_child
        return shown(contract, make(contract, operation, data, self._today), self._today)


def _with(base: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A record with these values, some of which are ``ABSENT``."""
    return {name: value for name, value in {**base, **values}.items() if value is not ABSENT}


def _together(
    bench: Bench, operation: Operation, subject: Subject, ways: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The ways of different fields put together, as far as they are valid so; the fullest first."""
    if not subject.ready():
        return []
    base, made = valid(bench, operation.id), list[dict[str, Any]]()
    for way in ways:
        for each in made:
            both = {**each, **way}
            apart = not each.keys() & way.keys()
            if apart and not subject.problems(_with(base, both)):
                each.update(way)
                break
        else:
            made.append(dict(way))
    return list(made)
