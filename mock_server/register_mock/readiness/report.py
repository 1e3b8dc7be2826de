"""The report: for each version and reading that was asked for, what its document wants to see.

What is missing comes first. It says of what it was made: which journals, and what of them is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from register_mock.client import Request
from register_mock.contract.moments import timestamp
from register_mock.readiness import derived
from register_mock.readiness.behaviour import compiled
from register_mock.readiness.facts import Seen, seen
from register_mock.readiness.kept import Kept
from register_mock.readiness.known import Known
from register_mock.readiness.lines import Line, Part, Verdict
from register_mock.readiness.lines import requests as told_count
from register_mock.readiness.words import Place, Words

Json = Mapping[str, Any]
Documents = Mapping[tuple[str, str], dict[str, Any]]
ONE_CLIENT = "All requests of a provider in one world are taken for those of one client."
NOTHING_AGAINST = (
    "What is not shown is not told by these requests; it says nothing against the client."
)
MOST_NAMED = 5


@dataclass(frozen=True)
class EditionReport:
    """What was shown of one version in one reading, by how many requests."""

    version: str
    reading: str
    requests: int
    parts: Sequence[Part]

    def lines(self, verdict: Verdict | None = None) -> Iterator[tuple[Part, Line]]:
        """Yield the lines with this verdict, or all, each with its part."""
        for part in self.parts:
            for line in part.lines:
                if verdict in (None, line.verdict):
                    yield part, line

    def count(self, verdict: Verdict) -> int:
        """Return how many lines have this verdict."""
        return len(list(self.lines(verdict)))


@dataclass(frozen=True)
class Report:
    """A whole report: made `at`, by this `package`, of journals that `limits` say more of."""

    at: datetime
    package: str
    sources: Sequence[str]
    limits: Sequence[str]
    editions: Sequence[EditionReport]


def editions_asked(journals: Sequence[Kept], newest: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return version and reading of what was asked for.

    Where nothing was, they are the `newest` version of each reading.
    """
    asked = {
        (each.version, kept.reading): None
        for kept in journals
        for each in kept.requests
        if each.version is not None
    }
    if asked:
        return sorted(asked)
    return sorted({(newest[kept.reading], kept.reading) for kept in journals})


def make_report(
    journals: Sequence[Kept], documents: Documents, rows: Json, at: datetime, place: Place
) -> Report:
    """Return what journals show of editions.

    `documents` are those of the editions, by version and reading, `rows` those of
    `readiness.yaml`; it is made at the moment `at`, and says what to do at a `place`.
    """
    editions = {key: Known(document, key[1]) for key, document in documents.items()}
    several = len(journals) > 1
    looked_at = [(kept, _seen(kept, editions, several)) for kept in journals]
    return Report(
        at=at,
        package=version("register-contract"),
        sources=list(_sources(journals)),
        limits=[*_limits(journals, editions), ONE_CLIENT, NOTHING_AGAINST],
        editions=[
            _edition(
                known,
                [each for kept, each in looked_at if kept.reading == reading],
                rows,
                Words(known, place),
            )
            for (_, reading), known in editions.items()
        ],
    )


def _seen(kept: Kept, editions: Mapping[tuple[str, str], Known], several: bool) -> list[Seen]:
    own = {name: known for (name, reading), known in editions.items() if reading == kept.reading}

    def named(entry: Request) -> str:
        return f"{kept.world}: {entry.id}" if several else entry.id

    return seen(kept.requests, own, named)


def _edition(
    known: Known, journals: Sequence[Sequence[Seen]], rows: Json, words: Words
) -> EditionReport:
    texts = rows["derived"]
    parts = [
        Part("behaviour", "How the client behaves", _behaviour(known, journals, rows, words)),
        Part(
            "rules", "Rules it has met", [*derived.classes(known, journals, rows["classes"], words)]
        ),
        Part("moves", "Moves between states", [*derived.moves(known, journals, texts, words)]),
        Part("lists", "What its lists can", [*derived.lists(known, journals, texts, words)]),
        Part("answers", "Answers", [*derived.answers(known, journals, texts["answer"], words)]),
    ]
    requests = sum(each.known is known for journal in journals for each in journal)
    return EditionReport(known.version, known.reading, requests, parts)


def _behaviour(
    known: Known, journals: Sequence[Sequence[Seen]], rows: Json, words: Words
) -> list[Line]:
    found = []
    for row in compiled(rows["behaviour"]):
        if row.only_deprecated and not known.has_deprecated:
            continue
        cases = [
            case
            for journal in journals
            for case in row.cases(journal, lambda each: each.known is known)
        ]
        found.append(row.line(cases, words.doing(row.do)))
    return found


def _sources(journals: Sequence[Kept]) -> Iterator[str]:
    if not journals:
        yield "no journal: nothing was asked of a mock"
    if len(journals) > MOST_NAMED:
        for reading in dict.fromkeys(kept.reading for kept in journals):
            own = [kept for kept in journals if kept.reading == reading]
            asked = sum(len(kept.requests) for kept in own)
            yield f"{len(own)} worlds ({reading}): {told_count(asked)}"
        return
    for kept in journals:
        if not kept.requests:
            yield f"world {kept.world} ({kept.reading}): no requests"
            continue
        first, last = kept.requests[0], kept.requests[-1]
        yield (
            f"world {kept.world} ({kept.reading}): {told_count(len(kept.requests))}, {first.id} to "
            f"{last.id}, {timestamp(first.time)} to {timestamp(last.time)} by its clock"
        )


def _limits(journals: Sequence[Kept], editions: Mapping[tuple[str, str], Known]) -> Iterator[str]:
    """Yield what was not looked at."""
    unread = [f"{kept.world} ({kept.flaw})" for kept in journals if kept.flaw]
    if unread:
        yield f"The journal of {_several(unread)} could not be read."
    short = [kept.world for kept in journals if kept.lacks_its_beginning]
    if short:
        yield (
            f"The journal of {_several(short)} lacks its beginning: requests were forgotten, and "
            "what they showed is not shown here."
        )
    bare = sum(kept.without_bodies for kept in journals)
    if bare:
        yield f"{told_count(bare)} kept without headers and bodies; these tell nothing here."
    nowhere = sum(
        (each.version or "", kept.reading) not in editions
        for kept in journals
        for each in kept.requests
    )
    if nowhere:
        yield f"{told_count(nowhere)} of no version that is looked at."


def _several(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
