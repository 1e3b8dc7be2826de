"""Providers, their tokens, and the registers of schools and lead partners of one world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token. It is good while `active` and until the day it expires on."""

    token: str
    status: str = "active"
    expires_on: str | None = None

    def is_good(self, today: date) -> bool:
        """Return whether a request with this token is let in today."""
        if self.status != "active":
            return False
        return self.expires_on is None or self.expires_on > today.isoformat()


@dataclass(frozen=True, slots=True)
class Provider:
    """A training provider; discarded ones keep their trainees but their tokens are dead."""

    name: str
    ukprn: str
    tokens: tuple[Token, ...] = ()
    discarded: bool = False

    def with_token(self, token: Token) -> Provider:
        """Return the provider with one token more."""
        return replace(self, tokens=(*self.tokens, token))


@dataclass
class Register:
    """Schools or lead partners, found by `urn` or `ukprn`."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    _first: dict[str, dict[Any, Mapping[str, Any]]] = field(default_factory=dict, repr=False)

    def find(self, key: str, value: str) -> Mapping[str, Any] | None:
        """Return the first row whose `key` is `value`."""
        known = self._first.get(key)
        if known is None:
            known = self._first[key] = {row.get(key): row for row in reversed(self.rows)}
        return known.get(value)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        self.rows.append(dict(row))
        self._first.clear()

    def copy(self) -> Register:
        """Return an independent register with the same rows."""
        return Register(list(self.rows))
