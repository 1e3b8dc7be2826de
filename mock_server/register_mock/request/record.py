"""The record a request would leave behind, and everything that is wrong with it.

What is sent is laid over what is stored; null or an empty text clears a field (decision 7). The
result is checked by the schema of a new record, then by `x-rules` with the values the service
makes itself. All problems are found together, one a field, in the order of the schema.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from register_mock.contract.derive import FOLLOWING, Record, completed
from register_mock.contract.edition import Edition, Operation
from register_mock.contract.problems import Path, Problem
from register_mock.contract.rules import Rule
from register_mock.contract.shape import CONTAINERS, Shape
from register_mock.contract.values import Scope
from register_mock.trainee.model import Kind

_NONE: frozenset[Any] = frozenset()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record (names as used inside), its nested records, and what is wrong with the request.

    The records are only of use when there are no problems; but `seen`, which has also the values
    that are wrong by themselves.
    """

    record: Record
    seen: Record
    children: dict[Kind, list[Record]]
    problems: list[Problem]


def prepared(
    edition: Edition,
    operation: Operation,
    data: Mapping[str, Any],
    stored: Mapping[str, Any] | None,
    scope: Scope,
    forgiven: frozenset[str] = frozenset(),
) -> Prepared:
    """Return the record to store and what is wrong with it.

    `stored` are the fields of the record that is updated, None for a new one; `scope` has what
    the tables may ask beside it; `forgiven` are the rules of `x-sentences.fields` that may be
    broken.
    """
    assert operation.shape is not None
    shape = operation.merged or operation.shape
    sent = operation.shape.not_cleared(data)
    public = _merged(edition, operation.shape, shape, data, sent, stored, scope)
    problems = shape.problems(public)
    wrong = _wrong(problems)
    record = edition.names.inward(public, without=wrong | shape.items.keys())
    record.update(_beyond_requests(edition, shape, stored))
    for name, found in operation.shape.gathered(data).items():
        if found:
            record[name] = {**record.get(name, {}), **found}
    assert operation.kind is not None
    if stored is not None:
        leaves = operation.shape.leaves
        scope = scope.of_sent({name for name, value in data.items() if not leaves(name, value)})
    told = scope._replace(inputs=sent)
    record = completed(edition.stored_step(operation.kind), record, told)
    entries = _entries(edition, shape, public, problems, scope)
    looked_at = {**record, **entries} if entries else record
    seen = _with_wrong(edition, shape, looked_at, public, wrong)
    problems = _with_rules(operation, problems, looked_at, scope, stored, seen)
    problems = edition.order.of(shape.not_silent(problems), shape)
    problems = [problem for problem in problems if problem.rule not in forgiven]
    children = {} if problems else {k: entries.get(n, []) for n, k in shape.nested.items()}
    return Prepared(record, seen, children, problems)


def _wrong(problems: list[Problem], within: Path = ()) -> set[Any]:
    """Return the fields with a problem of their own, of a record or of the entry `within` it."""
    size = len(within)
    return {
        problem.path[size]
        for problem in problems
        if len(problem.path) == size + 1 and problem.path[:size] == within
    }


def _entries(
    edition: Edition,
    shape: Shape,
    public: Mapping[str, Any],
    problems: list[Problem],
    scope: Scope,
) -> dict[str, list[Record]]:
    """Return the records nested in a new one, without what is wrong in them, by their list.

    A list that is wrong itself is left out.
    """
    found: dict[str, list[Record]] = {}
    bad = _wrong(problems)
    for name, kind in shape.nested.items():
        if name in public and name not in bad:
            step = edition.nested_step(kind)
            found[name] = [
                completed(
                    step,
                    edition.names.inward(row, without=_wrong(problems, (name, place))),
                    scope.of_sent(row),
                )
                for place, row in enumerate(public[name])
            ]
    return found


def event_input(
    edition: Edition,
    operation: Operation,
    data: Mapping[str, Any],
    before: Mapping[str, Any],
    scope: Scope,
) -> tuple[Record, list[Problem]]:
    """Return what a request says of an event (public names), and what is wrong with it.

    Rules see the fields of the trainee and, over them, what was sent.
    """
    assert operation.shape is not None
    public = operation.shape.not_cleared(data)
    problems = operation.shape.problems(public)
    record = {**before, **edition.names.inward(public)}
    problems = _with_rules(operation, problems, record, scope)
    return public, edition.order.of(problems, operation.shape)


def late_problems(
    edition: Edition,
    operation: Operation,
    rules: Iterable[Rule],
    record: Record,
    scope: Scope,
    before: Record | None,
) -> list[Problem]:
    """Return which of these rules are broken, of those that are judged when all else is right."""
    assert operation.shape is not None
    found = _broken(rules, operation, record, scope, before)
    return edition.order.of(found, operation.shape)


def _with_wrong(
    edition: Edition,
    shape: Shape,
    record: Record,
    public: Mapping[str, Any],
    wrong: Set[Any],
) -> Record:
    """Return a record with the values that are wrong by themselves, where they are no lists."""
    sent = {name: public[name] for name in wrong if name in public and name not in shape.items}
    plain = {name: value for name, value in sent.items() if type(value) not in CONTAINERS}
    return {**record, **edition.names.inward(plain)} if plain else record


def _with_rules(
    operation: Operation,
    problems: list[Problem],
    record: Record,
    scope: Scope,
    before: Mapping[str, Any] | None = None,
    seen: Record | None = None,
) -> list[Problem]:
    """Add the broken rows of `x-rules` for fields without a problem.

    `before` is the record that an update changes; `seen` the record with what is wrong in it, for
    rules that are judged in any case.
    """
    found = _broken(operation.rules, operation, record, scope, before, problems, seen)
    return [*problems, *found]


def _broken(
    rules: Iterable[Rule],
    operation: Operation,
    record: Record,
    scope: Scope,
    before: Mapping[str, Any] | None,
    problems: list[Problem] | None = None,
    seen: Record | None = None,
) -> list[Problem]:
    """Return the problems of those rules that are broken.

    Beside `problems` a rule is not judged where its field has one, of these or of another rule.
    """
    found: list[Problem] = []
    for rule in rules:
        looked_at = seen if rule.in_any_case and seen is not None else record
        is_own = rule.of is None or rule.of == operation.kind
        if is_own and rule.must(looked_at, scope) is not False:
            continue  # as most are; to ask what else it depends on would cost more
        for within, entry in _judged(rule, operation, looked_at):
            known = problems or []
            if found and problems is not None and not rule.beside:
                known = [*known, *found]
            wrong = _wrong(known, within) if known else _NONE
            if rule.binds(entry, before, wrong):
                problem = rule.problem(entry, scope, within)
                if problem is not None:
                    found.append(problem)
    return found


def _judged(rule: Rule, operation: Operation, record: Record) -> Iterable[tuple[Path, Record]]:
    """Return what a rule is judged on: the record, or those of its kind in it, with places."""
    if rule.of is None or rule.of == operation.kind:
        return (((), record),)
    assert operation.shape is not None
    return [
        ((name, place), entry)
        for name, kind in operation.shape.nested.items()
        if kind == rule.of
        for place, entry in enumerate(record.get(name, ()))
    ]


def _merged(
    edition: Edition,
    sendable: Shape,
    shape: Shape,
    data: Mapping[str, Any],
    sent: dict[str, Any],
    stored: Mapping[str, Any] | None,
    scope: Scope,
) -> dict[str, Any]:
    if stored is None:
        return sent
    merged = edition.public_fields(shape, stored)
    if sendable.replaced is not None:
        for name in sendable.replaced.by(stored, scope._replace(inputs=sent)):
            merged.pop(name, None)
    for name in sendable.fields:
        if name in sent:
            merged[name] = sent[name]
        elif name in data and not sendable.leaves(name, data[name]):
            merged.pop(name, None)
    for name in list(_following(edition, stored, merged, sent)):
        merged.pop(name)
    return merged


def _following(
    edition: Edition,
    stored: Mapping[str, Any],
    merged: Mapping[str, Any],
    sent: Container[str],
) -> Iterator[str]:
    """Yield the fields that only follow another one and go on doing so.

    A client that sends back what it was shown has chosen nothing, unless it moves the other field
    at the same time.
    """
    for field, other in stored.get(FOLLOWING, {}).items():
        name, source = edition.names.public(field), edition.names.public(other)
        is_moved = merged.get(source) != stored.get(other)
        if merged.get(name) == stored.get(field) and not (name in sent and is_moved):
            yield name
    for field, other in edition.always_following:
        name, source = edition.names.public(field), edition.names.public(other)
        if source in sent and name not in sent and name in merged:
            yield name


def _beyond_requests(
    edition: Edition, shape: Shape, stored: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return what a record has beyond what requests send: values that events wrote.

    Which fields follow others is found anew.
    """
    if stored is None:
        return {}
    sendable = {FOLLOWING, *(edition.names.inner(name) for name in shape.fields)}
    return {name: value for name, value in stored.items() if name not in sendable}
