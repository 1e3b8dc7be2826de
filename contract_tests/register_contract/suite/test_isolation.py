"""Providers: nobody sees, changes or finds another provider's trainees.

Document: 001 Authentication (a token belongs to one provider); another's trainee does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.contract import CREATE, SHOW, TRAINEE, Operation
from register_contract.oracle.refusals import not_found
from register_contract.suite.applies import of_a_trainee, to_operations
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.listed import listed
from register_contract.target.exchange import Exchange

_MOST = 100
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
    if bench.share.brief:
        return  # that it is refused is all that is looked at
    after = bench.must(bench.doing(SHOW), path=cast.ids)
    untouched = expect.holds(
        after.data == dict(cast.shown),
        "isolation.changed",
        f"{operation.id} by another provider changes the trainee",
        "the trainee as it was created",
        {k: v for k, v in after.data.items() if cast.shown.get(k) != v},
    )
    bench.found(untouched, after, operation.id, (exchange,))


def _by_letters(operation: Operation) -> dict[str, Mapping[str, Any]]:
    """The ids in a path whose letters matter, or are read; by kind, with what is said of them.

    What an operation that writes does is tried with each id as it is.
    """
    said = {each["name"]: each.get("x-record", {}) for each in operation.parameters}
    rows = {kind: said[name] for kind, name in operation.ids.items()}
    return {k: row for k, row in rows.items() if not (row.get("any_case") and operation.writes)}


@to_operations(
    lambda operation, contract: of_a_trainee(operation, contract) and bool(_by_letters(operation))
)
def test_an_id_in_other_letters(operation: Operation, bench: Bench) -> None:
    """It names nothing, unless the contract says that letters may be large or small."""
    bench.needs_writing(f"{operation.id} with an id in other letters")
    for kind, row in _by_letters(operation).items():
        name = operation.ids[kind]
        cast = bench.trainee()
        data = bench.bodies.for_operation(operation.id) if operation.body else None
        path = {**cast.ids, kind: cast.ids[kind].swapcase()}
        if path[kind] == cast.ids[kind]:
            continue
        exchange = bench.call(operation.id, path=path, data=data)
        what = f"{operation.id} with its {name} in other letters"
        if row.get("any_case"):
            breaches = expect.status(exchange, operation.success, what)
        else:
            wanted = bench.refusal(not_found(kind), operation.id)
            breaches = expect.refusal(exchange, wanted, what, bench.source(operation.id))
        bench.found(breaches, exchange, operation.id, cast.history)


@to_operations(lambda operation, contract: len(operation.ids) > 1)
def test_a_record_below_another_trainee(operation: Operation, bench: Bench) -> None:
    """What belongs to one trainee is not found below another one."""
    bench.needs_writing(f"{operation.id} below another trainee")
    owner, other = bench.trainee(), bench.trainee()
    data = bench.bodies.for_operation(operation.id) if operation.body else None
    path = {**owner.ids, TRAINEE: other.trainee_id}
    exchange = bench.call(operation.id, path=path, data=data)
    what = f"{operation.id} below another trainee"
    wanted = bench.refusal(not_found(operation.kind), operation.id)
    breaches = expect.refusal(exchange, wanted, what, bench.source(operation.id))
    bench.found(breaches, exchange, operation.id, owner.history)
    if operation.writes or not bench.share.brief:
        bench.must(bench.doing(SHOW), path=owner.ids)


def _hidden(bench: Bench, operation: Operation, exchange: Exchange) -> None:
    what = f"{operation.id} for another provider's trainee"
    row = bench.refusal(not_found(TRAINEE), operation.id)
    source = bench.source(operation.id)
    bench.found(expect.refusal(exchange, row, what, source), exchange, operation.id)


def test_lists_hold_the_own_trainees_only(bench: Bench) -> None:
    other = bench.target.other
    listing = bench.listing
    bench.needs(other, f"isolation of {listing.id}", _WHY)
    if bench.target.writes:
        bench.trainee()
    mine = bench.call(listing.id, query=listing.at_most(_MOST))
    assert other is not None
    theirs = bench.call(listing.id, api=other, query=listing.at_most(_MOST))
    shared = _ids(bench, mine.data) & _ids(bench, theirs.data)
    breaches = expect.holds(
        not shared,
        "isolation.list",
        f"{listing.id} shows two providers the same trainee",
        "no trainee in both lists",
        sorted(shared)[:3],
    )
    bench.found(breaches, theirs, listing.id, (mine,))


def test_another_providers_duplicate_is_none(bench: Bench) -> None:
    other = bench.target.other
    bench.needs(other, "duplicates across providers", _WHY)
    bench.needs_writing("duplicates across providers")
    cast, create = bench.trainee(), bench.contract.doing(CREATE)
    what = f"{create.id} like another provider's trainee"
    bench.call(
        create.id, data=cast.sent, api=other, want=create.success, what=what, after=cast.history
    )


def _ids(bench: Bench, data: object) -> set[str]:
    rows, name = data if isinstance(data, list) else [], bench.contract.id_field(TRAINEE)
    return {str(row.get(name)) for row in rows if isinstance(row, dict)}
