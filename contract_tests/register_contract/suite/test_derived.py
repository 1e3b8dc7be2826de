"""Derived values: what the service makes of a new record, by all that it is made of.

Documents: 003 Trainee object, the degree and placement objects; x-derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from register_contract.oracle.contract import CREATE, Contract, Operation
from register_contract.oracle.kept import rows_of, written_by
from register_contract.suite.applies import to_operations, with_body
from register_contract.suite.bench import Bench
from register_contract.suite.combined import valid
from register_contract.suite.sending import send
from register_contract.suite.strategies.solving import Solver, differing, with_change
from register_contract.suite.strategies.sources import ABSENT, PHASES, variations
from register_contract.suite.subject import Subject
from register_contract.target.words import short

_HELD = 2


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


@to_operations(_making)
def test_each_row_where_its_condition_holds(operation: Operation, bench: Bench) -> None:
    """A row that depends on several fields may never be tried by values of one or two."""
    bench.needs_writing(f"each condition by which {operation.id} makes something")
    subject = Subject(bench, operation)
    if not subject.ready():
        return
    contract, kind = bench.contract, operation.kind
    base = valid(bench, operation.id)
    solver = Solver(
        contract, operation.id, subject.schema, base, bench.bodies.today, subject.problems
    )
    rows = [row for phase in PHASES for row in rows_of(contract, kind, phase).values()]
    for row in bench.some([row for row in rows if "when" in row]):
        given = [{"value": name, "is": "present"} for name in written_by(row)]
        for condition in ({"all": [row["when"], *given]}, row["when"], {"not": row["when"]}):
            for data in islice(solver.being(condition), _HELD):
                if not subject.ready():
                    return
                changes = differing(base, data)
                fresh = with_change(valid(bench, operation.id), changes)
                send(bench, operation, subject, fresh, f"with {short(changes)}")


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
