"""The facts of a request, and of a later one beside it, that `readiness.yaml` asks about.

All of them are read from entries of one journal. What an entry does not tell is null, and a
condition over it cannot say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from register_mock.client import Request
from register_mock.contract.moments import earliest, timestamp
from register_mock.readiness.known import Known, Operation

Facts = dict[str, Any]
MASK = "***"
RETRY_AFTER = "Retry-After"
NOT_FOUND = 404
AS_TOLD, IN_ANOTHER_CASE = "as told", "in another case"
RESUMES, GAP = "resumes", "gap"


@dataclass(frozen=True, eq=False)
class Seen:
    """A request of a journal with its facts; `known` is None for a version that is not looked at.

    `told` are the identifiers that its answer told, `steps` those of its path.
    """

    ref: str
    entry: Request
    known: Known | None
    operation: Operation | None
    facts: Facts
    told: frozenset[str]
    steps: frozenset[str]

    @property
    def is_staged(self) -> bool:
        """Whether a fault, or a `Prefer` of the client, made the answer."""
        return "prefer" in self.facts["rules"] or any(
            kind in self.facts["faults"] for kind in ("status", "fail_after_commit")
        )

    @property
    def is_done(self) -> bool:
        """Whether the answer says that what was asked is done."""
        return self.entry.status is not None and 200 <= self.entry.status < 300


@dataclass(frozen=True)
class _Listed:
    """A list that was asked for: when, and the first moment that its changes were asked from."""

    at: datetime
    since: str | None


@dataclass
class _Past:
    """What went before in a journal."""

    ids: set[str] = field(default_factory=set)
    lowered: set[str] = field(default_factory=set)
    tokens: dict[str, set[str]] = field(default_factory=dict)
    reads: dict[tuple[Any, ...], tuple[Request, int]] = field(default_factory=dict)
    listed: dict[tuple[str | None, str], tuple[Request, int, Any]] = field(default_factory=dict)
    changes: dict[str | None, int] = field(default_factory=dict)
    lists: dict[tuple[Any, ...], _Listed] = field(default_factory=dict)


def seen(
    requests: Iterable[Request], editions: Mapping[str, Known], named: Callable[[Request], str]
) -> list[Seen]:
    """Return the requests of one journal with their facts; `named` gives what each is called."""
    past = _Past()
    return [_seen(each, editions.get(each.version or ""), named(each), past) for each in requests]


def _seen(entry: Request, known: Known | None, ref: str, past: _Past) -> Seen:
    operation = known.operations.get(entry.operation or "") if known else None
    body = entry.response.get("body")
    is_text = not isinstance(body, (dict, list))
    told = known.named(body) if known is not None and not is_text else frozenset()
    steps = frozenset(filter(None, entry.path.split("/")))
    facts = {**_own(entry, known, operation), **_in_time(entry, known, operation, steps, past)}
    if entry.method != "GET":
        past.changes[entry.provider] = past.changes.get(entry.provider, 0) + 1
    past.ids |= told
    past.lowered |= {each.lower() for each in told}
    return Seen(ref, entry, known, operation, facts, told, steps)


def _own(entry: Request, known: Known | None, operation: Operation | None) -> Facts:
    """Return what a request says by itself."""
    kinds = [each["effect"]["kind"] for each in entry.faults]
    tables: list[str] = []
    words: list[str] = []
    for reason in entry.explanation:
        if known is not None and reason.source is not None:
            table, found = known.words_of(str(reason.source.get("pointer", "")))
            tables.append(table)
            words += found
    return {
        "operation": entry.operation,
        "status": entry.status,
        "reads": entry.method == "GET",
        "creates": operation is not None and operation.creates,
        "faults": kinds,
        "rules": [each.rule for each in entry.explanation],
        "tables": tables,
        "words": words,
        "deprecated": operation is not None and operation.deprecated,
        "replaces": operation is not None and operation.replaces,
    }


def _in_time(
    entry: Request,
    known: Known | None,
    operation: Operation | None,
    steps: frozenset[str],
    past: _Past,
) -> Facts:
    """Return what a request says beside those before it."""
    return {
        "ids": _cases(steps, past),
        "new_token": _is_new_token(entry, known, past),
        "repeated_after": _repeated_after(entry, past),
        "listed_before": _listed_before(entry, known, past),
        "cursor": _cursor(entry, operation, past),
    }


def _cases(steps: frozenset[str], past: _Past) -> list[str]:
    found = [AS_TOLD] if steps & past.ids else []
    if any(step not in past.ids and step.lower() in past.lowered for step in steps):
        found.append(IN_ANOTHER_CASE)
    return found


def token_of(entry: Request, known: Known | None) -> str | None:
    """Return the token of a request as far as the journal shows it; None for none."""
    header = known.token_header if known is not None else ""
    found = entry.request["headers"].get(header)
    return found if isinstance(found, str) else None


def _is_new_token(entry: Request, known: Known | None, past: _Past) -> bool:
    token = token_of(entry, known)
    if token is None or entry.provider is None:
        return False
    before = past.tokens.setdefault(entry.provider, set())
    is_new = bool(before) and token not in before
    before.add(token)
    return is_new


def _is_read(entry: Request) -> bool:
    """Whether a request was for data, and its answer, which is kept, told what there is of it."""
    status = entry.status or 0
    is_told = 200 <= status < 300 or status == NOT_FOUND
    return entry.method == "GET" and is_told and bool(entry.response["is_kept"])


def _listed_before(entry: Request, known: Known | None, past: _Past) -> float | None:
    """Return since when a list had told the one record that is asked for, just as it is."""
    if known is None or not _is_read(entry):
        return None
    body, provider = entry.response["body"], entry.provider
    changes = past.changes.get(provider, 0)
    found = list(known.records_in(body))
    alone = [each for each in found if each[0] in entry.path]
    for id_, record in alone:
        first, then, before = past.listed.get((provider, id_), (entry, changes, None))
        return waited(first, entry) if (then, before) == (changes, record) else None
    for id_, record in found:
        past.listed[provider, id_] = (entry, changes, record)
    return None


def _repeated_after(entry: Request, past: _Past) -> float | None:
    if not _is_read(entry):
        return None
    key = (entry.provider, entry.path, entry.query)
    changes = past.changes.get(entry.provider, 0)
    before = past.reads.get(key)
    past.reads[key] = (entry, changes)
    if before is None or before[1] != changes:
        return None
    if before[0].response["body"] != entry.response["body"]:
        return None
    return waited(before[0], entry)


def _cursor(entry: Request, operation: Operation | None, past: _Past) -> str | None:
    """Return how a list goes on where the newest one like it ended.

    One that asks from the same moment, as for the next page, or from an earlier one, does not.
    """
    named = {each.word: each.parameter for each in operation.features} if operation else {}
    name = named.get("at_or_after")
    if name is None or entry.status is None or entry.status >= 500:
        return None
    query = dict(parse_qsl(entry.query))
    since = earliest(query.pop(name)) if name in query else None
    query.pop(named.get("number", ""), None)
    key = (entry.version, entry.operation, entry.provider, *sorted(query.items()))
    before = past.lists.get(key)
    past.lists[key] = _Listed(entry.time, since)
    if since is None or before is None or (before.since is not None and since <= before.since):
        return None
    if since > timestamp(before.at):
        return GAP
    # Without a moment before, one of the day before is taken for where the list ended.
    is_near = before.since is not None or since >= timestamp(before.at - timedelta(days=1))
    return RESUMES if is_near else None


def waited(first: Request, later: Request) -> float:
    """Return the seconds from the answer of one request to another one.

    By the clock of the world or by the real one, whichever says more: a test may hold either still.
    """
    real = later.began_ms - first.began_ms - first.duration_ms
    return max(real / 1000, (later.time - first.time).total_seconds(), 0.0)


def beside(first: Seen, later: Seen) -> Facts:
    """Return the facts of a later request, with those that it has beside the first."""
    return {
        **later.facts,
        "first_faults": first.facts["faults"],
        "told_to_wait": _told_to_wait(first.entry),
        "waited": waited(first.entry, later.entry),
        "same_operation": first.entry.operation == later.entry.operation,
        "again": is_again(first.entry, later.entry),
        "looks_there": later.entry.method == "GET"
        and f"{first.entry.path}/".startswith(f"{later.entry.path}/"),
        "same_token": token_of(first.entry, first.known) == token_of(later.entry, later.known),
        "uses": bool(first.told & later.steps),
    }


def _told_to_wait(entry: Request) -> float | None:
    told = entry.response["headers"].get(RETRY_AFTER, "")
    return float(told) if told.isascii() and told.isdigit() else None


def is_again(first: Request, later: Request) -> bool | None:
    """Whether a request is another one once more; None when that cannot be told."""
    same = ("method", "path", "query")
    if any(getattr(first, name) != getattr(later, name) for name in same):
        return False
    bodies: Sequence[Any] = [first.request, later.request]
    if first.method == "GET":
        return True
    if not all(each["is_kept"] for each in bodies):
        return None
    try:
        if bodies[0]["body"] != bodies[1]["body"]:
            return False
        return None if MASK in json.dumps(bodies[0]["body"]) else True
    except RecursionError:
        return None
