"""In what the answers of two sides part, as far as it is what an entry is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from enum import Enum
from typing import Any, NamedTuple

from register_contract.diff.entries import Entry
from register_contract.diff.evaluators import Change
from register_contract.diff.witness.worlds import Played, Player, shown_of
from register_contract.target.decoding import plain
from register_contract.target.exchange import NO_JSON

_REFUSED = 400
_MISSING = "(not there)"
_NO_LOSS = ("answer.field.added", "answer.field.required", "answer.narrower", "presence.more")
_OF_ANSWERS = ("answer.", "presence.")
_OF_REFUSALS = ("refusal.form", "wording.changed", "precedence.changed")


class Way(Enum):
    """How two answers part, for who asked."""

    REFUSED_NOW = "refused now"
    DIFFERS = "differs"
    TAKEN_NOW = "taken now"
    TOLD_OTHERWISE = "told otherwise"


class Parting(NamedTuple):
    """How two answers part, and in words."""

    way: Way
    words: str


class Matter:
    """What an entry is about: fields, rows of tables, operations; ``alone`` when nothing else is.

    Where it is the only entry, whatever parts is of it.
    """

    def __init__(self, entry: Entry, alone: bool) -> None:
        self.entry = entry
        self.alone = alone
        self.fields: set[str] = set()
        self.shown: set[str] = set()
        self.rows: set[str] = set()
        for change in entry.changes:
            self._note(change)
        ids = set(entry.ids)
        # Where it breaks something else, words are an echo of that.
        worst = entry.changes[0] if entry.changes else None
        self.is_of_refusals = worst is not None and (
            worst.id in _OF_REFUSALS
            or (worst.raw.place.room in ("shown", "answer") and worst.raw.place.at[0] >= "4")
        )
        self.is_of_paths = any(id.startswith(("operation.", "address.", "access.")) for id in ids)

    def _note(self, change: Change) -> None:
        at = change.raw.place.at
        name = change.field.rpartition(".")[2]
        if change.raw.place.room in ("request", "parameter", "condition", "body"):
            self.fields |= {each.strip() for each in name.partition(" (")[0].split(",")}
        if change.raw.place.room == "key":
            self.fields |= {step for step in at[1:-1] if step not in ("data", "[]")}
            self.fields |= set(_differing_fields(change))
        if change.id.startswith("names."):
            self.fields.add(str(change.raw.fact.value))
            self.shown.add(str(change.raw.fact.value))
        elif change.id.startswith(_OF_ANSWERS) and change.id not in _NO_LOSS and name:
            self.shown.add(name)
        if change.raw.place.room == "table":
            self._note_row(change, at)

    def _note_row(self, change: Change, at: tuple[str, ...]) -> None:
        self.rows.add(at[-1])
        for fact in change.raw.facts:
            row = fact.value
            if isinstance(row, Mapping):
                self.rows |= {str(row[w]) for w in ("refusal", "answer") if w in row}
                made = [row.get("field"), *row.get("fields", ())]
                names = {each for each in made if isinstance(each, str)}
                self.fields |= names
                if at[0] == "x-derived":
                    self.shown |= names
        if at[3:4] == ("writes",):
            self.shown.add(at[-1])
        if at[3:4] == ("defaults",):
            self.fields.add(at[-1])

    def told_by(self, reasons: tuple[Mapping[str, Any], ...]) -> bool:
        """Whether a refusal is for nothing but what this is about."""
        if self.alone or (self.is_of_paths and not reasons):
            return True
        return bool(reasons) and all(self._is_of(reason) for reason in reasons)

    def _is_of(self, reason: Mapping[str, Any]) -> bool:
        field = str(reason.get("field") or "").rpartition(".")[2]
        if reason.get("rule") in self.rows or field in self.fields:
            return True
        pointer = str((reason.get("source") or {}).get("pointer", "")).replace("#", "/")
        if "x-lifecycle" in pointer or "x-duplicates" in pointer:
            return any(row in pointer.split("/") for row in self.rows) or bool(
                "x-lifecycle/locks" in pointer and self._has_locks
            )
        return self.is_of_paths and reason.get("field") in ("path", "token")

    @property
    def _has_locks(self) -> bool:
        return any(
            change.raw.place.at[:2] == ("x-lifecycle", "locks") for change in self.entry.changes
        )


def _differing_fields(change: Change) -> Iterator[str]:
    """The fields of the rows that a key has otherwise on each side."""
    old, new = (None if fact is None else fact.value for fact in (change.raw.old, change.raw.new))
    rows = [each if isinstance(each, Mapping) else {} for each in (old, new)]
    for name in {**rows[0], **rows[1]}:
        if rows[0].get(name) != rows[1].get(name):
            for row in (rows[0].get(name), rows[1].get(name)):
                if isinstance(row, Mapping) and isinstance(row.get("field"), str):
                    yield row["field"]


def parting(
    matter: Matter, old: Played, new: Played, players: tuple[Player, Player]
) -> Parting | None:
    """How the last answers part in what an entry is about; None when they do not."""
    one, other = old.last, new.last
    if one.failure or other.failure:
        return None
    if one.status != other.status:
        return _by_status(matter, old, new)
    made_up = players[0].contract.made_up | players[1].contract.made_up
    if one.status >= _REFUSED:
        is_same = _text(one.json, made_up) == _text(other.json, made_up)
        is_of_it = matter.alone or (matter.is_of_refusals and matter.told_by(new.reasons))
        is_of_form = "refusal.form" in matter.entry.ids
        if is_same or not (is_of_it or is_of_form):
            return None
        is_about_it = matter.is_of_refusals or is_of_form or "answers.otherwise" in matter.entry.ids
        is_other = is_about_it and _form(one.json) != _form(other.json)
        way = Way.DIFFERS if is_other else Way.TOLD_OTHERWISE
        return Parting(way, f"both {one.status}, in another form or other words")
    for name in _headers(matter.entry):
        if one.headers.get(name) != other.headers.get(name):
            return Parting(Way.DIFFERS, f"the header {name} differs")
    words = _shown(matter, old, new, players, made_up)
    return Parting(Way.DIFFERS, words) if words else None


def _by_status(matter: Matter, old: Played, new: Played) -> Parting | None:
    one, other = old.last.status, new.last.status
    if max(one, other) >= _REFUSED:
        refused = new if other >= _REFUSED else old
        if not matter.told_by(refused.reasons):
            return None
    words = f"answered {one} before, {other} now"
    if one < _REFUSED <= other:
        return Parting(Way.REFUSED_NOW, words)
    is_write = old.last.method not in ("GET", "HEAD")
    is_taken = other < _REFUSED <= one and is_write
    return Parting(Way.TAKEN_NOW if is_taken else Way.DIFFERS, words)


def _form(body: Any) -> Any:
    """The keys of a body, whatever stands under them."""
    if isinstance(body, Mapping):
        return {key: _form(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_form(each) for each in body[:1]]
    return type(body).__name__


def _headers(entry: Entry) -> Iterator[str]:
    for change in entry.changes:
        if change.id.startswith("answer.header."):
            yield change.field


def _shown(
    matter: Matter,
    old: Played,
    new: Played,
    players: tuple[Player, Player],
    made_up: Set[str],
) -> str:
    names = matter.shown or matter.fields
    left, right = shown_of(old.last), shown_of(new.last)
    if len(left) != len(right) and (matter.alone or not names):
        return f"{len(left)} records before, {len(right)} now"
    for one, other in zip(left, right, strict=False):
        found = [players[0].inner(one), players[1].inner(other)]
        for name in sorted(names):
            values = [_anywhere(each, name) for each in found]
            if values[0] == _MISSING:
                continue  # What was not shown is missed by nobody.
            if _text(values[0], made_up, name) != _text(values[1], made_up, name):
                called, called_now = (player.contract.public(name) for player in players)
                now = "" if called == called_now else f"{called_now} "
                return f"{called} is {_said(values[0])} before, {now}{_said(values[1])} now"
        for each in matter.entry.renames:
            if each.old in one and each.new in other and each.old not in other:
                return f"shown as {each.old} before, as {each.new} now"
    if matter.alone:
        return _whole(old, new, made_up)
    return ""


def _whole(old: Played, new: Played, made_up: Set[str]) -> str:
    one, other = old.last.json, new.last.json
    if _text(one, made_up) == _text(other, made_up):
        keys = [list(_keys(each)) for each in (one, other)]
        return "the keys stand in another order" if keys[0] != keys[1] else ""
    left, right = shown_of(old.last), shown_of(new.last)
    for first, second in zip(left, right, strict=False):
        for name in dict.fromkeys((*first, *second)):
            values = [each.get(name, _MISSING) for each in (first, second)]
            if _text(values[0], made_up, name) != _text(values[1], made_up, name):
                return f"{name} is {_said(values[0])} before, {_said(values[1])} now"
    return "the answers differ"


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield key
            yield from _keys(value)
    elif isinstance(node, list):
        for each in node:
            yield from _keys(each)


def _anywhere(record: Any, name: str) -> Any:
    """What stands under a name in a record, or in the first record inside of it that has it."""
    if isinstance(record, Mapping):
        if name in record:
            return record[name]
        for each in record.values():
            found = _anywhere(each, name)
            if found != _MISSING:
                return found
    elif isinstance(record, list):
        for each in record:
            found = _anywhere(each, name)
            if found != _MISSING:
                return found
    return _MISSING


def _text(value: Any, made_up: Set[str], key: str = "") -> str:
    if value is NO_JSON:
        return ""
    return json.dumps(plain(value, frozenset(made_up), key), sort_keys=True, default=str)


def _said(value: Any) -> str:
    if isinstance(value, str) and value == _MISSING:
        return "not there"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 60 else f"{text[:60]}…"
