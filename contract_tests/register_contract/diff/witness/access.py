"""Trials for who may ask, for headers, and for each answer that an operation may give."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from register_contract.diff.evaluators import Change
from register_contract.diff.witness.bench import Bench
from register_contract.diff.witness.worlds import Asked, Trial
from register_contract.oracle.contract import CREATE, SHOW, TRAINEE, Operation

_FORMS = (
    *("Bearer {token}", "{token}", "bearer {token}"),
    *("Bearer  {token}", "Token {token}", "Basic {token}"),
)


def of_access(change: Change, bench: Bench) -> Iterator[Trial]:
    """A call without a token, and with one."""
    operation = bench.operation(change.raw.place.operation)
    if operation is None:
        return
    data = bench.data_for(operation)
    for trial in bench.calls(operation, data):
        last = trial.calls[-1]
        asked = Asked(last.operation, last.data, token=False)
        yield Trial(f"{operation.id} without a token", (asked,), trial.state, trial.having)
        yield trial
    if change.id == "access.changed":
        yield from of_token_forms(bench)


def of_headers(change: Change, bench: Bench, operation: Operation, name: str) -> Iterator[Trial]:
    """A call with a header and without it, right and wrong."""
    values = [str(value) for value in change.values] + ["true", "false", "abc", "1"]
    bodies: list[Any] = [bench.data_for(operation), {}]
    for data in bodies:
        for trial in bench.calls(operation, data):
            last = trial.calls[-1]
            yield trial
            for value in values:
                asked = Asked(last.operation, last.data, headers={name: value})
                words = f"{operation.id} with {name}: {value}"
                yield Trial(words, (asked,), trial.state, trial.having)


def of_an_answer(change: Change, bench: Bench) -> Iterator[Trial]:
    """Calls that an operation answers with a status, in each way that leads there."""
    operation = bench.operation(change.raw.place.operation)
    if operation is None:
        return
    at = change.raw.place.at
    rest = at[1:] if change.raw.place.room == "key" else at
    status = rest[0] if rest and rest[0][:1].isdigit() else ""
    if not status or status < "3":
        yield from _accepted(bench, operation)
    if not status or status >= "4":
        yield from _refused(bench, operation, status)


def _accepted(bench: Bench, operation: Operation) -> Iterator[Trial]:
    data = bench.data_for(operation)
    for trial in bench.calls(operation, data):
        if operation.kind and not operation.writes and not operation.ids:
            # A list is to have something in it.
            create = bench.doing(CREATE)
            made = tuple(Asked(create, bench.base()) for _ in range(2))
            yield Trial(trial.words, (*made, *trial.calls))
        else:
            yield trial
    for state in bench.states:
        if operation.kind == TRAINEE and operation.ids and not operation.writes:
            words = f"{operation.id} of a trainee that is {state}"
            yield Trial(words, (Asked(operation),), state, bench.base())
    for query in operation.queries:
        for value in ("sex", "1", "true"):
            asked = Asked(operation, query={str(query["name"]): value})
            yield Trial(f"{operation.id} with {query['name']}={value}", (asked,))


def _refused(bench: Bench, operation: Operation, status: str) -> Iterator[Trial]:
    """Calls that are refused with a status; with any, where none is said."""
    ways = {
        "401": _without_token,
        "400": _broken,
        "404": _unknown,
        "409": _repeated,
        "422": _wrong,
    }
    for each, way in ways.items():
        if status in ("", each):
            yield from way(bench, operation)


def _setting(bench: Bench, operation: Operation) -> tuple[str | None, dict[str, Any] | None]:
    """The trainee that an operation is called on, if it is about one."""
    state = bench.state_for(operation)
    return state, (bench.base() if state is not None else None)


def _without_token(bench: Bench, operation: Operation) -> Iterator[Trial]:
    asked = Asked(operation, bench.data_for(operation), token=False)
    yield Trial(f"{operation.id} without a token", (asked,), *_setting(bench, operation))


def _broken(bench: Bench, operation: Operation) -> Iterator[Trial]:
    broken = Asked(operation, body=(b'{"data": ', "application/json"))
    yield Trial(f"{operation.id} with broken JSON", (broken,), *_setting(bench, operation))


def _unknown(bench: Bench, operation: Operation) -> Iterator[Trial]:
    nobody = dict.fromkeys(operation.ids, "0" * 24)
    if nobody:
        asked = Asked(operation, bench.data_for(operation), ids=nobody)
        yield Trial(f"{operation.id} of nobody", (asked,))
    yield from _wrong_queries(operation)
    if not operation.ids and not operation.writes:
        yield Trial(f"{operation.id} of nothing", (Asked(operation),))


def _wrong_queries(operation: Operation) -> Iterator[Trial]:
    for query in operation.queries:
        asked = Asked(operation, query={str(query["name"]): "no_such_thing"})
        yield Trial(f"{operation.id} with a wrong {query['name']}", (asked,))


def _repeated(bench: Bench, operation: Operation) -> Iterator[Trial]:
    if operation.does == CREATE:
        data = bench.data_for(operation)
        calls = (Asked(operation, data), Asked(operation, deepcopy(data)))
        yield Trial(f"{operation.id} twice", calls, *_setting(bench, operation))


def _wrong(bench: Bench, operation: Operation) -> Iterator[Trial]:
    setting = _setting(bench, operation)
    if operation.body is not None:
        wrong = dict.fromkeys(bench.fields(operation), "~" * 300)
        yield Trial(f"{operation.id} without data", (Asked(operation),), *setting)
        yield Trial(f"{operation.id} with nothing", (Asked(operation, {}),), *setting)
        yield Trial(f"{operation.id} with wrong values", (Asked(operation, wrong),), *setting)
    for state in bench.states if operation.ids else ():
        asked = Asked(operation, bench.data_for(operation))
        words = f"{operation.id} of a trainee that is {state}"
        yield Trial(words, (asked,), state, bench.base())
    yield from _wrong_queries(operation)


def of_token_forms(bench: Bench) -> Iterator[Trial]:
    """A token in other forms of its header than the documented one."""
    show = bench.doing(SHOW)
    names = dict.fromkeys(p.contract.place.header.partition(":")[0] for p in bench.players)
    for name in names:
        for form in _FORMS:
            asked = Asked(show, headers={name: form}, token=False)
            words = f"{show.id} with {name}: {form}"
            yield Trial(words, (asked,), bench.states[0], bench.base())
