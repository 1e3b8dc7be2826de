"""What a change means for requests that were recorded: each sent to both sides, or held to both.

Only what concerns these requests is left of the entries. Ids that a target made up are put in as
they come, so that what was recorded of one record is asked of its like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

from register_contract.diff.comparison import Comparison
from register_contract.diff.decisions import METHODS
from register_contract.diff.entries import Entry
from register_contract.diff.schemas import DocumentError, Reader
from register_contract.diff.sides import Side
from register_contract.diff.witness.parting import Matter, parting
from register_contract.diff.witness.worlds import (
    CannotServeError,
    Played,
    Player,
    Serving,
)
from register_contract.target.ending import StoppedError
from register_contract.target.exchange import Exchange
from register_contract.target.history import pairs
from register_contract.traffic.har import read_har

SAME, DIFFERS, REFUSED_NOW, TAKEN_NOW = "the same", "differs", "refused now", "taken now"
_BELOW = re.compile(r"^.*?/api/[^/]+(?=/)")


@dataclass(frozen=True)
class Held:
    """One recorded request: what each side makes of it, and the entries that say why."""

    request: str
    state: str
    words: str
    entries: tuple[str, ...] = ()


def held_to_traffic(comparison: Comparison, path: Path, serving: Serving) -> list[Held]:
    """Hold recorded requests to both sides; only the entries that concern them are left.

    They are sent to ``serving`` where both sides are ours. Raises StoppedError for a file that
    cannot be read, or has no request of the API.
    """
    recorded = [each for each in recorded_in(path) if _BELOW.match(urlsplit(each.url).path)]
    if not recorded:
        raise StoppedError(f"{path} has no request below /api/<version>")
    if comparison.old.ours and comparison.new.ours:
        try:
            held, concerned = _sent(comparison, recorded, serving.players())
        except CannotServeError as error:
            raise StoppedError(f"no mock serves both sides: {error}") from error
    else:
        held, concerned = _held_to_schemas(comparison, recorded)
    comparison.entries[:] = [e for e in comparison.entries if e.fingerprint in concerned]
    return held


def recorded_in(path: Path) -> list[Exchange]:
    """The exchanges of an HTTP archive, or of a journal of the mock (`GET /_mock/requests`)."""
    return [entry.exchange for entry in read_har(path)]


def _sent(
    comparison: Comparison, recorded: list[Exchange], players: tuple[Player, Player]
) -> tuple[list[Held], set[str]]:
    """Send what was recorded to both sides, in order."""
    held: list[Held] = []
    concerned: set[str] = set()
    names: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for each in recorded:
        played = [
            _played(each, player, known) for player, known in zip(players, names, strict=True)
        ]
        for known, got in zip(names, played, strict=True):
            known |= _new_names(each, got.last)
        state, words, found = _compared(comparison, played[0], played[1], players)
        concerned |= {entry.fingerprint for entry in found}
        shown = f"{each.method} {_short(each)}"
        held.append(Held(shown, state, words, tuple(e.fingerprint for e in found)))
    return held, concerned


def _played(recorded: Exchange, player: Player, names: Mapping[str, str]) -> Played:
    """Send a recorded request to one side, with the ids that this side has made."""
    parts = urlsplit(recorded.url)
    path = _BELOW.sub("", parts.path)
    query = f"?{parts.query}" if parts.query else ""
    body = recorded.request_body
    for old, new in names.items():
        path = path.replace(old, new)
        body = body.replace(old.encode(), new.encode()) if body else body
    return player.send(recorded.method, f"{path}{query}", recorded.request_headers, body)


def _new_names(recorded: Exchange, got: Exchange) -> dict[str, str]:
    """The ids of a recorded answer, and what stands in their places in the new one."""
    sides = [
        [value for key, value in pairs(each.body.decode("utf-8", "replace")) if key.endswith("_id")]
        for each in (recorded, got)
    ]
    rows = zip(*sides, strict=False)
    return {old: new for old, new in rows if len(old) > 8 and old != new}


def _compared(
    comparison: Comparison, old: Played, new: Played, players: tuple[Player, Player]
) -> tuple[str, str, list[Entry]]:
    """What became of a request, and which entries that is by."""
    found, words = [], []
    for entry in comparison.entries:
        difference = parting(Matter(entry, alone=False), old, new, players)
        if difference is not None:
            found.append(entry)
            words.append(difference.words)
    one, other = old.last.status, new.last.status
    if one < 400 <= other:
        return REFUSED_NOW, f"{one} before, {new.last.describe()[:160]}", found
    if other < 400 <= one:
        return TAKEN_NOW, f"{one} before, {other} now", found
    if words or one != other:
        return DIFFERS, "; ".join(dict.fromkeys(words)) or f"{one} before, {other} now", found
    return SAME, f"{one} on both sides", []


def _held_to_schemas(
    comparison: Comparison, recorded: list[Exchange]
) -> tuple[list[Held], set[str]]:
    """Hold the bodies of recorded requests to both documents; nothing is sent."""
    held: list[Held] = []
    concerned: set[str] = set()
    for each in recorded:
        verdicts = [_taken(each, side) for side in (comparison.old, comparison.new)]
        id = _operation(each, comparison)
        found = [e for e in comparison.entries if id and id in e.operations]
        concerned |= {entry.fingerprint for entry in found}
        shown = f"{each.method} {_short(each)}"
        marks = tuple(entry.fingerprint for entry in found)
        if verdicts[0] == verdicts[1]:
            held.append(Held(shown, SAME, f"not run; {verdicts[0] or 'both take it'}", marks))
        elif not verdicts[0]:
            held.append(Held(shown, REFUSED_NOW, f"not run; {verdicts[1]}", marks))
        else:
            held.append(Held(shown, TAKEN_NOW, f"not run; {verdicts[0]} before", marks))
    return held, concerned


def _operation(recorded: Exchange, comparison: Comparison) -> str:
    """What the operation of a recorded request is called."""
    path = _BELOW.sub("", urlsplit(recorded.url).path)
    for side in (comparison.before, comparison.after):
        for id, shown in side.paths.items():
            method, _, template = shown.partition(" ")
            if method == recorded.method and _pattern(template).fullmatch(path):
                return side.names[id]
    return ""


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template)))


def _taken(recorded: Exchange, side: Side) -> str:
    """Why a side does not take the body of a request, by its document; empty when it does."""
    path = _BELOW.sub("", urlsplit(recorded.url).path)
    reader = Reader(side.document)
    for template, item in side.document["paths"].items():
        short = _BELOW.sub("", template) if _BELOW.match(template) else template
        if not _pattern(short).fullmatch(path):
            continue
        operation = item.get(recorded.method.lower())
        if recorded.method.lower() not in METHODS or operation is None:
            continue
        if not recorded.request_body or "requestBody" not in operation:
            return ""
        body, _ = reader.resolved(operation["requestBody"], ())
        schema = body.get("content", {}).get("application/json", {}).get("schema")
        return _refused(recorded, schema, side) if schema else ""
    return "no such operation"


def _refused(recorded: Exchange, schema: Any, side: Side) -> str:
    try:
        body = json.loads(recorded.request_body or b"null")
    except ValueError:
        return "the body is no JSON"
    whole = {**schema, "components": side.document.get("components", {})}
    try:
        validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    except (ValueError, jsonschema_rs.ValidationError, DocumentError) as error:
        raise StoppedError(f"{side.label}: a schema cannot be read: {error}") from error
    first = next(validator.iter_errors(body), None)
    return "" if first is None else first.message


def _short(recorded: Exchange) -> str:
    return _BELOW.sub("", urlsplit(recorded.url).path)
