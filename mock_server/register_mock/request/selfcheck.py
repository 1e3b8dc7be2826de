"""`--self-check`: every answer is held against the document before it leaves.

A deviation is a fault of the mock, so it is answered as one: 500, with what the document says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import orjson

from register_mock.contract.edition import Edition, Operation
from register_mock.contract.envelopes import Answer, json_answer
from register_mock.request.walk import Walk
from register_spec import resolve


def checked(walk: Walk, answer: Answer) -> Answer:
    """Return the answer, or a 500 that names how it deviates from the document, if that has it."""
    if walk.asked is None:
        return answer
    problem = deviation(walk.edition, walk.operation, answer)
    if problem is None:
        return answer
    where = f"{walk.operation.name} of {walk.edition.key}, status {answer.status}"
    return json_answer(500, {"error": f"self-check: {where}: {problem}"})


def deviation(edition: Edition, operation: Operation, answer: Answer) -> str | None:
    """Return how an answer deviates from the document, or None."""
    for place, said in deviations(edition, operation, answer):
        return f"{place}: {said}" if place else said
    return None


def deviations(
    edition: Edition, operation: Operation, answer: Answer, *, without_body: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield how an answer deviates from the document: the place in its body, if one, and what."""
    response = operation.document["responses"].get(str(answer.status))
    if response is None:
        yield "", "the document has no such status"
        return
    documented = resolve(edition.document, response)
    yield from _headers(edition, documented.get("headers", {}), answer)
    content = documented.get("content")
    if without_body or not content:
        return
    kind = answer.content_type.partition(";")[0].strip().lower()
    if kind not in content:
        yield "", f"the document has {' and '.join(content)} there, not {kind or 'nothing'}"
        return
    validator = edition.response_validator(operation, answer.status)
    if validator is None or kind != "application/json":
        return
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        yield "", f"the body is no JSON: {error}"
        return
    for flaw in validator.iter_errors(body):
        yield "/".join(str(step) for step in flaw.instance_path), flaw.message


def _headers(
    edition: Edition, documented: Mapping[str, Any], answer: Answer
) -> Iterator[tuple[str, str]]:
    """Yield which documented headers are not there though they have to be, or of another form."""
    sent = {name.lower(): value for name, value in answer.headers}
    for name, row in documented.items():
        header, value = resolve(edition.document, row), sent.get(name.lower())
        if value is None:
            if header.get("required"):
                yield "", f"the header {name} is not there"
            continue
        is_number = header["schema"].get("type") == "integer" and value.isdecimal()
        told = int(value) if is_number else value
        if not jsonschema_rs.is_valid(header["schema"], told):
            yield "", f"the header {name}, {value!r}, is not what the document has"
