"""What to try for a change: requests, or histories of them, that it may make a difference to.

Each kind of change has its own, the likeliest first. Whether one shows the change is seen when it
is played on both sides; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import chain, islice, pairwise
from typing import Any

from register_contract.diff.evaluators import Change
from register_contract.diff.schemas import ITEMS
from register_contract.diff.witness.access import of_access, of_an_answer, of_headers
from register_contract.diff.witness.bench import Bench
from register_contract.diff.witness.lists import of_lists
from register_contract.diff.witness.rows import of_rows
from register_contract.diff.witness.worlds import Asked, Trial
from register_contract.oracle.contract import CREATE, DELETE, LIST, SHOW, TRAINEE, UPDATE, Operation
from register_contract.oracle.values import as_date

_MOST_VALUES = 12
_MISSING = object()
SCHOOLS = ("100000", "900020")
"""Numbers of a school that a world has at start, and of none."""
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_ODD: tuple[Any, ...] = (None, "", " ", [], {}, "abc", 7, True, ["abc"], [None], [{}], {"0": {}})
Maker = Callable[[Change, Bench], Iterator[Trial]]


def trials_for(change: Change, bench: Bench) -> Iterator[Trial]:
    """Trials for one change, the likeliest first."""
    made = _of_names if change.id.startswith("names.") else _BY_ROOM[change.raw.place.room]
    yield from made(change, bench)


def _of_names(change: Change, bench: Bench) -> Iterator[Trial]:
    """A field sent under its old name, as a client that knows no other does."""
    name = str(change.raw.fact.value)
    old = frozenset({name})
    for operation in bench.operations():
        if operation.body is not None and name in bench.fields(operation):
            data = bench.data_for(operation) or {}
            if operation.does == CREATE and operation.kind == TRAINEE:
                data = bench.with_a_value(data, name)
            called = bench.old.contract.public(name)
            yield from bench.calls(operation, data, f"with {called}", old_names=old)
    show = bench.doing(SHOW)
    for state in bench.states:
        yield Trial(f"{show.id} of a trainee that is {state}", (Asked(show),), state, bench.base())


def _of_bodies(change: Change, bench: Bench) -> Iterator[Trial]:
    """Values of a field of a request that only one side takes."""
    operation = bench.operation(change.raw.place.operation)
    path = [step for step in change.raw.place.at[1:] if not step.startswith("(")]
    if operation is None or operation.body is None:
        return
    if change.raw.place.room == "condition":
        yield from _of_objects(change, bench, operation, path[:-1])
        return
    for value in _values_of(change):
        if isinstance(value, list):
            yield from _with_value(bench, operation, path, _filled(value, bench, path))
        yield from _with_value(bench, operation, path, value)
    if change.id.endswith((".removed", ".added", ".wider", ".optional")):
        yield from bench.calls(operation, bench.data_for(operation), read_back=True)
        for value in bench.values_of(path[-1]):
            yield from _with_value(bench, operation, path, value, read_back=True)
    for value in _ODD:
        yield from _with_value(bench, operation, path, value)


def _filled(value: list[Any], bench: Bench, path: Sequence[str]) -> list[Any]:
    """A list as long as another, of codes that the field takes, each as often as there."""
    codes = [each[0] for each in bench.values_of(path[-1]) if isinstance(each, (list, tuple))]
    seen: list[Any] = []
    for each in value:
        if each not in seen:
            seen.append(each)
    places = [seen.index(each) for each in value]
    return [codes[place % len(codes)] for place in places] if codes else value


def _values_of(change: Change) -> Iterator[Any]:
    if change.id.endswith(".required"):
        yield _MISSING
        yield None
    elif change.id.endswith("request.closed"):
        yield {"no_such_field": "x"}
    yield from change.values[:_MOST_VALUES]


def _with_value(
    bench: Bench, operation: Operation, path: Sequence[str], value: Any, read_back: bool = False
) -> Iterator[Trial]:
    if path[:1] != ["data"]:
        if value is _MISSING or not isinstance(value, (dict, list, str, int, float, type(None))):
            return
        yield from bench.raw_calls(operation, value)
        return
    data = deepcopy(bench.data_for(operation))
    if not put(data, list(path[1:]), value):
        return
    words = f"without {path[-1]}" if value is _MISSING else f"with {path[-1]} {_short(value)}"
    yield from bench.calls(operation, data, words, read_back=read_back)


def put(data: Any, path: list[str], value: Any) -> bool:
    """Put a value at a path of a body; whether there is such a place."""
    if not path:
        if isinstance(data, dict) and isinstance(value, dict):
            data.update(value)
            return True
        return False
    here, last = _reached(data, path), path[-1]
    if last == ITEMS and isinstance(here, list):
        here[:] = [] if value is _MISSING else [value]
    elif last != ITEMS and isinstance(here, dict):
        if value is _MISSING:
            here.pop(last, None)
        else:
            here[last] = value
    else:
        return False
    return True


def _reached(data: Any, path: Sequence[str]) -> Any:
    """What the last step of a path is in, made where it is missing; None where it cannot be."""
    here = data
    for step, following in pairwise(path):
        if step == ITEMS:
            here = here[0] if isinstance(here, list) and here else None
        elif isinstance(here, dict):
            here = here.setdefault(step, [{}] if following == ITEMS else {})
        else:
            return None
    return here


def _of_objects(
    change: Change, bench: Bench, operation: Operation, path: Sequence[str]
) -> Iterator[Trial]:
    """Fields that depend on each other, as only one side takes them."""
    about = change.field.partition(" (")[0].split(", ")
    for value in change.values[:_MOST_VALUES]:
        data = deepcopy(bench.data_for(operation))
        here = _reached(data, (*path[1:], ""))
        if not isinstance(here, dict):
            return
        for name in about:
            here.pop(name, None)
        here.update(value)
        yield from bench.calls(operation, data, f"with {_short(value)}")
        if operation.does == CREATE and operation.kind == TRAINEE:
            for each in bench.being({name: value.get(name) for name in about}):
                yield from bench.calls(operation, each, f"with {_short(value)}")


def _of_parameters(change: Change, bench: Bench) -> Iterator[Trial]:
    operation = bench.operation(change.raw.place.operation)
    if operation is None:
        return
    kind, name = change.raw.place.at[:2]
    if kind == "header":
        yield from of_headers(change, bench, operation, name)
    elif kind == "query":
        yield from of_lists(bench, operation, name, change.values)
    else:
        yield from bench.calls(operation, bench.data_for(operation))
        for value in change.values[:_MOST_VALUES]:
            ids = {each: str(value) for each in operation.ids}
            for trial in bench.calls(operation, bench.data_for(operation)):
                last = trial.calls[-1]
                yield Trial(trial.words, (Asked(last.operation, last.data, ids=ids),), trial.state)


def _of_body_forms(change: Change, bench: Bench) -> Iterator[Trial]:
    operation = bench.operation(change.raw.place.operation)
    if operation is None:
        return
    data = bench.data_for(operation)
    form = change.raw.place.at[0] if change.raw.place.at else ""
    if "form" in form:
        yield from bench.form_calls(operation, data)
        return
    yield from bench.calls(operation, None, "without a body")
    yield from bench.calls(operation, data)


def _of_the_address(change: Change, bench: Bench) -> Iterator[Trial]:
    """Any call: each side is asked where the old one lies."""
    simplest = bench.old.contract.simplest
    yield Trial(f"{simplest.id} at the old base path", (Asked(simplest, at_old=True),))


def _of_an_operation(change: Change, bench: Bench) -> Iterator[Trial]:
    operation = bench.operation(change.raw.place.operation)
    if operation is not None:
        yield from bench.calls(operation, bench.data_for(operation))


def _of_order(change: Change, bench: Bench) -> Iterator[Trial]:
    """Several things wrong at once."""
    create = bench.doing(CREATE)
    yield Trial(f"{create.id} with nothing", (Asked(create, {}),))
    yield from _all_wrong(bench, create)


def _all_wrong(bench: Bench, operation: Operation) -> Iterator[Trial]:
    data = dict.fromkeys(bench.fields(operation), "~")
    yield from bench.calls(operation, data, "with every field wrong")


def _of_keys(change: Change, bench: Bench) -> Iterator[Trial]:
    """A key of ours beside an operation, a parameter or a field of a body."""
    at, operation = change.raw.place.at, bench.operation(change.raw.place.operation)
    if operation is None:
        return
    if at[0] == "parameter":
        yield from of_lists(bench, operation, at[2] if at[1] == "query" else "", ())
        yield from bench.upper_case(operation)
        return
    if at[0] == "request":
        yield from _of_key_of_a_request(change, bench, operation)
    yield from _sorted_records(bench)
    yield from of_an_answer(change, bench)
    if operation.does == LIST and operation.kind == TRAINEE:
        yield from of_lists(bench, operation, "", ())
    if operation.does in (UPDATE, DELETE, SHOW):
        yield from bench.upper_case(operation)


def _of_key_of_a_request(change: Change, bench: Bench, operation: Operation) -> Iterator[Trial]:
    """A key beside one field of a body, or beside the whole of it."""
    path = [step for step in change.raw.place.at[2:-1] if not step.startswith("(")]
    if len(path) > 1:
        for value in chain(bench.values_of(path[-1]), _ODD):
            yield from _with_value(bench, operation, path, value, read_back=True)
        return
    yield from bench.calls(operation, {"no_such_field": "x"})
    fields = bench.fields(operation)
    nothing = (
        trial
        for name in fields
        for value in _EMPTY
        for trial in _with_value(bench, operation, ["data", name], value)
    )
    yield from taking_turns(_spelled(change, bench, operation), nothing)
    for name in fields:
        for value in chain(islice(bench.values_of(name), 2), _ODD[:6]):
            yield from _with_value(bench, operation, ["data", name], value, read_back=True)


def taking_turns(*made: Iterator[Trial]) -> Iterator[Trial]:
    """One of each in turn, until all are at their end."""
    waiting = list(made)
    while waiting:
        for each in list(waiting):
            trial = next(each, None)
            if trial is None:
                waiting.remove(each)
            else:
                yield trial


def _spelled(change: Change, bench: Bench, operation: Operation) -> Iterator[Trial]:
    """Values in other spellings, what is refused beside them, and fields that a key ties."""
    fields = bench.fields(operation)
    named = [name for name in fields if name in str([fact.value for fact in change.raw.facts])]
    yield from _in_spellings(bench, operation, named)
    if operation.does == UPDATE:
        yield from _beside_faults(bench, operation, named)
    yield from _alone(bench, operation, named)
    yield from _in_spellings(bench, operation, [name for name in fields if name not in named])


def _in_spellings(bench: Bench, operation: Operation, names: Sequence[str]) -> Iterator[Trial]:
    for name in names:
        for value in _spellings(bench, name, (bench.data_for(operation) or {}).get(name)):
            yield from _with_value(bench, operation, ["data", name], value, True)


def _spellings(bench: Bench, name: str, known: Any) -> Iterator[Any]:
    """Codes as numbers, days in other forms, codes twice in a list."""
    for value in [known, *islice(bench.values_of(name), 3)]:
        if isinstance(value, str) and value.isdecimal():
            yield int(value)
        if isinstance(value, (list, tuple)) and value:
            yield [*value, *value]
    day = as_date(known)
    if day is not None:
        yield from (f"{day:%Y%m%d}", f"{day:%Y-%j}", f"{day}T10:00:00Z")


def _beside_faults(bench: Bench, operation: Operation, named: Sequence[str]) -> Iterator[Trial]:
    """What is refused for something else may be gone all the same."""
    show = Asked(bench.doing(SHOW))
    for one in named:
        for value in islice(bench.values_of(one), 2):
            for wrong in ({"email": "~", "last_name": ""}, {"last_name": "x" * 300}):
                calls = (Asked(operation, {one: value, **wrong}), show)
                words = f"{operation.id} with {one} {value} and a fault, then a look"
                yield Trial(words, calls, bench.states[0], bench.base())


def _alone(bench: Bench, operation: Operation, named: Sequence[str]) -> Iterator[Trial]:
    """One of several fields that a key ties, alone; of a record that was made with another."""
    data = bench.data_for(operation) or {}
    for one in named:
        known: list[Any] = [*islice(bench.values_of(one), 6)]
        for value in known or [each for each in (data.get(one),) if each is not None]:
            yield from bench.calls(operation, {one: value}, f"with {one} alone", read_back=True)
            if operation.does == UPDATE and operation.kind != TRAINEE:
                yield from _of_another(bench, operation, named, {one: value})


def _of_another(
    bench: Bench, operation: Operation, named: Sequence[str], sent: Mapping[str, Any]
) -> Iterator[Trial]:
    """An update of a record that was made with another of these fields."""
    create, kind = bench.doing(CREATE, operation.kind), operation.kind
    for other in named:
        values = [*islice(bench.values_of(other), 6)] or SCHOOLS
        for value in values if other not in sent else ():
            for made in islice(bench.being({other: value}, kind), 1):
                calls = (Asked(create, made), Asked(operation, dict(sent)))
                words = f"{operation.id} with {_short(dict(sent))} of one with {other} {value}"
                yield Trial(words, calls, bench.states[0], bench.base())


def _sorted_records(bench: Bench) -> Iterator[Trial]:
    """A trainee with several records of each kind, in an order that is no order."""
    base, show = bench.base(), Asked(bench.doing(SHOW))
    create = bench.doing(CREATE)
    for name, row in bench.fields(create).items():
        rows = base.get(name)
        if "x-record" in row and isinstance(rows, list) and rows:
            kind = row["x-record"]["kind"]
            others = [bench.base(kind) for _ in range(3)]
            years = ("2003", "1999", "2011")
            sent = [
                {**each, **({"graduation_year": year} if "graduation_year" in each else {})}
                for each, year in zip([rows[0], *others], years, strict=False)
            ]
            data = {**base, name: sent}
            yield Trial(f"{create.id} with several {name}", (Asked(create, data), show))
            listing = Asked(bench.doing(LIST, kind))
            yield Trial(f"{listing.operation} of several", (Asked(create, data), listing))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 50 else f"{text[:50]}…"


def widest(bench: Bench) -> Iterator[Trial]:
    """What may show any change at all, where nothing that was meant for it does."""
    for operation in bench.operations():
        yield from bench.calls(operation, bench.data_for(operation), read_back=True)
    create = bench.doing(CREATE)
    for name in bench.fields(create):
        for value in chain(bench.values_of(name), (_MISSING, *_ODD)):
            yield from _with_value(bench, create, ["data", name], value, read_back=True)
    for state in bench.states:
        for operation in bench.operations():
            if operation.kind and operation.ids:
                data = bench.data_for(operation)
                words = f"{operation.id} of a trainee that is {state}"
                yield Trial(words, (Asked(operation, data),), state, bench.base())
    listing = bench.listing()
    if listing is not None:
        yield from of_lists(bench, listing, "", ())


_BY_ROOM: Mapping[str, Maker] = {
    "table": of_rows,
    "order": _of_order,
    "request": _of_bodies,
    "condition": _of_bodies,
    "parameter": _of_parameters,
    "body": _of_body_forms,
    "shown": of_an_answer,
    "answer": of_an_answer,
    "header": of_an_answer,
    "access": of_access,
    "api": _of_the_address,
    "operation": _of_an_operation,
    "key": _of_keys,
}
