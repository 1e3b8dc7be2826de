"""Duplicates: a record sent twice is refused, also in other spelling; a different one is not.

Documents: the duplication sections of 001 and 002, decisions 5 and 9; x-duplicates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from register_contract.oracle.contract import (
    CREATE,
    SHOW,
    TRAINEE,
    UPDATE,
    Contract,
    Operation,
    source_text,
)
from register_contract.oracle.exercised import DUPLICATES, row_id
from register_contract.oracle.schemas import properties
from register_contract.oracle.words import mentions
from register_contract.suite.applies import to_operations
from register_contract.suite.bench import Bench, Cast
from register_contract.suite.checks import expect
from register_contract.suite.combined import bases, combinations
from register_contract.suite.sending import send
from register_contract.suite.strategies.combinations import Combination
from register_contract.suite.strategies.duplicates import Variation, Variations
from register_contract.suite.subject import Subject
from register_contract.target.exchange import Exchange
from register_contract.target.words import short

_WRONG = "~~"


@dataclass(frozen=True)
class Original:
    """The record that is repeated: its id, and what made it."""

    id: str
    history: tuple[Exchange, ...]


def _row(bench: Bench, kind: str) -> Mapping[str, Any] | None:
    row = bench.contract.table("x-duplicates").get(kind)
    assert row is None or isinstance(row, Mapping)
    return row


def _variations(bench: Bench, row: Mapping[str, Any]) -> Variations:
    operation = bench.operation(row["operations"][0])
    schema = bench.contract.data_schema(operation)

    def accepts(data: Mapping[str, Any]) -> bool:
        return not bench.rules.problems(schema, data, operation.id)

    return Variations(bench.contract, row, bench.bodies.random, bench.bodies.today, accepts)


def test_trainees(bench: Bench) -> None:
    row = _row(bench, TRAINEE)
    bench.needs(row, "duplicate trainees", "the contract has no x-duplicates for trainees")
    assert row is not None
    bench.needs_writing("duplicate trainees")
    variations = _variations(bench, row)
    create = bench.contract.doing(CREATE)
    schema = bench.contract.data_schema(create)
    for cast, variation in _pairs(bench, variations):
        data = {**cast.sent, **variation.changes}
        if bench.rules.problems(schema, data, create.id):
            continue  # the change alone makes no valid record
        exchange = bench.call(create.id, data=data, after=cast.history)
        original = Original(cast.trainee_id, cast.history)
        _judge(bench, create.id, row, variation, exchange, original)
        if bench.looks_again():
            _original_stays(bench, cast, exchange)


def _pairs(bench: Bench, variations: Variations) -> Iterator[tuple[Cast, Variation]]:
    """Each variation, and a trainee of its own: what one made must not meet the next.

    Where the plan is brief those that are refused meet the same one.
    """
    if not bench.share.brief:
        for number in range(len(list(variations.of(bench.bodies.trainee())))):
            cast = bench.trainee()
            yield cast, list(variations.of(cast.sent))[number]
        return
    first = bench.trainee()
    every = list(variations.of(first.sent))
    refused = [number for number, each in enumerate(every) if each.is_duplicate]
    for number in bench.some([*refused, *({*range(len(every))} - {*refused})]):
        if number in refused:
            yield first, every[number]
        else:
            cast = bench.trainee()
            yield cast, next(islice(variations.of(cast.sent), number, None))


def test_trainees_with_accents(bench: Bench) -> None:
    row = _row(bench, TRAINEE)
    bench.needs(row, "duplicate trainees", "the contract has no x-duplicates for trainees")
    assert row is not None
    bench.needs_writing("duplicate trainees")
    variations = _variations(bench, row)
    for before, variation in bench.some(variations.accented(bench.bodies.trainee())):
        cast = bench.trainee(**before)
        data = {**cast.sent, **variation.changes}
        create = bench.doing(CREATE)
        exchange = bench.call(create, data=data, after=cast.history)
        original = Original(cast.trainee_id, cast.history)
        _judge(bench, create, row, variation, exchange, original)


def test_trainees_in_each_state(bench: Bench) -> None:
    """A trainee counts whatever became of it, as long as it has not been taken away."""
    row = _row(bench, TRAINEE)
    bench.needs(row, "duplicates of trainees in each state", "the contract has no x-duplicates")
    assert row is not None
    bench.needs_writing("duplicates of trainees in each state")
    create = bench.doing(CREATE)
    states = [state for state in bench.contract.states if state != bench.contract.initial]
    for state in bench.some(states):
        cast = bench.in_state(state)
        if cast is None:
            continue
        exchange = bench.call(create, data=cast.sent, after=cast.history)
        variation = Variation({}, True, f"which is {state}")
        _judge(bench, create, row, variation, exchange, Original(cast.trainee_id, cast.history))
    for event in bench.contract.hiding if bench.control is not None else ():
        cast = bench.trainee()
        assert bench.control is not None
        bench.control.event(cast.trainee_id, event)
        exchange = bench.call(create, data=cast.sent, after=cast.history)
        variation = Variation({}, False, f"after {event}")
        _judge(bench, create, row, variation, exchange, Original(cast.trainee_id, cast.history))


def test_nothing_but_the_keys_counts(bench: Bench) -> None:
    """What is sent besides them, or is not, makes no other trainee of it."""
    row = _row(bench, TRAINEE)
    bench.needs(row, "duplicates with fewer fields", "the contract has no x-duplicates")
    assert row is not None
    bench.needs_writing("duplicates with fewer fields")
    cast, create = bench.trainee(), bench.contract.doing(CREATE)
    values = [*row.get("all", {}).values(), *row.get("any", {}).values()]
    keys = {bench.contract.public(name) for value in values for name in mentions(value)}
    data = {name: value for name, value in cast.sent.items() if name in keys}
    schema = bench.contract.data_schema(create)
    while problems := bench.rules.problems(schema, data, create.id):
        asked = {str(problem.path[0]) for problem in problems} & cast.sent.keys() - data.keys()
        bench.needs(asked, "duplicates with fewer fields", "no fewer fields are valid")
        data |= {name: cast.sent[name] for name in sorted(asked)}
    exchange = bench.call(create.id, data=data, after=cast.history)
    original, words = Original(cast.trainee_id, cast.history), "without what may be left out"
    _judge(bench, create.id, row, Variation({}, True, words), exchange, original)


def test_a_trainee_like_two_others(bench: Bench) -> None:
    """By one key it is like the one, by another like the other: both are shown."""
    row = _row(bench, TRAINEE)
    any_of = list((row or {}).get("any", {}).values())
    bench.needs(len(any_of) > 1, "a trainee like two others", "no two keys make a duplicate")
    assert row is not None
    bench.needs_writing("a trainee like two others")
    create = bench.doing(CREATE)
    names = [[bench.contract.public(name) for name in mentions(value)] for value in any_of[:2]]
    first, other = bench.trainee(), bench.bodies.trainee()
    apart = {name: other[name] for each in names for name in each if name in other}
    second = bench.cast({}, bench.must(create, data={**first.sent, **apart}))
    both = {**first.sent, **{name: apart[name] for name in names[1] if name in apart}}
    exchange = bench.call(create, data=both, after=(*first.history, *second.history))
    for cast in (first, second):
        history = (*first.history, *second.history)
        variation = Variation({}, True, "and like a second one by another key")
        _judge(bench, create, row, variation, exchange, Original(cast.trainee_id, history))


def _original_stays(bench: Bench, cast: Cast, sent: Exchange) -> None:
    after, create = bench.must(bench.doing(SHOW), path=cast.ids), bench.doing(CREATE)
    changed = {k: v for k, v in after.data.items() if cast.shown.get(k) != v}
    breaches = expect.holds(
        not changed,
        "duplicate.changes",
        f"{create} with a duplicate changes the trainee that was there",
        "the trainee as before",
        changed,
    )
    bench.found(breaches, after, create, (sent,))


def test_children(child: str, bench: Bench) -> None:
    """Duplicates among one trainee's children; without a rule the same may be sent twice."""
    kind = child
    bench.needs_writing(f"duplicate {kind}s")
    create, row = bench.doing(CREATE, kind), _row(bench, kind)
    if row is None:
        cast = bench.trainee()
        sent = bench.bodies.for_operation(create)
        what = f"{create} with a {kind} the trainee has already"
        once = bench.call(create, path=cast.ids, data=sent, want=201, what=what)
        bench.call(create, path=cast.ids, data=sent, want=201, what=what, after=(once,))
        return
    variations = _variations(bench, row)
    schema = bench.contract.data_schema(bench.operation(create))
    decided: set[str | None] = {None}
    records = _records(bench, create, kind)[: 1 if bench.share.brief else None]
    for is_first, make in ((make is records[0], make) for make in records):
        for number in bench.some(range(len(list(variations.of(make()))))):
            sent = make()
            variation = list(variations.of(sent))[number]
            if not is_first and variation.key in decided:
                continue
            data = {**sent, **variation.changes}
            if bench.rules.problems(schema, data, create):
                continue  # the change alone makes no valid record
            decided.add(variation.key)
            _twice(bench, kind, row, variation, sent)
            for update in _updating(bench, kind, row, variation) if is_first else ():
                _by_update(bench, update, row, variation, sent)


def _making_twice(operation: Operation, contract: Contract) -> bool:
    row = contract.table("x-duplicates").get(operation.kind, {})
    return operation.does == CREATE and operation.kind != TRAINEE and bool(row)


@to_operations(_making_twice)
def test_what_is_there_already_with_a_wrong_field(operation: Operation, bench: Bench) -> None:
    """Either it is told first that it is there, or what is wrong with it, as the contract says."""
    bench.needs_writing(f"a {operation.kind} that is there already, with a wrong field")
    subject = Subject(bench, operation)
    for field in bench.some(properties(bench.contract, subject.schema)):
        for value in (_WRONG, None):
            if not subject.ready() or not subject.siblings:
                return
            data = {**subject.siblings[0], field: value}
            words = f"that is there already with {field} {short(value)}"
            cause = f"{operation.id} of what is there already is not told so beside a wrong field"
            send(bench, operation, subject, data, words, cause)


def _records(bench: Bench, create: str, kind: str) -> list[Callable[[], dict[str, Any]]]:
    """What makes new records of a kind: like the document's, then with other fields."""
    operation = bench.operation(create)

    def like(base: Combination) -> dict[str, Any]:
        return bench.bodies.apart(kind, base.over(bench.bodies.record(kind)))

    others = bases(operation, bench, combinations(operation, bench))
    return [partial(bench.bodies.lasting, kind), *(partial(like, base) for base in others)]


def _twice(
    bench: Bench, kind: str, row: Mapping[str, Any], variation: Variation, sent: dict[str, Any]
) -> None:
    """Make a record, and one that is like it as far as the variation goes."""
    cast, create = bench.trainee(), bench.doing(CREATE, kind)
    data = {**sent, **variation.changes}
    first = _original(bench, bench.must(create, path=cast.ids, data=sent), kind)
    exchange = bench.call(create, path=cast.ids, data=data, after=first.history)
    _judge(bench, create, row, variation, exchange, first)


def _updating(
    bench: Bench, kind: str, row: Mapping[str, Any], variation: Variation
) -> list[Operation]:
    """The operations that may make a child a duplicate; those that repeat another one just once."""
    rows = bench.contract.operations.values()
    ways = [
        o for o in rows if o.acts_as in row["operations"] and (o.does, o.kind) == (UPDATE, kind)
    ]
    if not variation.changes:
        return ways
    return [] if bench.share.brief else [each for each in ways if each.id == each.acts_as]


def _original(bench: Bench, exchange: Exchange, kind: str) -> Original:
    return Original(bench.first_id(exchange.data, kind), (exchange,))


def _by_update(
    bench: Bench,
    operation: Operation,
    row: Mapping[str, Any],
    variation: Variation,
    sent: dict[str, Any],
) -> None:
    """Make a second child equal to the first by changing it; and the first equal to itself."""
    kind, update = operation.kind, operation.id
    cast, create = bench.trainee(), bench.doing(CREATE, kind)
    first = _original(bench, bench.must(create, path=cast.ids, data=sent), kind)
    other = bench.bodies.lasting(kind)
    second = _original(bench, bench.must(create, path=cast.ids, data=other), kind)
    data = {**sent, **variation.changes}
    path = {**cast.ids, kind: second.id}
    exchange = bench.call(update, path=path, data=data, after=first.history)
    _judge(bench, update, row, variation, exchange, first)
    if not variation.changes:
        what = f"{update} with what the {kind} already has"
        path = {**cast.ids, kind: first.id}
        bench.call(update, path=path, data=sent, want=200, what=what)


def _judge(
    bench: Bench,
    operation: str,
    row: Mapping[str, Any],
    variation: Variation,
    exchange: Exchange,
    original: Original,
) -> None:
    source = source_text(row.get("x-source"))
    noun = bench.operation(operation).kind
    what = f"{operation} like an existing {noun}, {variation.words},"
    decided = [variation.key] if variation.key else []
    own = [row_id(DUPLICATES, noun)] if variation.is_duplicate else []
    bench.contract.exercised.note(*own, *(row_id(DUPLICATES, noun, key) for key in decided))
    if not variation.is_duplicate:
        wanted = bench.operation(operation).success
        breaches = expect.status(exchange, wanted, what, source)
        bench.found(breaches, exchange, operation, original.history)
        return
    answer = bench.refusal(row["answer"], operation)
    breaches = expect.refusal(exchange, answer, what, source)
    if not breaches:
        rows = exchange.data if isinstance(exchange.data, list) else []
        name = bench.contract.id_field(noun)
        ids = [found.get(name) for found in rows if isinstance(found, dict)]
        breaches = expect.holds(
            original.id in ids,
            "duplicate.not-shown",
            f"{what} is refused without showing the {noun} it repeats",
            f"{name} {original.id} in data",
            ids,
        )
    if not original.history:
        # The control API made it: its id leads to how.
        breaches = [replace(each, about=(*each.about, original.id)) for each in breaches]
    bench.found(breaches, exchange, operation, original.history)
