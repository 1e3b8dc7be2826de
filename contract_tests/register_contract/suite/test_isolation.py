"""Providers: nobody sees, changes or finds another provider's trainees.

Document: 001 Authentication (a token belongs to one provider); another's trainee does not exist.
"""

from __future__ import annotations

from register_contract.oracle.contract import Operation
from register_contract.suite.applies import of_a_trainee, to_operations
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.listed import listed
from register_contract.target.exchange import Exchange

_WHY = "the run has no second provider (--second-token)"


@to_operations(of_a_trainee)
def test_another_providers_trainee_does_not_exist(operation: Operation, bench: Bench) -> None:
    other = bench.target.other
    bench.needs(other, f"isolation of {operation.id}", _WHY)
    if operation.writes:
        bench.needs_writing(f"isolation of {operation.id}")
    if not bench.target.writes:
        for path in listed(bench, operation):
            _hidden(bench, operation, bench.call(operation.id, path=path, api=other))
        return
    cast = bench.trainee()
    data = bench.bodies.for_operation(operation.id) if operation.body else None
    exchange = bench.call(operation.id, path=cast.ids, data=data, api=other)
    _hidden(bench, operation, exchange)
    after = bench.must("show_trainee", path=cast.ids)
    untouched = expect.holds(
        after.data == dict(cast.shown),
        "isolation.changed",
        f"{operation.id} by another provider changes the trainee",
        "the trainee as it was created",
        {k: v for k, v in after.data.items() if cast.shown.get(k) != v},
    )
    bench.found(untouched, after, operation.id, (exchange,))


def _hidden(bench: Bench, operation: Operation, exchange: Exchange) -> None:
    what = f"{operation.id} for another provider's trainee"
    row = bench.refusal("trainee_not_found", operation.id)
    source = bench.source(operation.id)
    bench.found(expect.refusal(exchange, row, what, source), exchange, operation.id)


def test_lists_hold_the_own_trainees_only(bench: Bench) -> None:
    other = bench.target.other
    bench.needs(other, "isolation of list_trainees", _WHY)
    if bench.target.writes:
        bench.trainee()
    mine = bench.call("list_trainees", query={"per_page": 100})
    assert other is not None
    theirs = bench.call("list_trainees", api=other, query={"per_page": 100})
    shared = _ids(mine.data) & _ids(theirs.data)
    breaches = expect.holds(
        not shared,
        "isolation.list",
        "list_trainees shows two providers the same trainee",
        "no trainee in both lists",
        sorted(shared)[:3],
    )
    bench.found(breaches, theirs, "list_trainees", (mine,))


def test_another_providers_duplicate_is_none(bench: Bench) -> None:
    other = bench.target.other
    bench.needs(other, "duplicates across providers", _WHY)
    bench.needs_writing("duplicates across providers")
    cast = bench.trainee()
    what = "create_trainee like another provider's trainee"
    bench.call("create_trainee", data=cast.sent, api=other, want=201, what=what, after=cast.history)


def _ids(data: object) -> set[str]:
    rows = data if isinstance(data, list) else []
    return {str(row.get("trainee_id")) for row in rows if isinstance(row, dict)}
