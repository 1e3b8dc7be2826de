"""A request of the journal as a line to paste into a shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from register_mock.contract.credentials import TokenHeader

# What curl says of itself, and what it reckons.
_NOT_REPEATED = {"host", "user-agent", "accept", "content-length", "accept-encoding", "connection"}
_OF_BROWSERS = ("sec-", "x-forwarded-")


def curl(entry: Mapping[str, Any], origin: str, header: TokenHeader, token: str | None) -> str:
    """Return a command that sends a request again; raises nothing, whatever was sent.

    `token` is one of its provider's that is good, since the journal does not keep whole ones;
    without it the command asks for the variable TOKEN.
    """
    return " \\\n  ".join(_parts(entry, origin, header, token))


def _parts(
    entry: Mapping[str, Any], origin: str, header: TokenHeader, token: str | None
) -> Iterator[str]:
    path = quote(entry["path"], safe="/%:@!$&'()*+,;=~-._")
    url = f"{origin}{path}" + (f"?{entry['query']}" if entry["query"] else "")
    method = "" if entry["method"] == "GET" else f"-X {shlex.quote(entry['method'])} "
    yield f"curl {method}{shlex.quote(url)}"
    for name, value in entry["request"]["headers"].items():
        lowered = name.lower()
        if lowered == header.name.lower():
            yield _credentials(header, token)
        elif lowered not in _NOT_REPEATED and not lowered.startswith(_OF_BROWSERS):
            yield f"-H {shlex.quote(f'{name}: {value}')}"
    body = entry["request"]["body"]
    if body is not None:
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        yield f"--data-raw {shlex.quote(text)}"


def _credentials(header: TokenHeader, token: str | None) -> str:
    if token is not None:
        return f"-H {shlex.quote(header.line(token))}"
    return f'-H "{header.line("$TOKEN")}"'
