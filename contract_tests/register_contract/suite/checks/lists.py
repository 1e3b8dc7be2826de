"""What the list has to show, tried on trainees that are known.

Documents: 001 GET /trainees; decision 8 for the corner cases of parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from register_contract.oracle.contract import SHOW, TRAINEE, UPDATE
from register_contract.oracle.exercised import LIST, MEANING, PAGE, row_id
from register_contract.oracle.listing import (
    AT_OR_AFTER,
    IN_CYCLE,
    NUMBER,
    SIZE,
    SORTED_BY,
    WITH_VALUE,
)
from register_contract.oracle.moments import moment_of
from register_contract.oracle.rows import rows_of
from register_contract.oracle.values import as_date, cycle_of, first_day
from register_contract.suite.checks import expect
from register_contract.suite.population import Population, selected
from register_contract.suite.strategies.moments import forms
from register_contract.target.exchange import Exchange
from register_contract.target.words import short
from register_contract.verdict.finding import Breach

Query = Mapping[str, Any]
_SMALL = 3
_SEVERAL = 4
_OF_NOBODY = "no_such_value"
_ALL = 100
_LARGE = 105
YES, NO = "true", "false"
"""What is sent to a parameter that takes yes or no."""


def _list(people: Population, asked: Query, more: Query | None = None) -> Exchange:
    """The list, asked for by what parameters do (``x-list``); ``more`` are others by name."""
    query = people.listing.query(asked) | dict(more or {})
    return people.bench.call(people.listing.id, query=query)


def _all(people: Population, asked: Query, more: Query | None = None) -> Exchange:
    """Likewise, with a page for everybody."""
    return _list(people, asked, people.listing.at_most(_ALL) | dict(more or {}))


def _ids(people: Population, exchange: Exchange) -> list[str]:
    rows = exchange.data if isinstance(exchange.data, list) else []
    return [people.id_of(row) for row in rows if isinstance(row, dict)]


def _name(people: Population, what: str) -> str:
    return str(people.listing.parameter(what)["name"])


def _found(
    people: Population,
    breaches: list[Breach],
    exchange: Exchange,
    after: tuple[Exchange, ...] = (),
) -> None:
    people.bench.found(breaches, exchange, people.listing.id, after)


def _nobody(people: Population, exchange: Exchange, what: str, source: str) -> None:
    row = people.bench.refusal("none_listed", people.listing.id)
    _found(people, expect.refusal(exchange, row, what, source), exchange)


def _exercised(people: Population, *whats: str) -> None:
    """A list was compared with what parameters that do this say."""
    ids = [row_id(LIST, _name(people, what)) for what in whats]
    people.bench.contract.exercised.note(*ids)


def whole_list(people: Population) -> None:
    """Nobody is listed who should be hidden, and each as alone."""
    listing, again = people.listing, _all(people, {})
    shown = people.hidden & set(_ids(people, again))
    breaches = expect.holds(
        not shown,
        "list.shows-hidden",
        f"{listing.id} shows drafts, discarded trainees or those of another academic cycle",
        "submitted trainees of the current cycle only",
        sorted(shown),
    )
    _found(people, breaches, again)
    _issued_once(people, again)
    show = people.bench.doing(SHOW)
    for row in people.bench.some(people.rows[:_SMALL]):
        single = people.bench.must(show, path={TRAINEE: people.id_of(row)})
        differs = {k: v for k, v in single.data.items() if row.get(k) != v}
        same = expect.holds(
            not differs,
            "list.other-than-show",
            f"{listing.id} shows a trainee otherwise than {show}",
            "the same values",
            differs,
        )
        _found(people, same, single, (again,))


def _issued_once(people: Population, exchange: Exchange) -> None:
    """What an event issues, such as a TRN, no two trainees have."""
    contract = people.bench.contract
    rows = exchange.data if isinstance(exchange.data, list) else []
    for name in (event["issues"] for event in contract.events.values() if "issues" in event):
        field = contract.public(name)
        given = [row.get(field) for row in rows if isinstance(row, dict) and row.get(field)]
        breaches = expect.holds(
            len(given) == len(set(given)),
            "list.issued-twice",
            f"Two trainees have the same {field}",
            f"each {field} once",
            sorted(given),
        )
        _found(people, breaches, exchange)


def order(people: Population, is_rising: bool | None) -> None:
    """The list is in the order of a value; falling when not said."""
    parameter = people.listing.parameter(SORTED_BY)
    by = " and ".join(people.listing.fields(SORTED_BY))
    rising = parameter["x-list"]["rising"]
    falling = [sent for sent in parameter["schema"].get("enum", ()) if sent != rising]
    sent = None if is_rising is None else rising if is_rising else next(iter(falling), None)
    exchange = _all(people, {SORTED_BY: sent} if sent else {})
    rows = exchange.data if isinstance(exchange.data, list) else []
    stamps = [str(people.value(SORTED_BY, row)) for row in rows]
    wanted = sorted(stamps, reverse=not is_rising)
    breaches = expect.holds(
        stamps == wanted,
        "list.order",
        f"{people.listing.id} with {parameter['name']} {sent or 'absent'} is not in order of {by}",
        f"{by} {'rising' if is_rising else 'falling'}",
        stamps,
    )
    _exercised(people, SORTED_BY)
    _found(people, breaches, exchange)


def pages(people: Population) -> None:
    """Pages follow one another; beyond the last there is nobody."""
    listing = people.listing
    pages = [_list(people, {NUMBER: number, SIZE: 2}) for number in (1, 2)]
    first, second = (_ids(people, page) for page in pages)
    both = set(first) & set(second)
    breaches = expect.holds(
        not both,
        "list.pages-overlap",
        f"{listing.id} shows the same trainee on page 1 and on page 2",
        "other trainees on each page",
        sorted(both),
    )
    breaches += expect.holds(
        [*first, *second] == people.ids[:4],
        "list.pages",
        f"The first two pages of {listing.id} are not the beginning of the whole list",
        short(people.ids[:4]),
        [*first, *second],
    )
    _exercised(people, NUMBER, SIZE)
    _found(people, breaches, pages[1], (pages[0],))
    if people.complete:
        beyond = _list(people, {NUMBER: len(people.rows) + 1, SIZE: 1})
        _nobody(people, beyond, f"{listing.id} beyond the last page", listing.source())


def page_told(people: Population) -> None:
    """What the answer tells of its page (``x-page``), where it tells something of it."""
    listing = people.listing
    schema = listing.operation.answers[listing.operation.success].schema
    places = dict(listing.page_fields(schema))
    if not places or not people.complete:
        return
    exchange = _list(people, {NUMBER: 2, SIZE: 2})
    count = len(people.rows)
    wanted = {"number": 2, "size": 2, "pages": (count + 1) // 2, "records": count}
    breaches = []
    for place, word in places.items():
        got: Any = exchange.json
        for key in place:
            got = got.get(key) if isinstance(got, dict) else None
        what = f"page 2 of {listing.id}, two on a page"
        breaches += expect.value(".".join(place), wanted[word], got, what, listing.source())
        people.bench.contract.exercised.note(row_id(PAGE, place[-1]))
    _found(people, breaches, exchange)


def page_size(people: Population) -> None:
    """A page holds as many as asked for."""
    name = _name(people, SIZE)
    for size in people.bench.some((1, 2)):
        exchange = _list(people, {SIZE: size})
        count = len(_ids(people, exchange))
        wanted = min(size, len(people.rows))
        what = f"{people.listing.id} with {name}={size}"
        source = people.listing.source(name)
        breaches = expect.value("the number of trainees", wanted, count, what, source)
        _found(people, breaches, exchange)


def default_page(people: Population) -> None:
    """Without a size a page holds as many as the document says; the others come behind."""
    size = _default(people, SIZE)
    if size is None or size > _ALL or not people.owned:
        people.bench.judge.skip(
            f"{people.listing.id} without a size", "it takes a list that only this run changes"
        )
        return
    for _ in range(size + 1 - len(people.rows)):
        people.bench.trainee()
    exchange = _list(people, {})
    count = len(_ids(people, exchange))
    name = _name(people, SIZE)
    what, source = f"{people.listing.id} without {name}", people.listing.source(name)
    breaches = expect.value("the number of trainees", size, count, what, source)
    _found(people, breaches, exchange)
    second, everybody = _list(people, {NUMBER: 2}), _all(people, {})
    both = [*_ids(people, exchange), *_ids(people, second)]
    breaches = expect.holds(
        both == _ids(people, everybody),
        "list.pages",
        f"Two pages of {people.listing.id} without {name} are not the whole list",
        short(_ids(people, everybody)),
        both,
    )
    _found(people, breaches, second, (exchange, everybody))
    if not people.bench.share.brief:
        _large_page(people, max(len(people.rows), size + 1))


def _large_page(people: Population, count: int) -> None:
    """A page may be larger than a hundred where the document sets no limit; ``count`` are there."""
    row = people.listing.parameter(SIZE)
    schema = people.bench.contract.resolve(row["schema"])
    if int(schema.get("maximum", _LARGE)) < _LARGE:
        return
    for _ in range(_LARGE - count):
        people.bench.trainee()
    exchange = _list(people, {SIZE: _LARGE})
    what = f"{people.listing.id} with {row['name']}={_LARGE}"
    got, wanted = len(_ids(people, exchange)), max(count, _LARGE)
    source = people.listing.source(row["name"])
    breaches = expect.value("the number of trainees", wanted, got, what, source)
    _found(people, breaches, exchange)


def _default(people: Population, what: str) -> int | None:
    parameter = people.listing.parameter(what)
    default = people.bench.contract.resolve(parameter["schema"]).get("default")
    return None if default is None else int(default)


def filters_together(people: Population) -> None:
    """Who is selected by each of two or three parameters, and on which page."""
    listing, middle = people.listing, people.rows[len(people.rows) // 2]
    stamp = str(people.value(AT_OR_AFTER, middle))
    late, having = _from(people, stamp), _having(people, True)
    since_name, has_name = _name(people, AT_OR_AFTER), _name(people, WITH_VALUE)
    now = str(cycle_of(people.bench.bodies.today))
    for name, value, condition in people.bench.some(listing.meanings):
        meant = selected(people, condition, f"{name}={value}")
        asked = {AT_OR_AFTER: stamp, IN_CYCLE: now}
        wanted = [each for each in meant if each in late]
        said = f"{name}={value}, {since_name}={stamp} and the cycle {now}"
        _same(people, _all(people, asked, {name: value}), wanted, said, name)
        asked = {AT_OR_AFTER: stamp, WITH_VALUE: YES}
        wanted = [each for each in wanted if each in having]
        said = f"{name}={value}, {since_name}={stamp} and {has_name}={YES}"
        _same(people, _all(people, asked, {name: value}), wanted, said, name)
        if len(meant) > 1 and people.complete:
            exchange = _list(people, {NUMBER: 2, SIZE: 1}, {name: value})
            got = _ids(people, exchange)
            what = f"page 2 of {listing.id} with {name}={value}, one on a page"
            _found(people, expect.value("the trainees", meant[1:2], got, what), exchange)


def change_at_once(people: Population) -> None:
    """Who was changed last comes first at once, as that change has left it."""
    if not people.owned:
        people.bench.judge.skip("a change in the list", "others may change it at the same time")
        return
    bench, update = people.bench, people.bench.doing(UPDATE)
    operation = bench.operation(update)
    state, locked = bench.contract.state_field, bench.contract.lock
    free = (row for row in reversed(people.rows) if not locked(operation, str(row.get(state))))
    last = next(free, people.rows[-1])
    changed = bench.must(update, path={TRAINEE: people.id_of(last)}, data=bench.bodies.change())
    exchange = _list(people, {NUMBER: 1, SIZE: 1})
    shown = exchange.data[0] if isinstance(exchange.data, list) and exchange.data else {}
    what = f"{people.listing.id} after {update}"
    breaches = expect.holds(
        shown == changed.data,
        "list.not-fresh",
        f"{what} does not begin with that trainee as it is now",
        short(changed.data),
        shown,
    )
    _found(people, breaches, exchange, (changed,))


def since(people: Population) -> None:
    """Only who has that moment or a later one, the very moment included."""
    listing, name = people.listing, _name(people, AT_OR_AFTER)
    places = dict.fromkeys((0, len(people.rows) // 2, len(people.rows) - 1))
    for number in people.bench.some(places):
        stamp = str(people.value(AT_OR_AFTER, people.rows[number]))
        exchange = _all(people, {AT_OR_AFTER: stamp})
        _same(people, exchange, _from(people, stamp), f"{name}={stamp}", name)
    _since_in_other_words(people)
    this_year = str(people.value(AT_OR_AFTER, people.rows[0]))[:4]
    exchange = _list(people, {AT_OR_AFTER: f"{int(this_year) + 2}-01-01"})
    _nobody(people, exchange, f"{listing.id} with {name} in the future", listing.source())


def _from(people: Population, stamp: str) -> list[str]:
    """The ids of those whose moment is that one or later."""
    moments = ((people.id_of(row), people.value(AT_OR_AFTER, row)) for row in people.rows)
    return [made for made, moment in moments if str(moment) >= stamp]


def _since_in_other_words(people: Population) -> None:
    """The same moment says the same in each form of the contract."""
    stamp = str(people.value(AT_OR_AFTER, people.rows[len(people.rows) // 2]))
    try:
        moment = moment_of(stamp)
    except (ValueError, OverflowError):
        return  # what is wrong with the timestamp, the check of the answer tells
    name = _name(people, AT_OR_AFTER)
    for words, text in people.bench.some(forms(moment).items()):
        exchange = _all(people, {AT_OR_AFTER: text})
        _same(people, exchange, _from(people, stamp), f"{name}={text} ({words})", name)


def has_value(people: Population, given: str) -> None:
    """Only who has, or has not, the value: a TRN."""
    name, wanted = _name(people, WITH_VALUE), _having(people, given == YES)
    exchange = _all(people, {WITH_VALUE: given})
    _same(people, exchange, wanted, f"{name}={given}", name)


def _having(people: Population, is_there: bool) -> list[str]:
    found = ((people.id_of(row), people.value(WITH_VALUE, row)) for row in people.rows)
    return [made for made, value in found if (value is not None) is is_there]


def meanings(people: Population) -> None:
    """A value selects what the table beside the parameter says, alone and combined."""
    other = _name(people, WITH_VALUE)
    having = _having(people, True)
    for name, value, condition in people.listing.meanings:
        wanted = selected(people, condition, f"{name}={value}")
        _same(people, _all(people, {}, {name: value}), wanted, f"{name}={value}", name)
        if people.bench.share.brief:
            continue  # together they come with a third one
        exchange = _all(people, {WITH_VALUE: YES}, {name: value})
        both = [trainee for trainee in wanted if trainee in having]
        _same(people, exchange, both, f"{name}={value} and {other}={YES}", name)
    _several_values(people)


def _several_values(people: Population) -> None:
    """Of several values any will do, and one that means nobody makes no difference."""
    for row in people.listing.operation.queries:
        meant = list(row.get("x-meaning", {}).items()) if "x-several" in row else []
        for (one, first), (other, second) in people.bench.some(pairwise(meant[:_SEVERAL])):
            name, values = f"{row['name']}[]", [one, other, _OF_NOBODY]
            words = " and ".join(f"{name}={value}" for value in values)
            wanted = selected(people, {"any": [first, second]}, words)
            _same(people, _all(people, {}, {name: values}), wanted, words, str(row["name"]))


def academic_cycle(people: Population) -> None:
    """A cycle has who started in it; without one it is the current."""
    listing, name = people.listing, _name(people, IN_CYCLE)
    now = cycle_of(people.bench.bodies.today)
    present = _all(people, {IN_CYCLE: str(now)})
    _same(people, present, people.ids, f"{name}={now}", name)
    for cycle in (now - 1, now):
        exchange = present if cycle == now else _all(people, {IN_CYCLE: str(cycle)})
        rows = exchange.data if isinstance(exchange.data, list) else []
        days = [as_date(people.value(IN_CYCLE, row)) for row in rows]
        strangers = [str(day) for day in days if day is None or cycle_of(day) != cycle]
        breaches = expect.holds(
            not strangers,
            "list.cycle",
            f"{listing.id} with {name}={cycle} shows trainees who started in another",
            f"starts from {first_day(cycle)} to the day before {first_day(cycle + 1)}",
            strangers,
        )
        _found(people, breaches, exchange)
    if people.earlier:
        query = listing.query({IN_CYCLE: str(now - 1)})
        last = people.bench.call(listing.id, query=query, want=200)
        listed, wanted = sorted(_ids(people, last)), sorted(people.earlier)
        _exercised(people, IN_CYCLE)
        _found(people, expect.value("the trainees", wanted, listed, "last year's list"), last)


def repeated_parameters(people: Population) -> None:
    """Of a repeated parameter the last counts."""
    name = _name(people, SIZE)
    exchange = _list(people, {SIZE: [str(_ALL), "1"]})
    what = f"{people.listing.id} with {name}={_ALL} and again {name}=1"
    count = len(_ids(people, exchange))
    breaches = expect.value("the number of trainees", 1, count, what, "decision 8")
    _found(people, breaches, exchange)


def _rows_of(people: Population, exchange: Exchange, parameter: str) -> list[str]:
    """The rows of a parameter that a request has used: what it does, or what its value means."""
    sent = dict(parse_qsl(urlsplit(exchange.url).query))
    table = rows_of(people.bench.contract)
    ids = (row_id(LIST, parameter), row_id(MEANING, parameter, sent.get(parameter, "")))
    return [each for each in ids if each in table]


def _same(
    people: Population,
    exchange: Exchange,
    wanted: list[str],
    words: str,
    parameter: str,
) -> None:
    """The filtered list holds just ``wanted``, in order; nobody is a 404."""
    source = people.listing.source(parameter)
    what = f"{people.listing.id} with {words}"
    if not wanted and people.complete:
        _nobody(people, exchange, what, source)
        return
    people.bench.contract.exercised.note(*_rows_of(people, exchange, parameter))
    got = _ids(people, exchange)
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
