"""What a request is held against, one function a stage of `x-precedence`.

A stage returns why the request is refused, or None and leaves its finding in the walk. Which
stages an operation has, and in which order, the document says.
"""

from __future__ import annotations

from collections.abc import Callable

from register_mock.contract.edition import Edition, Operation
from register_mock.contract.problems import Refusal
from register_mock.contract.values import Scope
from register_mock.request.record import event_input, prepared
from register_mock.request.walk import Walk
from register_mock.wire import read_json

Stage = Callable[[Walk], Refusal | None]


def authentication(walk: Walk) -> Refusal | None:
    """Find the provider of the bearer token."""
    token = walk.call.token
    ukprn = walk.world.provider_of(token) if token else None
    if ukprn is None:
        return Refusal("unauthorized")
    walk.ukprn = ukprn
    return None


def json(walk: Walk) -> Refusal | None:
    """Read the body; one that is not called JSON counts as absent."""
    if walk.call.body is None:
        return Refusal("too_large")
    if walk.call.body and walk.call.is_json:
        try:
            walk.body = read_json(walk.call.body)
        except ValueError as error:
            return Refusal("malformed_json", details={"parser": str(error)})
    return None


def trainee(walk: Walk) -> Refusal | None:
    """Find the trainee of the path; another provider's does not exist."""
    found = walk.world.store.get(walk.arguments["trainee_id"])
    if found is None or found.ukprn != walk.ukprn or found.is_discarded:
        return Refusal("trainee_not_found")
    walk.trainee = found
    return None


def child(walk: Walk) -> Refusal | None:
    """Find the placement or degree of the path among the trainee's own."""
    kind = walk.child_kind()
    wanted = walk.arguments[f"{kind}_id"]
    for found in walk.found_trainee().children(kind):
        if found.id == wanted:
            walk.child = found
            return None
    return Refusal(f"{kind}_not_found")


def data(walk: Walk) -> Refusal | None:
    """Take what the body has under `data`: an object with at least one key."""
    found = walk.body.get("data") if isinstance(walk.body, dict) else None
    if not isinstance(found, dict) or not found:
        return Refusal("missing_data")
    walk.data = found
    return None


def fields(walk: Walk) -> Refusal | None:
    """Check the record the request would leave behind, or the query; find all problems."""
    if walk.operation.shape is None:
        walk.query, wrong = walk.operation.query.read(walk.call.query())
        return Refusal("invalid_query", tuple(wrong)) if wrong else None
    state = None if walk.trainee is None else walk.trainee.state
    scope = Scope(walk.world.now(), state, walk.world, sent=walk.data)
    if walk.operation.stores_record:
        stored = walk.child or (walk.trainee if walk.operation.merged else None)
        before = None if stored is None else stored.fields
        found = prepared(walk.edition, walk.operation, walk.data, before, scope)
        walk.record, walk.children, problems = found.record, found.children, found.problems
    else:
        before = walk.found_trainee().fields
        walk.record, problems = event_input(walk.edition, walk.operation, walk.data, before, scope)
    return Refusal("invalid_fields", tuple(problems)) if problems else None


def state(walk: Walk) -> Refusal | None:
    """Ask the state machine whether the trainee's state allows the operation."""
    answer = walk.edition.lifecycle.refusal(walk.operation.acts_as, walk.found_trainee())
    return Refusal(answer, details={"state": walk.found_trainee().state}) if answer else None


def duplicates(walk: Walk) -> Refusal | None:
    """Compare the record with those it may not repeat."""
    for rule in walk.operation.duplicates:
        if rule.among == "provider":
            key = rule.index_key(walk.record)
            candidates = walk.world.store.candidates(rule.digest, walk.ukprn, key)
            others = [(t.id, t.fields) for t in candidates if not t.is_discarded]
        else:
            own = walk.found_trainee().children(walk.child_kind())
            others = [(c.id, c.fields) for c in own if c is not walk.child]
        conflicts, matched = rule.collisions(walk.record, others)
        if conflicts:
            return Refusal(rule.answer, conflicts=conflicts, matched=matched)
    return None


STAGES: dict[str, Stage] = {
    "authentication": authentication,
    "json": json,
    "trainee": trainee,
    "child": child,
    "data": data,
    "fields": fields,
    "state": state,
    "duplicates": duplicates,
}


def stages_of(edition: Edition, operation: Operation) -> list[Stage]:
    """Return the stages an operation needs, in the order of `x-precedence`."""
    has_body = operation.shape is not None
    needed = {
        "authentication": True,
        "json": has_body,
        "trainee": "trainee_id" in operation.parameters,
        "child": len(operation.parameters) > 1,
        "data": has_body,
        "fields": has_body or operation.query.has_parameters,
        "state": "trainee_id" in operation.parameters,
        "duplicates": bool(operation.duplicates),
    }
    return [STAGES[name] for name in edition.precedence if needed.get(name, False)]
