"""Derived values: what the service makes of a new record, by all that it is made of.

Documents: 003 Trainee object, the degree and placement objects; x-derived.
"""

from __future__ import annotations

from register_contract.oracle.contract import CREATE, Contract, Operation
from register_contract.suite.applies import to_operations, with_body
from register_contract.suite.bench import Bench
from register_contract.suite.combined import valid
from register_contract.suite.sending import send
from register_contract.suite.strategies.sources import ABSENT, variations
from register_contract.suite.subject import Subject
from register_contract.target.words import short


def _making(operation: Operation, contract: Contract) -> bool:
    return operation.does == CREATE and with_body(operation, contract)


@to_operations(_making)
def test_what_is_made_of_the_fields_sent(operation: Operation, bench: Bench) -> None:
    """Each answer is held to what was sent with it."""
    bench.needs_writing(f"what {operation.id} makes of what is sent")
    subject = Subject(bench, operation)
    ways = variations(bench.contract, operation.kind, subject.schema, bench.bodies.random)
    for values in ways:
        if not subject.ready():
            return
        changes = {name: value for name, value in values.items() if value is not ABSENT}
        base = valid(bench, operation.id)
        data = {name: value for name, value in base.items() if name not in values} | changes
        if data and not subject.problems(data):
            without = [name for name in values if name not in changes]
            words = f"with {short(changes)}" if changes else ""
            words += f" without {', '.join(without)}" if without else ""
            send(bench, operation, subject, data, words.strip())
