"""Where a version answers and where a request carries its token, as the document has it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import register_spec as spec

_TOKEN = "{token}"


@dataclass(frozen=True, slots=True)
class TokenHeader:
    """A header and what stands around the token in it, exactly.

    `takes` says what else is taken: the token `alone`, or the `last word`, whatever is before it.
    """

    name: str
    before: str
    after: str
    takes: str = ""

    def token(self, value: str | None) -> str | None:
        """Return the token in a header's value, or None when it has another form."""
        if value is None:
            return None
        if self.takes == "last word":
            return (value.split() or [""])[-1]
        if not value.startswith(self.before):
            return value.strip() if self.takes == "alone" else None
        found = value[len(self.before) :].strip()
        return found.removesuffix(self.after).strip() if found.endswith(self.after) else None

    @classmethod
    def of(cls, form: str, takes: str = "") -> TokenHeader:
        """Return the header of a form that is written like `Authorization: Bearer {token}`."""
        name, _, value = form.partition(": ")
        before, _, after = value.partition(_TOKEN)
        return cls(name, before, after, takes)

    def line(self, token: str) -> str:
        """Return the header with a token in it."""
        return f"{self.name}: {self.before}{token}{self.after}"

    def curl(self, token: str, url: str) -> str:
        """Return a command for a shell that asks an address with a token."""
        return f"curl -H {shlex.quote(self.line(token))} '{url}'"

    def __str__(self) -> str:
        """Return the form as the document writes it."""
        return self.line(_TOKEN)


BEARER = TokenHeader("Authorization", "Bearer ", "")
"""The form of the control API's own token."""


CONTROL_ROOT = "/_mock"
"""What the paths of the control API begin with, and no version's."""


def base_path(document: dict[str, Any]) -> str:
    """Return what the paths of a version begin with: its first server.

    Raises SpecError when that is no base path, or leads into the control API.
    """
    path = spec.base_path(document)
    if f"{path}/".startswith(f"{CONTROL_ROOT}/"):
        raise spec.SpecError(
            f"servers: {path!r} cannot be the base path of {document['info']['version']}: below "
            f"{CONTROL_ROOT} is the mock's own control API"
        )
    return path


def token_header(document: Mapping[str, Any]) -> TokenHeader:
    """Return the header of the security scheme that a document asks for.

    Raises SpecError when it asks for none, or the scheme has no `x-header`.
    """
    schemes = document.get("components", {}).get("securitySchemes", {})
    for asked in document.get("security", []):
        for scheme in asked:
            row = schemes.get(scheme, {})
            if "x-header" in row:
                return TokenHeader.of(row["x-header"], row.get("x-header-takes", ""))
    version = document["info"]["version"]
    raise spec.SpecError(f"{version}: security: no scheme that it names has an x-header")
