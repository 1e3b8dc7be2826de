"""`--self-check`: every answer is held against the document before it leaves.

A deviation is a fault of the mock, so it is answered as one: 500, with what the document says.
"""

from __future__ import annotations

import orjson

from register_mock.contract.edition import Edition, Operation
from register_mock.contract.envelopes import JSON, Answer, json_answer
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
    response = operation.document["responses"].get(str(answer.status))
    if response is None:
        return "the document has no such status"
    content = resolve(edition.document, response).get("content")
    kind = answer.content_type.partition(";")[0]
    if content and kind not in content:
        return f"the document has {' and '.join(content)} there, not {kind}"
    validator = edition.response_validator(operation, answer.status)
    if validator is None or answer.content_type != JSON:
        return None
    error = next(validator.iter_errors(orjson.loads(answer.body)), None)
    if error is None:
        return None
    return f"{'/'.join(str(step) for step in error.instance_path)}: {error.message}"
