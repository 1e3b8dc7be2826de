"""The faults of a world, brought into a request's life.

Before anything else is looked at: `status`, `drop`, `delay`. After the answer is made, and what
was to be written is written: `fail_after_commit`, `malformed_json`, `extra_field`. Several delays
add up; of the others the oldest fault that meets the request decides.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson

from register_mock.contract.envelopes import JSON, NO_ANSWER, TEXT, Answer, json_answer
from register_mock.request.prefer import documented
from register_mock.request.walk import Walk
from register_mock.world.faults import Fault
from register_mock.world.journal import Finding

EXTRA_FIELD = "unheard_of"


def injected(walk: Walk) -> Answer | None:
    """Let the faults of the world meet the request; return the answer of one that ends it."""
    if not walk.world.faults:
        return None
    token = walk.token
    ids = walk.asked.ids if walk.asked else {}
    facts = {
        "operation": (walk.asked.name, walk.asked.acts_as) if walk.asked else ("",),
        "version": (walk.version,),
        "provider": (walk.world.provider_of(token) if token else None,),
        "trainee_id": (walk.arguments.get(ids.get("trainee", "")),),
    }
    for fault in walk.world.faults.meeting(facts):
        match fault.kind:
            case "delay":
                walk.delay += fault.effect["seconds"]
                _fired(walk, fault, f"held back for {fault.effect['seconds']} s")
            case "status":
                _fired(walk, fault, "answered before anything was looked at or written")
                return _failed(walk, fault.effect)
            case "drop":
                _fired(walk, fault, "the connection was closed; nothing was looked at or written")
                return Answer(NO_ANSWER, b"")
            case _:
                walk.pending = (*walk.pending, fault)
    return None


def failed_after(walk: Walk) -> Answer | None:
    """Let the faults that waited for the answer meet it, with the writes done."""
    if not walk.pending:
        return None
    answer = walk.answer()
    for fault in walk.pending:
        if fault.kind == "malformed_json":
            _fired(walk, fault, f"the answer, {answer.status}, was cut in the middle")
            return Answer(answer.status, _cut(answer.body), answer.content_type, answer.headers)
        if fault.kind == "extra_field":
            longer = _with_field(walk, fault, answer)
            if longer is not None:
                return longer
        elif _has_committed(walk, fault, answer):
            _fired(walk, fault, f"done and written as for {answer.status}, then answered so")
            return _failed(walk, fault.effect)
    return None


def _fired(walk: Walk, fault: Fault, what: str) -> None:
    fault.fired += 1
    walk.faults = (*walk.faults, fault)
    walk.notes.append(Finding(rule="fault", message=f"{fault.id}, {fault.kind}: {what}"))


def _has_committed(walk: Walk, fault: Fault, answer: Answer) -> bool:
    """Whether there is something to fail after: a write, or an operation the fault names."""
    is_done = 200 <= answer.status < 300
    return is_done and (walk.operation.method != "GET" or "operation" in fault.match)


def _failed(walk: Walk, effect: Any) -> Answer:
    """Return the answer of an effect: its own body, else the documented one, else a plain one."""
    status: int = effect["status"]
    if "body" in effect:
        body = effect["body"]
        if isinstance(body, str):
            return Answer(status, body.encode(), TEXT)
        return json_answer(status, body)
    known = documented(walk.edition, walk.asked).get(status)
    if known:
        return next(iter(known.values()))
    known_status = status in HTTPStatus.__members__.values()
    phrase = HTTPStatus(status).phrase if known_status else "Injected by a fault"
    return json_answer(status, {"error": phrase})


def _with_field(walk: Walk, fault: Fault, answer: Answer) -> Answer | None:
    """Return the answer with one field more in it; None where there is no place for it."""
    if answer.content_type != JSON:
        return None
    name = fault.effect.get("name", EXTRA_FIELD)
    content = orjson.loads(answer.body)
    free = [each for each in _objects(walk, answer, content) if name not in each]
    if not free:
        return None
    for each in free:
        each[name] = f"added by {fault.id}"
    _fired(walk, fault, f"the answer, {answer.status}, has the field {name} in it")
    return answer._replace(body=orjson.dumps(content))


def _objects(walk: Walk, answer: Answer, content: Any) -> list[dict[str, Any]]:
    """Return the records of an answer, or the object that it is."""
    found = content
    layout = walk.asked.success if walk.asked else None
    if layout is not None and answer.status == layout.status and layout.record is not None:
        for key in layout.place:
            found = found[key]
    several = found if isinstance(found, list) else [found]
    return [each for each in several if isinstance(each, dict)]


def _cut(body: bytes) -> bytes:
    """Return the first half of a JSON object or array, which is never JSON."""
    return body[: max(1, len(body) // 2)] if body[:1] in (b"{", b"[") else b'{"data":'
