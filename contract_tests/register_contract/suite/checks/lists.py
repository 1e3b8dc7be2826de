"""What the list has to show, tried on trainees that are known.

Documents: 001 GET /trainees; decision 8 for the corner cases of parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.oracle.moments import moment_of
from register_contract.oracle.values import as_date, cycle_of, first_day
from register_contract.suite.checks import expect
from register_contract.suite.population import Population, list_source, meaning
from register_contract.suite.strategies.moments import forms
from register_contract.target.exchange import Exchange
from register_contract.target.words import short
from register_contract.verdict.finding import Breach

LIST = "list_trainees"
_SMALL = 3


def _list(people: Population, **query: Any) -> Exchange:
    return people.bench.call(LIST, query=query)


def _ids(exchange: Exchange) -> list[str]:
    rows = exchange.data if isinstance(exchange.data, list) else []
    return [str(row.get("trainee_id")) for row in rows if isinstance(row, dict)]


def _found(
    people: Population,
    breaches: list[Breach],
    exchange: Exchange,
    after: tuple[Exchange, ...] = (),
) -> None:
    people.bench.found(breaches, exchange, LIST, after)


def _needs(people: Population, *parameters: str) -> None:
    for name in parameters:
        people.bench.contract.parameter(LIST, name)


def whole_list(people: Population) -> None:
    """Nobody is listed who should be hidden, and each as ``show_trainee`` shows them."""
    again = _list(people, per_page=100)
    shown = people.hidden & set(_ids(again))
    breaches = expect.holds(
        not shown,
        "list.shows-hidden",
        "list_trainees shows drafts, discarded trainees or those of another academic cycle",
        "submitted trainees of the current cycle only",
        sorted(shown),
    )
    _found(people, breaches, again)
    for row in people.rows[:_SMALL]:
        single = people.bench.must("show_trainee", path={"trainee_id": row["trainee_id"]})
        differs = {k: v for k, v in single.data.items() if row.get(k) != v}
        same = expect.holds(
            not differs,
            "list.other-than-show",
            "list_trainees shows a trainee otherwise than show_trainee",
            "the same values",
            differs,
        )
        _found(people, same, single, (again,))


def order(people: Population, wanted_order: str | None) -> None:
    """The list is in order of ``updated_at``; falling when not said."""
    _needs(people, "sort_order")
    query: dict[str, Any] = {"sort_order": wanted_order} if wanted_order else {}
    exchange = _list(people, per_page=100, **query)
    rows = exchange.data if isinstance(exchange.data, list) else []
    stamps = [str(row.get("updated_at")) for row in rows]
    wanted = sorted(stamps, reverse=wanted_order != "asc")
    breaches = expect.holds(
        stamps == wanted,
        "list.order",
        f"list_trainees with sort_order {wanted_order or 'absent'} is not in order of updated_at",
        f"updated_at {'rising' if wanted_order == 'asc' else 'falling'}",
        stamps,
    )
    _found(people, breaches, exchange)


def pages(people: Population) -> None:
    """Pages follow one another; beyond the last there is nobody."""
    _needs(people, "page", "per_page")
    pages = [_list(people, page=number, per_page=2) for number in (1, 2)]
    first, second = (_ids(page) for page in pages)
    both = set(first) & set(second)
    breaches = expect.holds(
        not both,
        "list.pages-overlap",
        "list_trainees shows the same trainee on page 1 and on page 2",
        "other trainees on each page",
        sorted(both),
    )
    breaches += expect.holds(
        [*first, *second] == people.ids[:4],
        "list.pages",
        "The first two pages of list_trainees are not the beginning of the whole list",
        short(people.ids[:4]),
        [*first, *second],
    )
    _found(people, breaches, pages[1], (pages[0],))
    if people.complete:
        beyond = _list(people, page=len(people.rows) + 1, per_page=1)
        row = people.bench.contract.sentence("none_listed")
        what = "list_trainees beyond the last page"
        _found(people, expect.refusal(beyond, row, what, list_source(people.bench)), beyond)


def page_size(people: Population) -> None:
    """A page holds as many as asked for."""
    _needs(people, "per_page")
    for size in (1, 2):
        exchange = _list(people, per_page=size)
        count = len(_ids(exchange))
        wanted = min(size, len(people.rows))
        what = f"list_trainees with per_page={size}"
        source = list_source(people.bench, "per_page")
        breaches = expect.value("the number of trainees", wanted, count, what, source)
        _found(people, breaches, exchange)


def since(people: Population) -> None:
    """Only who changed at that time or later, the very moment included."""
    _needs(people, "since")
    for number in {0, len(people.rows) // 2, len(people.rows) - 1}:
        stamp = str(people.rows[number].get("updated_at"))
        wanted = [str(r["trainee_id"]) for r in people.rows if str(r["updated_at"]) >= stamp]
        exchange = _list(people, since=stamp, per_page=100)
        _same(people, exchange, wanted, f"since={stamp}", "since")
    _since_in_other_words(people)
    tomorrow = people.rows[0]["updated_at"][:4]
    late = f"{int(tomorrow) + 2}-01-01"
    exchange = _list(people, since=late)
    row = people.bench.contract.sentence("none_listed")
    what = "list_trainees since a day in the future"
    _found(people, expect.refusal(exchange, row, what, list_source(people.bench)), exchange)


def _since_in_other_words(people: Population) -> None:
    """The same moment says the same in each form of the contract."""
    stamp = str(people.rows[len(people.rows) // 2].get("updated_at"))
    try:
        moment = moment_of(stamp)
    except (ValueError, OverflowError):
        return  # what is wrong with the timestamp, the check of the answer tells
    wanted = [str(r["trainee_id"]) for r in people.rows if str(r["updated_at"]) >= stamp]
    for words, text in forms(moment).items():
        exchange = _list(people, since=text, per_page=100)
        _same(people, exchange, wanted, f"since={text} ({words})", "since")


def has_trn(people: Population, given: str) -> None:
    """Only who has, or has not, a TRN."""
    _needs(people, "has_trn")
    wanted = [
        str(row["trainee_id"])
        for row in people.rows
        if (row.get("trn") is not None) == (given == "true")
    ]
    exchange = _list(people, has_trn=given, per_page=100)
    _same(people, exchange, wanted, f"has_trn={given}", "has_trn")


def status(people: Population) -> None:
    """A status selects what the table beside the parameter says, alone and combined."""
    contract = people.bench.contract
    schema = contract.resolve(contract.parameter(LIST, "status")["schema"])
    for status in schema.get("enum", ()):
        wanted = [str(r["trainee_id"]) for r in people.rows if meaning(people.bench, status, r)]
        exchange = _list(people, status=status, per_page=100)
        _same(people, exchange, wanted, f"status={status}", "status")
        both = [i for i, r in zip(people.ids, people.rows, strict=True) if r.get("trn")]
        wanted = [trainee for trainee in wanted if trainee in both]
        exchange = _list(people, status=status, has_trn="true", per_page=100)
        _same(people, exchange, wanted, f"status={status} and has_trn=true", "status")


def academic_cycle(people: Population) -> None:
    """A cycle has who started in it; without one it is the current."""
    _needs(people, "academic_cycle")
    now = cycle_of(people.bench.bodies.today)
    _same(
        people,
        _list(people, academic_cycle=str(now), per_page=100),
        people.ids,
        f"academic_cycle={now}",
        "academic_cycle",
    )
    for cycle in (now - 1, now):
        exchange = _list(people, academic_cycle=str(cycle), per_page=100)
        rows = exchange.data if isinstance(exchange.data, list) else []
        strangers = [_start(row) for row in rows if not _starts_in(cycle, row)]
        breaches = expect.holds(
            not strangers,
            "list.cycle",
            f"list_trainees with academic_cycle={cycle} shows trainees who started in another",
            f"starts from {first_day(cycle)} to the day before {first_day(cycle + 1)}",
            strangers,
        )
        _found(people, breaches, exchange)
    if people.hidden:
        last = people.bench.call(LIST, query={"academic_cycle": str(now - 1)}, want=200)
        breaches = expect.value("the number of trainees", 1, len(_ids(last)), "last year's list")
        _found(people, breaches, last)


def _start(row: Mapping[str, Any]) -> str:
    return str(row.get("trainee_start_date") or row.get("itt_start_date"))


def _starts_in(cycle: int, row: Mapping[str, Any]) -> bool:
    day = as_date(_start(row))
    return day is not None and cycle_of(day) == cycle


def repeated_parameters(people: Population) -> None:
    """Of a repeated parameter the last counts."""
    _needs(people, "per_page")
    exchange = people.bench.call(LIST, query={"per_page": ["100", "1"]})
    what = "list_trainees with per_page=100 and again per_page=1"
    breaches = expect.value("the number of trainees", 1, len(_ids(exchange)), what, "decision 8")
    _found(people, breaches, exchange)


def _same(
    people: Population, exchange: Exchange, wanted: list[str], words: str, parameter: str
) -> None:
    """The filtered list holds just ``wanted``, in order; nobody is a 404."""
    source = list_source(people.bench, parameter)
    what = f"list_trainees with {words}"
    if not wanted and people.complete:
        row = people.bench.contract.sentence("none_listed")
        _found(people, expect.refusal(exchange, row, what, source), exchange)
        return
    got = _ids(exchange)
    if not people.complete:
        got = got[: len(wanted)]  # what the first hundred do not show, the filter may
    missing = [trainee for trainee in wanted if trainee not in got]
    extra = [trainee for trainee in got if trainee not in wanted]
    problem = "shows trainees it should not" if extra else "leaves out trainees it should show"
    if not missing and not extra:
        problem = "is in another order than the whole list"
    breaches = expect.holds(
        got == wanted, "list.filter", f"{what} {problem}", short(wanted), extra or missing or got
    )
    _found(people, breaches, exchange)
