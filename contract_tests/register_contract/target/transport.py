"""Where requests leave, and so where safety is enforced.

Every request of the suite goes through one ``GuardedSession``. It refuses anything but GET and
HEAD unless the run may write, refuses what would change records of others where it may change its
own alone, refuses any other host than the target, keeps the pace, and ends the run when its time is
up. A filter further up could be forgotten by a new test; this cannot.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

from register_contract.target.ending import (
    RunEndedError,
    hear_interruption,
    interruption_heard,
)
from register_contract.target.owned import Owned
from register_contract.target.receiving import ENCODING, BoundedAdapter

SAFE_METHODS = frozenset({"GET", "HEAD"})
USER_AGENT = "register-contract"


class UnsafeRequestError(Exception):
    """A request that this run must not send; nothing left the machine."""


class NotOwnError(UnsafeRequestError):
    """A write to what the run did not make itself; ``reason`` is the same for all of a kind."""

    def __init__(self, method: str, url: str, reason: str) -> None:
        super().__init__(f"{method} {url}: {reason}")
        self.reason = reason


class Pace:
    """Spaces requests evenly, so that no window of a minute holds more than the rate allows."""

    def __init__(
        self,
        interval: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = interval
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0

    def wait(self) -> None:
        """Return when the next request may leave."""
        if self._interval is None:
            return
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
            now = self._next
        self._next = now + self._interval


class GuardedSession(requests.Session):
    """A session bound to one target: read-only unless told otherwise, paced, no redirects.

    With ``owned`` it writes to what the run made itself alone, and that learns what this is. Its
    time-outs hold for a whole answer. After ``max_time`` seconds, or ``max_requests``, nothing
    leaves any more.
    """

    def __init__(
        self,
        base: str,
        *,
        writes: bool,
        interval: float | None = None,
        max_time: float | None = None,
        max_requests: int | None = None,
        owned: Owned | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._base = base.rstrip("/") + "/"
        self._writes = writes
        self.owned = owned
        self._pace = Pace(interval)
        self._clock = clock
        self._max_time = max_time
        self._end = None if max_time is None else clock() + max_time
        self._most = max_requests
        for scheme in ("http://", "https://"):
            self.mount(scheme, BoundedAdapter())
        self.sent = 0
        self.headers["User-Agent"] = USER_AGENT
        self.headers["Accept-Encoding"] = ENCODING
        # Without an auth of its own, requests would take credentials from a .netrc file and put
        # them in place of the token (or of the missing token) under test.
        self.auth = _as_it_is
        # A prepared request skips the proxies of the environment; they are the same for one target.
        self._environment = self.merge_environment_settings(base, {}, False, None, None)
        if base.startswith("http://"):
            # Or the certificates of the environment would be looked for with each request.
            self._environment["verify"] = True

    @property
    def writes(self) -> bool:
        """Whether other methods than those that only read may leave."""
        return self._writes

    def allow_writing(self) -> None:
        """Let every method out from now on: the target turned out to be a mock."""
        self._writes = True

    def lift_limits(self) -> None:
        """Let requests out although the run is over: what it made has to be deleted."""
        self._end = self._most = None
        interruption_heard()

    def keep_time(self, ahead: float = 0.0) -> None:
        """Raise RunEndedError when the time is up, or will be ``ahead`` seconds from now."""
        if self._end is not None and self._clock() + ahead > self._end:
            raise RunEndedError(
                f"the run's time is up: it may take {self._max_time:g} seconds (--max-time)"
            )

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send ``request`` if it may be sent; UnsafeRequestError otherwise."""
        method = (request.method or "").upper()
        if not (request.url or "").startswith(self._base):
            raise UnsafeRequestError(f"{method} {request.url}: not the target {self._base}")
        if method not in SAFE_METHODS and not self._writes:
            raise UnsafeRequestError(
                f"{method} {request.url}: this run is read-only; --profile full allows writing"
            )
        reason = self.owned and self.owned.refused(method, str(request.url), request.body)
        if reason:
            raise NotOwnError(method, str(request.url), reason)
        kwargs = {**self._environment, **kwargs, "allow_redirects": False}
        hear_interruption()
        self.keep_time()
        if self._most is not None and self.sent >= self._most:
            raise RunEndedError(f"the run may send no more than {self._most:,} requests")
        self._pace.wait()
        self.sent += 1
        return self._sent(request, **kwargs)

    def _sent(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if self.owned is None:
            return super().send(request, **kwargs)
        method, url = (request.method or "").upper(), str(request.url)
        sending = self.owned.sending(method, url, request.headers)
        try:
            response = super().send(request, **kwargs)
        except requests.RequestException:
            self.owned.answered(sending, 0, b"")
            raise
        self.owned.answered(sending, response.status_code, response.content)
        return response

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: a redirect is an answer like any other, and its Location may be anything."""
        return None


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
