"""Two documents compared: entries by cause, each with what it is worth and whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import register_spec as spec
from register_contract.diff.accidents import told_apart
from register_contract.diff.causes import POOLED, Cause, Named, causes
from register_contract.diff.decisions import Decided, DocumentError, decided
from register_contract.diff.entries import BREAKING, NOTE, ORDER, UNDECIDED, Entry, Profile, worst
from register_contract.diff.evaluators import Sides, judged
from register_contract.diff.names import Rename, inward, proposed, renamed
from register_contract.diff.newer import judged_again
from register_contract.diff.raw import raw_changes
from register_contract.diff.sides import Side
from register_contract.diff.telling import entry_of
from register_contract.oracle.contract import Contract
from register_contract.target.ending import StoppedError


@dataclass
class Comparison:
    """What came out.

    ``notes`` are what a client need not know (``noted``), and what generated documents show by
    accident.
    """

    old: Side
    new: Side
    profile: Profile
    entries: list[Entry]
    notes: list[str]
    noted: list[Entry]
    before: Decided
    after: Decided

    def of_level(self, *levels: str) -> list[Entry]:
        """The entries of some levels that are not accepted."""
        return [entry for entry in self.entries if entry.level in levels and not entry.accepted]


def compare(
    old: Side, new: Side, profile: Profile, spec_dir: Path | None = None, in_place: bool = False
) -> Comparison:
    """Compare two sides. Raises StoppedError, in one sentence, for what cannot be compared."""
    before, after = _decided(old), _decided(new)
    guessed: list[Rename] = []
    if old.ours != new.ours:
        # What only ours can say, the other side says nothing of.
        before, after = _without_ours(before), _without_ours(after)
    if not (old.ours and new.ours):
        guessed = proposed(before, after)
        names = {each.old: each.new for each in guessed}
        before = _decided(old, names)
        before = before if old.ours == new.ours else _without_ours(before)
    sides = Sides(before, after, in_place or old.version == new.version)
    changes = [change for raw in raw_changes(before, after) for change in judged(raw, sides)]
    if old.ours and new.ours:
        contract = Contract(new.version, new.document)
        changes = [judged_again(change, contract, before) for change in changes]
    notes: list[str] = []
    if not (old.ours or new.ours):
        changes, notes = told_apart(changes, before, after)
    found = causes(changes, _named(old, new, spec_dir))
    entries = [*_renamed(guessed), *_entries(_pooled(found, profile), profile, before, after)]
    entries.sort(key=lambda entry: ORDER.index(entry.level))
    notes += [f"nothing judges the keyword {each}" for each in (*before.unknown, *after.unknown)]
    noted = [entry for entry in entries if entry.level == NOTE]
    notes = [entry.sentence for entry in noted] + notes
    entries = [entry for entry in entries if entry.level != NOTE]
    return Comparison(old, new, profile, entries, notes, noted, before, after)


def _decided(side: Side, names: Mapping[str, str] | None = None) -> Decided:
    document = inward(side.document) if side.ours else renamed(side.document, names or {})
    try:
        found = decided(document)
        if side.ours and found.unknown:
            raise StoppedError(
                f"{side.label} cannot be compared: nothing judges the keyword {found.unknown[0]}; "
                f"add it to keywords.yaml"
            )
        return found
    except DocumentError as error:
        raise StoppedError(f"{side.label} cannot be compared: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = f"{type(error).__name__}, {error}"
        raise StoppedError(f"{side.label} cannot be compared as OpenAPI: {what}") from error


def _without_ours(side: Decided) -> Decided:
    """What a document decides without the keys and tables of ours."""
    rooms = ("key", "table", "order")
    facts = {place: fact for place, fact in side.facts.items() if place.room not in rooms}
    return replace(side, facts=facts)


def _named(old: Side, new: Side, spec_dir: Path | None) -> list[Named]:
    """The named changes between two versions; none where a side is a file."""
    if not (old.reading and new.reading):
        return []
    folder = spec.source_folder(spec_dir)
    sides = ((old.version, old.reading), (new.version, new.reading))
    try:
        found = spec.changes_between(*sides, folder)
    except spec.SpecError:
        return []  # a folder of documents that are bundled already
    return [
        Named(
            c.id,
            c.file,
            f"No longer so: {c.sentence}" if c.is_gone else c.sentence,
            c.source,
            tuple(tuple(map(str, place)) for place in c.places),
            c.words,
        )
        for c in found
    ]


def _pooled(found: Iterable[Cause], profile: Profile) -> list[Cause]:
    """The causes, with what the policy does not rank put together.

    What belongs to a change that breaks, or adds something, is an echo of it.
    """
    made: dict[tuple[str, ...], Cause] = {}
    for cause in found:
        rest = [change for change in cause.changes if change.id not in POOLED]
        own = Cause(cause.key, rest, cause.named, cause.rename)
        level = worst([profile.level(change.id) for change in rest]) if rest else NOTE
        if rest and level in (BREAKING, UNDECIDED):
            made.setdefault(cause.key, Cause(cause.key, list(cause.changes), cause.named))
            continue
        if rest:
            made.setdefault(cause.key, own)
        for change in cause.changes:
            if change.id in POOLED:
                key = (POOLED[change.id],)
                pool = made.setdefault(key, Cause(key))
                pool.changes.append(change)
                pool.named += [each for each in cause.named if each not in pool.named]
    return list(made.values())


def _renamed(guessed: Sequence[Rename]) -> list[Entry]:
    return [
        Entry(
            ("rename", each.old, each.new),
            BREAKING,
            f"{each.old} is called {each.new} (proposed: it {each.proposed})",
            [],
            [],
            renames=[each],
        )
        for each in guessed
    ]


def _entries(
    found: Sequence[Cause], profile: Profile, before: Decided, after: Decided
) -> list[Entry]:
    return [entry_of(cause, profile, before, after) for cause in found]
