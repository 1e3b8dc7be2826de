"""What came out of a rehearsal: by request, by record, by cause, and what was never touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import register_spec as spec
from register_mock.contract.edition import KINDS, Edition
from register_mock.contract.editions import Editions
from register_mock.rehearse.judging import VERDICTS, Outcome, by_change, judged
from register_mock.rehearse.playing import Player
from register_mock.rehearse.registers import make_known, named_in
from register_mock.rehearse.sides import Sides
from register_mock.rehearse.traffic import Traffic, read_traffic, tokens
from register_spec import Change, Translation

NO_RECORD = ""


@dataclass
class Seen:
    """What the traffic has in it: operations, fields by their names inside, codes by their list."""

    operations: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    codes: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Cause:
    """A named change, and what it means for this traffic: `outcomes` are the requests it is behind.

    `is_met` tells that the traffic has what it is about.
    """

    change: Change
    outcomes: Sequence[Outcome]
    is_met: bool


@dataclass(frozen=True)
class Report:
    """The whole of it; `causes` are all changes of the release that a client can meet."""

    traffic: Traffic
    to: str
    reading: str
    versions: Sequence[str]
    outcomes: Sequence[Outcome]
    causes: Sequence[Cause]
    editions: Sequence[Edition]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many requests have each verdict."""
        found = Counter(each.verdict for each in self.outcomes)
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def by_record(self) -> Mapping[str, list[Outcome]]:
        """The requests by the trainee that they are about, in the order of the first of each."""
        found: dict[str, list[Outcome]] = {}
        for each in self.outcomes:
            found.setdefault(record_of(each), []).append(each)
        return found


def record_of(outcome: Outcome) -> str:
    """Return the recorded id of the trainee that a request is about; empty where it is of none."""
    asked = outcome.played.asked
    named = asked.arguments.get("trainee")
    if named is None and isinstance(asked.answer, Mapping):
        shown = asked.answer.get("data")
        named = shown.get(f"{KINDS[0]}_id") if isinstance(shown, Mapping) else None
    return str(named or NO_RECORD)


def rehearsed(path: Path, to: str, reading: str, seed: str, spec_dir: Path | None) -> Report:
    """Rehearse the move of recorded traffic to a version.

    Raises SpecError, in one sentence, for a file, a version or a reading that is none.
    """
    known = spec.versions(spec_dir)
    if to not in known:
        raise spec.SpecError(f"there is no version {to!r}; available: {', '.join(known)}")
    spec.check_reading(to, reading, spec_dir)
    editions = Editions.of(spec_dir)[reading]
    traffic = read_traffic(path, editions)
    first = traffic.asked[0].entry.sent_at
    sides = Sides(reading, seed, [*tokens(traffic.asked)], first, spec_dir)
    for side in (sides.before, sides.after):
        make_known(side.world, named_in(traffic))
    player = Player(traffic, sides, sides.editions[to], reading, spec_dir)
    outcomes = [judged(each, sides.editions[to]) for each in player.played()]
    return Report(
        traffic,
        to,
        reading,
        [*dict.fromkeys(each.edition.version for each in traffic.asked)],
        outcomes,
        [*_causes(outcomes)],
        [*editions.values()],
    )


def _causes(outcomes: Sequence[Outcome]) -> Iterator[Cause]:
    """Yield the changes between the versions of the traffic and the one it moves to."""
    of = {id(each.played.translation): each.played.translation for each in outcomes}
    behind = by_change(outcomes)
    known: dict[tuple[str, str], None] = {}
    for translation in filter(None, of.values()):
        seen = _seen(translation, outcomes)
        for change in translation.causes.changes:
            key = (change.file, change.id)
            concern = translation.causes.concern(change)
            if key not in known and (concern or key in behind):
                known[key] = None
                yield Cause(change, behind.get(key, ()), key in behind or _met(concern, seen))


def _met(concern: spec.Concern, seen: Seen) -> bool:
    """Whether the traffic has what a change is about: a code, where it is of codes."""
    if concern.codes:
        return bool(concern.codes & seen.codes)
    names = concern.fields | concern.names
    is_called = bool(concern.operations & seen.operations)
    if names:
        return bool(names & seen.fields) and (is_called or not concern.operations)
    return is_called


def _seen(of: Translation, outcomes: Sequence[Outcome]) -> Seen:
    seen = Seen()
    for each in outcomes:
        asked = each.played.asked
        if each.played.translation is of and asked.operation is not None:
            seen.operations |= {asked.operation.name, asked.operation.acts_as}
            _note(asked.content, of, seen)
            _note(asked.answer, of, seen)
    return seen


def _note(content: Any, of: Translation, seen: Seen) -> None:
    """Note the fields and the codes in a body; what has no value says nothing."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            if value is None:
                continue
            inner = of.inner.get(key, key)
            seen.fields.add(inner)
            lists = of.lists_of(inner)
            for code in value if isinstance(value, list) else [value]:
                if isinstance(code, (str, int)):
                    seen.codes |= {(name, str(code)) for name in lists}
            _note(value, of, seen)
    elif isinstance(content, list):
        for each in content:
            _note(each, of, seen)
