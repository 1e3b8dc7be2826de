"""`Prefer: code=409` and `Prefer: example=NAME`: a documented answer without touching anything.

It is looked at after faults and the rate limit and before authentication, so that it needs no
valid token, body or record; the journal has the request all the same. `code` alone takes the
first example of that status, `example` alone the first status that has it. Other preferences
(RFC 7240) are none of ours and are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import register_spec as spec
from register_mock.contract.edition import Edition, Operation
from register_mock.contract.envelopes import JSON, TEXT, Answer, json_answer
from register_mock.request.walk import Walk
from register_mock.trainee.serialise import to_json
from register_mock.world.journal import Finding

Examples = Mapping[int, Mapping[str, Answer]]


def preferred(walk: Walk) -> Answer | None:
    """Return the documented answer the request asks for, or a 400 that lists what there is."""
    header = walk.call.environ.get("HTTP_PREFER")
    if header is None:
        return None
    wanted = _preferences(header)
    known = documented(walk.edition, walk.asked)
    if not wanted or not known:
        return None
    walk.pending = ()
    answer = _found(wanted, known)
    if answer is None:
        answer = _unknown(walk.operation.name, wanted, known)
        message = "there is no such documented answer"
    else:
        message = "the request asked for this documented answer; nothing was looked at or written"
    allowed = {str(status): list(examples) for status, examples in known.items()}
    walk.notes.append(
        Finding(rule="prefer", field="Prefer", message=message, sent=header, allowed=allowed)
    )
    return answer


def _preferences(header: str) -> dict[str, str]:
    """Return `code` and `example` of the header; of a repeated one the first counts."""
    found: dict[str, str] = {}
    for part in re.split("[,;]", header):
        name, _, value = part.partition("=")
        if name.strip().lower() in ("code", "example"):
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return found


def _found(wanted: Mapping[str, str], known: Examples) -> Answer | None:
    code, name = wanted.get("code"), wanted.get("example")
    for status, examples in known.items():
        if code is not None and code != str(status):
            continue
        if name is None:
            return next(iter(examples.values()))
        if name in examples:
            return examples[name]
    return None


def _unknown(operation: str, wanted: Mapping[str, str], known: Examples) -> Answer:
    asked = ", ".join(f"{name}={value[:60]}" for name, value in wanted.items())
    there = "; ".join(
        f"code={status} with example={' or '.join(examples)}" for status, examples in known.items()
    )
    detail = f"{operation} has no documented answer for {asked}; there are: {there}"
    return json_answer(400, {"error": "unknown_preference", "detail": detail})


@lru_cache(maxsize=1024)
def documented(edition: Edition, operation: Operation | None) -> Examples:
    """Return status -> name of the example -> answer, for all that the document prints."""
    found: dict[int, dict[str, Answer]] = {}
    if operation is None:
        return found
    for status, row in operation.document["responses"].items():
        response = spec.resolve(edition.document, row)
        examples = _examples(edition, response)
        if examples:
            found[int(status)] = {
                name: Answer(int(status), body, kind, _headers(edition, response))
                for name, (kind, body) in examples.items()
            }
    return found


def _examples(edition: Edition, response: Mapping[str, Any]) -> dict[str, tuple[str, bytes]]:
    found: dict[str, tuple[str, bytes]] = {}
    for kind, content in response.get("content", {}).items():
        rows = content.get("examples") or {}
        if "example" in content:
            rows = {"example": {"value": content["example"]}, **rows}
        for name, row in rows.items():
            value = spec.resolve(edition.document, row)["value"]
            is_text = kind.startswith("text/") and isinstance(value, str)
            found.setdefault(name, (TEXT, value.encode()) if is_text else (JSON, to_json(value)))
    return found


def _headers(edition: Edition, response: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    rows = ((n, spec.resolve(edition.document, r)) for n, r in response.get("headers", {}).items())
    return tuple((name, str(value)) for name, row in rows for value in _example_of(row))


def _example_of(header: Mapping[str, Any]) -> list[Any]:
    values = [header.get("example"), header.get("schema", {}).get("example")]
    return [value for value in values if value is not None][:1]
