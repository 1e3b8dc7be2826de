"""Whether an answer is the one its request deserved. Each function returns breaches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from register_contract.oracle.contract import Operation
from register_contract.oracle.refusals import Refusal, agrees
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
    said = messages(exchange.json) if wanted in _SUCCESSES and exchange.status == 422 else []
    cause = _refused_for(said[0]) if said else ""
    got = exchange.describe()
    extra = said[0] if said else ""
    return [Breach("status.wrong", sentence, str(wanted), got, source, cause, said=extra)]


def let_in(exchange: Exchange, operation: Operation, what: str) -> list[Breach]:
    """The success of a read, or that there is nobody to show yet."""
    is_empty = bool(operation.kind) and exchange.status == 404
    return [] if is_empty else status(exchange, operation.success, what)


def _refused_for(sentence: str) -> str:
    """The cause of each refusal that the contract does not have."""
    return f"A request is refused for “{sentence}” without reason"


def _not_said(sentence: str) -> str:
    """The cause of each refusal that is due and does not come, or not in these words."""
    return f"“{sentence}” is not said where it is due"


def messages(body: Any) -> list[str]:
    """The sentences of an error body, whatever its form; unreadable bodies have none."""
    return _told(body.get("errors")) if isinstance(body, dict) else []


def _told(errors: Any) -> list[str]:
    """The texts in lists and under keys; of an error with a message only that."""
    if isinstance(errors, dict):
        inner = [errors["message"]] if "message" in errors else list(errors.values())
        return [text for each in inner for text in _told(each)]
    if isinstance(errors, list):
        return [text for each in errors for text in _told(each)]
    return [] if errors is None else [str(errors)]


def refusal(exchange: Exchange, wanted: Refusal, what: str, source: str) -> list[Breach]:
    """The predicted refusal: status and body."""
    wanted.compared()
    wrong = status(exchange, wanted.status, what, source)
    return wrong or _words(exchange, wanted, what, source)


def is_refusal(exchange: Exchange, wanted: Refusal) -> bool:
    """Whether an answer is this refusal; it is not judged by that."""
    return exchange.status == wanted.status and agrees(wanted.body, _got(exchange, wanted))


def _got(exchange: Exchange, wanted: Refusal) -> Any:
    is_text = isinstance(wanted.body, str)
    return exchange.body.decode("utf-8", "replace") if is_text else exchange.json


def _words(exchange: Exchange, wanted: Refusal, what: str, source: str) -> list[Breach]:
    got = _got(exchange, wanted)
    if agrees(wanted.body, got):
        return []
    sentence = f"{what} is refused in other words than documented"
    # Not by what came: a target may put a time or an id into each refusal.
    cause = f"The refusal {short(wanted.body)} comes in other words"
    return [Breach("refusal.words", sentence, short(wanted.body), short(got), source, cause)]


def field_errors(exchange: Exchange, refused: Refusal, what: str, source: str) -> list[Breach]:
    """The refusal of these fields: just its sentences, in their order, where they belong."""
    refused.compared()
    wanted = messages(refused.body)
    wrong = status(exchange, refused.status, what, source)
    if wrong:
        accepted = exchange.status in _SUCCESSES and wanted
        return [
            Breach(
                "field.not-refused",
                wrong[0].sentence,
                f"{refused.status} {short(wanted)}",
                exchange.describe(),
                source,
                _not_said(wanted[0]) if accepted else "",
                said=wanted[0] if accepted else "",
            )
        ]
    got = messages(exchange.json)
    missing = [text for text in wanted if text not in got]
    extra = [text for text in got if text not in wanted]
    if missing:
        sentence = f"{what} is refused without saying “{missing[0]}”"
        cause = _not_said(missing[0])
        told = missing[0]
        return [
            Breach("field.sentence", sentence, short(wanted), short(got), source, cause, said=told)
        ]
    if extra:
        sentence = f"{what} is also refused for “{extra[0]}”"
        cause = _refused_for(extra[0])
        told = extra[0]
        return [
            Breach("field.other", sentence, short(wanted), short(got), source, cause, said=told)
        ]
    if not agrees(wanted, got):
        sentence = f"{what} is refused with its errors in another order than the fields"
        cause = "Refusals name their errors in another order than the fields"
        return [Breach("field.order", sentence, short(wanted), short(got), source, cause)]
    return _words(exchange, refused, what, source)


def deserved(
    exchange: Exchange, operation: Operation, refused: Refusal | None, what: str, source: str
) -> list[Breach]:
    """The refusal, or without any the operation's own 2xx status."""
    if refused is not None:
        return field_errors(exchange, refused, what, source)
    return status(exchange, operation.success, what, source)


def query_errors(
    exchange: Exchange, refused: Refusal, names: Collection[str], what: str, source: str
) -> list[Breach]:
    """The refusal of query parameters with these names."""
    refused.compared()
    said = ", ".join(names)
    wrong = status(exchange, refused.status, what, source)
    if wrong:
        is_taken = exchange.status in (200, 404)
        return (
            [replace(wrong[0], cause=f"Wrong values of {said} are accepted")] if is_taken else wrong
        )
    cause = f"Wrong values of {said} are refused in other words than documented"
    found = _words(exchange, refused, what, source)
    return [replace(each, rule="query.words", cause=cause) for each in found]


def value(
    name: str, wanted: Any, got: Any, what: str, source: str = "", cause: str = ""
) -> list[Breach]:
    """One field of an answer has this value."""
    if got == wanted:
        return []
    sentence = f"{what}: {name} is {short(got)} instead of {short(wanted)}"
    breach = Breach("value.wrong", sentence, short(wanted), short(got), source, cause)
    return [replace(breach, field=name) if name.isidentifier() else breach]


def echo(name: str, sent: Any, got: Any, what: str, source: str = "") -> list[Breach]:
    """A field that nothing derives comes back as it was sent."""
    return value(name, sent, got, what, source, f"{name} is not shown as it was sent")


def holds(fact: bool, rule: str, sentence: str, wanted: str, got: Any) -> list[Breach]:
    """Any other fact, said in a sentence that describes its absence."""
    return [] if fact else [Breach(rule, sentence, wanted, short(got))]
