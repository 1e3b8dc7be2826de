"""Calls operations of the API by name and returns exchanges; knows paths, tokens and no rules."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import requests

from register_contract.target.clock import Clock
from register_contract.target.ending import RunEndedError
from register_contract.target.exchange import Exchange
from register_contract.target.history import History
from register_contract.target.owned import Doors
from register_contract.target.receiving import UnreadAnswerError
from register_contract.target.transport import GuardedSession

_LOOKS = 4
_FIRST_PAUSE = 0.25
_REFUSED_AFTER = 5
_TOO_MANY = 429
_MOST_WAITS = 2
_LONGEST_WAIT = 60
_SECONDS = re.compile(r"[0-9]{1,9}")
_FOLD = re.compile(r"[\r\n]+[ \t]*")


class LostTargetError(RunEndedError):
    """The target stopped answering in the middle of the run."""


class Wire:
    """Sends one request over a guarded session; a missing answer is an exchange too."""

    def __init__(
        self,
        session: GuardedSession,
        base: str,
        timeout: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.session = session
        self._sleep = sleep
        self.base = base
        self._timeout = timeout
        self._answered = False
        self._lost: LostTargetError | None = None
        self._refused = 0
        self._waits = True
        self.history = History()
        self.clock = Clock()

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Take a refusal for too many requests as an answer like any other: it is what is tried."""
        self._waits = False
        try:
            yield
        finally:
            self._waits = True

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        places: Mapping[int, str | None] | None = None,
        token_header: str = "",
    ) -> Exchange:
        """Send a request and return the exchange.

        ``places`` are the keys that records stand under in an answer, by its status;
        ``token_header`` is the form of the header that carries a token.

        Raises LostTargetError when the target is gone, RunEndedError when it refuses one request
        after another for their number.
        """
        if self._lost is not None:
            raise self._lost
        request = requests.Request(
            method, self.base + path, headers=dict(headers or {}), params=dict(query or {})
        )
        request.data = [] if body is None else body
        exchange = self._exchange(request)
        place = (places or {}).get(exchange.status, exchange.place)
        exchange = replace(exchange, place=place, token_header=token_header)
        self.history.note(exchange)
        return exchange

    def _exchange(self, request: requests.Request) -> Exchange:
        prepared = self.session.prepare_request(request)
        body = request.data if isinstance(request.data, bytes) else None
        started = time.perf_counter()
        try:
            response = self._answer(prepared)
        except requests.RequestException as error:
            return self._no_answer(prepared, body, error)
        self._answered = True
        self._count_refusals(response.status_code)
        headers = _plain_headers(response.headers)
        self.clock.hear(headers)
        return Exchange(
            method=str(request.method),
            url=str(prepared.url),
            request_headers=dict(request.headers),
            request_body=body,
            status=response.status_code,
            headers=headers,
            body=response.content,
            seconds=time.perf_counter() - started,
            began=started,
        )

    def _answer(self, prepared: requests.PreparedRequest) -> requests.Response:
        """Send; when the service says to retry later, do so: others share its limit."""
        response = self.session.send(prepared, timeout=self._timeout)
        for _ in range(_MOST_WAITS):
            wait = response.headers.get("Retry-After", "")
            is_limit = response.status_code == _TOO_MANY and self._waits
            if not is_limit or not _SECONDS.fullmatch(wait):
                break
            seconds = min(int(wait), _LONGEST_WAIT) + 1
            self.session.keep_time(ahead=seconds)
            self._sleep(seconds)
            response = self.session.send(prepared, timeout=self._timeout)
        return response

    def _count_refusals(self, status: int) -> None:
        """End the run when one request after another is refused, however long it waited."""
        self._refused = self._refused + 1 if status == _TOO_MANY and self._waits else 0
        if self._refused >= _REFUSED_AFTER:
            raise RunEndedError(
                f"{self.base} refused {self._refused} requests in a row as too many (429); "
                f"lower --rate, or try again later"
            )

    def _no_answer(
        self,
        prepared: requests.PreparedRequest,
        body: bytes | None,
        error: requests.RequestException,
    ) -> Exchange:
        reason = why_no_answer(error, self._timeout)
        sent = self.session.sent
        if self._answered and not self._still_there():
            last = f"{prepared.method} {str(prepared.url).removeprefix(self.base)}"
            self._lost = LostTargetError(
                f"{self.base} stopped answering after {sent} requests, "
                f"the last was {last}: {reason}"
            )
            raise self._lost from error
        return Exchange(
            method=str(prepared.method),
            url=str(prepared.url),
            request_headers=dict(prepared.headers),
            request_body=body,
            status=0,
            failure=reason,
        )

    def _still_there(self) -> bool:
        """Whether a target that was there before answers anything at all.

        Asked at once, so that one lost answer is told from a lost target, and a target that is
        gone is not blamed for each request that it no longer sees.
        """
        request = self.session.prepare_request(requests.Request("GET", f"{self.base}/"))
        for number in range(_LOOKS):
            try:
                self.session.send(request, timeout=self._timeout)
            except requests.RequestException:
                self._sleep(_FIRST_PAUSE * 2**number)
            else:
                return True
        return False


def _plain_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by lower-case name; one that goes over several lines is put on one."""
    return {name.lower(): _FOLD.sub(" ", value) for name, value in headers.items()}


def why_no_answer(error: requests.RequestException, timeout: float) -> str:
    """Say in words why a request had no answer."""
    text = str(error)
    if isinstance(error, UnreadAnswerError):
        return text
    if isinstance(error, requests.exceptions.SSLError):
        if "CERTIFICATE_VERIFY_FAILED" in text:
            return "its TLS certificate is not accepted"
        return "it does not speak TLS there; if it is an http address, write http:// for https://"
    if isinstance(error, requests.Timeout):
        return f"no answer within {timeout:g} seconds"
    if "refused" in text:
        return "connection refused"
    if "resolve" in text or "Name or service" in text or "nodename" in text:
        return "its name is not known"
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return "it closed the connection without a complete answer"
    return f"no answer ({type(error).__name__})"


@dataclass(frozen=True)
class Probe:
    """What is asked to find out whether a target is a Register API.

    ``answers`` says whether a status and a JSON body are an answer to it, its token accepted.
    """

    path: str
    answers: Callable[[int, Any], bool]

    @property
    def words(self) -> str:
        """The request in words."""
        return f"GET {self.path}"


@dataclass(frozen=True)
class Place:
    """Where a version's public API lies on a target, and the header that carries a token.

    ``header`` is like ``Authorization: Bearer {token}``; ``timers`` are the settings of the mock
    that say when an event comes by itself; ``doors`` are the calls that write.
    """

    path: str
    header: str
    probe: Probe
    timers: tuple[str, ...] = ()
    doors: Doors = field(default_factory=Doors)

    def carried(self, headers: Mapping[str, str]) -> str:
        """The token in the headers of a request; empty where they carry none in this form."""
        name, _, form = self.header.partition(": ")
        before, _, after = form.partition("{token}")
        values = (value for each, value in headers.items() if each.lower() == name.lower())
        value = next(values, "")
        is_one = value.startswith(before) and value.endswith(after)
        return value[len(before) : len(value) - len(after)] if is_one else ""

    def carrying(self, token: str) -> dict[str, str]:
        """The header with this token."""
        name, _, form = self.header.partition(": ")
        return {name: form.replace("{token}", token)}


class Client:
    """The public API at one version as one provider (or as nobody: ``token`` None)."""

    def __init__(self, wire: Wire, place: Place, token: str | None) -> None:
        self.wire = wire
        self.place = place
        self.token = token

    def call(
        self,
        method: str,
        template: str,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        json_body: Any = None,
        raw_body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        places: Mapping[int, str | None] | None = None,
    ) -> Exchange:
        """Call ``template`` (``/trainees/{trainee_id}``); headers given replace our own.

        ``places`` are those of ``Wire.send``.
        """
        filled = template
        for name, value in (path or {}).items():
            filled = filled.replace("{" + name + "}", quote(str(value), safe=""))
        sent = {"Accept": "application/json"}
        if self.token is not None:
            sent.update(self.place.carrying(self.token))
        body = raw_body
        if json_body is not None and body is None:
            body = json.dumps(json_body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        return self.wire.send(
            method,
            f"{self.place.path}{filled}",
            query=query,
            headers=sent,
            body=body,
            places=places,
            token_header=self.place.header,
        )

    def as_token(self, token: str | None) -> Client:
        """The same client with another token."""
        return Client(self.wire, self.place, token)
