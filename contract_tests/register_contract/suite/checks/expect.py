"""Whether an answer is the one its request deserved. Each function returns breaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from register_contract.oracle.contract import Operation
from register_contract.oracle.fields import Problem
from register_contract.target.exchange import Exchange
from register_contract.target.words import short
from register_contract.verdict.finding import Breach

_SUCCESSES = range(200, 300)


def status(exchange: Exchange, wanted: int, what: str, source: str = "") -> list[Breach]:
    """``what`` names the request in words: ``show_info without a token``."""
    if exchange.status == wanted:
        return []
    got = f"{exchange.status}" if exchange.status else "nothing"
    sentence = f"{what} answers {got} instead of {wanted}"
    said = messages(exchange) if wanted in _SUCCESSES and exchange.status == 422 else []
    cause = _refused_for(said[0]) if said else ""
    return [Breach("status.wrong", sentence, str(wanted), exchange.describe(), source, cause)]


def _refused_for(sentence: str) -> str:
    """The cause of each refusal that the contract does not have."""
    return f"A request is refused for “{sentence}” without reason"


def _not_said(sentence: str) -> str:
    """The cause of each refusal that is due and does not come, or not in these words."""
    return f"“{sentence}” is not said where it is due"


def messages(exchange: Exchange) -> list[str]:
    """The sentences of an error body, whatever its form; unreadable bodies have none."""
    body = exchange.json
    if not isinstance(body, dict):
        return []
    errors = body.get("errors")
    if isinstance(errors, dict):
        return [str(text) for texts in errors.values() for text in _list(texts)]
    found = []
    for error in _list(errors):
        found.append(str(error.get("message")) if isinstance(error, dict) else str(error))
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def refusal(exchange: Exchange, row: Mapping[str, Any], what: str, source: str) -> list[Breach]:
    """The documented refusal ``row`` of ``x-sentences``: status, error code, sentence."""
    wrong = status(exchange, row["status"], what, source)
    if wrong:
        return wrong
    wanted: Any
    if row["envelope"] == "bare":
        wanted, got = {"error": row["error"]}, exchange.json
    else:
        wanted = [{"error": row["error"], "message": row["message"]}]
        got = exchange.json.get("errors") if isinstance(exchange.json, dict) else exchange.json
    if got == wanted:
        return []
    sentence = f"{what} is refused in other words than documented"
    # Not by what came: a target may put a time or an id into each refusal.
    cause = f"The refusal {short(wanted)} comes in other words"
    return [Breach("refusal.words", sentence, short(wanted), short(got), source, cause)]


def field_errors(
    exchange: Exchange, problems: Iterable[Problem], what: str, source: str
) -> list[Breach]:
    """A 422 with just these sentences, in this order."""
    wanted = [problem.sentence for problem in problems]
    wrong = status(exchange, 422, what, source)
    if wrong:
        accepted = exchange.status in _SUCCESSES and wanted
        return [
            Breach(
                "field.not-refused",
                wrong[0].sentence,
                f"422 {short(wanted)}",
                exchange.describe(),
                source,
                _not_said(wanted[0]) if accepted else "",
            )
        ]
    got = messages(exchange)
    if _runs(got) == _runs(wanted):
        return []
    missing = [text for text in wanted if text not in got]
    extra = [text for text in got if text not in wanted]
    if missing:
        sentence = f"{what} is refused without saying “{missing[0]}”"
        cause = _not_said(missing[0])
        return [Breach("field.sentence", sentence, short(wanted), short(got), source, cause)]
    if extra:
        sentence = f"{what} is also refused for “{extra[0]}”"
        cause = _refused_for(extra[0])
        return [Breach("field.other", sentence, short(wanted), short(got), source, cause)]
    sentence = f"{what} is refused with its errors in another order than the fields"
    cause = "Refusals name their errors in another order than the fields"
    return [Breach("field.order", sentence, short(wanted), short(got), source, cause)]


def deserved(
    exchange: Exchange, operation: Operation, problems: Collection[Problem], what: str, source: str
) -> list[Breach]:
    """The refusal for these problems; without any the operation's own 2xx status."""
    if problems:
        return field_errors(exchange, problems, what, source)
    return status(exchange, operation.success, what, source)


def _runs(sentences: list[str]) -> list[str]:
    """The sentences without immediate repetition.

    No document says how often one sentence comes when several entries of a list are wrong alike.
    """
    return [sentence for sentence, _ in groupby(sentences)]


def query_errors(
    exchange: Exchange, wanted: Mapping[str, list[str]], what: str, source: str
) -> list[Breach]:
    """A 422 of the list, whose errors are keyed by the parameter."""
    names = ", ".join(wanted)
    wrong = status(exchange, 422, what, source)
    if wrong:
        accepted = exchange.status in (200, 404)
        return (
            [replace(wrong[0], cause=f"Wrong values of {names} are accepted")]
            if accepted
            else wrong
        )
    got = exchange.json.get("errors") if isinstance(exchange.json, dict) else exchange.json
    if got == wanted:
        return []
    sentence = f"{what} is refused in other words than documented"
    cause = f"Wrong values of {names} are refused in other words than documented"
    return [Breach("query.words", sentence, short(wanted), short(got), source, cause)]


def value(
    name: str, wanted: Any, got: Any, what: str, source: str = "", cause: str = ""
) -> list[Breach]:
    """One field of an answer has this value."""
    if got == wanted:
        return []
    sentence = f"{what}: {name} is {short(got)} instead of {short(wanted)}"
    return [Breach("value.wrong", sentence, short(wanted), short(got), source, cause)]


def echo(name: str, sent: Any, got: Any, what: str, source: str = "") -> list[Breach]:
    """A field that nothing derives comes back as it was sent."""
    return value(name, sent, got, what, source, f"{name} is not shown as it was sent")


def holds(fact: bool, rule: str, sentence: str, wanted: str, got: Any) -> list[Breach]:
    """Any other fact, said in a sentence that describes its absence."""
    return [] if fact else [Breach(rule, sentence, wanted, short(got))]
