"""Where a request carries its token: the form of the header, as the document has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from register_spec import SpecError

_TOKEN = "{token}"


@dataclass(frozen=True, slots=True)
class TokenHeader:
    """A header and what stands around the token in it, exactly."""

    name: str
    before: str
    after: str

    def token(self, value: str | None) -> str | None:
        """Return the token in a header's value, or None when it has another form."""
        if value is None or not value.startswith(self.before):
            return None
        found = value[len(self.before) :].strip()
        return found.removesuffix(self.after).strip() if found.endswith(self.after) else None

    def __str__(self) -> str:
        """Return the form as the document writes it."""
        return f"{self.name}: {self.before}{_TOKEN}{self.after}"


BEARER = TokenHeader("Authorization", "Bearer ", "")
"""The form of the control API's own token."""


def token_header(document: Mapping[str, Any]) -> TokenHeader:
    """Return the header of the security scheme that a document asks for.

    Raises SpecError when it asks for none, or the scheme has no `x-header`.
    """
    schemes = document.get("components", {}).get("securitySchemes", {})
    for asked in document.get("security", []):
        for scheme in asked:
            if "x-header" in schemes.get(scheme, {}):
                name, _, form = schemes[scheme]["x-header"].partition(": ")
                before, _, after = form.partition(_TOKEN)
                return TokenHeader(name, before, after)
    version = document["info"]["version"]
    raise SpecError(f"{version}: security: no scheme that it names has an x-header")
