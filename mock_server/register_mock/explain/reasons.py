"""Why a request was refused, as rows: rule, field, what was sent, what is right, where it says so.

Everything is taken from values (problems, refusals, tables of the document); no sentence is read
again. One row for each wrong field or parameter, and for each key on which a duplicate matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from register_mock.contract.answers import AnswerRow
from register_mock.contract.pointers import pointed
from register_mock.contract.problems import Problem, Refusal
from register_mock.explain.access import never_found, source_of
from register_mock.request.walk import Walk
from register_mock.wire import MAX_BODY
from register_mock.world.journal import Finding

LONGEST_SENT = 1_000
MOST_IDS = 5


def explained(walk: Walk, refusal: Refusal) -> Iterator[Finding]:
    """Yield why the request of a walk was refused."""
    if refusal.problems:
        row = walk.answer_row(refusal.answer)
        yield from (_problem(walk, problem, row) for problem in refusal.problems)
    elif refusal.conflicts:
        yield from _duplicate(walk, refusal)
    elif refusal.state is not None:
        yield _state(walk, refusal)
    elif refusal.answer in _BODIES:
        yield _BODIES[refusal.answer](walk, refusal)
    else:
        finding = never_found(walk, refusal.answer)
        if finding is not None:
            yield finding


def _problem(walk: Walk, problem: Problem, row: AnswerRow) -> Finding:
    return Finding(
        rule=problem.rule,
        field=".".join(str(step) for step in problem.path),
        sent=clipped(_sent(walk, problem)),
        allowed=_allowed(walk, problem),
        message=walk.edition.answers.told(row, problem),
        source=source_of(walk.edition, problem.source or walk.source, problem.pointer),
    )


def _sent(walk: Walk, problem: Problem) -> Any:
    """Return the value sent, even one that counts as none: null and "" alike are no value."""
    found: Any = problem.sent
    if found is None:
        found = walk.data
        for step in problem.path:
            if isinstance(found, dict):
                found = found.get(str(step))
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
    return found


def _allowed(walk: Walk, problem: Problem) -> Any:
    """Return what would be right: the list, or the keyword that is broken with its value."""
    if problem.allowed is not None:
        return problem.allowed
    keyword = problem.pointer.rsplit("/", 1)[-1]
    shape = walk.operation.merged or walk.operation.shape
    field = {} if shape is None else shape.field(problem.path)
    if keyword in field.get("x-sentences", {}):
        return walk.edition.answers.words.text(problem)
    if problem.limit is not None:
        return {keyword: problem.limit}
    if keyword in ("type", "format", "pattern") and problem.sent is not None:
        value = pointed(walk.edition.document, problem.pointer)
        return None if value is None else {keyword: value}
    branches = (field, *field.get("anyOf", []))
    return next((branch["enum"] for branch in branches if "enum" in branch), None)


def _duplicate(walk: Walk, refusal: Refusal) -> Iterator[Finding]:
    rule = next(rule for rule in walk.operation.duplicates if rule.answer == refusal.answer)
    ids = ", ".join(refusal.conflicts[:MOST_IDS])
    if len(refusal.conflicts) > MOST_IDS:
        ids += f" and {len(refusal.conflicts) - MOST_IDS} more"
    how = {key.label: key for key in (*rule.all, *rule.any)}
    source = source_of(walk.edition, rule.source, f"#/x-duplicates/{rule.name}")
    for label in refusal.matched:
        inner = walk.edition.names.inner(label)
        sent = walk.record[inner] if inner in walk.record else how[label].of(walk.record)
        yield Finding(
            rule=refusal.answer,
            field=label,
            sent=clipped(sent),
            message=f"{label} matches that of {walk.operation.kind} {ids}",
            source=source,
        )


def _state(walk: Walk, refusal: Refusal) -> Finding:
    lifecycle, trainee = walk.edition.lifecycle, walk.found_trainee()
    operation = walk.operation.acts_as
    event = lifecycle.event_of(operation)
    if event is not None:
        pointer, source = f"#/x-lifecycle/events/{event.name}", event.source
    else:
        pointer, source = "#/x-lifecycle/locks", walk.source
    return Finding(
        rule=event.name if event is not None else operation,
        field="state",
        sent=trainee.state,
        allowed=lifecycle.needed(operation),
        message=lifecycle.why_refused(operation, trainee, walk.world.now()),
        source=source_of(walk.edition, source, pointer),
    )


def _malformed(walk: Walk, refusal: Refusal) -> Finding:
    return Finding(
        rule=refusal.answer,
        message=f"the body is not JSON: {refusal.flaw}",
        source=_answer_source(walk, refusal),
    )


def _too_large(walk: Walk, refusal: Refusal) -> Finding:
    said = walk.call.environ.get("CONTENT_LENGTH")
    return Finding(
        rule=refusal.answer,
        message="the body is larger than what is read",
        sent=f"{said} bytes" if said else f"more than {MAX_BODY} bytes",
        allowed=f"{MAX_BODY} bytes",
        source=_answer_source(walk, refusal),
    )


def _missing_data(walk: Walk, refusal: Refusal) -> Finding:
    body = walk.body
    if not walk.call.body:
        message, sent = "the request has no body", None
    elif not walk.call.is_json:
        message = "the body does not count, because Content-Type is not JSON"
        sent = walk.call.environ.get("CONTENT_TYPE")
    elif not isinstance(body, dict):
        message, sent = "the body is no JSON object", body
    elif "data" not in body:
        message, sent = "the object has no key `data`; its keys are what was sent", list(body)
    else:
        message, sent = "`data` is not an object with at least one key", body["data"]
    return Finding(
        rule=refusal.answer,
        field="data",
        sent=clipped(sent),
        allowed='Content-Type: application/json and {"data": {…}}',
        message=message,
        source=_answer_source(walk, refusal),
    )


def _server_error(walk: Walk, refusal: Refusal) -> Finding:
    message = f"the mock itself failed: {refusal.flaw}; its log has the trace"
    return Finding(rule=refusal.answer, message=message)


_BODIES: dict[str, Callable[[Walk, Refusal], Finding]] = {
    "malformed_json": _malformed,
    "too_large": _too_large,
    "missing_data": _missing_data,
    "server_error": _server_error,
}


def _answer_source(walk: Walk, refusal: Refusal) -> Mapping[str, Any]:
    pointer = walk.answer_pointer(refusal.answer)
    return source_of(walk.edition, walk.source, pointer)


def clipped(value: Any) -> Any:
    """Return a value that was sent, as text and cut when it is large."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return value if len(value) <= LONGEST_SENT else f"{value[:LONGEST_SENT]}…"
    # A member takes two bytes at least: the beginning of a list shows that it is long.
    begun = value[:LONGEST_SENT] if isinstance(value, list) else value
    try:
        text = orjson.dumps(begun)
    except orjson.JSONEncodeError:
        return "(nested too deeply to show)"
    if len(text) <= LONGEST_SENT:
        return value
    return text[:LONGEST_SENT].decode(errors="ignore") + "…"
