"""Lists: paging, order, filters and cycles of GET /trainees show the right trainees.

Documents: 001 GET /trainees; decision 8 for the corner cases of parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from register_contract.oracle.contract import CREATE, DELETE, LIST, SHOW, CannotTryError
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect, lists
from register_contract.suite.checks.lists import NO, YES
from register_contract.suite.population import Population, populated
from register_contract.suite.strategies.queries import values
from register_contract.verdict.results import Judge

_TRIES = 3
_RECORDS = 3


def steadily(bench: Bench, check: Callable[[Population], None]) -> None:
    """Run ``check`` on a list that is known.

    A list nobody else changes is checked once. On a shared target somebody may add a trainee
    between two looks, so there only what is found each time counts.
    """
    for tries_left in reversed(range(_TRIES)):
        trial = bench.judge.fresh()
        try:
            owned = _tried(bench, trial, check)
        except BaseException:
            bench.judge.take(trial)
            raise
        if not trial.findings or owned or not tries_left:
            bench.judge.take(trial)
            return


def _tried(bench: Bench, trial: Judge, check: Callable[[Population], None]) -> bool:
    """Check once; returns whether nobody else changes the list. An unreadable one is a finding."""
    with populated(bench, trial) as people:
        if people is not None:
            check(people)
            return people.owned
        if not trial.findings:
            bench.needs(None, "the semantics of the list", "the list is empty")
    return bench.control is not None


CHECKS: dict[str, Callable[[Population], None]] = {
    "whole_list": lists.whole_list,
    "order_falling": lambda people: lists.order(people, is_rising=False),
    "order_rising": lambda people: lists.order(people, is_rising=True),
    "order_unsaid": lambda people: lists.order(people, is_rising=None),
    "pages": lists.pages,
    "page_told": lists.page_told,
    "page_size": lists.page_size,
    "repeated_parameters": lists.repeated_parameters,
    "filters_together": lists.filters_together,
    "since": lists.since,
    "has_value": lambda people: lists.has_value(people, YES),
    "has_no_value": lambda people: lists.has_value(people, NO),
    "meanings": lists.meanings,
    "academic_cycle": lists.academic_cycle,
    "a_change_is_listed_at_once": lists.change_at_once,
    "default_page": lists.default_page,
}
"""What is tried of a list, by name; what changes it comes last."""


def test_list(checks: Sequence[str], bench: Bench) -> None:
    """The full plan has a list for each of these, a brief one has them all on one."""

    def check(people: Population) -> None:
        for name in checks:
            try:
                CHECKS[name](people)
            except CannotTryError as lack:
                people.bench.judge.skip(name.replace("_", " "), str(lack))

    steadily(bench, check)


def test_records_of_a_trainee(child: str, bench: Bench) -> None:
    """Several in one list, alone and in the trainee; each answer is held to their order."""
    bench.needs_writing(f"several {child}s of a trainee")
    cast, name = bench.trainee(), bench.contract.shown(child).get("x-record", {}).get("sorted_by")
    records = [bench.bodies.lasting(child) for _ in range(_RECORDS)]
    # The last in their order is made first.
    records.sort(key=lambda each: str(each.get(name)), reverse=True)
    made = [bench.must(bench.doing(CREATE, child), path=cast.ids, data=each) for each in records]
    for reading in (bench.doing(LIST, child), bench.doing(SHOW)):
        bench.must(reading, path=cast.ids, after=made)


def test_a_trainee_without_records(child: str, bench: Bench) -> None:
    """Whose last one is deleted has an empty list of them."""
    bench.needs_writing(f"a trainee without {child}s")
    cast, listing = bench.trainee(), bench.doing(LIST, child)
    delete, name = bench.doing(DELETE, child), bench.contract.id_field(child)
    rows = bench.must(listing, path=cast.ids).data
    history = [bench.must(delete, path={**cast.ids, child: row[name]}) for row in rows]
    exchange = bench.must(listing, path=cast.ids, after=history)
    breaches = expect.value(f"the {child}s", [], exchange.data, "A trainee without any")
    bench.found(breaches, exchange, listing, history)


def test_two_wrong_parameters_are_both_named(bench: Bench) -> None:
    listing, today = bench.listing, bench.bodies.today
    wrong: dict[str, str] = {}
    for row in listing.operation.queries:
        known = values(bench.contract.resolve(row["schema"]), today)
        refused = [value for value, is_valid in known if not is_valid]
        wrong.update({str(row["name"]): value for value in refused[:1]})
    sent = dict(list(wrong.items())[-2:])
    bench.needs(len(sent) > 1, "two wrong parameters", f"{listing.id} has no two that can be wrong")
    exchange = bench.call(listing.id, query=sent)
    wanted = bench.query_refusal(listing.operation, sent)
    what = f"{listing.id} with two wrong parameters"
    breaches = expect.query_errors(exchange, wanted, sent, what, listing.source())
    bench.found(breaches, exchange, listing.id)
