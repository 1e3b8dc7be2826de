"""One cause for all that follows from it: a change of a step, a rename, a list, a rule.

Where both sides are ours, the named changes of steps and readings say what belongs together: each
names the places that it touches. What none of them touches, and what foreign documents say, belongs
together where it is the same change of the same thing. What is only an echo of another change, such
as an answer that goes with the rule which it was for, is claimed by that one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

import register_spec as spec
from register_contract.diff.decisions import Fact
from register_contract.diff.evaluators import Change
from register_contract.diff.names import Rename
from register_contract.diff.raw import Raw
from register_contract.diff.schemas import Origin

POOLED = {
    "wording.changed": "wording",
    "codes.label": "wording",
    "precedence.changed": "precedence",
    "order.changed": "order",
    "codes.order": "order",
    "answer.wider": "wider",
    "address.of_version": "address",
}
"""What the policy does not rank: told once, however many places it has."""
Key = tuple[str, ...]
_ANSWERS = ("x-sentences", "answers")


@dataclass(frozen=True)
class Named:
    """A named change of a step or a reading: its sentence, source, and the places it touches."""

    id: str
    file: str
    sentence: str
    source: Any
    places: tuple[Origin, ...]
    words: frozenset[str] = frozenset()


@dataclass
class Cause:
    """What belongs together. ``named`` are the changes of steps that it is, if it is such."""

    key: Key
    changes: list[Change] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    rename: Rename | None = None


def causes(changes: Sequence[Change], named: Sequence[Named]) -> list[Cause]:
    """Put changes together by what they come from, in the order of the first of each."""
    found = _Grouped(changes, named).causes()
    order = {(each.file, each.id): place for place, each in enumerate(named)}
    for cause in found:
        cause.named.sort(key=lambda each: order[each.file, each.id])
    return found


class _Grouped:
    def __init__(self, changes: Sequence[Change], named: Sequence[Named]) -> None:
        self._changes = changes
        self._places = _Places(named)
        self._behind = [self._places.behind(change.raw) for change in changes]
        self._take_over()
        self._keys = [
            self._key(change, by) for change, by in zip(changes, self._behind, strict=True)
        ]
        self._join()
        self._claims = dict(_claims(changes, self._keys))

    def _join(self) -> None:
        """What a reading says otherwise of a field goes with what the version has changed of it.

        And what nobody names of a refusal, with what else has changed of its form.
        """
        of_steps: dict[str, Key] = {}
        of_answers: dict[tuple[str, str], Key] = {}
        rows = list(zip(self._changes, self._behind, self._keys, strict=True))
        # A rename says least of a field.
        for change, by, key in sorted(rows, key=lambda row: row[0].id.startswith("names.")):
            if by is not None and by.file.startswith("steps/") and key[0] == "step":
                for name in _fields_of(change):
                    if change.id not in ("answer.field.required", "answer.field.optional"):
                        of_steps.setdefault(name, key)
            if by is not None and change.raw.place.room in ("shown", "answer"):
                of_answers.setdefault((change.raw.place.operation, change.raw.place.at[0]), key)
        votes: dict[Key, Counter[Key]] = defaultdict(Counter)
        for change, by, key in rows:
            if by is not None and not by.file.startswith("steps/") and key[0] == "step":
                votes[key].update(of_steps[n] for n in _fields_of(change) if n in of_steps)
        joined = {key: found.most_common(1)[0][0] for key, found in votes.items() if found}
        for place, (change, by, key) in enumerate(rows):
            at = change.raw.place.at
            if by is None and change.raw.place.room == "shown" and at[0] >= "4":
                key = of_answers.get((change.raw.place.operation, at[0]), key)
            self._keys[place] = joined.get(key, key)

    def causes(self) -> list[Cause]:
        found: dict[Key, Cause] = {}
        for change, by, key in zip(self._changes, self._behind, self._keys, strict=True):
            key = self._claims.get(key, key)
            cause = found.setdefault(key, Cause(key))
            cause.changes.append(change)
            if by is not None and by not in cause.named:
                cause.named.append(by)
        return list(found.values())

    def _take_over(self) -> None:
        """What is the same change elsewhere, as of an operation that repeats another, is it too.

        So is what answers show of a field, where what is sent for it has changed.
        """
        known: dict[tuple[str, ...], Named] = {}
        for change, by in zip(self._changes, self._behind, strict=True):
            if by is not None:
                known[change.id, change.field, _written(change.raw)] = by
                if change.id.startswith("request."):
                    known["sent", change.field] = by
        for place, change in enumerate(self._changes):
            if self._behind[place] is None:
                same = known.get((change.id, change.field, _written(change.raw)))
                is_value = change.id in ("answer.narrower", "answer.wider", "answer.undecided")
                self._behind[place] = same or (
                    known.get(("sent", change.field)) if is_value else None
                )

    def _key(self, change: Change, by: Named | None) -> Key:
        if by is None:
            is_name = change.id.startswith("names.")
            return ("rename", change.field) if is_name else _structural(change)
        lists = {place[1] for place in by.places if place[0] == "x-code-lists" and len(place) > 1}
        codes = sum(1 for place in by.places if place[0] == "x-code-lists")
        if len(lists) == 1 and codes * 2 >= len(by.places):
            # Most of what it touches are codes: it is a change of the list, like others of it.
            return ("list", lists.pop())
        return ("step", by.id)


def _fields_of(change: Change) -> list[str]:
    """The fields that a change is about, by their names inside."""
    raw = change.raw
    if raw.place.room == "table":
        row, at = raw.fact.value, raw.place.at
        if at[0] == "x-names":
            return [str(row)]
        if at[3:4] == ("writes",):
            return [at[-1]]
        if not isinstance(row, Mapping):
            return []
        fields = row.get("fields", ())
        return [each for each in (row.get("field"), *fields) if isinstance(each, str)]
    if change.id.startswith("answer.wider"):
        return []
    return [change.field.rpartition(".")[2]] if change.field else []


_SAYS_NOTHING = frozenset(
    {"description", "summary", "examples", "example", "x-source", "externalDocs", "x-without"}
)


class _Places:
    """The named changes by what they touch."""

    def __init__(self, named: Sequence[Named]) -> None:
        self._exact: dict[Origin, list[Named]] = defaultdict(list)
        self._around: dict[Origin, list[Named]] = defaultdict(list)
        for each in named:
            for place in each.places:
                if not _SAYS_NOTHING & set(place):
                    self._note(each, place)

    def _note(self, named: Named, place: Origin) -> None:
        if place[-1] == spec.ENTRY:
            # Which entry it is, only what it says can tell.
            self._around[place[:-1]].append(named)
        else:
            self._exact[place].append(named)
        for size in range(2, len(place)):
            self._around[place[:size]].append(named)

    def behind(self, raw: Raw) -> Named | None:
        """The change that touches a place most closely; of those around it, the most alike."""
        found: list[tuple[int, int, int, Named]] = []
        said = _new_words(raw)
        for number, origin in enumerate(_origins(raw)):
            for size in range(len(origin), 1, -1):
                for named in self._exact.get(origin[:size], ()):
                    words = len(said & named.words)
                    found.append((size, words, -number, named))
            entry = origin[:-1] if origin[-1].isdecimal() else origin
            for named in (*self._around.get(origin, ()), *self._around.get(entry, ())):
                found.append((0, len(said & named.words), -number, named))
        if raw.place.room == "operation" and found:
            # The one that brought it, not one that says more of it.
            return min(found, key=lambda row: (row[0] == 0, row[0]))[3]
        best = max(found, key=lambda row: row[:3], default=None)
        return None if best is None else best[3]


def _new_words(raw: Raw) -> set[str]:
    """The texts that stand on one side alone, and the name of the place."""
    sides = [
        set(spec.texts_in(_value(fact))) if fact is not None else set()
        for fact in (raw.old, raw.new)
    ]
    names = {step for step in raw.place.at if not step.startswith("(")}
    return (sides[0] ^ sides[1]) | (names if raw.kind != "changed" else set())


def _value(fact: Fact) -> Any:
    """What is decided; a schema, which is kept as a text, as what it is."""
    return orjson.loads(fact.value) if fact.is_schema else fact.value


def _origins(raw: Raw) -> Iterator[Origin]:
    for fact in raw.facts:
        yield from fact.origins
        yield from _lists_behind(fact.origins)
        if fact.node is not None and raw.place.room != "key":
            keys = fact.node.keys
            for key in ("x-code-list", "x-lists"):
                if key in keys:
                    yield ("x-code-lists", str(keys[key]), "codes")
                    yield ("x-code-lists", str(keys[key]))
            if "x-shows" in keys:
                name = _last_name(raw)
                yield ("components", "schemas", str(keys["x-shows"]), "properties", name)
    if raw.place.room in ("table", "order"):
        at = raw.place.at
        yield at
        if at[:2] == ("x-lifecycle", "locks"):
            yield at[:2]
        elif at[3:4] == ("edges",):
            yield at[:4]
        if at[0] == "x-code-lists" and len(at) > 2:
            yield (at[0], at[1], "codes", *at[2:])


def _lists_behind(origins: Iterable[Origin]) -> Iterator[Origin]:
    yield from (origin for origin in origins if origin[0] == "x-code-lists" and len(origin) > 1)


def _last_name(raw: Raw) -> str:
    steps = [step for step in raw.place.at if step != "[]" and not step.startswith("(")]
    return steps[-1] if steps else ""


def _structural(change: Change) -> Key:
    """What a change is, apart from where: the same change in two places is one."""
    raw = change.raw
    room = raw.place.room
    if change.id in POOLED and room != "key":
        return (POOLED[change.id],)
    if room in ("table", "order"):
        return _of_row(change)
    if room == "key":
        return ("key", change.id, raw.place.at[-1], _written(raw))
    lists = [fact.node.keys.get("x-code-list") for fact in raw.facts if fact.node is not None]
    if any(lists) and change.id.endswith((".wider", ".narrower", ".undecided")):
        return ("list", str(next(filter(None, lists))))
    if room in ("operation", "access", "body"):
        return (change.id, change.field, *(() if room == "access" else (raw.place.operation,)))
    name = change.field.rpartition(".")[2]
    if raw.kind != "changed":
        return (change.id, change.kind, name)
    if change.id.endswith(".wider"):
        # The same may be taken of several: that is one thing that is new.
        return (change.id, _written(raw))
    return (change.id, change.kind, name, _written(raw))


def _of_row(change: Change) -> Key:
    raw = change.raw
    at = raw.place.at
    if change.id.startswith("codes."):
        return ("list", at[1])
    if at[:2] == ("x-lifecycle", "locks"):
        return ("locks", change.id, _written(raw))
    if at[:2] == ("x-lifecycle", "events"):
        return ("event", at[2])
    return ("row", *at)


def _written(raw: Raw) -> str:
    values = [None if fact is None else fact.value for fact in (raw.old, raw.new)]
    return orjson.dumps(values, default=str, option=orjson.OPT_SORT_KEYS).decode()


def _claims(changes: Sequence[Change], keys: Sequence[Key]) -> Iterator[tuple[Key, Key]]:
    """Keys that are only echoes, each with that of what they are an echo of.

    A refusal that came or went with what is refused; a row or a key about a field that came or
    went; a derived value whose field is not shown any more.
    """
    answers, fields = _refusals(changes, keys), _fields(changes, keys)
    access = (key for change, key in zip(changes, keys, strict=True) if change.id == "access.asked")
    asked = next(access, None)
    required = {
        change.field.rpartition(".")[2]: key
        for change, key in zip(changes, keys, strict=True)
        if change.id in ("request.field.optional", "request.field.required")
    }
    told = {
        str(change.raw.fact.value["status"]): key
        for change, key in zip(changes, keys, strict=True)
        if change.raw.place.room == "table" and change.raw.place.at[:2] == _ANSWERS
    }
    for change, key in zip(changes, keys, strict=True):
        if key[0] == "step":
            continue
        at, row = change.raw.place.at, change.raw.fact.value
        target: Key | None = None
        if change.id.startswith("answer.") and change.raw.place.room == "answer":
            target = _refused_by(change, changes, keys)
            if change.field == "401":
                target = asked
            target = target or told.get(change.field)
        elif at[:2] == ("x-sentences", "answers") and isinstance(row, Mapping):
            target = answers.get(at[2]) or answers.get(str(row.get("for")))
        elif at[:1] == ("x-derived",) and change.raw.kind != "changed":
            target = fields.get(str(row.get("field")))
        elif change.raw.place.room == "key":
            target = _beside(change, changes, keys)
        elif change.raw.place.room == "condition":
            # Required where another field is there, instead of always or never.
            about = change.field.partition(" (")[0].split(", ")
            target = next((required[name] for name in about if name in required), None)
        if target is not None and target != key:
            yield key, target


def _refusals(changes: Sequence[Change], keys: Sequence[Key]) -> dict[str, Key]:
    """What came or went that is refused, by the answer it is refused with."""
    found: dict[str, Key] = {}
    for change, key in zip(changes, keys, strict=True):
        row = change.raw.fact.value
        is_row = change.raw.place.room == "table" and isinstance(row, Mapping)
        for word in ("answer", "refusal") if is_row and change.raw.kind != "changed" else ():
            if isinstance(row.get(word), str):
                found.setdefault(row[word], key)
    return found


def _fields(changes: Sequence[Change], keys: Sequence[Key]) -> dict[str, Key]:
    """The fields that came or went."""
    found: dict[str, Key] = {}
    for change, key in zip(changes, keys, strict=True):
        is_field = change.id.startswith(("answer.field.", "request.field."))
        if is_field and change.raw.kind != "changed":
            found.setdefault(change.field.rpartition(".")[2], key)
    return found


def _refused_by(change: Change, changes: Sequence[Change], keys: Sequence[Key]) -> Key | None:
    """What an answer came or went with: a rule, a lock or a duplicate of the same operation."""
    for other, key in zip(changes, keys, strict=True):
        raw = other.raw
        if raw.place.room != "table" or raw.kind != change.raw.kind:
            continue
        row = raw.fact.value
        is_refusal = isinstance(row, Mapping) and ("answer" in row or "refusal" in row)
        if is_refusal and raw.place.at[0] in ("x-duplicates", "x-lifecycle"):
            return key
    return None


def _beside(change: Change, changes: Sequence[Change], keys: Sequence[Key]) -> Key | None:
    """The change of the field, or the operation, that a key stands beside."""
    at = change.raw.place.at
    for other, key in zip(changes, keys, strict=True):
        place = other.raw.place
        is_same = place.operation == change.raw.place.operation
        is_there = is_same and place.room == at[0] and place.at[: len(at) - 2] == at[1:-1]
        if is_there and other.id != "answer.wider":
            return key
    return None
