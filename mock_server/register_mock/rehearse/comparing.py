"""How the answer of the target differs from the one before, when both have the same names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from register_mock.contract.edition import KINDS
from register_spec import Translation

GONE, NEW, OTHER = "gone", "new", "other"
_IDS = {(f"{kind}_id",) for kind in KINDS}


@dataclass(frozen=True)
class Difference:
    """One place: what kind of difference it is, the field, and its values on both sides.

    `path` are the names on the way to it, by those of the target.
    """

    kind: str
    path: tuple[str, ...]
    old: Any = None
    new: Any = None

    @property
    def field(self) -> str:
        """The last name on the way."""
        return self.path[-1] if self.path else ""

    @property
    def is_told(self) -> bool:
        """Whether a gone field had a value, or a new one has."""
        return (self.old if self.kind == GONE else self.new) not in (None, [], {})


def differences(one: Any, other: Any, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Yield how JSON content differs from other content; which ids were made up is no matter."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in one:
            if key not in other:
                yield Difference(GONE, (*path, key), old=one[key])
            else:
                yield from differences(one[key], other[key], (*path, key))
        new = (key for key in other if key not in one)
        yield from (Difference(NEW, (*path, key), new=other[key]) for key in new)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for old, there in zip(one, other, strict=True):
            yield from differences(old, there, path)
    elif type(one) is not type(other) or (one != other and path[-1:] not in _IDS):
        yield Difference(OTHER, path, one, other)


def in_other_words(body: Any, of: Translation | None, is_refusal: bool) -> Any:
    """Return an answer with the names of the target; of a refusal in its sentences too."""
    if of is None:
        return body
    made = of.renamed(body)
    names = {public: of.name(public) for public in of.inner if of.name(public) != public}
    if not is_refusal or not names:
        return made
    words = re.compile(r"\b(" + "|".join(sorted(names, key=len, reverse=True)) + r")\b")
    return _reworded(made, words, names)


def _reworded(node: Any, words: re.Pattern[str], names: Mapping[str, str]) -> Any:
    if isinstance(node, str):
        return words.sub(lambda match: names[match[1]], node)
    if isinstance(node, list):
        return [_reworded(each, words, names) for each in node]
    if isinstance(node, dict):
        return {key: _reworded(value, words, names) for key, value in node.items()}
    return node


def renamed_in(body: Any, of: Translation) -> set[str]:
    """Return the names in an answer that the target has otherwise."""
    found: set[str] = set()
    if isinstance(body, Mapping):
        found |= {key for key in body if of.name(key) != key}
        found = found.union(*(renamed_in(each, of) for each in body.values()))
    elif isinstance(body, list):
        found = found.union(*(renamed_in(each, of) for each in body))
    return found
