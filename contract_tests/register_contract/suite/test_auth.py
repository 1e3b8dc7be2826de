"""Authentication: each operation refuses each wrong token before anything else.

Documents: what the security scheme names; decision 2 for what comes first.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from register_contract.oracle.contract import TRAINEE, Contract, Operation
from register_contract.oracle.rows import stages_of
from register_contract.suite.applies import to_operations
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.population import own_world
from register_contract.suite.strategies.queries import values

_KINDS = ("none", "empty", "garbage", "wrong-scheme", "expired", "revoked")
_FROM_CONTROL = ("expired", "revoked")
_BROKEN = b'{"data":'


def _secured(operation: Operation, contract: Contract) -> bool:
    return operation.secured


def _open(operation: Operation, contract: Contract) -> bool:
    return not operation.secured


@to_operations(_secured)
@pytest.mark.parametrize("kind", _KINDS)
def test_a_wrong_token_is_refused(operation: Operation, kind: str, bench: Bench) -> None:
    if operation.writes:
        bench.needs_writing(f"{operation.id} with a wrong token")
    if kind in _FROM_CONTROL:
        bench.needs(bench.control, f"{kind} tokens", "the run has no control API")
    source = bench.contract.token_source
    for words, headers, raw in bench.some(_requests(bench, operation, kind)):
        exchange = bench.target.api.as_token(None).call(
            operation.method,
            operation.path,
            path=operation.filled(bench.contract.nobody),
            headers=headers,
            raw_body=raw,
        )
        row = bench.refusal("unauthorized", operation.id)
        what = f"{operation.id} {words}"
        bench.found(expect.refusal(exchange, row, what, source), exchange, operation.id)
        if operation.path_names:
            bench.contract.exercised.note(
                *stages_of(bench.contract, operation, "authentication", TRAINEE)
            )


@to_operations(_secured)
def test_a_token_comes_before_all_else(operation: Operation, bench: Bench) -> None:
    """A request without one, and with all wrong that the operation reads, is refused for that."""
    if operation.writes:
        bench.needs_writing(f"{operation.id} without a token and with a broken body")
    rows = ((row["name"], bench.contract.resolve(row["schema"])) for row in operation.queries)
    known = {name: values(schema, bench.bodies.today) for name, schema in rows}
    query = {
        name: next((text for text, is_valid in each if not is_valid), None)
        for name, each in known.items()
    }
    query = {name: text for name, text in query.items() if text is not None}
    exchange = bench.target.api.as_token(None).call(
        operation.method,
        operation.path,
        path=operation.filled(bench.contract.nobody),
        query=query,
        raw_body=_BROKEN if operation.body else None,
    )
    row = bench.refusal("unauthorized", operation.id)
    wrong = ["a broken body"] * bool(operation.body) + [f"a wrong {name}" for name in query]
    what = " and with ".join((f"{operation.id} without a token", *wrong))
    source = bench.contract.token_source
    bench.found(expect.refusal(exchange, row, what, source), exchange, operation.id)
    late = ["json"] * bool(operation.body) + ["query"] * bool(query)
    bench.contract.exercised.note(*stages_of(bench.contract, operation, "authentication", *late))


def _requests(
    bench: Bench, operation: Operation, kind: str
) -> Iterator[tuple[str, dict[str, str], bytes | None]]:
    """What to say of a wrong token of that kind, its headers, and a body."""
    token, place = bench.target.api.token or "", bench.target.place
    body = b"{}" if operation.body else None
    if kind == "none":
        yield "without a token", {}, body
    elif kind == "empty":
        yield "with an empty bearer token", place.carrying(""), body
    elif kind == "garbage":
        wrong = token[:-1] + ("a" if token[-1:] != "a" else "b")
        yield "with one letter of the token changed", place.carrying(wrong), body
        yield "with a token of no one", place.carrying("not-a-token"), body
        other = token.swapcase()
        if other != token:
            yield "with the token in other letters", place.carrying(other), body
    elif kind == "wrong-scheme":
        yield "with the scheme Basic", {"Authorization": "Basic bm9ib2R5Om5vcGU="}, body
    else:
        assert bench.control is not None
        spent = bench.control.token(bench.target.ukprn, kind)
        yield f"with a token that is {kind}", place.carrying(spent), body


def test_the_tokens_of_a_provider_that_is_gone(bench: Bench) -> None:
    bench.needs(bench.control, "a provider that is gone", "the run has no control API")
    inside, probe = own_world(bench), bench.contract.simplest
    assert inside.control is not None
    with inside.control.passing():
        before = inside.call(probe.id)
        inside.control.discard_provider(inside.target.ukprn)
        exchange = inside.target.api.call(probe.method, probe.path)
        what = f"{probe.id} with a token of a provider that is gone"
        row, source = inside.refusal("unauthorized", probe.id), inside.contract.token_source
        breaches = expect.refusal(exchange, row, what, source)
        inside.found(breaches, exchange, probe.id, (before,))


@pytest.mark.parametrize("before", ["", "Basic ", "bearer "])
def test_a_token_in_another_form(before: str, bench: Bench) -> None:
    """Taken or refused, as `x-header-takes` says; where a proxy of the target adds nothing."""
    takes, probe = bench.contract.header_takes, bench.contract.simplest
    is_taken = takes == "last word" or (takes == "alone" and not before)
    name = next(iter(bench.target.place.carrying("")))
    exchange = bench.target.api.as_token(None).call(
        probe.method, probe.path, headers={name: f"{before}{bench.target.api.token}"}
    )
    what = f"{probe.id} with a token behind {before!r}"
    if is_taken:
        breaches = expect.let_in(exchange, probe, what)
    else:
        breaches = expect.refusal(
            exchange, bench.refusal("unauthorized", probe.id), what, "x-header"
        )
    bench.found(breaches, exchange, probe.id)


@to_operations(_open)
@pytest.mark.parametrize("kind", ["none", "garbage"])
def test_no_token_is_asked_for(operation: Operation, kind: str, bench: Bench) -> None:
    for words, headers, _ in bench.some(_requests(bench, operation, kind)):
        exchange = bench.target.api.as_token(None).call("GET", operation.path, headers=headers)
        what = f"{operation.id} {words}"
        source = bench.source(operation.id)
        breaches = expect.status(exchange, operation.success, what, source)
        bench.found(breaches, exchange, operation.id)


def test_a_good_token_is_accepted(bench: Bench) -> None:
    probe = bench.contract.simplest
    for api, words in (
        (bench.target.api, "a good token"),
        (bench.target.other, "the second token"),
    ):
        if api is not None:
            exchange = bench.call(probe.id, api=api)
            breaches = expect.let_in(exchange, probe, f"{probe.id} with {words}")
            bench.found(breaches, exchange, probe.id)
