"""How an entry of the journal is shown, and what of it is masked.

Which fields are personal the documents say (`x-personal`). A token is never shown whole
(`masking`): what has a name is masked here, and what has the form of one in `shown_json`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import orjson

from register_mock.contract.edition import Edition
from register_mock.contract.envelopes import NO_ANSWER
from register_mock.contract.moments import timestamp
from register_mock.request.masking import scrubbed, shown_header, shown_query
from register_mock.trainee.serialise import to_json
from register_mock.world.journal import Entry, Finding

MASK = "***"
LONGEST_TEXT = 10_000
LONGEST_HEADER = 1_000


@dataclass(frozen=True, slots=True)
class Personal:
    """The names of personal fields, and the forms of such names."""

    names: frozenset[str] = frozenset()
    forms: frozenset[re.Pattern[str]] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.names or self.forms)

    def __contains__(self, name: str) -> bool:
        """Tell whether a field of this name is personal."""
        return name in self.names or any(form.fullmatch(name) for form in self.forms)


def shown_json(content: Any) -> bytes:
    """Return JSON with entries in it, without a whole token of this server."""
    return scrubbed(to_json(content))


def shown_entry(entry: Entry, personal: Personal, carriers: frozenset[str]) -> dict[str, Any]:
    """Return an entry as JSON; the values of the fields in `personal` are masked.

    So they are where an answer quotes what was sent. Of the headers in `carriers`, which hold a
    token, the beginning is shown.
    """
    quoted = _quoted(entry, personal) if personal else ()
    return {
        "id": entry.id,
        "time": timestamp(entry.at),
        "operation": entry.operation,
        "version": entry.version,
        "provider": entry.provider,
        "method": entry.method,
        "path": _text(entry.path),
        "query": shown_query(_text(entry.query)),
        "status": None if entry.answer.status == NO_ANSWER else entry.answer.status,
        "began_ms": round(entry.began / 1e6, 3),
        "duration_ms": round(entry.nanoseconds / 1e6, 3),
        "trainee": None if entry.moved is None else asdict(entry.moved),
        "request": {
            "headers": _request_headers(entry, carriers),
            "body": None if entry.body is None else _body(entry.body, personal),
            "is_kept": not entry.is_light,
        },
        "response": {
            "headers": _response_headers(entry, carriers),
            "body": _body(entry.answer.body, personal, quoted),
            "is_kept": not entry.is_light,
        },
        "faults": list(entry.faults),
        "explanation": [shown_finding(finding, personal, quoted) for finding in entry.findings],
    }


def personal_fields(editions: Iterable[Edition]) -> Personal:
    """Return the names of all fields that the documents call personal."""
    found = [_personal_of(edition) for edition in editions]
    return Personal(
        frozenset().union(*(each.names for each in found)),
        frozenset().union(*(each.forms for each in found)),
    )


def token_headers(editions: Iterable[Edition]) -> frozenset[str]:
    """Return the names of the headers that carry a token, in lower case."""
    return frozenset(edition.token_header.name.lower() for edition in editions)


@lru_cache(maxsize=64)
def _personal_of(edition: Edition) -> Personal:
    schemas = edition.document["components"]["schemas"]
    names, forms = _named(schemas, "properties"), _named(schemas, "patternProperties")
    return Personal(frozenset(names), frozenset(map(re.compile, forms)))


def _named(node: Any, where: str) -> Iterator[str]:
    if isinstance(node, dict):
        for name, field in node.get(where, {}).items():
            if isinstance(field, dict) and field.get("x-personal"):
                yield name
        for inner in node.values():
            yield from _named(inner, where)
    elif isinstance(node, list):
        for inner in node:
            yield from _named(inner, where)


def _request_headers(entry: Entry, carriers: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in entry.headers.items():
        name = key.removeprefix("HTTP_").replace("_", "-").title()
        shown = shown_header(name, _text(value), carriers)
        found[name] = shown if len(shown) <= LONGEST_HEADER else f"{shown[:LONGEST_HEADER]}..."
    return found


def _response_headers(entry: Entry, carriers: frozenset[str]) -> dict[str, str]:
    """Return the headers of an answer; one of a deployment may hold a cookie."""
    answer = entry.answer
    shown = {name: shown_header(name, value, carriers) for name, value in answer.headers}
    has_type = answer.status != NO_ANSWER and answer.content_type
    return {"Content-Type": answer.content_type, **shown} if has_type else shown


def _body(body: bytes, personal: Personal, quoted: Collection[str] = ()) -> Any:
    """Return a body as JSON when it is JSON that can be shown, else as text."""
    if not body:
        return None
    try:
        content = orjson.loads(body)
        if personal:
            return orjson.Fragment(orjson.dumps(hidden(masked(content, personal), quoted)))
        orjson.dumps(content)
    # A body that was refused may be nested deeper than it can be walked.
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        if personal:
            return f"({len(body)} bytes, not shown: no JSON in which fields can be masked)"
        text = body[:LONGEST_TEXT].decode("utf-8", "replace")
        return text if len(body) <= LONGEST_TEXT else f"{text}..."
    # As it was sent: numbers keep their digits.
    return orjson.Fragment(body)


def masked(content: Any, personal: Personal) -> Any:
    """Return JSON content with the values of personal fields masked, at any depth."""
    if isinstance(content, dict):
        return {
            key: MASK if key in personal and value is not None else masked(value, personal)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [masked(value, personal) for value in content]
    return content


def hidden(content: Any, values: Collection[str]) -> Any:
    """Return JSON content, or a sentence, in which none of these values is quoted."""
    if isinstance(content, str):
        for value in sorted(values, key=len, reverse=True):
            content = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, content)
    if isinstance(content, dict):
        return {key: hidden(value, values) for key, value in content.items()}
    if isinstance(content, list):
        return [hidden(value, values) for value in content]
    return content


def personal_values(content: Any, personal: Personal) -> Iterator[str]:
    """Yield what stands in the personal fields of JSON content, as a sentence would quote it."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _texts(value) if key in personal else personal_values(value, personal)
    if isinstance(content, list):
        for value in content:
            yield from personal_values(value, personal)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and str(value):
        yield str(value)


def _quoted(entry: Entry, personal: Personal) -> frozenset[str]:
    """Return the personal values of a request, which its answer may quote."""
    sent = [value for each in entry.findings for value in sent_values(each, personal)]
    try:
        body = orjson.loads(entry.body or b"null")
        return frozenset([*sent, *personal_values(body, personal)])
    except (orjson.JSONDecodeError, RecursionError):
        return frozenset(sent)


def sent_values(finding: Finding, personal: Personal) -> Iterator[str]:
    """Yield what was sent that a reason is about, where it is personal."""
    if (finding.field or "").rpartition(".")[2] in personal:
        yield from _texts(finding.sent)


def shown_finding(
    finding: Finding, personal: Personal, quoted: Collection[str] = ()
) -> dict[str, Any]:
    """Return a reason of a refusal as JSON; what was sent is masked where it is personal."""
    sent = finding.sent
    if personal:
        leaf = (finding.field or "").rsplit(".", 1)[-1]
        is_personal = leaf in personal and sent is not None
        sent = MASK if is_personal or leaf == "data" else masked(sent, personal)
    shown: Mapping[str, Any] = {
        "rule": finding.rule,
        "field": finding.field,
        "sent": sent,
        "allowed": finding.allowed,
        "message": hidden(finding.message, [*quoted, *sent_values(finding, personal)]),
        "source": finding.source,
    }
    return dict(shown)


def _text(value: str) -> str:
    """Return what a client sent as UTF-8; WSGI hands bytes over as Latin-1."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")
