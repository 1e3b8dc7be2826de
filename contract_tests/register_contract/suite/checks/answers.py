"""Whether an answer is one the contract knows: its status, its media type, its shape.

``check_answer`` is run on every exchange of every layer, so a wrong shape is found wherever it
shows. What the request deserved is judged elsewhere (``expect``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema_rs

from register_contract.oracle.contract import JSON, TRAINEE, Answer, Contract, Operation
from register_contract.oracle.derived import records_in
from register_contract.target.exchange import NO_JSON, Exchange
from register_contract.target.words import kind_of, short
from register_contract.verdict.finding import Breach

_MOST = 8
_SUCCESSES = range(200, 300)
_OUTER = re.compile(r"^data(\[\])?(\.|$)")


def check_answer(contract: Contract, operation: Operation, exchange: Exchange) -> list[Breach]:
    """Every breach of the documented answers of ``operation`` in ``exchange``."""
    unanswered = _unanswered(exchange)
    if unanswered:
        return [unanswered]
    answer = operation.answers.get(exchange.status)
    if answer is None or exchange.status >= 500:
        return [_undocumented(operation, exchange)]
    wrong_type = _media_type(operation, answer, exchange)
    if wrong_type:
        return [wrong_type]
    if answer.media_type != JSON or answer.schema is None:
        return []
    if exchange.status >= 400 and not contract.validator(answer.schema).is_valid(exchange.json):
        envelope = list(_envelope(operation, answer, exchange))
        if envelope:
            return envelope
    found = list(_shape(contract, operation, answer, exchange))
    return found or list(_not_carried(contract, operation, exchange))


def _unanswered(exchange: Exchange) -> Breach | None:
    if exchange.failure:
        sentence = f"The target did not answer: {exchange.failure}"
        return Breach("answer.none", sentence, "an answer", exchange.failure)
    if 300 <= exchange.status < 400:
        to = exchange.headers.get("location", "nowhere")
        sentence = "The target redirects, which the API never does"
        return Breach("answer.redirect", sentence, "an answer", f"{exchange.status} to {to}")
    return None


def _undocumented(operation: Operation, exchange: Exchange) -> Breach:
    known = ", ".join(str(status) for status in operation.answers if status < 500)
    if exchange.status >= 500:
        sentence = f"{operation.id} fails with a server error ({exchange.status})"
        wanted = f"one of {known}"
        # Two operations that fail hardly fail for one reason.
        return Breach("status.server-error", sentence, wanted, exchange.describe(), cause=sentence)
    sentence = f"{operation.id} answers {exchange.status}, a status no document lists for it"
    return Breach("status.undocumented", sentence, f"one of {known}", exchange.describe())


def _media_type(operation: Operation, answer: Answer, exchange: Exchange) -> Breach | None:
    if exchange.content_type != answer.media_type:
        got = exchange.content_type or "no content type"
        return Breach(
            "answer.content-type",
            f"{operation.id} answers {exchange.status} with content type {got}",
            answer.media_type,
            got,
        )
    if answer.media_type == JSON and exchange.json is NO_JSON:
        sentence = f"{operation.id} answers {exchange.status} with {exchange.json_flaw}"
        return Breach("answer.not-json", sentence, "JSON", exchange.describe())
    return None


def _envelope(operation: Operation, answer: Answer, exchange: Exchange) -> Iterator[Breach]:
    """The outer form of a refusal, in words of its own: it is what clients switch on."""
    body = exchange.json
    example: Any = next((row["value"] for row in answer.examples.values()), None)
    if not isinstance(example, dict):
        return
    if not isinstance(body, dict):
        sentence = f"{operation.id} answers {exchange.status} with {kind_of(body)}, not an object"
        yield Breach("envelope.not-object", sentence, short(example), short(body))
        return
    for key, value in example.items():
        if key not in body or kind_of(body[key]) != kind_of(value):
            what = f"{kind_of(body[key])} as {key!r}" if key in body else f"no {key!r}"
            yield Breach(
                "envelope.wrong",
                f"The error body of {operation.id} with status {exchange.status} has {what}; "
                f"clients look for {key!r} with {kind_of(value)}",
                short(example),
                short(body),
            )


def _shape(
    contract: Contract, operation: Operation, answer: Answer, exchange: Exchange
) -> Iterator[Breach]:
    assert answer.schema is not None
    where = f"{operation.id} ({exchange.status})"
    errors = contract.validator(answer.schema).iter_errors(exchange.json)
    for count, error in enumerate(errors):
        if count == _MOST:
            return
        about = _row_of(contract, exchange, error.instance_path)
        for breach in explain(error, where):
            at = (*error.instance_path, *(() if breach.at is None else breach.at))
            yield replace(breach, about=about, at=at)


def _not_carried(contract: Contract, operation: Operation, exchange: Exchange) -> Iterator[Breach]:
    """The fields of shown records that answers do not carry (``x-order``)."""
    shown = records_in(contract, exchange.data) if exchange.status in _SUCCESSES else ()
    told: set[tuple[str, str]] = set()
    for kind, record in shown:
        schema = contract.shown(kind)
        order = schema.get("x-order", ())
        spread = [*schema.get("patternProperties", ())]
        for field in record if order else ():
            is_spread = any(re.search(form, field) for form in spread)
            if field not in order and not is_spread and (kind, field) not in told:
                told.add((kind, field))
                yield Breach(
                    "field.undocumented",
                    f"{operation.id} ({exchange.status}) shows a {kind} with {field}, which "
                    "answers do not carry",
                    f"no {field}",
                    short(record[field]),
                    cause=f"A {kind} is shown with {field}, which answers do not carry",
                    field=field if kind == TRAINEE else "",
                )


def _row_of(contract: Contract, exchange: Exchange, path: list[str | int]) -> tuple[str, ...]:
    """The ids of the listed record that a place in a body belongs to."""
    place = [] if exchange.place is None else [exchange.place]
    at = path[len(place)] if path[: len(place)] == place and len(path) > len(place) else None
    row = exchange.data[at] if isinstance(at, int) else None
    found = [row.get(name) for name in sorted(contract.ids)] if isinstance(row, dict) else []
    return tuple(made for made in found if isinstance(made, str))


def explain(error: jsonschema_rs.ValidationError, where: str) -> Iterator[Breach]:
    """Say in words what a validation error means; one breach a field."""
    kind: Any = error.kind
    value: Any = error.instance
    spot = spot_of(error.instance_path)
    # The same spot of the same record is one cause, whichever operation shows it, alone or listed.
    shared = _OUTER.sub("", spot)
    name = kind.name
    if name == "additionalProperties":
        for field in kind.unexpected:
            yield Breach(
                "field.undocumented",
                f"{where} shows a field no document has: {_join(spot, field)}",
                "documented fields only",
                f"{field} = {short(value.get(field))}",
                cause=f"Answers show a field no document has: {_join(shared, field)}",
                at=(field,),
            )
    elif name == "required":
        yield Breach(
            "field.missing",
            f"{where} lacks the field {_join(spot, kind.property)}",
            f"{kind.property} present, if only as null",
            f"fields: {', '.join(value)}" if isinstance(value, dict) else short(value),
            cause=f"Answers lack the field {_join(shared, kind.property)}",
            at=(kind.property,),
        )
    elif name == "type":
        wanted = " or ".join(sorted(kind.types))
        yield Breach(
            "field.type",
            f"{where}: {spot} is {kind_of(value)} and has to be {wanted}",
            wanted,
            short(value),
            cause=f"In answers {shared or 'data'} is {kind_of(value)} and has to be {wanted}",
        )
    else:
        yield Breach(
            f"field.{name}",
            f"{where}: {spot} has a value that breaks the documented {_RULES.get(name, name)}",
            _limit(kind, name),
            short(value),
            cause=f"In answers {shared or 'data'} breaks the documented {_RULES.get(name, name)}",
        )


_RULES = {
    "enum": "list of values",
    "const": "value",
    "format": "format",
    "pattern": "format",
    "minItems": "number of entries",
    "maxItems": "number of entries",
    "maxLength": "maximum length",
    "minLength": "minimum length",
}
_LIMITS = {
    "enum": "options",
    "const": "expected_value",
    "format": "format",
    "pattern": "pattern",
    "minItems": "limit",
    "maxItems": "limit",
    "maxLength": "limit",
    "minLength": "limit",
}


def _limit(kind: Any, name: str) -> str:
    limit = getattr(kind, _LIMITS.get(name, "name"), name)
    return f"{_RULES.get(name, name)}: {short(limit)}"


def spot_of(path: list[str | int]) -> str:
    """A place in a body in words: ``data[].name``; list positions are left out."""
    text = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "the body"


def _join(spot: str, field: str) -> str:
    return field if spot in ("", "the body") else f"{spot}.{field}"
