"""Witnesses where a side is foreign, and no mock serves it: held to both documents, and not run."""

from __future__ import annotations

from typing import Any

import orjson

from register_contract.diff.comparison import Comparison
from register_contract.diff.containment import takes
from register_contract.diff.decisions import Fact
from register_contract.diff.entries import BREAKING, Entry
from register_contract.diff.evaluators import Change


def by_documents(comparison: Comparison) -> None:
    """Put a witness beside each breaking entry, as far as the documents give one."""
    if comparison.old.ours and comparison.new.ours:
        return
    for entry in comparison.entries:
        if entry.level == BREAKING:
            entry.witness = _of_rename(entry) or _of_changes(entry, comparison)


def _of_rename(entry: Entry) -> dict[str, Any] | None:
    if not entry.renames:
        return None
    each = entry.renames[0]
    return _shown(
        f"a body or an answer with {each.old}",
        f"known before, unknown now: {each.new} stands in its place",
        orjson.dumps({"data": {each.old: "…"}}).decode(),
        "taken",
        "not read",
    )


def _of_changes(entry: Entry, comparison: Comparison) -> dict[str, Any] | None:
    names = {**comparison.before.names, **comparison.after.names}
    for change in entry.changes:
        operation = names.get(change.raw.place.operation, "")
        if change.values:
            return _of_value(change, operation)
        if change.id.endswith((".removed", ".required", ".optional", ".added", ".changed")):
            sides = f"{_side(change.raw.old)} before, {_side(change.raw.new)} now"
            return _shown(
                f"{operation} with {change.field}" if change.field else operation,
                f"{change.field}: {sides}" if change.field else sides,
                "",
                _side(change.raw.old),
                _side(change.raw.new),
            )
    return None


def _of_value(change: Change, operation: str) -> dict[str, Any]:
    value = change.values[0]
    sides = [
        "taken" if fact is not None and takes(str(fact.value), value) else "refused"
        for fact in (change.raw.old, change.raw.new)
    ]
    text = orjson.dumps(value).decode()
    return _shown(
        f"{operation} with {change.field} {text[:60]}",
        f"{sides[0]} by the document before, {sides[1]} now",
        text,
        *sides,
    )


def _side(fact: Fact | None) -> str:
    if fact is None:
        return "not there"
    return "there" if fact.value in (True, "there") or fact.node is not None else str(fact.value)


def _shown(words: str, difference: str, sent: str, before: str, now: str) -> dict[str, Any]:
    calls = [
        [{"request": words, "sent": sent, "status": f"not run: {said}", "answer": ""}]
        for said in (before, now)
    ]
    return {
        "words": words,
        "difference": difference,
        "run": False,
        "before": calls[0],
        "now": calls[1],
    }
