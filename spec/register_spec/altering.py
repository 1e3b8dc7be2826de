"""One action of an overlay, applied to a document that is bundled already.

It is how a program asks what would be if one row of a contract were another: the document is left
as it was, and a copy has the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from register_spec.documents import Document, SpecError
from register_spec.overlay import Action, apply, effect_problem, finds


def alteration(row: Mapping[str, Any], name: str) -> Action:
    """Return what a row says is to be changed, as an action; `name` stands in messages.

    The row has a `target`, and `update` or `remove`, as an action of a step. Raises SpecError when
    it is none.
    """
    problem = effect_problem(row)
    if problem:
        raise SpecError(f"{name}: {problem}")
    return Action(name, name, row)


def finds_place(document: Document, action: Action) -> bool:
    """Tell whether a document has what an action changes."""
    return finds(document, action)


def altered(document: Document, action: Action) -> Document:
    """Return a copy of a bundled document in which an action is applied.

    Raises SpecError when the action matches nothing, or changes nothing.
    """
    copied: Document = copy_of(document)
    apply(copied, [action])
    return copied


def copy_of(document: Document) -> Document:
    """Return a copy of a bundled document that shares nothing, within itself neither."""
    copied: Document = orjson.loads(orjson.dumps(document))
    return copied
