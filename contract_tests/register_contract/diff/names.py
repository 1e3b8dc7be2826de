"""What fields are called: by `x-names` where it is known, by likeness between foreign documents.

Both documents are compared under the same names: those used inside, which are the newest. What was
renamed is then the same field, and the rename one change.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from register_contract.diff.decisions import Decided, Place
from register_contract.diff.schemas import ITEMS

_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_ALIKE = 0.6
_TOGETHER = 0.5
_MARKS = ("(required)", "(closed)")
_ROOMS = ("request", "shown", "parameter")


@dataclass(frozen=True)
class Rename:
    """A field that is called otherwise; ``proposed`` says that it was guessed, and from what."""

    old: str
    new: str
    proposed: str = ""


def inward(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A document of ours under the names used inside."""
    names: Mapping[str, str] = document.get("x-names") or {}
    return renamed(document, names)


def renamed(document: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """A document with fields under other names, wherever these stand; ``x-names`` stays."""
    if not names:
        return document
    words = re.compile(r"\b(" + "|".join(sorted(names, key=len, reverse=True)) + r")\b")
    kept = ("x-names", "x-drift", "x-documents")
    return {
        key: value if key in kept else _renamed(value, words, names)
        for key, value in document.items()
    }


def _renamed(node: Any, words: re.Pattern[str], names: Mapping[str, str]) -> Any:
    if isinstance(node, str):
        return words.sub(lambda match: names[match[1]], node)
    if isinstance(node, list):
        return [_renamed(each, words, names) for each in node]
    if not isinstance(node, Mapping):
        return node
    return {
        _renamed(key, words, names): each if key == "description" else _renamed(each, words, names)
        for key, each in node.items()
    }


def proposed(old: Decided, new: Decided) -> list[Rename]:
    """Fields of foreign documents that seem to be called otherwise, the likeliest first.

    One is gone and the other new in the same objects, they take the same, and their names have
    words in common.
    """
    gone, come = _objects(old, new), _objects(new, old)
    rows = []
    for one, where in gone.items():
        for other, there in come.items():
            together = len(where.keys() & there.keys()) / len(where.keys() | there.keys())
            alike = _likeness(one, other)
            same = {where[each] == there[each] for each in where.keys() & there.keys()}
            if together >= _TOGETHER and alike >= _ALIKE:
                worth = alike + together / 2 + (True in same) / 4
                rows.append((worth, one, other, len(where.keys() & there.keys())))
    found: list[Rename] = []
    for _, one, other, count in sorted(rows, key=lambda row: (-row[0], row[1:])):
        if all(one != each.old and other != each.new for each in found):
            places = "one object" if count == 1 else f"{count} objects"
            found.append(Rename(one, other, f"takes its place in {places}, under a like name"))
    return found


def _objects(one: Decided, other: Decided) -> dict[str, dict[tuple[str, ...], Any]]:
    """Fields that one document has and the other has not, in an object that both have.

    By name: the objects, each with what the field takes there.
    """
    found: dict[str, dict[tuple[str, ...], Any]] = defaultdict(dict)
    for place, fact in one.facts.items():
        if not _is_field(place) or place in other.facts:
            continue
        around = Place(place.room, place.operation, place.at[:-1])
        if around in other.facts:
            at = (place.room, place.operation, *place.at[:-1])
            found[place.at[-1]][at] = fact.value
    # One that is left anywhere is not called otherwise.
    left = {place.at[-1] for place in other.facts if _is_field(place)}
    return {name: rows for name, rows in found.items() if name not in left}


def _is_field(place: Place) -> bool:
    return place.room in _ROOMS and len(place.at) > 1 and place.at[-1] not in (ITEMS, *_MARKS)


def _likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; a number in words is like one in digits."""
    left, right = [*_words(one)], [*_words(other)]
    return SequenceMatcher(None, left, right).ratio() * 0.6 + (
        SequenceMatcher(None, "_".join(left), "_".join(right)).ratio() * 0.4
    )


def _words(name: str) -> Iterator[str]:
    for word in re.split(r"[_\W]+", name.lower()):
        # A stem is enough: withdraw, withdrawal.
        yield _NUMBERS.get(word, word.removesuffix("al").removesuffix("s"))
