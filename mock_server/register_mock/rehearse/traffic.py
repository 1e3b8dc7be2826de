"""What was recorded, request by request: its version, its operation, and whose it was."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from register_mock.config import FIRST_YEAR, LAST_YEAR
from register_mock.contract.edition import KINDS, Edition, Operation
from register_mock.contract.routes import Routes
from register_mock.wire import read_json
from register_spec import Recorded, SpecError, recorded

HERE = "here"
"""The one reading that the routes of a rehearsal ask for."""


@dataclass(frozen=True)
class Asked:
    """One recorded request of the API, by its number among those of the file, from 1.

    `operation` is None where the version has no such; `arguments` are the parts of its path by the
    kind of record that they name; `token` is what it carried, by which its provider is known.
    """

    number: int
    entry: Recorded
    edition: Edition
    path: str
    query: str
    operation: Operation | None
    arguments: Mapping[str, str]
    token: str | None

    @cached_property
    def content(self) -> Any:
        """The body as JSON content; None where it is none, or there is none."""
        return read(self.entry.body or b"")

    @cached_property
    def answer(self) -> Any:
        """The recorded answer as JSON content; None where it is none."""
        return read(self.entry.answer)

    @property
    def shown(self) -> str:
        """Method and path, below the base path of its version."""
        return f"{self.entry.method} {self.path}"


@dataclass(frozen=True)
class Traffic:
    """The requests of the API in a file, and how many others there are, by what they are."""

    name: str
    asked: Sequence[Asked]
    others: Mapping[str, int]

    @cached_property
    def has_tokens(self) -> bool:
        """Whether any request carries a token: browsers leave them out of what they export."""
        return any(each.token is not None for each in self.asked)

    @cached_property
    def first_shown(self) -> Mapping[str, tuple[Asked, Mapping[str, Any]]]:
        """The first answer that shows a trainee, and what it shows, by its id in small letters."""
        name = f"{KINDS[0]}_id"
        found: dict[str, tuple[Asked, Mapping[str, Any]]] = {}
        for each in self.asked:
            body = each.answer
            rows = body.get("data", body) if isinstance(body, Mapping) else None
            for row in rows if isinstance(rows, list) else [rows]:
                if isinstance(row, Mapping) and isinstance(row.get(name), str):
                    found.setdefault(row[name].lower(), (each, row))
        return found


def read(body: bytes) -> Any:
    """Return the content of a JSON body; None where it is none that the mock would take."""
    try:
        return read_json(body)
    except ValueError:
        return None


def read_traffic(path: Path, editions: Mapping[str, Edition]) -> Traffic:
    """Return what a file has of some versions, in the order in which it was asked.

    Raises SpecError, in one sentence, for a file that cannot be read, or has nothing of them.
    """
    entries = recorded(_content(path), str(path))
    if not entries:
        raise SpecError(f"{path} has no requests: nothing was recorded in it")
    routes = {each.version: _routes(each) for each in editions.values()}
    others: Counter[str] = Counter()
    found: list[Asked] = []
    for number, entry in enumerate(entries, 1):
        edition = _edition_of(entry, editions)
        if edition is None:
            others[_split(entry.url).netloc or "nowhere"] += 1
        else:
            _check_time(entry, path)
            found.append(_asked(number, entry, edition, routes[edition.version]))
    if not found:
        bases = ", ".join(each.base_path for each in editions.values())
        raise SpecError(
            f"{path} has {len(entries)} requests, and none below {bases}; they went to "
            f"{', '.join(list(others)[:3])}"
        )
    return Traffic(str(path), found, others)


def _content(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise SpecError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise SpecError(
            f"{path} is no JSON ({error}); give an HTTP archive (HAR), or a journal of the mock"
        ) from error


def _check_time(entry: Recorded, path: Path) -> None:
    if not FIRST_YEAR <= entry.sent_at.year <= LAST_YEAR:
        raise SpecError(
            f"{path}: a request was sent in {entry.sent_at.year}, and time goes from {FIRST_YEAR} "
            f"to the end of {LAST_YEAR}"
        )


def _routes(edition: Edition) -> Routes[Operation]:
    routes: Routes[Operation] = Routes()
    for operation in edition.operations.values():
        routes.add(operation.path, operation.method, HERE, operation)
    return routes


def _split(url: str) -> SplitResult:
    """Return the parts of an address; none where it cannot be read."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _edition_of(entry: Recorded, editions: Mapping[str, Edition]) -> Edition | None:
    path = _split(entry.url).path
    return next((each for each in editions.values() if f"{each.base_path}/" in path), None)


def _asked(number: int, entry: Recorded, edition: Edition, routes: Routes[Operation]) -> Asked:
    parts = _split(entry.url)
    path = parts.path.partition(edition.base_path)[2]
    matched = routes.match(unquote(path), entry.method)
    operation, arguments = None, {}
    if matched is not None:
        operation, names = matched.readings[HERE]
        given = matched.arguments(names)
        arguments = {kind: given[name] for kind, name in operation.ids.items()}
    return Asked(
        *(number, entry, edition, path, parts.query),
        *(operation, arguments, _token(entry, edition)),
    )


def _token(entry: Recorded, edition: Edition) -> str | None:
    form = edition.token_header
    headers = {name.lower(): value for name, value in entry.headers}
    return form.token(headers.get(form.name.lower()))


def tokens(asked: Sequence[Asked]) -> Iterator[str]:
    """Yield the tokens that let somebody in, in the order in which they came."""
    known: dict[str, bool] = {}
    for each in asked:
        if each.token is not None:
            is_in = each.entry.status != _UNAUTHORIZED
            known[each.token] = known.get(each.token, False) or is_in
    yield from (token for token, is_in in known.items() if is_in)


_UNAUTHORIZED = 401
