"""Decides how much of a secret is shown: what it can be recognised by, and never the whole.

What holds a secret is known by its name (the header `X-Api-Key`, the parameter `token`); the tokens
of this server are known by their form as well, wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Container
from urllib.parse import unquote_plus

from register_mock.world.tokens import FORM

# Of a token, and at most half of it.
MOST_SHOWN = 10
CREDENTIALS = ("authorization", "proxy-authorization")
COOKIES = ("cookie", "set-cookie")
SCHEMES = ("basic", "bearer", "digest", "jwt", "negotiate", "ntlm", "apikey", "token")
# A name is that of a secret when, without its punctuation, it has one of these in it or is one.
PARTS = (
    *("token", "secret", "password", "passwd", "credential", "authorization", "bearer", "jwt"),
    *("apikey", "accesskey", "authkey", "subscriptionkey", "session", "cookie", "signature"),
)
WHOLE = ("auth", "key", "pass", "pwd", "sid", "sig", "xauth")
_PAIR = re.compile(r"([^&;=]+)=([^&;]*)")
_NOT_IN_WORDS = re.compile(r"[^a-z0-9]")
_OWN = re.compile(FORM.encode())


def shown_token(token: str) -> str:
    """Return the beginning of a token."""
    return token and f"{token[: min(MOST_SHOWN, len(token) // 2)]}…"


def shown_credentials(value: str) -> str:
    """Return the value of an Authorization header: the scheme, and the beginning of the rest."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() not in SCHEMES:
        return shown_token(value.strip())
    return f"{scheme} {shown_token(rest.strip())}".strip()


def shown_header(name: str, value: str, carriers: Container[str] = ()) -> str:
    """Return the value of a header as it may be shown; `carriers` are those with a token in them.

    Their names are in lower case.
    """
    lowered = name.lower()
    if lowered in CREDENTIALS or lowered in carriers:
        return shown_credentials(value)
    if lowered in COOKIES:
        return "; ".join(map(_shown_cookie, value.split(";")))
    if is_secret(name):
        return shown_token(value)
    # An address, as in Referer.
    address, mark, query = value.partition("?")
    return f"{address}{mark}{shown_query(query)}"


def shown_query(query: str) -> str:
    """Return a query, as it was sent but for the values of parameters that are secret."""
    return _PAIR.sub(_shown_pair, query)


def is_secret(name: str) -> bool:
    """Whether a header or parameter of this name holds a secret."""
    bare = _NOT_IN_WORDS.sub("", name.lower())
    return bare in WHOLE or any(part in bare for part in PARTS)


def scrubbed(text: bytes) -> bytes:
    """Return a text, JSON too, in which no token of this server stands whole."""
    return _OWN.sub(lambda found: found[0][:MOST_SHOWN] + "…".encode(), text)


def shown_path(path: str) -> str:
    """Return a path as it may be logged."""
    return scrubbed(path.encode("utf-8", "replace")).decode()


def _shown_pair(pair: re.Match[str]) -> str:
    name, value = pair[1], pair[2]
    return f"{name}={shown_token(value)}" if is_secret(unquote_plus(name)) else pair[0]


def _shown_cookie(cookie: str) -> str:
    name, mark, value = cookie.strip().partition("=")
    return f"{name}={shown_token(value)}" if mark else shown_token(name)
