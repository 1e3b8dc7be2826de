"""One step or reading, applied: an OpenAPI Overlay whose actions have names.

An action names the places it changes by a JSONPath (RFC 9535) and merges an ``update`` into each
of them, or takes each away (``remove: true``). Objects are merged key by key; any other value,
lists too, takes the place of what was there; an update of a list adds its entries at the end.
``x-before`` and ``x-after`` say beside which key of the target the new keys stand, where order
decides. What could go wrong in silence is an error: a target that matches nothing, one by number,
an update that changes nothing, and two actions of one overlay on the same key.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jsonpath

from register_spec.checking import form_problem
from register_spec.documents import Document, SpecError

Path = tuple[str | int, ...]


class ActionError(SpecError):
    """An action cannot be applied to what it is applied to; `change` is the id of its change."""

    def __init__(self, action: Action, problem: str) -> None:
        super().__init__(f"{action.place}: {problem}")
        self.change = action.change


_ACTION = frozenset(
    {
        "x-id", "x-with", "description", "x-source", "x-drift", "x-ends",
        "target", "update", "remove", "x-before", "x-after",
    }
)  # fmt: skip
_EFFECTS = ("update", "remove", "x-before", "x-after")
_OVERLAY = frozenset({"overlay", "info", "extends", "x-follows", "x-succeeds", "actions"})


@dataclass(frozen=True, slots=True)
class Action:
    """One named change; ``place`` says where it stands, for messages.

    ``change`` is the id of the change it belongs to: its own, or that of the action it goes with.
    """

    place: str
    change: str
    row: Mapping[str, Any]

    @property
    def without_effect(self) -> bool:
        """Whether it only tells what the service does, and changes nothing."""
        return not any(key in self.row for key in ("update", "remove", "x-ends"))

    def without_its_effect(self) -> Action:
        """Return the action as one that only tells what the service does."""
        told = {key: each for key, each in self.row.items() if key not in _EFFECTS}
        return replace(self, row=told)


def actions_of(overlay: Any, name: str, drifts: bool = False) -> list[Action]:
    """Return the actions of an overlay, checked one by one.

    `name` stands in the messages; `drifts` says that it is one of a reading, whose actions have an
    `x-drift`. Raises SpecError for what is no overlay, an action without id, sentence or source, an
    id that stands twice, a key that no action has.
    """
    if not isinstance(overlay, dict) or not isinstance(overlay.get("actions"), list):
        raise SpecError(f"{name} is not an overlay: it needs `overlay`, `info` and `actions`")
    unknown = sorted(str(key) for key in set(overlay) - _OVERLAY)
    if unknown:
        raise SpecError(f"{name}: unknown key {unknown[0]!r}; known are {_listed(_OVERLAY)}")
    found: list[Action] = []
    seen: set[str] = set()
    for position, row in enumerate(overlay["actions"], 1):
        problem = _form_problem(row) or _identity_problem(row, seen) or _drift_problem(row, drifts)
        label = row.get("x-id", f"number {position}") if isinstance(row, dict) else position
        if problem:
            raise SpecError(f"{name}: action {label}: {problem}")
        change = row.get("x-id", row.get("x-with"))
        seen.add(change)
        found.append(Action(f"{name}: action {change}", change, row))
    return found


def _form_problem(row: Any) -> str | None:
    if not isinstance(row, dict):
        return "is no object"
    unknown = sorted(str(key) for key in set(row) - _ACTION)
    if unknown:
        return f"unknown key {unknown[0]!r}; known are {_listed(_ACTION)}"
    if "remove" in row and row["remove"] is not True:
        return "`remove` is true or not there"
    ways = [key for key in ("update", "remove", "x-ends") if key in row]
    if not ways and _not_reproduced(row):
        return None
    if len(ways) != 1:
        return "says one of `update`, `remove: true` and `x-ends`"
    if ("target" in row) is (ways == ["x-ends"]):
        return "has a `target`, unless it ends an earlier action"
    if ("x-before" in row or "x-after" in row) and not isinstance(row.get("update"), dict):
        return "`x-before` and `x-after` go with an update of an object"
    return None


def _identity_problem(row: Mapping[str, Any], seen: set[str]) -> str | None:
    if "x-with" in row:
        if row["x-with"] not in seen:
            return f"`x-with` names {row['x-with']!r}, no action before it"
        extra = [key for key in ("x-id", "description") if key in row]
        return f"goes with another action and has no {extra[0]} of its own" if extra else None
    missing = [key for key in ("x-id", "description", "x-source") if not row.get(key)]
    if missing:
        return f"has no {missing[0]}: an action has an id, a sentence for clients and a source"
    if row["x-id"] in seen:
        return "the id stands twice"
    return None


def _not_reproduced(row: Mapping[str, Any]) -> bool:
    drift = row.get("x-drift")
    return isinstance(drift, Mapping) and drift.get("reproduced") is False


def _drift_problem(row: Mapping[str, Any], drifts: bool) -> str | None:
    """What is wrong with what an action says of documents and service."""
    if "x-drift" not in row:
        needed = drifts and "x-id" in row and "x-ends" not in row
        return "has no x-drift: a reading says what documents say and the service does" * needed
    if not drifts or "x-id" not in row or "x-ends" in row:
        return "`x-drift` goes with the first action of a change of a reading"
    if _not_reproduced(row) and ("update" in row or "remove" in row):
        return "changes something, so it is reproduced"
    problem = form_problem("x-drift", row["x-drift"])
    return problem and f"x-drift: {problem}"


def apply(document: Document, actions: list[Action]) -> dict[Path, Action]:
    """Apply the actions of one overlay to a document, in place and in order.

    Returns which action touched what; one without effect touches what it names. Raises SpecError
    naming the action that matches nothing, changes nothing, targets by number, or touches what
    another action of the same overlay touches.
    """
    touched: dict[Path, Action] = {}
    named: dict[Path, Action] = {}
    for action in actions:
        if "target" not in action.row:
            continue
        for path in _targets(document, action):
            if action.without_effect:
                named[path] = action
                continue
            for key in list(_change(document, path, action)):
                _claim(touched, key, action)
    return named | touched


def places(document: Document, action: Action) -> list[Path]:
    """Return where an action has an effect; raises SpecError when that cannot be told."""
    return _found(document, action)


def effect_problem(row: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the change that a row names, whoever's it is."""
    return _form_problem({key: row[key] for key in ("target", *_EFFECTS) if key in row})


def _targets(document: Document, action: Action) -> list[Path]:
    text, found = action.row["target"], _found(document, action)
    if not found:
        raise ActionError(action, f"{text} matches nothing")
    # The last first: taking one entry of a list away moves those behind it.
    return found[::-1]


def _found(document: Document, action: Action) -> list[Path]:
    """Return the places that an action names, in the order of the document."""
    text = action.row["target"]
    try:
        query = _query(text)
        found = [tuple(match.parts) for match in query.finditer(document)]
    except jsonpath.JSONPathError as error:
        raise ActionError(action, f"{text!r} is not a JSONPath: {error}") from error
    if _counts(query):
        raise ActionError(action, f"{text} targets by number; name the entry by its content")
    return found


@lru_cache(maxsize=1024)
def _query(text: str) -> Any:
    """Return a JSONPath, read: a document is composed again and again from the same actions."""
    return jsonpath.compile(text)


def _counts(query: Any) -> bool:
    """Whether a query selects an entry of a list by its position."""
    by_number = (jsonpath.selectors.IndexSelector, jsonpath.selectors.SliceSelector)
    return any(
        isinstance(selector, by_number)
        for segment in query.segments
        for selector in segment.selectors
    )


def _change(document: Document, path: Path, action: Action) -> Iterator[Path]:
    """Change one place and yield the path of every key that is other than before."""
    if action.row.get("remove"):
        if not path:
            raise ActionError(action, "the whole document cannot be removed")
        parent = _at(document, path[:-1])
        del parent[path[-1]]
        # A list has no names to claim: its entries are told apart by what they are.
        yield path if isinstance(path[-1], str) else (*path, action.change)
        return
    node, update = _at(document, path), copy.deepcopy(action.row["update"])
    if isinstance(node, list):
        added = update if isinstance(update, list) else [update]
        known = [each for each in added if each in node]
        if known:
            raise ActionError(action, f"{known[0]!r} is in the list already")
        node.extend(added)
        yield (*path, action.change)
        return
    if not isinstance(node, dict) or not isinstance(update, dict):
        raise ActionError(action, f"{action.row['target']} is neither an object nor a list")
    new = [key for key in update if key not in node]
    changed = list(_merge(node, update, path))
    if not changed:
        raise ActionError(action, f"{action.row['target']} is so already")
    _move(node, new, action)
    yield from changed


def _merge(node: dict[str, Any], update: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for key, value in update.items():
        here = (*path, key)
        if isinstance(value, dict) and isinstance(node.get(key), dict):
            yield from _merge(node[key], value, here)
        elif key not in node or node[key] != value:
            node[key] = value
            yield here


def _move(node: dict[str, Any], new: list[str], action: Action) -> None:
    """Put the keys that came beside the one that the action names."""
    word = next((word for word in ("x-before", "x-after") if word in action.row), None)
    if word is None or not new:
        return
    anchor = action.row[word]
    if anchor not in node or anchor in new:
        raise ActionError(action, f"{word} names {anchor!r}, no key of the target")
    added = {key: node.pop(key) for key in new}
    rest = list(node.items())
    node.clear()
    for key, value in rest:
        if key == anchor and word == "x-before":
            node.update(added)
        node[key] = value
        if key == anchor and word == "x-after":
            node.update(added)


def _claim(touched: dict[Path, Action], path: Path, action: Action) -> None:
    for other, owner in touched.items():
        shorter = min(len(other), len(path))
        if owner is not action and other[:shorter] == path[:shorter]:
            key = ".".join(str(step) for step in path)
            raise ActionError(action, f"{key} is changed by {owner.change} already")
    touched[path] = action


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
