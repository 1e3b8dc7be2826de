"""What a request is held against, one function a stage of `x-precedence`.

A stage returns why the request is refused, or None and leaves its finding in the walk. None changes
a record, but where the document says what is lost with a refusal (`x-lost-when-refused`). Which
stages an operation has, in which order, and for which reasons they may refuse it, follows from
the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from register_mock.contract.edition import FORM, Edition, Operation
from register_mock.contract.problems import Problem, Refusal
from register_mock.contract.rules import Rule
from register_mock.contract.values import BLANK, Scope
from register_mock.request.forms import read_form
from register_mock.request.record import (
    Prepared,
    event_input,
    late_problems,
    prepared,
)
from register_mock.request.walk import Walk
from register_mock.trainee.model import CHILD_KINDS
from register_mock.wire import read_json
from register_spec import SpecError

INVALID_SECTIONS = "invalid_sections"
Look = Callable[[Walk], Refusal | None]


def authentication(walk: Walk) -> Refusal | None:
    """Find the provider of the bearer token."""
    token = walk.token
    ukprn = walk.world.provider_of(token) if token else None
    if ukprn is None:
        return Refusal("unauthorized")
    walk.ukprn = ukprn
    return None


def json(walk: Walk) -> Refusal | None:
    """Read the body; one that is called neither JSON nor a form that is taken counts as absent."""
    if walk.call.body is None:
        return Refusal("too_large")
    is_form = walk.operation.takes_forms and walk.call.media_type == FORM
    if walk.call.body and (walk.call.is_json or is_form):
        try:
            walk.body = read_form(walk.call.body) if is_form else read_json(walk.call.body)
        except ValueError as error:
            return Refusal("malformed_json", flaw=str(error))
    return None


def trainee(walk: Walk) -> Refusal | None:
    """Find the trainee of the path; another provider's does not exist."""
    store, wanted = walk.world.store, walk.named("trainee")
    found = store.find(wanted) if walk.operation.any_case else store.get(wanted)
    if found is None or found.ukprn != walk.ukprn:
        return Refusal(walk.edition.unknown["trainee"])
    if found.is_discarded and walk.edition.lifecycle.hides_wholly:
        return Refusal(walk.edition.unknown["trainee"])
    walk.trainee, walk.state_before = found, found.state
    return None


def child(walk: Walk) -> Refusal | None:
    """Find the placement or degree of the path among the trainee's own."""
    kind = walk.child_kind()
    wanted, any_case = walk.named(kind), walk.operation.any_case
    for found in walk.found_trainee().children(kind):
        if found.id == wanted or (any_case and found.id.lower() == wanted.lower()):
            walk.child = found
            return None
    return Refusal(walk.edition.unknown[kind])


def data(walk: Walk) -> Refusal | None:
    """Take what the body has under `data`: an object with at least one key."""
    found = walk.body.get("data") if isinstance(walk.body, dict) else None
    assert walk.operation.shape is not None
    if not isinstance(found, dict) or not walk.operation.shape.is_data(found):
        return Refusal("missing_data")
    walk.data = found
    return None


def query(walk: Walk) -> Refusal | None:
    """Read the query parameters; find all problems."""
    walk.query, wrong = walk.operation.query.read(walk.call.query(), walk.call.query_pairs())
    told = tuple(walk.edition.order.of_query(wrong))
    return Refusal("invalid_query", told) if told else None


def fields(walk: Walk) -> Refusal | None:
    """Check the record that the request would leave behind, or what it says of an event."""
    if walk.operation.stores_record:
        found = _prepared(walk)
        walk.record, walk.children, problems = found.record, found.children, found.problems
    else:
        scope, _ = _seen(walk)
        before = walk.found_trainee().fields
        walk.record, problems = event_input(walk.edition, walk.operation, walk.data, before, scope)
    return _refused(walk, Refusal("invalid_fields", tuple(problems))) if problems else None


def _refused(walk: Walk, refusal: Refusal) -> Refusal:
    """Return the refusal of a body; of the record that it would change fields may be gone."""
    assert walk.operation.shape is not None
    lost = [
        walk.edition.names.inner(name)
        for name in walk.operation.shape.lost_when_refused
        if walk.data.get(name) not in BLANK
    ]
    if lost and walk.trainee is not None:
        left = {name: each for name, each in walk.trainee.fields.items() if name not in lost}
        walk.world.store.put(replace(walk.trainee, fields=left, shown={}))
    return refusal


def _prepared(walk: Walk) -> Prepared:
    """Return the record that the request would leave behind; it is made once."""
    if walk.prepared is None:
        scope, before = _seen(walk)
        walk.prepared = prepared(walk.edition, walk.operation, walk.data, before, scope)
    return walk.prepared


def _children(walk: Walk) -> dict[str, int]:
    """Return how many records of each kind the trainee of an event or an update has."""
    if walk.trainee is None or (walk.operation.stores_record and walk.operation.kind != "trainee"):
        return {}
    return {kind: len(walk.trainee.children(kind)) for kind in CHILD_KINDS}


def _seen(walk: Walk) -> tuple[Scope, Any]:
    """Return what the tables may ask beside the record, and the fields that an update changes."""
    state = None if walk.trainee is None else walk.trainee.state
    scope = Scope(walk.world.now(), state, walk.world, sent=walk.data, children=_children(walk))
    stored = walk.child or (walk.trainee if walk.operation.merged else None)
    return scope, None if stored is None else stored.fields


def state(walk: Walk) -> Refusal | None:
    """Ask the state machine whether the trainee's state allows the operation."""
    answer = walk.edition.lifecycle.refusal(
        walk.operation.acts_as, walk.found_trainee(), walk.world.now()
    )
    return Refusal(answer, state=walk.found_trainee().state) if answer else None


def duplicates(walk: Walk) -> Refusal | None:
    """Compare the record with those it may not repeat."""
    record = _prepared(walk).seen
    for rule in walk.operation.duplicates:
        if rule.among == "provider":
            key = rule.wanted(record)
            candidates = walk.world.store.candidates(rule.digest, walk.ukprn, key)
            others = [(t.id, t.fields) for t in candidates if not t.is_discarded]
        else:
            own = walk.found_trainee().children(walk.child_kind())
            others = [(c.id, c.fields) for c in own if c is not walk.child]
        conflicts, matched = rule.collisions(record, others)
        if conflicts:
            return Refusal(rule.answer, conflicts=conflicts, matched=matched)
    return None


def sections(walk: Walk) -> Refusal | None:
    """Judge the rules that are for a record in which nothing else is wrong."""
    found = _late(walk, [rule for rule in walk.operation.late_rules if rule.section])
    return _refused(walk, Refusal(INVALID_SECTIONS, found)) if found else None


def saving(walk: Walk) -> Refusal | None:
    """Judge the rules that are for a record which is about to be kept."""
    found = _late(walk, [rule for rule in walk.operation.late_rules if rule.at_save])
    return _refused(walk, Refusal("invalid_fields", found)) if found else None


def _late(walk: Walk, rules: list[Rule]) -> tuple[Problem, ...]:
    scope, before = _seen(walk)
    return tuple(late_problems(walk.edition, walk.operation, rules, _whole(walk), scope, before))


def _whole(walk: Walk) -> dict[str, Any]:
    """Return the record with the records nested in it, each list under its name."""
    assert walk.operation.shape is not None
    nested = walk.operation.shape.nested.items()
    return {**walk.record, **{name: walk.children.get(kind, []) for name, kind in nested}}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: what it does, which operations need it, and why it may refuse one of them.

    `after` are the stages whose findings it builds on.
    """

    look: Look
    is_needed: Callable[[Edition, Operation], bool]
    reasons: Callable[[Edition, Operation], Iterable[str]]
    after: tuple[str, ...] = ()


def _is_secured(edition: Edition, operation: Operation) -> bool:
    return bool(operation.document.get("security", edition.document.get("security")))


def _has_body(edition: Edition, operation: Operation) -> bool:
    return operation.shape is not None


def _state_reasons(edition: Edition, operation: Operation) -> set[str]:
    """Return the answers with which `x-lifecycle` refuses an operation in some state."""
    lifecycle, name = edition.lifecycle, operation.acts_as
    event = lifecycle.event_of(name)
    found = {lock.refusal for lock in lifecycle.locks if name in lock.operations}
    return found if event is None or event.refusal is None else {*found, event.refusal}


STAGES: dict[str, Stage] = {
    "authentication": Stage(authentication, _is_secured, lambda *_: ["unauthorized"]),
    "json": Stage(json, _has_body, lambda *_: ["malformed_json", "too_large"]),
    "trainee": Stage(
        trainee,
        lambda edition, operation: "trainee" in operation.ids,
        lambda edition, _: [edition.unknown["trainee"]],
        after=("authentication",),
    ),
    "child": Stage(
        child,
        lambda edition, operation: operation.kind != "trainee" and operation.kind in operation.ids,
        lambda edition, operation: [edition.unknown[operation.kind]] if operation.kind else [],
        after=("trainee",),
    ),
    "data": Stage(data, _has_body, lambda *_: ["missing_data"], after=("json",)),
    "query": Stage(
        query,
        lambda edition, operation: operation.query.has_parameters,
        lambda *_: ["invalid_query"],
    ),
    "fields": Stage(
        fields, _has_body, lambda *_: ["invalid_fields"], after=("trainee", "child", "data")
    ),
    "state": Stage(
        state,
        lambda edition, operation: (
            "trainee" in operation.ids and bool(_state_reasons(edition, operation))
        ),
        _state_reasons,
        after=("trainee",),
    ),
    "duplicates": Stage(
        duplicates,
        lambda edition, operation: bool(operation.duplicates),
        lambda edition, operation: {rule.answer for rule in operation.duplicates},
        after=("trainee", "child", "data"),
    ),
    "sections": Stage(
        sections,
        lambda edition, operation: any(rule.section for rule in operation.late_rules),
        lambda *_: [INVALID_SECTIONS],
        after=("fields",),
    ),
    "saving": Stage(
        saving,
        lambda edition, operation: any(rule.at_save for rule in operation.late_rules),
        lambda *_: ["invalid_fields"],
        after=("fields",),
    ),
}


def stages_of(edition: Edition, operation: Operation) -> dict[str, Stage]:
    """Return the stages an operation needs, in the order of `x-precedence`.

    Raises SpecError when one stands before another that it builds on, or is not there at all.
    """
    needed = {name for name, stage in STAGES.items() if stage.is_needed(edition, operation)}
    order = [name for name in edition.precedence.of(operation.acts_as) if name in needed]
    for place, name in enumerate(order):
        for other in STAGES[name].after:
            if other in order[place:]:
                what = f"{name} has to come after {other} for {operation.name}"
                raise SpecError(f"{edition.version}: x-precedence: {what}")
    for name in sorted(needed.difference(order)):
        raise SpecError(f"{edition.version}: x-precedence lacks {name}, for {operation.name}")
    return {name: STAGES[name] for name in order}
