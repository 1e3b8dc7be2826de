"""How a call of the control API is put, and what becomes of an answer or a refusal.

Each call has a connection of its own: nothing is kept open, and it can be used from many threads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, TypeVar
from urllib.parse import SplitResult, quote, urlencode, urlsplit

CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}
NO_CONTENT = 204
Found = TypeVar("Found")
Body = bytes | None


class ControlError(Exception):
    """A control call was refused; nothing was changed.

    `status` is that of the answer, `code` names the kind of refusal (`unknown_world`,
    `invalid_value`, …; `no_mock` when the answer is none of a mock's), `detail` is a sentence with
    the values that would be right, `more` what else the answer said: `state` of an illegal event,
    `response` of a refused trainee.
    """

    def __init__(self, status: int, code: str, detail: str, more: Mapping[str, Any]) -> None:
        """Keep what the answer said."""
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail, self.more = status, code, detail, more


def send(
    url: str, timeout: float, method: str, target: str, headers: Mapping[str, str], body: Body
) -> tuple[int, bytes]:
    """Send a call to the mock at `url`; return status and body of the answer.

    `target` are path and query. Raises ConnectionError when nothing answers.
    """
    parts = _parts(url)
    connection = CONNECTIONS[parts.scheme](parts.hostname or "", parts.port, timeout=timeout)
    with closing(connection):
        try:
            connection.request(method, f"{parts.path.rstrip('/')}{target}", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except TimeoutError:
            raise ConnectionError(f"{url} did not answer in {timeout:g} s") from None
        except (OSError, HTTPException) as error:
            raise ConnectionError(
                f"no mock answers at {url} ({error}): start one with `register-mock serve`"
            ) from error


def _parts(url: str) -> SplitResult:
    with suppress(ValueError):
        parts = urlsplit(url)
        # Asking for the port reads it.
        if parts.scheme in CONNECTIONS and parts.hostname and parts.port != 0:
            return parts
    raise ValueError(f"{url!r}: give an address such as http://127.0.0.1:4010")


@dataclass(frozen=True)
class Link:
    """The way to one world of the mock at `url`."""

    url: str
    world: str
    control_token: str | None = field(repr=False)
    timeout: float

    def __post_init__(self) -> None:
        """Raise ValueError when the address is none."""
        _parts(self.url)

    def call(
        self,
        method: str,
        *path: str,
        read: Callable[[Any], Found],
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Found:
        """Return what `read` makes of the JSON of the answer, `{}` when it has no body.

        `path` are the steps below `/_mock`; None in `query` leaves a parameter out. Raises
        ControlError when the call is refused or the answer is none of a mock's, ConnectionError
        when nothing answers.
        """
        status, content = self._exchange(method, path, query or {}, body)
        answer = {} if status == NO_CONTENT else _json(content)
        if not is_done(status) or not isinstance(answer, dict):
            raise self._refused(status, answer)
        try:
            return read(answer)
        except ValueError as error:
            raise self._unlike(status, str(error)) from None

    def text(self, *path: str, query: Mapping[str, Any] | None = None) -> str:
        """Return the text at a path below `/_mock`; raises what `call` raises."""
        status, content = self._exchange("GET", path, query or {}, None)
        if is_done(status):
            return content.decode(errors="replace")
        raise self._refused(status, _json(content))

    def _refused(self, status: int, answer: Any) -> ControlError:
        told = answer if isinstance(answer, dict) else {}
        if not all(isinstance(told.get(key), str) for key in ("error", "detail")):
            return self._unlike(status)
        more = {key: value for key, value in told.items() if key not in ("error", "detail")}
        return ControlError(status, told["error"], told["detail"], more)

    def _unlike(self, status: int, flaw: str = "") -> ControlError:
        what = f"{self.url} is not a mock of this kind{f': {flaw}' if flaw else ''}"
        return ControlError(status, "no_mock", what, {})

    def _exchange(
        self,
        method: str,
        path: tuple[str, ...],
        query: Mapping[str, Any],
        body: Mapping[str, Any] | None,
    ) -> tuple[int, bytes]:
        steps = "".join(f"/{quote(step, safe='')}" for step in ("_mock", *path))
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        headers = {"X-Mock-World": self.world}
        if self.control_token is not None:
            headers["Authorization"] = f"Bearer {self.control_token}"
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        target = f"{steps}{f'?{asked}' if asked else ''}"
        return send(self.url, self.timeout, method, target, headers, content)


def is_done(status: int) -> bool:
    """Whether an answer says that what was asked is done."""
    return 200 <= status < 300


def _json(content: bytes) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(content)
    return None
