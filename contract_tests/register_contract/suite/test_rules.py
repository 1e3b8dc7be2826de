"""Rules: each is broken alone, and kept where it nearly is not.

Documents: the pages that each row of x-rules names; decision 12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from register_contract.oracle.contract import CREATE, Contract, Operation
from register_contract.oracle.fields import Problem
from register_contract.oracle.lifecycle import Event, event_of
from register_contract.oracle.rules import Row, rules_of
from register_contract.oracle.schemas import properties
from register_contract.oracle.words import condition_mentions, counted, looked_up_in
from register_contract.suite.applies import to_operations, with_body
from register_contract.suite.bench import Bench
from register_contract.suite.combined import valid
from register_contract.suite.moving import move
from register_contract.suite.sending import send
from register_contract.suite.strategies.solving import Solver, differing, ways_to_keep, with_change
from register_contract.suite.subject import Subject
from register_contract.target.words import short

_BREAKING, _KEEPING, _HELD = 3, 2, 2


def _with_rules(operation: Operation, contract: Contract) -> bool:
    """Operations with rules of their own; a PATCH has those of its PUT."""
    is_own = operation.acts_as == operation.id and with_body(operation, contract)
    return is_own and bool(rules_of(contract, operation.id))


@to_operations(_with_rules)
def test_each_rule_alone(operation: Operation, bench: Bench) -> None:
    """What breaks a rule and nothing else is refused for it; what just keeps it is accepted."""
    bench.needs_writing(f"each rule of {operation.id} broken alone")
    subject = Subject(bench, operation)
    if not subject.ready():
        return
    made = _Made(bench, operation, subject)
    for row in bench.some(rules_of(bench.contract, operation.id)):
        for data, words in made.of(row):
            if not subject.ready():
                return
            if data:
                send(bench, operation, subject, data, words)


def _counting(operation: Operation, contract: Contract) -> bool:
    return _with_rules(operation, contract) and bool(_counted(operation, contract))


@to_operations(_counting)
def test_a_rule_on_what_a_trainee_has_no_more(operation: Operation, bench: Bench) -> None:
    """Where a rule counts the records that a trainee has, these were deleted before."""
    bench.needs_writing(f"{operation.id} of trainees whose degrees or placements are gone")
    for kind, having in bench.some(_bound(operation, bench)):
        for keep in (0, 1):
            subject = Subject(bench, operation, having)
            if subject.ready() and subject.bare(kind, keep):
                data = bench.bodies.change() if subject.is_update else valid(bench, operation.id)
                words = f"of a trainee with {keep} {kind}s left"
                send(bench, operation, subject, data, words)


def _bound(operation: Operation, bench: Bench) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The kinds that rules of an operation count, with values of trainees that are held to it."""
    contract = bench.contract
    create = contract.doing(CREATE)
    made = _Made(bench, create, Subject(bench, create))
    for row in rules_of(contract, operation.id):
        for kind in sorted({*counted(row["must"]), *counted(row.get("when"))}):
            for having in made.held_to(row, _HELD):
                yield kind, having


def _on_condition(operation: Operation, contract: Contract) -> bool:
    return bool(_conditions(event_of(contract, operation)))


def _conditions(event: Event | None) -> list[Mapping[str, Any]]:
    """The edges of an event that it takes only where a condition holds."""
    return [edge for edge in (event or {}).get("edges", ()) if "when" in edge]


@to_operations(_on_condition)
def test_an_event_where_the_trainee_lets_it_happen_and_not(
    operation: Operation, bench: Bench
) -> None:
    """In a state from which it may happen, for trainees of whom the condition holds or not."""
    bench.needs_writing(f"{operation.id} of trainees that it may not happen to")
    create = bench.contract.doing(CREATE)
    made = _Made(bench, create, Subject(bench, create))
    for edge in _conditions(event_of(bench.contract, operation)):
        for condition in bench.some((edge["when"], {"not": edge["when"]})):
            for having in islice(made.being(condition), _HELD):
                cast = bench.in_state(edge["from"][0], **having)
                if cast is not None:
                    data = bench.bodies.for_operation(operation.id) if operation.body else None
                    move(bench, operation, edge["from"][0], cast, data)


def _counted(operation: Operation, contract: Contract) -> set[str]:
    """The kinds of records of which rules of an operation count how many a trainee has."""
    rows = rules_of(contract, operation.id)
    conditions = [row[key] for row in rows for key in ("must", "when") if key in row]
    return {kind for each in conditions for kind in counted(each)}


class _Made:
    """Makes what is sent: of an update the changes, of all else a record that nobody has sent."""

    def __init__(self, bench: Bench, operation: Operation, subject: Subject) -> None:
        self._bench = bench
        self._operation = operation
        self._subject = subject
        self._base = subject.record({} if subject.is_update else valid(bench, operation.id))
        schema, today = subject.schema, bench.bodies.today
        self._solver = Solver(
            bench.contract, operation.id, schema, self._base, today, self._problems
        )

    def of(self, row: Row) -> Iterator[tuple[Mapping[str, Any], str]]:
        """What breaks a rule, and what does so but for one change; and what is special about it."""
        for broken in islice(self._solver.breaking(row), _BREAKING):
            yield self._sent(broken), _words(self._changed(broken))
            for kept in islice(self._solver.keeping(row, broken), _KEEPING):
                yield self._sent(kept), _words(self._changed(kept))
        for way in ways_to_keep(row):
            for kept in islice(self._solver.being(way), 1):
                yield self._sent(kept), _words(self._changed(kept))

    def held_to(self, row: Row, most: int) -> Iterator[Mapping[str, Any]]:
        """Values of new records which a rule of another operation is for, as far as they tell.

        So many, or where it looks something up of their codes, one for each code.
        """
        sendable = {*properties(self._bench.contract, self._subject.schema)}
        when = row.get("when", {"all": []})
        parts = when.get("all", [when])
        public = self._bench.contract.public
        told = [p for p in parts if sendable.issuperset(map(public, condition_mentions(p)))]
        looked_up = [value for value in looked_up_in(row["must"]) if isinstance(value["code"], str)]
        codes = [
            {"value": value["code"], "equals": code}
            for value in looked_up
            for code in self._solver.codes(value)
        ]
        if not codes:
            yield from islice(self.being({"all": told}), most)
        for code in codes:
            yield from islice(self.being({"all": [*told, code]}), 1)

    def being(self, condition: Any) -> Iterator[Mapping[str, Any]]:
        """Values of new records for which a condition holds."""
        yield from map(self._changed, self._solver.being(condition))

    def _problems(self, data: Mapping[str, Any]) -> Sequence[Problem]:
        return self._subject.problems(self._changed(data) if self._subject.is_update else data)

    def _sent(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        changes = self._changed(data)
        if self._subject.is_update:
            return changes
        return with_change(valid(self._bench, self._operation.id), changes)

    def _changed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return differing(self._base, data)


def _words(changes: Mapping[str, Any]) -> str:
    return f"with {short(changes)}" if changes else "as it is"
