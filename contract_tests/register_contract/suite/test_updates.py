"""Updates: what was read can be sent back, and an update is held to what it changes.

Documents: 001 PUT of trainees, placements and degrees; decisions 7 and 28.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any

from register_contract.oracle.contract import CREATE, SHOW, TRAINEE, Contract, Operation
from register_contract.oracle.kept import followers
from register_contract.oracle.listing import AT_OR_AFTER
from register_contract.oracle.rules import Row, as_stored, rules_of
from register_contract.oracle.said import effective, left_behind
from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.scope import Scope
from register_contract.oracle.values import as_date
from register_contract.suite.applies import to_operations
from register_contract.suite.bench import Bench, Cast
from register_contract.suite.checks import expect
from register_contract.suite.combined import bases, combinations
from register_contract.suite.strategies.limits import comparisons, source_of
from register_contract.target.exchange import Exchange
from register_contract.target.words import short

_DAYS_LATER = 30
NO_CODE = "~"
_NOON = time(12, tzinfo=UTC)


def updating(operation: Operation, contract: Contract) -> bool:
    """Operations that change a record."""
    return operation.body is not None and "x-merged" in contract.data_schema(operation)


def updating_a_trainee(operation: Operation, contract: Contract) -> bool:
    """Those that change a trainee."""
    return updating(operation, contract) and operation.kind == TRAINEE


@to_operations(updating)
def test_what_was_read_can_be_sent_back(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"sending back what was read, {operation.id}")
    for ids in _records(operation, bench):
        shown = _object(bench.must(bench.doing(SHOW, operation.kind), path=ids).data)
        exchange = bench.call(operation.id, path=ids, data=shown)
        what = f"{operation.id} with what was read"
        breaches = expect.status(exchange, operation.success, what, bench.source(operation.id))
        breaches = breaches or expect.holds(
            not (moved := _moved(bench, shown, _object(exchange.data))),
            "update.not-as-read",
            f"{operation.id} with what was read changes {', '.join(moved)}",
            "the record as it was",
            moved,
        )
        bench.found(breaches, exchange, operation.id)


@to_operations(updating)
def test_a_refused_update_changes_nothing(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"{operation.id} that is refused")
    cast, sendable = bench.trainee(), bench.contract.data_schema(operation)
    lost = set(sendable.get("x-lost-when-refused", ()))
    wanted, wrongs = dict(cast.shown), {**dict.fromkeys(lost, NO_CODE), **_wrong(bench, sendable)}
    for wrong, value in wrongs.items():
        change = _other_values(bench, operation, cast)
        what = f"{operation.id} with a wrong {wrong}"
        refused = bench.call(operation.id, path=cast.ids, data={**change, wrong: value})
        after = bench.must(bench.doing(SHOW), path=cast.ids)
        wanted |= dict.fromkeys(lost & {wrong})
        shown = _object(after.data).items()
        # What was not shown before, as in another form of the answer, is no change.
        changed = {n: each for n, each in shown if n in wanted and each != wanted[n]}
        breaches = expect.holds(
            400 <= refused.status < 500 and not changed,
            "refusal.changes",
            f"{what} is refused, or changes the trainee all the same",
            "a refusal, and the trainee as before",
            changed or refused.status,
        )
        bench.found(breaches, after, operation.id, (refused,))


def _wrong(bench: Bench, schema: Mapping[str, Any]) -> dict[str, str]:
    """A field with what is no code, or, where there are no codes, with too long a text."""
    fields = properties(bench.contract, schema).items()
    coded = {name: NO_CODE for name, field in fields if "x-code-list" in field}
    limits = ((n, constraint(bench.contract, field).get("maxLength")) for n, field in fields)
    texts = {name: "x" * (most + 1) for name, most in limits if most}
    return dict(islice((coded or texts).items(), 1))


def _other_values(bench: Bench, operation: Operation, cast: Cast) -> dict[str, Any]:
    """Another value of each field that tells trainees apart; nothing of other records."""
    if operation.kind != TRAINEE:
        return {}
    sendable = properties(bench.contract, bench.contract.data_schema(operation))
    other = {**bench.bodies.trainee(), **bench.bodies.change()}
    return {n: v for n, v in other.items() if n in sendable and cast.sent.get(n) != v}


def _object(data: Any) -> Mapping[str, Any]:
    """A record, or the first of a list; whatever else stands there has no fields."""
    data = data[0] if isinstance(data, list) and data else data
    return data if isinstance(data, Mapping) else {}


def _moved(bench: Bench, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What differs, but for what an update changes whatever it says."""
    always = {*bench.listing.fields(AT_OR_AFTER), *bench.contract.held.values()}
    names = [name for name in {**before, **after} if name not in always]
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


def _records(operation: Operation, bench: Bench) -> Iterator[Mapping[str, str]]:
    """A trainee in each state there is a way to; children with each set of fields that goes."""
    if operation.kind == TRAINEE:
        initial, lock = bench.contract.initial, bench.contract.lock
        free = [s for s in bench.contract.states if s != initial and not lock(operation, s)]
        for state in bench.some(free):
            cast = bench.in_state(state)
            if cast is not None:
                yield cast.ids
        return
    cast = bench.trainee()
    yield cast.ids
    create = bench.contract.doing(CREATE, operation.kind)
    for base in bench.some(bases(create, bench, combinations(create, bench))):
        data = bench.bodies.apart(operation.kind, base.over(bench.bodies.record(operation.kind)))
        made = bench.must(create.id, path=cast.ids, data=data).data
        yield {**cast.ids, operation.kind: bench.first_id(made, operation.kind)}


def _overtaking(operation: Operation, contract: Contract) -> list[tuple[Row, Row]]:
    """The rules that time may break of a trainee, and that bind changes only; with the tests."""
    rules = [r for r in rules_of(contract, operation.id) if r.get("binds") == "on_change"]
    return [(row, test) for row in rules for test in comparisons(row["must"], "not_before")]


@to_operations(
    lambda operation, contract: (
        updating_a_trainee(operation, contract) and bool(_overtaking(operation, contract))
    )
)
def test_a_rule_that_time_broke_binds_changes_only(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"{operation.id} of a trainee that time has overtaken")
    for row, test in _overtaking(operation, bench.contract):
        what = f"{operation.id} of a trainee that breaks {row['id']} by now"
        bench.needs(bench.control, what, "only a control API moves the clock")
        _overtaken(operation, bench, row, test)


def _overtaken(
    operation: Operation, bench: Bench, row: Mapping[str, Any], test: Mapping[str, Any]
) -> None:
    """A trainee made when its date was still allowed, a day before the target's today."""
    assert bench.control is not None
    name, today = source_of(test["value"]), bench.bodies.today
    yesterday = Scope(bench.contract, {}, whole=True, today=today - timedelta(days=1))
    limit = as_date(yesterday.value(test["not_before"]))
    if name is None or limit is None:
        return  # a limit that another field sets is overtaken by no clock
    field = bench.contract.public(name)
    now = bench.control.now()
    bench.control.go_to(datetime.combine(today - timedelta(days=1), _NOON))
    try:
        cast = bench.trainee(**{field: limit.isoformat()})
    finally:
        bench.control.go_to(now)
    base = dict(cast.sent)
    worse = (limit - timedelta(days=1)).isoformat()
    changes = (bench.bodies.change(), {field: limit.isoformat()}, {field: worse})
    for data in bench.some(changes):
        _send(operation, bench, cast.ids, base, data, f"when {row['id']} is broken by now")


@to_operations(
    lambda operation, contract: (
        updating_a_trainee(operation, contract) and any(followers(contract, TRAINEE))
    )
)
def test_a_default_follows_until_a_value_is_sent(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"defaults that follow another field, {operation.id}")
    for field, source, _ in followers(bench.contract, TRAINEE):
        _followed(operation, bench, field, source)


def _followed(operation: Operation, bench: Bench, field: str, source: str) -> None:
    coming = bench.bodies.today + timedelta(days=_DAYS_LATER)
    later, past = coming + timedelta(days=_DAYS_LATER), bench.bodies.start.isoformat()
    create = bench.contract.doing(CREATE)
    sent = bench.bodies.trainee(**{source: coming.isoformat(), field: None})
    if bench.rules.problems(bench.contract.data_schema(create), sent, create.id):
        # Where no default may lie ahead, it follows in the past.
        coming = bench.bodies.today - timedelta(days=3 * _DAYS_LATER)
        later = coming + timedelta(days=_DAYS_LATER)
    cast = bench.trainee(**{source: coming.isoformat(), field: None})
    base = {name: value for name, value in cast.sent.items() if value is not None}
    moves = (
        {source: later.isoformat()},  # the default goes along
        {field: later.isoformat(), **bench.bodies.change()},  # as read: nothing chosen
        {source: coming.isoformat()},
        {field: past},  # chosen: stays from now on
        {source: later.isoformat()},
        {field: None},  # given up: the default again
    )
    for data in moves:
        is_as_read = data.get(field) == _stored(operation, bench, base)[field]
        exchange = _send(operation, bench, cast.ids, base, data, "beside a default")
        if exchange.status != operation.success:
            continue
        sendable = bench.contract.data_schema(operation)
        said = effective(bench.contract, sendable, data)
        said = {n: v for n, v in said.items() if n != field or not is_as_read}
        base = left_behind(bench.contract, operation, base, said)
        base = {name: value for name, value in base.items() if value is not None}
        wanted = _stored(operation, bench, base)
        for name in (field, source):
            what = f"{operation.id} with {short(data)}"
            breaches = expect.value(name, wanted[name], _object(exchange.data).get(name), what)
            bench.found(breaches, exchange, operation.id)


def _stored(operation: Operation, bench: Bench, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record with what the service puts in."""
    return as_stored(bench.contract, operation.id, data, bench.bodies.today).fields


def _send(
    operation: Operation,
    bench: Bench,
    ids: Mapping[str, str],
    base: Mapping[str, Any],
    data: Mapping[str, Any],
    when: str,
) -> Exchange:
    """Change a trainee and judge the answer."""
    sendable = bench.contract.data_schema(operation)
    schema = bench.contract.schema(sendable["x-merged"])
    said = effective(bench.contract, sendable, data)
    merged = left_behind(bench.contract, operation, base, said)
    merged = {name: value for name, value in merged.items() if value is not None}
    problems = bench.rules.problems(schema, merged, operation.id, base, sent=said)
    exchange = bench.call(operation.id, path=ids, data=data)
    what = f"{operation.id} with {short(data)} {when}"
    wanted = bench.field_refusal(operation, problems)
    breaches = expect.deserved(exchange, operation, wanted, what, bench.source(operation.id))
    bench.found(breaches, exchange, operation.id)
    return exchange
