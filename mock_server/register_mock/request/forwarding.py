"""`--proxy`: a request is answered by a real deployment, and its answer held to the contract.

Nothing of the world comes in between: no fault, no rate limit, no `Prefer`. What reads is passed
on; what writes only when asked for. What deviates is told in the journal, not to the client.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from urllib.parse import quote, urlsplit

from register_mock.contract.envelopes import Answer, json_answer
from register_mock.contract.problems import Refusal
from register_mock.explain.access import source_of
from register_mock.request.arrival import arrived
from register_mock.request.selfcheck import deviations
from register_mock.request.walk import Walk
from register_mock.wire import Call
from register_mock.world.journal import Finding

SAFE = ("GET", "HEAD", "OPTIONS")
SECONDS = 30.0
LARGEST = 64_000_000
MOST_DEVIATIONS = 5
# They are about one connection; those of the mock are no business of the deployment's.
_OF_THE_CONNECTION = (
    *("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
    *("proxy-authenticate", "proxy-authorization", "proxy-connection"),
    *("host", "content-length", "accept-encoding", "x-mock-world"),
)
# The kind of the body is kept beside it; the others the mock's own server sends.
_NOT_PASSED_BACK = (*_OF_THE_CONNECTION, "content-type", "date", "x-mock-request-id")
_IN_PATHS = "/:@!$&'()*+,;=~-._"
DEVIATION = "deviation"


class Forwarder:
    """Passes requests on to the deployment at `url`; those that write if `writes` says so."""

    def __init__(self, url: str, writes: bool, seconds: float = SECONDS) -> None:
        """Take the address; nothing is asked of it yet."""
        parts = urlsplit(url)
        self.url, self._writes, self._seconds = url.rstrip("/"), writes, seconds
        self._is_secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._before = parts.path.rstrip("/")
        self._going_on: set[HTTPConnection] = set()
        self._lock = threading.Lock()

    def outcome(self, walk: Walk) -> Answer | Refusal:
        """Return what the deployment answers, or why it was not asked, or does not answer."""
        call = walk.call
        if call.body is None:
            return arrived(walk) or Refusal("too_large")
        if call.method not in SAFE and not self._writes:
            said = f"{call.method} is not passed on to {self.url}: --proxy-writes would allow it"
            return _failed(walk, 403, "Forbidden", "read_only", said)
        try:
            answer = self._asked(call, call.body)
        except TimeoutError:
            said = f"{self.url} did not answer in {self._seconds:g} s"
            return _failed(walk, 502, "BadGateway", "no_answer", said)
        except (OSError, HTTPException) as error:
            said = f"{self.url} cannot be reached: {str(error) or type(error).__name__}"
            return _failed(walk, 502, "BadGateway", "no_answer", said)
        walk.notes.extend(_judged(walk, answer))
        return answer

    def close(self) -> None:
        """Break off what is still waited for."""
        with self._lock:
            for connection in self._going_on:
                with suppress(OSError, AttributeError):
                    connection.sock.shutdown(SHUT_RDWR)

    def _asked(self, call: Call, body: bytes) -> Answer:
        path = quote(call.path.encode("latin-1"), safe=_IN_PATHS)
        query = f"?{call.query_string}" if call.query_string else ""
        headers = dict(_headers(call))
        with self._connection() as connection:
            connection.request(call.method, f"{self._before}{path}{query}", body or None, headers)
            answer = connection.getresponse()
            content = answer.read(LARGEST + 1)
            if len(content) > LARGEST:
                raise HTTPException(f"its answer is larger than {LARGEST:,} bytes")
            kept = tuple(
                (name, value)
                for name, value in answer.getheaders()
                if name.lower() not in _NOT_PASSED_BACK
            )
            kind = answer.getheader("Content-Type") or ""
            return Answer(answer.status, content, kind, kept)

    @contextmanager
    def _connection(self) -> Iterator[HTTPConnection]:
        made: HTTPConnection
        if self._is_secure:
            context = ssl.create_default_context()
            made = HTTPSConnection(self._host, self._port, timeout=self._seconds, context=context)
        else:
            made = HTTPConnection(self._host, self._port, timeout=self._seconds)
        with self._lock:
            self._going_on.add(made)
        try:
            yield made
        finally:
            with self._lock:
                self._going_on.discard(made)
            made.close()


def _headers(call: Call) -> Iterator[tuple[str, str]]:
    for key, value in call.headers().items():
        name = key.removeprefix("HTTP_").replace("_", "-").title()
        if name.lower() not in _OF_THE_CONNECTION:
            yield name, value
    # What is packed could not be held to a schema.
    yield "Accept-Encoding", "identity"


def _judged(walk: Walk, answer: Answer) -> Iterable[Finding]:
    """Tell how an answer deviates from the contract."""
    if walk.asked is None:
        if answer.status not in (401, 404):
            yield Finding(DEVIATION, f"the contract has no such operation; {answer.status} answers")
        return
    without_body = walk.call.method == "HEAD"
    found = deviations(walk.edition, walk.operation, answer, without_body=without_body)
    for number, (place, said) in enumerate(found):
        if number == MOST_DEVIATIONS:
            yield Finding(DEVIATION, "there are more")
            return
        where = f"{walk.operation.name} of {walk.edition.key}, status {answer.status}"
        yield Finding(
            DEVIATION,
            f"{where}: {said}",
            field=place or None,
            source=source_of(walk.edition, walk.source, ""),
        )


def _failed(walk: Walk, status: int, error: str, rule: str, said: str) -> Answer:
    walk.notes.append(Finding(rule, said))
    return json_answer(status, {"errors": [{"error": error, "message": said}]})
