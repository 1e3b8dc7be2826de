"""Which named change of a step or a reading is behind a place, a name, a field or a code.

The places that each change touches are kept by `changes_between`, in the names used inside. What
stands in a document of a version, in its public names, is looked for here by either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from register_spec.composing import Change
from register_spec.documents import Document
from register_spec.drift import touches
from register_spec.overlay import Path

SAYS_NOTHING = frozenset(
    {
        *("description", "summary", "examples", "example", "links"),
        *("x-source", "externalDocs", "x-documents"),
    }
)
"""What stands below these is told to readers and their tools, and decides no answer."""
_NAMES, _LISTS = "x-names", "x-code-lists"
# Of a row of derived values: table, kind of record, phase, id.
_DEPTH = 4
# A schema, and a field in it: what lies less deep together is another matter.
_OF_A_FIELD = 5


@dataclass(frozen=True, slots=True)
class Concern:
    """What a change is about: operations, fields by their names inside, codes with their list.

    `names` are fields, by their names inside, that are called otherwise by it.
    """

    operations: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    codes: frozenset[tuple[str, str]] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether it is about anything that a request or an answer can have."""
        return bool(self.operations or self.fields or self.names or self.codes)


class Attribution:
    """The named changes between two documents, by what they touch."""

    def __init__(self, source: Document, target: Document, changes: tuple[Change, ...]) -> None:
        """Index the changes that `changes_between` tells between two bundled documents."""
        self.source, self.target, self.changes = source, target, changes
        self._touched = [
            (tuple(map(str, place)), change) for change in changes for place in _deciding(change)
        ]
        self._concerns: dict[tuple[str, str], Concern] = {}
        self._behind: dict[Path, Change | None] = {}
        self._first: dict[Path, Change | None] = {}

    def behind(self, place: Iterable[Any], names: Mapping[str, str]) -> Change | None:
        """Return the change that touches a place of a document most closely, if one does.

        `names` are the document's public names with those used inside. A change beside the place,
        in the same field, counts where none lies around it or within it.
        """
        wanted = tuple(names.get(str(step), str(step)) for step in place)
        if wanted not in self._behind:
            self._behind[wanted] = self._closest(wanted)
        return self._behind[wanted]

    def _closest(self, wanted: Path) -> Change | None:
        near = ((_closeness(wanted, touched), change) for touched, change in self._touched)
        rows = [(worth, *_rank(change), change) for worth, change in near if worth]
        return max(rows, key=lambda row: row[:3])[3] if rows else None

    def of_name(self, public: str) -> Change | None:
        """Return the change by which a field that has this name in one version has another one."""
        return self._touching((_NAMES, public))

    def of_field(self, schema: str, name: str) -> Change | None:
        """Return the change by which a schema has a field, by its name inside, or has it not."""
        return self._touching(("components", "schemas", schema, "properties", name))

    def of_code(self, name: str, code: str) -> Change | None:
        """Return the change by which a list has a code, or has it not."""
        return self._touching((_LISTS, name, "codes", code)) or self._touching((_LISTS, name))

    def of_derived(self, name: str) -> Change | None:
        """Return the change of a row that makes the value of a field, by its name inside."""
        for document in (self.target, self.source):
            for place, row in _rows(document["x-derived"], ("x-derived",)):
                if name in (row.get("field"), *row.get("fields", ())):
                    change = self._touching(place)
                    if change is not None:
                        return change
        return None

    def of_answer(self, row: str) -> Change | None:
        """Return the change of a row of the answers to refusals."""
        return self._touching(("x-sentences", "answers", row))

    def concern(self, change: Change) -> Concern:
        """Return what a change is about; nothing, where it is of texts alone."""
        key = (change.file, change.id)
        if key not in self._concerns:
            self._concerns[key] = self._concern(change)
        return self._concerns[key]

    def _touching(self, place: Path) -> Change | None:
        """What touches a place: it alone before what lies in it."""
        if place not in self._first:
            near = ((at, each) for at, each in self._touched if at[: len(place)] == place)
            rows = [(at == place, *_rank(change), change) for at, change in near]
            self._first[place] = max(rows, key=lambda row: row[:3])[3] if rows else None
        return self._first[place]

    def _concern(self, change: Change) -> Concern:
        places = list(_deciding(change))
        codes = {(str(p[1]), str(p[3])) for p in places if p[0] == _LISTS and len(p) > 3}
        names = {str(p[1]) for p in places if p[0] == _NAMES}
        rest = [p for p in places if p[0] != _NAMES and not (p[0] == _LISTS and len(p) > 3)]
        operations: set[str] = set()
        fields: set[str] = set()
        called: set[str] = set()
        for document in (self.source, self.target):
            found = touches(document, rest)
            inner = document[_NAMES]
            operations |= set(found["operations"])
            last = {name.rpartition(".")[2] for name in found["fields"]}
            fields |= {inner.get(name, name) for name in last}
            called |= {inner[name] for name in names & inner.keys()}
        return Concern(
            frozenset(operations), frozenset(fields), frozenset(called), frozenset(codes)
        )


def _rows(node: Any, place: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the rows of a table of derived values with their places: kind, phase, id."""
    if isinstance(node, Mapping):
        if len(place) == _DEPTH:
            yield place, node
        else:
            for key, child in node.items():
                yield from _rows(child, (*place, key))


def _deciding(change: Change) -> Iterator[Path]:
    """Yield the places of a change, but for those that only tell something to readers."""
    for place in change.places:
        if SAYS_NOTHING.isdisjoint(map(str, place)):
            yield place


def _rank(change: Change) -> tuple[bool, bool]:
    """What is so in the target says more than what is over, a version more than a reading."""
    return not change.is_gone, change.file.startswith("steps/")


def _closeness(wanted: Path, touched: Path) -> float:
    """Return how closely a touched place lies to the one that is wanted; 0 is not at all.

    Around it or at it is closest, then within it, then beside it in the same field.
    """
    common = 0
    for one, other in zip(wanted, touched, strict=False):
        if one != other:
            break
        common += 1
    if common == len(touched) and common > 1:
        return common + 0.9
    if common == len(wanted):
        return common + 0.5
    return common if common >= _OF_A_FIELD else 0
