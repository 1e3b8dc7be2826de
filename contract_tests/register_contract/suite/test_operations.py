"""Generated requests: valid and invalid ones for each operation, made by schemathesis.

Each case is judged by the field rules of the contract; an operation whose valid cases mostly fail
was not really tried, which is a finding where the suite controls the target's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from register_contract.oracle.contract import CREATE, TRAINEE, Operation
from register_contract.oracle.listing import AT_OR_AFTER, IN_CYCLE, NUMBER, SIZE
from register_contract.oracle.said import is_missing_data
from register_contract.oracle.values import cycle_of, first_day
from register_contract.suite.applies import (
    generating,
    to_operations,
    with_body,
    with_query,
)
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.listed import listed
from register_contract.suite.strategies.cases import NEGATIVE, POSITIVE, Case, generator
from register_contract.suite.subject import Subject, allowed_states
from register_contract.target.exchange import Exchange
from register_contract.target.options import Options

_HUGE = 2**53
_MOST_ON_A_PAGE = 500


@to_operations(with_body)
@generating
@pytest.mark.parametrize("mode", [POSITIVE, NEGATIVE])
def test_generated_bodies(operation: Operation, mode: str, bench: Bench, options: Options) -> None:
    bench.needs_writing(f"{mode} generated requests of {operation.id}")
    subject = Subject(bench, operation)
    seed = bench.bodies.random.randrange(2**32)
    tally = Tally()
    made = generator(bench.contract, bench.bodies.today)
    for case in made.cases(operation, mode, options.examples, seed):
        if not subject.ready():
            return
        case = _never_sent_before(bench, operation, subject, case)
        exchange = bench.call(operation.id, path=subject.ids, body=None, raw_body=case.raw)
        _judge(bench, operation, subject, case, exchange, tally)
        data = case.body.get("data") if isinstance(case.body, dict) else None
        subject.answered(data, exchange.status)
    tally.report(bench, operation)


def _never_sent_before(bench: Bench, operation: Operation, subject: Subject, case: Case) -> Case:
    """Give a valid new trainee a name of its own: generated ones repeat, and are duplicates."""
    data = case.body.get("data") if isinstance(case.body, dict) else None
    if (
        (operation.does, operation.kind) != (CREATE, TRAINEE)
        or not isinstance(data, dict)
        or subject.problems(data)
    ):
        return case
    return replace(case, body={**case.body, "data": bench.bodies.apart(operation.kind, data)})


class Tally:
    """How many cases that the contract accepts were accepted."""

    def __init__(self) -> None:
        self.valid = 0
        self.accepted = 0
        self.last: Exchange | None = None

    def count(self, exchange: Exchange) -> None:
        """Enter one valid case."""
        self.valid += 1
        self.accepted += 200 <= exchange.status < 300
        self.last = exchange

    def report(self, bench: Bench, operation: Operation) -> None:
        """Tell when most valid cases were not accepted."""
        if self.last is None or 2 * self.accepted >= self.valid:
            return
        what = f"generated requests of {operation.id}"
        if bench.control is None:
            bench.judge.skip(what, f"only {self.accepted} of {self.valid} valid ones succeeded")
            return
        fact = expect.holds(
            False,
            "vacuous",
            f"Most valid requests of {operation.id} are not accepted, so it is hardly tested",
            "at least half of them accepted",
            f"{self.accepted} of {self.valid}",
        )
        bench.found(fact, self.last, operation.id)


def _judge(
    bench: Bench,
    operation: Operation,
    subject: Subject,
    case: Case,
    exchange: Exchange,
    tally: Tally,
) -> None:
    source = bench.source(operation.id)
    data = case.body.get("data") if isinstance(case.body, dict) else None
    what = f"{operation.id} with a generated body"
    nothing = is_missing_data(bench.contract, subject.schema, data)
    if isinstance(case.body, bytes) or not isinstance(data, dict) or nothing:
        unread = bench.refusal("malformed_json", operation.id).status
        missing = bench.refusal("missing_data", operation.id).status
        wrong = expect.status(exchange, missing, f"{what} without data", source)
        breaches = [] if exchange.status == unread else wrong
        bench.found(breaches, exchange, operation.id)
        return
    problems = subject.problems(data)
    conflict = subject.conflict(data, problems, exchange)
    if conflict is not None:
        breaches = expect.refusal(exchange, conflict, f"{what} that repeats a record", source)
    elif problems:
        fields = ", ".join(dict.fromkeys(problem.field for problem in problems))
        wanted = bench.field_refusal(operation, problems, exchange.request_headers)
        assert wanted is not None
        breaches = expect.field_errors(exchange, wanted, f"{what}, wrong in {fields},", source)
    else:
        tally.count(exchange)
        breaches = expect.status(exchange, operation.success, f"{what} that is valid", source)
    bench.found(breaches, exchange, operation.id)


@to_operations(with_query)
@generating
@pytest.mark.parametrize("mode", [POSITIVE, NEGATIVE])
def test_generated_queries(operation: Operation, mode: str, bench: Bench, options: Options) -> None:
    tally = Tally()
    if bench.target.writes:
        _populate(bench)
    seed = bench.bodies.random.randrange(2**32)
    made = generator(bench.contract, bench.bodies.today)
    for case in made.cases(operation, mode, options.examples, seed):
        query = _with_a_page_that_fits(operation, case.query)
        if mode == POSITIVE:
            _aim(bench, operation, query)
        exchange = bench.call(operation.id, query=query)
        sent = dict(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True))
        if any(_is_huge(value) for value in sent.values()):
            continue  # the documents give no upper limit, and a service may have one
        valid = _is_valid(bench, operation, sent)
        if valid:
            tally.count(exchange)
        refused = bench.query_refusal(operation, {}).status
        wanted = bench.accepted(operation) if valid else [refused]
        what = f"{operation.id} with generated {'valid' if valid else 'invalid'} parameters"
        fits = exchange.status in wanted
        breaches = [] if fits else expect.status(exchange, wanted[0], what, "")
        bench.found(breaches, exchange, operation.id)
    if mode == POSITIVE:
        tally.report(bench, operation)


def _with_a_page_that_fits(operation: Operation, query: Mapping[str, Any]) -> dict[str, Any]:
    """The query, its page no larger than an answer may be: a run makes thousands of trainees."""
    names = [row["name"] for row in operation.queries if row.get("x-list", {}).get("page") == SIZE]
    sizes = {name: str(query[name]) for name in names if name in query}
    large = {n for n, size in sizes.items() if size.isdecimal() and int(size[:9]) > _MOST_ON_A_PAGE}
    return {**query, **dict.fromkeys(large, str(_MOST_ON_A_PAGE))}


def _is_huge(value: str) -> bool:
    digits = value.removeprefix("-")
    return digits.isascii() and digits.isdigit() and int(digits) >= _HUGE


def _populate(bench: Bench) -> None:
    """A few trainees in each state there is a way to, so that filters have something to find."""
    for state in bench.contract.states:
        bench.in_state(state)


def _aim(bench: Bench, operation: Operation, query: dict[str, Any]) -> None:
    """Point a valid query at trainees that exist: this cycle, the first page, a recent time.

    A size of a page that is no number, where any text is taken, shows nobody.
    """
    cycle = cycle_of(bench.bodies.today)
    aimed = {IN_CYCLE: str(cycle), NUMBER: "1", AT_OR_AFTER: first_day(cycle).isoformat()}
    for row in operation.queries:
        words = row.get("x-list", {})
        if words.get("page") == SIZE and not str(query.get(row["name"], "1")).isdigit():
            query[row["name"]] = "50"
        for word in {*words, words.get("page")} & aimed.keys() if row["name"] in query else ():
            query[row["name"]] = aimed[word]


def _is_valid(bench: Bench, operation: Operation, sent: dict[str, str]) -> bool:
    """Whether every parameter satisfies its schema, read as the text it is in a URL.

    An empty one that may be empty says nothing.
    """
    for parameter in operation.queries:
        value = sent.get(parameter["name"])
        if value is not None and (value or not parameter.get("allowEmptyValue")):
            schema = bench.contract.resolve(parameter["schema"])
            validator = bench.contract.validator(schema)
            if not any(validator.is_valid(reading) for reading in _readings(value)):
                return False
    return True


def _readings(text: str) -> list[Any]:
    """What a text in a URL can stand for."""
    readings: list[Any] = [text]
    if text in ("true", "false"):
        readings.append(text == "true")
    if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit():
        readings.append(int(text))
    return readings


@to_operations(lambda operation, contract: not operation.writes and not operation.queries)
def test_reading_operations(operation: Operation, bench: Bench) -> None:
    if not operation.path_names:
        bench.call(operation.id, want=200)
        return
    if bench.target.writes:
        for state in allowed_states(bench, operation):
            cast = bench.in_state(state)
            if cast is not None:
                bench.call(operation.id, path=cast.ids, want=200, what=operation.id)
        return
    for ids in listed(bench, operation):
        bench.call(operation.id, path=ids, want=200, what=operation.id)
