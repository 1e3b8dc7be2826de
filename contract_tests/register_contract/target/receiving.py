"""Takes an answer in, within bounds: so long for the whole of it, so many bytes, and no more.

``requests`` bounds each read by itself, so a byte now and then keeps it waiting for ever, and a
small compressed body can fill the memory. Here every byte passes a reader that knows the time
and the count, from the first of the status line on; and decompression stops at the limit.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import zlib
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

MOST_BYTES = 10_000_000
"""What an answer may hold; a page of a hundred trainees is a tenth of it."""

ENCODING = "gzip"
"""The compression that is asked for, and the only one that is read."""

_CHUNK = 65_536
_UNPACKED = ("", "identity")
_PACKED = ("gzip", "x-gzip")


class UnreadAnswerError(requests.RequestException):
    """An answer that was not read to its end; the message says why."""


class _BoundError(Exception):
    """A bound was met. No OSError, which urllib3 would put into an error of its own."""


class _BoundedReader(io.RawIOBase):
    """Reads a socket until the answer's time or bytes are used up."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        self._seconds = sock.gettimeout()
        self._deadline = None if self._seconds is None else time.monotonic() + self._seconds
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what has come. Raises _BoundError at a bound."""
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise self._late()
            self._sock.settimeout(left)
        try:
            count = self._raw.readinto(buffer)
        except TimeoutError as error:
            raise self._late() from error
        self._left -= count or 0
        if self._left < 0:
            raise _too_large()
        return count

    def _late(self) -> _BoundError:
        return _BoundError(f"no complete answer within {self._seconds:g} seconds")

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    """An answer whose status line, headers and body are read through the bounded reader."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_BoundedReader(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _BoundedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _BoundedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class BoundedAdapter(HTTPAdapter):
    """Sends like any adapter, and returns with the whole body, or raises UnreadAnswerError.

    The time-out it is given holds for an answer as a whole.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Have connections made by the pools above."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """The same for connections through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Send and read the answer, streaming asked for or not."""
        try:
            response = super().send(request, *args, **{**kwargs, "stream": True})
            # Where `requests` itself keeps what it has read: `content` and the rest find it.
            response._content = _whole_body(response)
        except _BoundError as bound:
            raise UnreadAnswerError(str(bound)) from bound
        return response


def _whole_body(response: requests.Response) -> bytes:
    """The body of a streamed ``response``, decompressed."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    try:
        if encoding in _UNPACKED:
            return _joined(response, None)
        if encoding in _PACKED:
            return _joined(response, zlib.decompressobj(16 + zlib.MAX_WBITS))
    except HTTPError as error:
        raise _BoundError("it closed the connection without a complete answer") from error
    except zlib.error as error:
        raise _BoundError(f"a body that is not the {encoding} it says it is") from error
    finally:
        response.close()
    raise _BoundError(f"its body is packed as {encoding[:40]!r}; {ENCODING} was asked for")


def _joined(response: requests.Response, unpacking: Any) -> bytes:
    body = bytearray()
    for packed in response.raw.stream(_CHUNK, decode_content=False):
        room = MOST_BYTES + 1 - len(body)
        body += packed if unpacking is None else unpacking.decompress(packed, room)
        if len(body) > MOST_BYTES:
            raise _too_large()
    if unpacking is not None and body and not unpacking.eof:
        raise _BoundError("a compressed body that ends too early")
    return bytes(body)


def _too_large() -> _BoundError:
    return _BoundError(f"an answer of more than {MOST_BYTES / 1e6:g} MB")
