"""One action of an overlay, applied to a document that is bundled already.

It is how a program asks what would be if one row of a contract were another: the document is left
as it was, and a copy has the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from register_spec.documents import Document, SpecError
from register_spec.overlay import Action, Path, apply, effect_problem, places

REMOVED = "(removed)"


def alteration(row: Mapping[str, Any], name: str) -> Action:
    """Return what a row says is to be changed, as an action; `name` stands in messages.

    The row has a `target`, and `update` or `remove`, as an action of a step. Raises SpecError when
    it is none.
    """
    problem = effect_problem(row)
    if problem:
        raise SpecError(f"{name}: {problem}")
    return Action(name, name, row)


def effects(document: Document, action: Action) -> list[tuple[Path, Any]]:
    """Return what an action does to a document: each place, and what comes there.

    It is empty where the document has no such place. What is removed has `REMOVED`; what is added
    to a list has the place of the list.
    """
    found = places(document, action)
    if "update" not in action.row:
        return [(path, REMOVED) for path in found]
    return [each for path in found for each in _leaves(path, action.row["update"])]


def _leaves(path: Path, update: Any) -> Iterator[tuple[Path, Any]]:
    if not isinstance(update, Mapping) or not update:
        yield path, update
        return
    for key, value in update.items():
        yield from _leaves((*path, key), value)


def altered(document: Document, *actions: Action) -> Document:
    """Return a copy of a bundled document in which actions are applied, one after the other.

    It shares nothing with the document, nor within itself. Raises ActionError when one of them
    matches nothing, or changes nothing.
    """
    copied: Document = orjson.loads(orjson.dumps(document))
    for action in actions:
        apply(copied, [action])
    return copied
