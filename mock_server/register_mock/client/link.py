"""How a call of the control API goes over the wire, and what a refusal becomes.

A connection a call: nothing is kept open, and a client can be used from many threads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}
NO_CONTENT = 204


class ControlError(Exception):
    """A control call was refused; nothing was changed.

    `status` is that of the answer, `code` names the kind of refusal (`unknown_world`,
    `invalid_value`, …), `detail` is a sentence with the values that would be right, `more` what
    else the answer said: `state` of an illegal event, `response` of a refused trainee.
    """

    def __init__(self, status: int, code: str, detail: str, more: Mapping[str, Any]) -> None:
        """Keep what the answer said."""
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail, self.more = status, code, detail, more


@dataclass(frozen=True)
class Link:
    """The way to one world of the mock at `url`."""

    url: str
    world: str
    control_token: str | None = field(repr=False)
    timeout: float

    def __post_init__(self) -> None:
        """Raise ValueError when the address is none."""
        parts = self._parts()
        if parts.scheme not in CONNECTIONS or not parts.hostname:
            raise ValueError(f"{self.url!r}: give an address such as http://127.0.0.1:4010")

    def call(
        self,
        method: str,
        *path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the JSON of the answer, None when it has no body.

        `path` are the steps below `/_mock`; None in `query` leaves a parameter out. Raises
        ControlError when the call is refused, ConnectionError when nothing answers.
        """
        status, content = self._exchange(method, self._target(path, query or {}), body)
        answer = _json(content)
        if status == NO_CONTENT or (is_done(status) and isinstance(answer, dict)):
            return answer
        raise self._refused(status, answer)

    def text(self, *path: str) -> str:
        """Return the text at a path below `/_mock`; raises what `call` raises."""
        status, content = self._exchange("GET", self._target(path, {}), None)
        if is_done(status):
            return content.decode()
        raise self._refused(status, _json(content))

    def _refused(self, status: int, answer: Any) -> ControlError:
        if not isinstance(answer, dict) or not {"error", "detail"} <= answer.keys():
            return ControlError(status, "no_mock", f"{self.url} is not a mock of this kind", {})
        more = {key: value for key, value in answer.items() if key not in ("error", "detail")}
        return ControlError(status, answer["error"], answer["detail"], more)

    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    def _target(self, path: tuple[str, ...], query: Mapping[str, Any]) -> str:
        steps = "/".join(quote(step, safe="") for step in ("_mock", *path))
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        return f"{self._parts().path.rstrip('/')}/{steps}{f'?{asked}' if asked else ''}"

    def _exchange(
        self, method: str, target: str, body: Mapping[str, Any] | None
    ) -> tuple[int, bytes]:
        parts = self._parts()
        headers = {"X-Mock-World": self.world}
        if self.control_token is not None:
            headers["Authorization"] = f"Bearer {self.control_token}"
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        connection = CONNECTIONS[parts.scheme](
            parts.hostname or "", parts.port, timeout=self.timeout
        )
        with closing(connection):
            try:
                connection.request(method, target, content, headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except TimeoutError:
                raise ConnectionError(f"{self.url} did not answer in {self.timeout:g} s") from None
            except (OSError, HTTPException) as error:
                raise ConnectionError(
                    f"no mock answers at {self.url} ({error}): start one with `register-mock serve`"
                ) from error


def is_done(status: int) -> bool:
    """Whether an answer says that what was asked is done."""
    return 200 <= status < 300


def _json(content: bytes) -> Any:
    with suppress(ValueError):
        return json.loads(content)
    return None
