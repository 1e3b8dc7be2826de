"""Trials for rows of the tables: rules, states and events, duplicates, derived values, lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from register_contract.diff.decisions import Place
from register_contract.diff.evaluators import Change
from register_contract.diff.witness.access import of_an_answer, of_token_forms
from register_contract.diff.witness.bench import Bench, fields_sent
from register_contract.diff.witness.worlds import Asked, Player, Trial
from register_contract.oracle.contract import (
    CREATE,
    DELETE,
    OUTSIDE,
    SHOW,
    TRAINEE,
    UPDATE,
    CannotTryError,
    Operation,
)
from register_contract.oracle.schemas import properties
from register_contract.oracle.words import condition_mentions, mentions
from register_contract.suite.strategies.boundaries import Boundaries
from register_contract.suite.strategies.duplicates import Variations
from register_contract.suite.strategies.solving import Solver, differing, ways_to_keep
from register_contract.suite.strategies.sources import ABSENT, variations

_BREAKING, _KEEPING, _MOST = 6, 4, 60
_NUMBERS = ("130000", "100000", "900020", "10000001")
"""Of schools and partners, as a world has them at start."""


def of_rows(change: Change, bench: Bench) -> Iterator[Trial]:
    """Trials for a row of a table."""
    table, at = change.raw.place.at[0], change.raw.place.at[1:]
    if table == "x-rules":
        yield from _of_a_rule(at[0], bench)
    elif table == "x-lifecycle":
        yield from _of_the_lifecycle(at, bench)
    elif table == "x-duplicates":
        yield from _of_duplicates(at[0], bench)
    elif table == "x-derived":
        yield from _of_derived(change, at, bench)
    elif table == "x-code-lists":
        yield from _of_codes(at, bench)
    elif table == "x-domain":
        yield from _of_a_domain(at[0], bench)
    elif table == "x-sentences":
        yield from _of_sentences(change, at, bench)
    elif table == "x-precedence":
        yield from of_precedence(bench)
    else:
        yield from of_token_forms(bench)


def _of_a_rule(id: str, bench: Bench) -> Iterator[Trial]:
    """Records that break a rule as either side has it, and such as just keep it."""
    for player in reversed(bench.players):
        row = player.contract.table("x-rules").get(id)
        if row is None:
            continue
        row = {"id": id, **row}
        named = [player.contract.operations.get(name) for name in row["operations"]]
        there = [each for each in named if each is not None]
        for operation in there:
            if operation.does not in (CREATE, UPDATE):
                yield from _of_an_event(bench, player, operation, row)
        kind = row.get("of", there[0].kind if there else "")
        yield from _breaking(bench, player, kind, row, [o for o in there if o.kind == kind])


def _breaking(
    bench: Bench,
    player: Player,
    kind: str,
    row: Mapping[str, Any],
    operations: Sequence[Operation],
) -> Iterator[Trial]:
    """Each record in each operation that makes or changes one of its kind."""
    made = [each for each in operations if each.does in (CREATE, UPDATE)]
    base = bench.base(kind) if made else {}
    solver = _solver(bench, player, kind, base) if made else None
    if solver is None:
        return
    for data in _chosen(solver, row):
        inner = player.inner(data)
        changed = differing(base, inner).items()
        for operation in made:
            sendable = bench.fields(operation)
            changes = {k: v for k, v in changed if k in sendable or v is None}
            words = f"with {_said(changes)}"
            if operation.does == CREATE:
                yield from bench.calls(operation, _with(base, changes), words)
            else:
                sent = {name: value for name, value in changes.items() if name in sendable}
                yield from bench.calls(operation, sent, words)


def _with(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**data, **changes}.items() if value is not None}


def _chosen(solver: Solver, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for broken in islice(solver.breaking(row), _BREAKING):
        yield broken
        yield from islice(solver.keeping(row, broken), _KEEPING)
    for way in ways_to_keep(row):
        yield from islice(solver.being(way), 1)


def _solver(
    bench: Bench, player: Player, kind: str, inner: dict[str, Any] | None = None
) -> Solver | None:
    """Makes records of a kind for the rules of one side, from one that both take."""
    with suppress(CannotTryError):
        made = player.contract.doing(CREATE, kind)
        schema = player.contract.data_schema(made)
        base = player.public(bench.base(kind) if inner is None else inner)

        def judge(data: Mapping[str, Any]) -> Any:
            return player.rules.problems(schema, data, made.id)

        return Solver(player.contract, made.id, schema, base, player.today, judge)
    return None


def _of_an_event(
    bench: Bench, player: Player, operation: Operation, row: Mapping[str, Any]
) -> Iterator[Trial]:
    """An event of trainees that a rule is about: of routes, with and without records."""
    state = bench.state_for(operation)
    if state is None:
        return
    data = bench.data_for(operation)
    yield from _beside_others(bench, operation, row, state)
    kinds = tuple(bench.old.contract.held)
    having = [bench.base()]
    solver = _solver(bench, player, TRAINEE)
    for condition in (row.get("when"), row["must"]):
        if solver is not None and condition is not None:
            with suppress(CannotTryError):
                having += [player.inner(d) for d in islice(solver.being(condition), _KEEPING)]
    for each in having:
        for bare in ((), *((kind,) for kind in kinds), kinds):
            made = {k: v for k, v in each.items() if not _holds(bench, k, bare)}
            words = f"{operation.id} of a trainee without {' and '.join(bare) or 'less'}"
            yield Trial(words, (Asked(operation, data),), state, made)
        for deleted in kinds:
            with suppress(CannotTryError):
                delete = bench.doing(DELETE, deleted)
                calls = (Asked(delete), Asked(operation, data))
                yield Trial(f"{operation.id} after {delete.id}", calls, state, each)
    fields = bench.fields(operation)
    for name in fields:
        for value in (None, "", "2020-01-01", "2030-01-01", "abc"):
            yield Trial(
                f"{operation.id} with {name} {value!r}",
                (Asked(operation, {**(data or {}), name: value}),),
                state,
                bench.base(),
            )


def _beside_others(
    bench: Bench, operation: Operation, row: Mapping[str, Any], state: str
) -> Iterator[Trial]:
    """The field of a rule with nothing in it, and each code of the others that are sent."""
    data, own = bench.data_for(operation) or {}, row["field"]
    others = [name for name in bench.fields(operation) if name != own]
    looked_up = {name: [*_looked_up(bench, row, name)] for name in others}
    for name in sorted(others, key=lambda name: not looked_up[name]):
        for value in dict.fromkeys((*looked_up[name], *bench.values_of(name))):
            said = {**data, name: list(value) if isinstance(value, tuple) else value}
            without = {n: each for n, each in said.items() if n != own}
            for sent, word in ((without, "no"), ({**said, own: None}, "an empty")):
                words = f"{operation.id} with {name} {value!r} and {word} {own}"
                yield Trial(words, (Asked(operation, sent),), state, bench.base())


def _looked_up(bench: Bench, node: Any, name: str) -> Iterator[Any]:
    """The codes of the list in which a rule looks a field up, those with what it takes first."""
    if isinstance(node, list):
        for each in node:
            yield from _looked_up(bench, each, name)
    elif isinstance(node, Mapping):
        is_several = node.get("codes") in ([name], [{"input": name}])
        if is_several or node.get("code") == name:
            rows = bench.old.contract.table("x-code-lists").get(node["in"], ())
            for row in sorted(rows, key=lambda row: not row.get(node["take"])):
                yield (row["code"],) if is_several else row["code"]
        for each in node.values():
            yield from _looked_up(bench, each, name)


def _holds(bench: Bench, name: str, kinds: tuple[str, ...]) -> bool:
    row = bench.fields(bench.doing(CREATE)).get(name, {})
    return row.get("x-record", {}).get("kind") in kinds


def _of_the_lifecycle(at: tuple[str, ...], bench: Bench) -> Iterator[Trial]:
    if at[0] == "locks":
        operation = bench.named(at[1])
        states = at[2:] or tuple(bench.states)
        for state in states:
            if operation is not None and state in bench.states:
                words = f"{operation.id} of a trainee that is {state}"
                asked = Asked(operation, bench.data_for(operation))
                yield Trial(words, (asked,), state, bench.base())
        return
    if at[0] != "events":
        yield from _in_each_state(bench)
        return
    for player in bench.players:
        event = player.contract.events.get(at[1])
        operation = bench.named(event["cause"]) if event is not None else None
        if event is not None and operation is not None and at[2:3] == ("defaults",) and at[3:]:
            default = {"field": at[3], "value": event.get("defaults", {}).get(at[3])}
            before = bench.state_for(operation)
            if before is not None:
                yield from _beside_others(bench, operation, default, before)
        if event is not None:
            states = at[3:4] if at[2:3] == ("edges",) else ()
            yield from _of_event(bench, at[1], event, states)


def _of_event(
    bench: Bench, name: str, event: Mapping[str, Any], states: tuple[str, ...]
) -> Iterator[Trial]:
    """An event in each state, of several trainees; and a look afterwards."""
    first = [s for edge in event["edges"] for s in edge["from"]]
    every = [s for s in dict.fromkeys([*states, *first, *bench.states]) if s in bench.states]
    operation = None if event["cause"] == OUTSIDE else bench.named(event["cause"])
    for state in every:
        for each in _concerned(bench, event):
            yield from _happening(bench, name, operation, state, each)
    later = Asked(bench.doing(SHOW), days=3)
    for state in bench.states:
        yield Trial(f"a trainee that is {state}, three days later", (later,), state, bench.base())


def _concerned(bench: Bench, event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Trainees of which the conditions of an event hold, and such of which they do not."""
    yield bench.base()
    whens = [edge["when"] for edge in event["edges"] if "when" in edge]
    for player in bench.players if whens else ():
        solver = _solver(bench, player, TRAINEE)
        for condition in [each for when in whens for each in (when, {"not": when})]:
            if solver is not None:
                with suppress(CannotTryError):
                    yield from map(player.inner, islice(solver.being(condition), 3))


def _happening(
    bench: Bench, name: str, operation: Operation | None, state: str, having: dict[str, Any]
) -> Iterator[Trial]:
    show = Asked(bench.doing(SHOW))
    if operation is None:
        words = f"{name} of a trainee that is {state}"
        yield Trial(words, (Asked(None, event=name), show), state, having)
        return
    if not operation.ids:
        yield Trial(f"{operation.id}, then looked at", (Asked(operation, having), show))
        return
    words = f"{operation.id} of a trainee that is {state}"
    for data in bench.dated(operation):
        asked = Asked(operation, data)
        yield Trial(words, (asked,), state, having)
        yield Trial(f"{words}, then looked at", (asked, show), state, having)
    later = Asked(show.operation, days=3)
    yield Trial(f"{words}, three days later", (asked, later), state, having)


def _in_each_state(bench: Bench) -> Iterator[Trial]:
    show = bench.doing(SHOW)
    states = dict.fromkeys([*bench.old.contract.states, *bench.new.contract.states])
    for state in states:
        yield Trial(f"{show.id} of a trainee that is {state}", (Asked(show),), state, bench.base())


def _of_duplicates(kind: str, bench: Bench) -> Iterator[Trial]:
    """The same record twice, and with one thing otherwise."""
    create = bench.doing(CREATE, kind)
    state = bench.state_for(create) if create.ids else None
    having = bench.base() if state is not None else None
    sent = bench.base(kind)
    for player in bench.players:
        row = player.contract.table("x-duplicates").get(kind)
        if row is None:
            continue
        made = Variations(player.contract, row, bench.chance, player.today, _accepts(player, kind))
        with suppress(CannotTryError):
            for variation in made.of(player.public(sent)):
                other = _with(sent, player.inner(variation.changes))
                calls = (Asked(create, sent), Asked(create, other))
                yield Trial(f"{create.id} {variation.words}", calls, state, having)
            for before, variation in made.accented(player.public(sent)):
                one = _with(sent, player.inner(before))
                other = _with(one, player.inner(variation.changes))
                calls = (Asked(create, one), Asked(create, other))
                yield Trial(f"{create.id} {variation.words}", calls, state, having)
    yield from _of_updated_duplicates(kind, bench, sent)


def _accepts(player: Player, kind: str) -> Any:
    def accepts(data: Mapping[str, Any]) -> bool:
        return not player.problems(player.inner(data), kind)

    return accepts


def _of_updated_duplicates(kind: str, bench: Bench, sent: dict[str, Any]) -> Iterator[Trial]:
    if kind == TRAINEE:
        return
    with suppress(CannotTryError):
        create, update = bench.doing(CREATE, kind), bench.doing(UPDATE, kind)
        first, second = bench.base(kind), bench.base(kind)
        calls = (Asked(create, first), Asked(create, second), Asked(update, first))
        yield Trial(f"{update.id} to another one", calls, bench.states[0], bench.base())


def _of_derived(change: Change, at: tuple[str, ...], bench: Bench) -> Iterator[Trial]:
    """Records that differ in what a value is made of, and how they are shown."""
    kind = at[0]
    create = bench.doing(CREATE, kind)
    state = bench.state_for(create) if create.ids else None
    having = bench.base() if state is not None else None
    names = {name for fact in change.raw.facts for name in _mentioned(fact.value)}
    named = [each for fact in change.raw.facts for each in _named(fact.value)]
    yield from bench.calls(create, bench.base(kind), read_back=True)
    for place, data in enumerate(_varied(bench, kind, names, named)):
        if place > _MOST * 3:
            break
        words = f"{create.id} with {_short({n: data.get(n) for n in sorted(names)})}"
        yield Trial(words, (Asked(create, data),), state, having)
    for state in bench.states if kind == TRAINEE else ():
        show = Asked(bench.doing(SHOW))
        yield Trial(f"a trainee that is {state}", (show,), state, bench.base())
    with suppress(CannotTryError):
        update = bench.doing(UPDATE, kind)
        for data in islice(_varied(bench, kind, names, named), _MOST):
            sent = {name: data.get(name) for name in names if name in data}
            yield from bench.calls(update, sent, f"with {_short(sent)}", read_back=True)


def _mentioned(row: Any) -> set[str]:
    if not isinstance(row, Mapping):
        return set()
    found: set[str] = set()
    if "value" in row:
        found |= set(mentions(row["value"]))
    if "when" in row:
        found |= set(condition_mentions(row["when"]))
    made = [row.get("field"), *row.get("fields", ()), *row.get("by", {}).values()]
    return found | {each for each in made if isinstance(each, str)}


def _named(node: Any) -> Iterator[dict[str, Any]]:
    """Values of fields that the tests of a row name."""
    if isinstance(node, list):
        for each in node:
            yield from _named(each)
    elif isinstance(node, Mapping):
        field = node.get("value")
        if isinstance(field, str):
            for value in (*node.get("in", ()), *[node[w] for w in ("equals",) if w in node]):
                yield {field: value}
        for each in node.values():
            yield from _named(each)


def _varied(
    bench: Bench, kind: str, names: set[str], named: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Valid records of a kind that differ in some fields, or in what those are made of."""
    base = bench.base(kind)
    for change in chain(named, _variations(bench, kind, names, base)):
        if bench.taken_by_both(_with(base, change), kind):
            yield _with(bench.base(kind), change)


def _variations(
    bench: Bench, kind: str, names: set[str], base: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    fields = bench.fields(bench.doing(CREATE, kind))
    for name in sorted(names & fields.keys()):
        for value in (*bench.values_of(name), *_NUMBERS, None):
            yield {name: value}
    for player in bench.players:
        schema = player.contract.stored(kind)
        for values in variations(player.contract, kind, schema, bench.chance) if schema else ():
            inner = player.inner({k: None if v is ABSENT else v for k, v in values.items()})
            if names & inner.keys():
                yield inner
        made = player.contract.doing(CREATE, kind)
        limits = Boundaries(player.contract, bench.chance, player.today)
        public = player.public(base)
        for each in limits.of(player.contract.data_schema(made), public, made.id):
            if player.contract.inner(str(each.path[-1])) in names and each.fits(public):
                yield differing(base, player.inner(each.apply(public)))


def _of_codes(at: tuple[str, ...], bench: Bench) -> Iterator[Trial]:
    """Records with a code, wherever it may be sent, and the list itself."""
    name, code = at[0], at[1] if len(at) > 1 else ""
    for operation in bench.operations():
        for field, inner in _coded(bench, operation, name).items() if code else ():
            base = deepcopy(bench.data_for(operation))
            for path in inner:
                data = deepcopy(base)
                value: Any = [code] if path == ("[]",) else code
                if path in ((), ("[]",)):
                    data[field] = value
                else:
                    data[field] = [{**(data.get(field) or [{}])[0], path[-1]: code}]
                yield from bench.calls(operation, data, f"with {field} {code}", read_back=True)
                mended = bench.mended(operation, data, keep=(field,))
                if mended is not None:
                    yield from bench.calls(operation, mended, f"with {field} {code}")
    for operation in bench.operations():
        if not operation.kind and not operation.writes:
            yield from of_an_answer_without_records(bench, operation, name)


def of_an_answer_without_records(bench: Bench, operation: Operation, name: str) -> Iterator[Trial]:
    """What an operation without records answers, for each of its parameters."""
    yield Trial(operation.id, (Asked(operation),))
    for query in operation.queries:
        asked = Asked(operation, query={str(query["name"]): name})
        yield Trial(f"{operation.id} with {query['name']}={name}", (asked,))


def _coded(bench: Bench, operation: Operation, name: str) -> dict[str, list[tuple[str, ...]]]:
    """Where in the fields of an operation codes of a list are sent, on either side."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for player in bench.players:
        for field, row in fields_sent(player, operation):
            places = found.setdefault(field, [])
            places += [each for each in _coded_in(player, row, name) if each not in places]
    return found


def _coded_in(player: Player, row: Mapping[str, Any], name: str) -> Iterator[tuple[str, ...]]:
    """Where in a field they are: itself, in a list, or in records of a list."""
    contract = player.contract
    for branch in (row, *row.get("anyOf", ())):
        branch = contract.resolve(branch)
        if branch.get("x-code-list") == name:
            yield ()
        items = contract.resolve(branch.get("items", {}))
        if items.get("x-code-list") == name:
            yield ("[]",)
        for inner, each in properties(contract, items).items() if items else ():
            rows = (each, *each.get("anyOf", ()))
            if any(contract.resolve(r).get("x-code-list") == name for r in rows):
                yield ("[]", inner)


def _of_a_domain(name: str, bench: Bench) -> Iterator[Trial]:
    """What the rules and the values that look into a table do."""
    for player in reversed(bench.players):
        for id, row in player.contract.table("x-rules").items():
            if name in str(row):
                yield from _of_a_rule(id, bench)
        for kind, phases in player.contract.table("x-derived").items():
            for rows in phases.values() if isinstance(phases, Mapping) else ():
                for row in rows.values():
                    if name in str(row):
                        names = _mentioned(row)
                        create = bench.doing(CREATE, kind)
                        for data in islice(_varied(bench, kind, names, ()), _MOST):
                            yield from bench.calls(create, data, f"with {_short(data)}")


def _of_sentences(change: Change, at: tuple[str, ...], bench: Bench) -> Iterator[Trial]:
    """Calls that are refused in every way that there is."""
    create = bench.doing(CREATE)
    yield Trial(f"{create.id} with nothing", (Asked(create, {}),))
    yield Trial(f"{create.id} without data", (Asked(create),))
    wrong = dict.fromkeys(bench.fields(create), "~" * 300)
    yield Trial(f"{create.id} with wrong values", (Asked(create, wrong),))
    named = [name for fact in change.raw.facts for name in _operations_of(fact.value)]
    for operation in sorted(bench.operations(), key=lambda each: each.id not in named):
        yield from of_an_answer(_of(change, operation, bench), bench)


def _operations_of(row: Any) -> list[str]:
    return list(row.get("operations", ())) if isinstance(row, Mapping) else []


def _of(change: Change, operation: Operation, bench: Bench) -> Change:
    """The change as one of the answers of an operation."""
    ids = {name: id for id, name in bench.place_names.items()}
    place = Place("answer", ids.get(operation.id, ""), ())
    return replace(change, raw=replace(change.raw, place=place))


def of_precedence(bench: Bench) -> Iterator[Trial]:
    """Calls in which two things are wrong at once."""
    broken = (b'{"data": ', "application/json")
    for operation in bench.operations():
        nobody = dict.fromkeys(operation.ids, "0" * 24)
        wrong = dict.fromkeys(bench.fields(operation), "~" * 300) if operation.body else None
        ways = [
            Asked(operation, wrong, token=False),
            Asked(operation, wrong, ids=nobody),
            Asked(operation, body=broken, ids=nobody) if operation.body else None,
            Asked(operation, ids=nobody),
        ]
        for asked in filter(None, ways):
            state = bench.state_for(operation) if not asked.ids else None
            yield Trial(f"{operation.id} with two faults", (asked,), state, bench.base())
        for state in bench.states if operation.ids else ():
            for data in (wrong, {}, None):
                words = f"{operation.id} with a fault of a trainee that is {state}"
                yield Trial(words, (Asked(operation, data),), state, bench.base())
            known = {k: v for k, v in nobody.items() if k != TRAINEE}
            if known:
                words = f"{operation.id} of nobody of a trainee that is {state}"
                asked = Asked(operation, bench.data_for(operation), ids=known)
                yield Trial(words, (asked,), state, bench.base())
    create = bench.doing(CREATE)
    sent = bench.base()
    twice = {**sent, "email": "~"}
    calls = (Asked(create, sent), Asked(create, twice))
    yield Trial(f"{create.id} twice, the second wrong", calls)


def _said(changes: Mapping[str, Any]) -> str:
    """Fields and their values in words."""
    rows = [f"{n} {v!r}" if v is not None else f"no {n}" for n, v in changes.items()]
    return _cut(" and ".join(rows) or "nothing special")


def _cut(text: str) -> str:
    return text if len(text) < 90 else f"{text[:90]}…"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 70 else f"{text[:70]}…"
