"""Decides which requests a mock on loopback takes at all: none that a strange web page could send.

Any page in a browser on this machine can send requests to loopback. It cannot choose two headers,
which the browser writes:

Host    the name in the page's own address, when its owner lets that name lead to 127.0.0.1 (DNS
        rebinding); asked of every request, because such a page may read the answers
Origin  where the page comes from; asked of control calls, which need no token. A public call
        needs one in a header, and for that a browser asks first and is told no

Who is turned away gets 403 in the shape of control errors. Nothing has changed by then, and the
request is in no journal, because it has not come to any world. A mock that is bound elsewhere asks
for its control token instead.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from register_mock.config import Options
from register_mock.contract.envelopes import Answer, json_answer

CONTROL = "/_mock"
DEFAULT_PORTS = {"http": 80, "https": 443}
# A link from another site may lead to what only shows something.
READING = ("GET", "HEAD")
OTHER_SITES = ("cross-site", "same-site")
LONGEST_SHOWN = 100


class Doorway:
    """The check of one server. ``is_open`` when it is not bound to loopback: then none is made."""

    def __init__(self, options: Options) -> None:
        """Take the names and the origin that the server was told to let in."""
        self.is_open = not options.is_loopback
        self._names = frozenset(map(str.lower, (options.host, *options.allow_hosts)))
        self._cors = options.cors
        # Clients have few names for one server.
        self._is_known = lru_cache(maxsize=100)(self._is_known_host)

    def refusal(self, environ: Mapping[str, Any], path: str) -> Answer | None:
        """Return the answer to a request (WSGI) that is not let in, else None."""
        if self.is_open:
            return None
        host = environ.get("HTTP_HOST", "")
        if not self._is_known(host):
            return _refused("foreign_host", _foreign_host(host))
        is_control = path == CONTROL or path.startswith(f"{CONTROL}/")
        if is_control and not self._is_from_here(environ, host):
            return _refused("foreign_origin", _foreign_origin(environ))
        return None

    def _is_known_host(self, host: str) -> bool:
        """Whether a Host names this machine, on whatever port; only programs send none."""
        if not host:
            return True
        parts = _split(f"//{host}")
        return parts is not None and (parts[1] in self._names or _is_loopback_name(parts[1]))

    def _is_from_here(self, environ: Mapping[str, Any], host: str) -> bool:
        """Whether a request was sent by a program, a page of this server or one of `--cors`."""
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            strange = environ.get("HTTP_SEC_FETCH_SITE") in OTHER_SITES
            return not strange or environ["REQUEST_METHOD"] in READING
        if self._cors == "*":
            return True
        given = _split(origin)
        own = _split(f"{environ['wsgi.url_scheme']}://{host}")
        allowed = None if self._cors is None else _split(self._cors)
        return given is not None and given in (own, allowed)


def _split(address: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host name and port of an origin; None when it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS.get(parts.scheme)


def _is_loopback_name(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _foreign_host(host: str) -> str:
    return (
        f"this mock answers to names of this machine (localhost, 127.0.0.1, [::1]), not to the "
        f"Host {_shown(host)}; start it with --allow-host NAME to let that name in"
    )


def _foreign_origin(environ: Mapping[str, Any]) -> str:
    origin = environ.get("HTTP_ORIGIN")
    whose = "of another site" if origin is None else f"of the origin {_shown(origin)}"
    return (
        f"pages {whose} may not use the control API; start the mock with --cors ORIGIN to let "
        "one origin in"
    )


def _shown(text: str) -> str:
    """Return what a client sent in characters that can be shown anywhere."""
    return ascii(text[:LONGEST_SHOWN]) + ("…" if len(text) > LONGEST_SHOWN else "")


def _refused(error: str, detail: str) -> Answer:
    return json_answer(403, {"error": error, "detail": detail})
