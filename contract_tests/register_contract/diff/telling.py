"""An entry in words: one sentence, and old and new side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from register_contract.diff.causes import Cause
from register_contract.diff.decisions import Decided, Fact
from register_contract.diff.entries import ORDER, UNDECIDED, Entry, Profile, table
from register_contract.diff.evaluators import Change
from register_contract.diff.names import Rename

NOTHING = "nothing"
"""Stands for what one side does not say."""
_MOST_FIELDS = 5
_MOST_CODES = 4
_LONGEST = 160
_POOLS = {
    "wording": "Refusals, or the codes of a list, are told in other words",
    "precedence": "Of several problems another one is told first, or all in another order",
    "order": "Keys of answers, or the codes of a list, stand in another order",
    "wider": "Answers may show values that they did not show before",
    "address": "The base path is that of the version",
}


def entry_of(cause: Cause, profile: Profile, before: Decided, after: Decided) -> Entry:
    """A cause as an entry."""
    changes = sorted(cause.changes, key=lambda c: ORDER.index(profile.level(c.id)))
    level = profile.level(changes[0].id)
    operations = _operations(cause, before, after)
    return Entry(
        key=cause.key,
        level=level,
        sentence=_sentence(cause, changes),
        changes=changes,
        operations=operations,
        sources=_sources(cause),
        named=cause.named,
        renames=_renames(changes),
        details=details(changes, before, after),
        reason=next((each.reason for each in changes if each.reason and level == UNDECIDED), ""),
    )


def _renames(changes: Sequence[Change]) -> list[Rename]:
    found = []
    for change in changes:
        if change.id == "names.renamed":
            raw = change.raw
            public, inner = raw.place.at[-1], str(raw.fact.value)
            found.append(Rename(public, inner) if raw.new is None else Rename(inner, public))
    return found


def _sources(cause: Cause) -> list[str]:
    found = []
    for each in cause.named:
        source = each.source
        text = source if isinstance(source, str) else str(source.get("document", ""))
        found.append(f"{text} ({each.file}, {each.id})")
    return found


def _operations(cause: Cause, before: Decided, after: Decided) -> list[str]:
    ids = dict.fromkeys(id for change in cause.changes for id in change.operations)
    names = {**before.names, **after.names}
    found = [names.get(id, id) for id in ids]
    known = set(names.values())
    for change in cause.changes:
        if change.id.startswith("names."):
            found += _having(str(change.raw.fact.value), before)
        for fact in change.raw.facts:
            row = fact.value if change.raw.place.room == "table" else None
            if isinstance(row, Mapping):
                asked = row.get("operations", ())
                found += [each for each in asked if each in known]
        at = change.raw.place.at
        if at[:2] == ("x-lifecycle", "locks") and at[2] in known:
            found.append(at[2])
    return list(dict.fromkeys(found))


def _having(name: str, side: Decided) -> list[str]:
    """The operations that send or show a field."""
    return [
        side.names[place.operation]
        for place in side.facts
        if place.room in ("request", "shown") and place.at[-1] == name
    ]


def _sentence(cause: Cause, changes: Sequence[Change]) -> str:
    if cause.key[0] in _POOLS:
        return _POOLS[cause.key[0]]
    if cause.named:
        return " ".join(each.sentence for each in cause.named)
    if cause.key[0] == "rename" or changes[0].id == "names.renamed":
        return "; ".join(f"{each.old} is called {each.new}" for each in _renames(changes))
    return said(changes)


def said(changes: Sequence[Change]) -> str:
    """What changes of one cause are, by their ids: of the worst kind first."""
    worst = changes[0].id
    same = [change for change in changes if change.id == worst]
    fields = list(dict.fromkeys(change.field for change in same))
    more = f" and {len(fields) - _MOST_FIELDS} more" if len(fields) > _MOST_FIELDS else ""
    text = table()[worst]["says"]
    named = ", ".join(fields[:_MOST_FIELDS]) + more
    operation = ", ".join(dict.fromkeys(change.raw.place.operation for change in same))
    return text.format(field=named, kind=same[0].kind, row=named, operation=operation)


def details(
    changes: Sequence[Change], before: Decided, after: Decided
) -> list[tuple[str, str, str]]:
    """What is otherwise, as it was, and as it is; the same in several places once."""
    found: dict[tuple[str, str, str], None] = {}
    for change in changes:
        if change.id == "names.renamed":
            each = _renames([change])[0]
            found["a field is called", each.old, each.new] = None
            continue
        says = table()[change.id]["says"]
        names = {**before.names, **after.names}
        operation = names.get(change.raw.place.operation, change.raw.place.operation)
        what = says.format(
            field=change.field, kind=change.kind, row=change.field, operation=operation
        )
        found[what, words(change.raw.old), words(change.raw.new)] = None
    return list(found)


def words(fact: Fact | None) -> str:
    """What is decided at a place, in words."""
    if fact is None:
        return NOTHING
    if fact.is_schema:
        return schema_words(orjson.loads(fact.value))
    if fact.value is True or fact.value == "there":
        return "yes"
    text = fact.value if isinstance(fact.value, str) else _json(fact.value)
    return _short(text)


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def schema_words(schema: Any) -> str:
    """A canonical schema in a few words."""
    if schema is True or schema == {}:
        return "anything"
    if schema is False:
        return "nothing"
    if "const" in schema:
        return _code(schema["const"])
    if "enum" in schema:
        return _codes(schema["enum"])
    parts = [" or ".join(_kinds(schema.get("type", [])))]
    for word, said_as in _SAID.items():
        if word in schema:
            parts.append(said_as.format(_code(schema[word])))
    for each in schema.get("anyOf", ()):
        parts.append(f"or {schema_words(each)}")
    for each in schema.get("allOf", ()):
        parts.append(schema_words(each))
    text = ", ".join(part for part in parts if part)
    return _short(text.removeprefix("or ")) or _short(_json(schema))


_SAID = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "uniqueItems": "each once",
    "minProperties": "at least {} fields",
    "maxProperties": "at most {} fields",
    "format": "as a {}",
    "pattern": "like {}",
}
_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "array": "list",
    "object": "object",
}


def _kinds(types: Any) -> list[str]:
    return [_KINDS.get(each, str(each)) for each in ([types] if isinstance(types, str) else types)]


def _codes(codes: Sequence[Any]) -> str:
    if len(codes) <= _MOST_CODES * 2:
        return ", ".join(map(_code, codes))
    first, last = codes[:_MOST_CODES], codes[-_MOST_CODES:]
    shown = f"{', '.join(map(_code, first))}, …, {', '.join(map(_code, last))}"
    return f"{shown} ({len(codes)} codes)"


def _code(value: Any) -> str:
    return value if isinstance(value, str) and value else _json(value)
