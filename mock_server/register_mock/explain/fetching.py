"""Asks a running mock for its journal; what goes wrong is one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import sleep
from typing import Any
from urllib.parse import quote, urlsplit

import requests

SECONDS_TO_ANSWER = 10
SECONDS_BETWEEN_LOOKS = 0.3

Entry = dict[str, Any]


class NoJournalError(Exception):
    """The journal cannot be read; the message says why and what would help."""


@dataclass(frozen=True)
class JournalClient:
    """The journal of one world of the mock at `url`.

    Raises NoJournalError when nothing answers there, or it is no mock, or it refuses.
    """

    url: str
    world: str
    control_token: str | None = field(default=None, repr=False)

    def entry(self, request_id: str) -> Entry:
        """Return one entry."""
        found: Entry = self._get(f"requests/{quote(request_id, safe='')}", {})
        return found

    def entries(self, filters: Mapping[str, Any]) -> list[Entry]:
        """Return the entries that fit, newest last."""
        found: list[Entry] = self._get("requests", filters)["requests"]
        return found

    def last(self) -> Entry:
        """Return the newest entry."""
        found = self.entries({"limit": 1})
        if not found:
            raise NoJournalError(f"world {self.world} was not asked anything yet")
        return found[0]

    def followed(self, filters: Mapping[str, Any]) -> Iterator[Entry]:
        """Yield the entries that fit, then each new one, for ever; after a reset it begins anew."""
        last = ""
        wanted = dict(filters)
        while True:
            for entry in self.entries(wanted):
                last = entry["id"]
                yield entry
            sleep(SECONDS_BETWEEN_LOOKS)
            newest = self.entries({"limit": 1})
            if not newest or newest[0]["id"] < last:
                last = ""
            wanted = {**filters, "limit": None} | ({"since": last} if last else {})

    def _get(self, path: str, filters: Mapping[str, Any]) -> Any:
        headers = {"X-Mock-World": self.world}
        if self.control_token is not None:
            headers["Authorization"] = f"Bearer {self.control_token}"
        try:
            answer = requests.get(
                f"{self._base()}/_mock/{path}",
                params={name: value for name, value in filters.items() if value is not None},
                headers=headers,
                timeout=SECONDS_TO_ANSWER,
            )
            content = answer.json()
        except requests.exceptions.JSONDecodeError:
            raise NoJournalError(f"{self.url} answers, but it is not a mock of this kind") from None
        except requests.Timeout:
            raise NoJournalError(f"{self.url} did not answer in {SECONDS_TO_ANSWER} s") from None
        except (requests.RequestException, UnicodeError):
            raise NoJournalError(
                f"nothing answers at {self.url}: start it with `register-mock serve`, or say where "
                "it is with --url"
            ) from None
        if not answer.ok:
            detail = content.get("detail") if isinstance(content, dict) else None
            hint = "; give it with --control-token" if answer.status_code == 401 else ""
            raise NoJournalError(f"{detail or f'{self.url} answers {answer.status_code}'}{hint}")
        return content

    def _base(self) -> str:
        try:
            parts = urlsplit(self.url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise NoJournalError(f"--url {self.url}: give an address such as http://127.0.0.1:4010")
        return f"{parts.scheme}://{parts.netloc}"
