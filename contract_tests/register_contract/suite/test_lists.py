"""Lists: paging, order, filters and cycles of GET /trainees show the right trainees.

Documents: 001 GET /trainees; decision 8 for the corner cases of parameters.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect, lists
from register_contract.suite.checks.lists import LIST
from register_contract.suite.population import Population, list_source, populated
from register_contract.verdict.results import Judge

_TRIES = 3


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
    return False


def test_whole_list(bench: Bench) -> None:
    steadily(bench, lists.whole_list)


@pytest.mark.parametrize("order", ["desc", "asc", None])
def test_order(order: str | None, bench: Bench) -> None:
    steadily(bench, lambda people: lists.order(people, order))


def test_pages(bench: Bench) -> None:
    steadily(bench, lists.pages)


def test_page_size(bench: Bench) -> None:
    steadily(bench, lists.page_size)


def test_since(bench: Bench) -> None:
    steadily(bench, lists.since)


@pytest.mark.parametrize("has_trn", ["true", "false"])
def test_has_trn(has_trn: str, bench: Bench) -> None:
    steadily(bench, lambda people: lists.has_trn(people, has_trn))


def test_status(bench: Bench) -> None:
    steadily(bench, lists.status)


def test_academic_cycle(bench: Bench) -> None:
    steadily(bench, lists.academic_cycle)


def test_the_last_of_repeated_parameters_counts(bench: Bench) -> None:
    steadily(bench, lists.repeated_parameters)


def test_two_wrong_parameters_are_both_named(bench: Bench) -> None:
    sent = {"status": "busy", "sort_order": "up"}
    for name in sent:
        bench.contract.parameter(LIST, name)
    exchange = bench.call(LIST, query=sent)
    wanted = bench.query_refusal(bench.operation(LIST), sent)
    what = "list_trainees with two wrong parameters"
    breaches = expect.query_errors(exchange, wanted, sent, what, list_source(bench))
    bench.found(breaches, exchange, LIST)
