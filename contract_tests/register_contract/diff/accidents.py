"""What documents that were generated from test runs show by accident, told apart from changes.

In such a document an answer is what one test got: its types, what is always there and what may be
null differ from operation to operation. A change of an answer counts where all operations that show
the field tell it, and more than one does; anything else is a note.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from register_contract.diff.decisions import Decided, Place
from register_contract.diff.evaluators import Change
from register_contract.diff.schemas import ITEMS

_OF_ANSWERS = ("answer.field.", "answer.wider", "answer.narrower", "answer.undecided",
               "answer.closed", "answer.opened", "answer.header.")  # fmt: skip
_MOST_NAMED = 6


def told_apart(
    changes: Sequence[Change], before: Decided, after: Decided
) -> tuple[list[Change], list[str]]:
    """The changes that count, and notes on the others. Documents with operationIds have none.

    Those are written by people, who mean what they say of an answer.
    """
    if not (_is_generated(before) and _is_generated(after)):
        return list(changes), []
    kept: list[Change] = []
    accidents: list[Change] = []
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for change in changes:
        if change.id.startswith(_OF_ANSWERS):
            told[change.id, _name(change.raw.place)].add(change.raw.place.operation)
    shown = (_shown(before), _shown(after))
    for change in changes:
        if not change.id.startswith(_OF_ANSWERS):
            kept.append(change)
            continue
        name = _name(change.raw.place)
        operations = told[change.id, name]
        is_gone = change.id.endswith(".removed") and not shown[1].get(name)
        is_new = change.id.endswith(".added") and not shown[0].get(name)
        everywhere = operations >= (shown[0].get(name, set()) & shown[1].get(name, set()))
        is_told = is_gone or is_new or (everywhere and change.raw.kind == "changed")
        by_all = is_told and len(operations) > 1 and not _about_errors(change.raw.place)
        (kept if by_all else accidents).append(change)
    return kept, _notes(accidents)


def _is_generated(side: Decided) -> bool:
    """Whether nobody has named the operations."""
    return all(side.names[id] == side.paths[id] for id in side.names)


def _name(place: Place) -> str:
    """A field by its name and what it lies in, whatever answer shows it."""
    steps = [step for step in place.at[2:] if step not in (ITEMS, "data")]
    return ".".join(step for step in steps if not step.startswith("("))


def _shown(side: Decided) -> dict[str, set[str]]:
    """The operations that show each field."""
    found: dict[str, set[str]] = defaultdict(set)
    for place in side.facts:
        if place.room == "shown" and not place.at[-1].startswith("("):
            found[_name(place)].add(place.operation)
    return found


def _about_errors(place: Place) -> bool:
    """Whether it is below what an error is about, whose keys are those of an example."""
    return place.at[0] >= "4" and "errors" in place.at[2:-1]


def _notes(accidents: Sequence[Change]) -> list[str]:
    """Sentences on what is shown here and there, by what it is."""
    words = {
        "answer.field.added": "are shown where they were not",
        "answer.field.removed": "are not shown where they were",
        "answer.field.optional": "are not always there where they were",
        "answer.field.required": "are always there where they were not",
        "answer.wider": "have other values, such as null",
        "answer.narrower": "have fewer values",
        "answer.undecided": "have other values",
    }
    found = []
    for id, said in words.items():
        rows = [change for change in accidents if change.id == id]
        names = list(dict.fromkeys(change.field for change in rows))
        if names:
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            operations = {change.raw.place.operation for change in rows}
            many = f"{len(operations)} operation{'s' * (len(operations) != 1)}"
            found.append(f"{', '.join(names[:_MOST_NAMED])}{more} {said}, in {many}")
    return found
