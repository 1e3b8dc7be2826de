"""The body of a refusal: from a value to status, text and type, in the form its row names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from register_mock.contract.problems import Refusal
from register_mock.contract.sentences import counted, field_sentence, leaf, query_sentence

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
# The status of an answer that never comes: the connection is closed instead.
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client, `delay` seconds after it was made."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0


def json_answer(status: int, content: Any) -> Answer:
    """Return an answer with `content` as JSON."""
    return Answer(status, orjson.dumps(content))


def data_answer(status: int, shown: bytes) -> Answer:
    """Return the API's ordinary answer: JSON bytes under `data`."""
    return Answer(status, b'{"data":' + shown + b"}")


def joined(records: list[bytes]) -> bytes:
    """Return JSON records as one JSON array."""
    return b"[" + b",".join(records) + b"]"


def refusal_answer(refusal: Refusal, row: Mapping[str, Any], conflicts: list[bytes]) -> Answer:
    """Return the answer to a refused request.

    `row` is the row of `x-sentences.answers`, `conflicts` the shown records of a duplicate.
    """
    return _ENVELOPES[row["envelope"]](refusal, row, conflicts)


def _bare(refusal: Refusal, row: Mapping[str, Any], conflicts: list[bytes]) -> Answer:
    return json_answer(row["status"], {"error": row["error"]})


def _text(refusal: Refusal, row: Mapping[str, Any], conflicts: list[bytes]) -> Answer:
    headers = tuple((key, str(value)) for key, value in refusal.details.items())
    return Answer(row["status"], row["message"].encode(), TEXT, headers)


def _errors(refusal: Refusal, row: Mapping[str, Any], conflicts: list[bytes]) -> Answer:
    messages = [field_sentence(problem, row["message"]) for problem in refusal.problems]
    errors = [{"error": row["error"], "message": m} for m in messages or [row["message"]]]
    body = orjson.dumps({"errors": errors})
    if conflicts:
        body = body[:-1] + b',"data":' + joined(conflicts) + b"}"
    return Answer(row["status"], body)


def _query(refusal: Refusal, row: Mapping[str, Any], conflicts: list[bytes]) -> Answer:
    errors: dict[str, list[str]] = {}
    for problem in refusal.problems:
        errors.setdefault(leaf(problem.path), []).append(query_sentence(problem))
    message = row["message"].format(count=counted(len(refusal.problems), "error"))
    return json_answer(row["status"], {"message": message, "errors": errors})


_ENVELOPES: dict[str, Callable[[Refusal, Mapping[str, Any], list[bytes]], Answer]] = {
    "bare": _bare,
    "text": _text,
    "errors": _errors,
    "query": _query,
}
