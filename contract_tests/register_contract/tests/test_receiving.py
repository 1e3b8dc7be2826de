"""An answer is read within bounds of time and size, whatever is sent."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator

import pytest

from register_contract.target.client import Client, Wire
from register_contract.target.ending import RunEndedError
from register_contract.target.receiving import MOST_BYTES
from register_contract.target.transport import GuardedSession
from register_contract.tests.hostile import JSON, Asked, Reply, Script, hostile
from register_contract.tests.places import PLACE

GZIP = {**JSON, "Content-Encoding": "gzip"}


def client(base: str, timeout: float = 30) -> Client:
    return Client(Wire(GuardedSession(base, writes=True), base, timeout), PLACE, "t")


def failure(script: Script, timeout: float = 30) -> str:
    with hostile(script) as base:
        return client(base, timeout).call("GET", "/info").failure


def dripping(first: bytes) -> Script:
    """Sends ``first`` and then a byte now and then, until the client has gone."""
    pause = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield first
        while not pause.wait(0.1):
            yield b" "

    return lambda asked: Reply(raw=pieces())


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\nX:", b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"],
    ids=["status line", "header", "body"],
)
def test_a_byte_now_and_then_is_not_waited_for(first: bytes) -> None:
    assert failure(dripping(first), timeout=1) == "no complete answer within 1 seconds"


def endless(piece: bytes) -> Script:
    def pieces() -> Iterator[bytes]:
        while True:
            yield piece

    return lambda asked: Reply(pieces())


def test_an_answer_without_end_is_cut_off() -> None:
    assert failure(endless(b"x" * 65_536)) == "an answer of more than 10 MB"


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (gzip.compress(b" " * (MOST_BYTES + 1)), "gzip", "an answer of more than 10 MB"),
        (gzip.compress(gzip.compress(b"{}")), "gzip, gzip", "packed as 'gzip, gzip'"),
        (b"no gzip", "gzip", "not the gzip it says it is"),
        (gzip.compress(b"{}" * 100)[:-9], "gzip", "ends too early"),
        (b"{}", "br", "packed as 'br'"),
    ],
    ids=["too large", "twice", "not at all", "cut", "otherwise"],
)
def test_what_is_packed_is_unpacked_to_the_limit_only(
    body: bytes, encoding: str, words: str
) -> None:
    reply = Reply(body, headers={**JSON, "Content-Encoding": encoding})
    assert words in failure(lambda asked: reply)


def test_a_packed_answer_is_read() -> None:
    with hostile(lambda asked: Reply(gzip.compress(b'{"a": 1}'), headers=GZIP)) as base:
        assert client(base).call("GET", "/info").json == {"a": 1}


def test_connections_are_kept() -> None:
    ports: set[object] = set()

    def script(asked: Asked) -> Reply:
        ports.add(threading.get_ident())  # a thread serves one connection
        return Reply(b"{}")

    with hostile(script) as base:
        asking = client(base)
        for _ in range(5):
            assert asking.call("GET", "/info").status == 200
    assert len(ports) == 1


_MEASURED = """
import resource, sys
from register_contract.target.client import Client, Wire
from register_contract.target.transport import GuardedSession
from register_contract.tests.places import PLACE
base = sys.argv[1]
asking = Client(Wire(GuardedSession(base, writes=True), base, 60), PLACE, "t")
assert asking.call("GET", "/fine").status == 200
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert "more than 10 MB" in asking.call("GET", "/bomb").failure
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_bomb_takes_no_memory() -> None:
    """Of 300 MB in two, the process that asks takes what one answer may hold."""
    packer = zlib.compressobj(1, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(300)) + packer.flush()
    assert len(bomb) < 3_000_000

    def script(asked: Asked) -> Reply:
        return Reply(bomb, headers=GZIP) if asked.path.endswith("bomb") else Reply(b"{}")

    with hostile(script) as base:
        told = subprocess.run(
            [sys.executable, "-c", _MEASURED, base],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    kilobytes = int(told.stdout) // (1024 if sys.platform == "darwin" else 1)
    assert kilobytes < 60_000


@pytest.mark.parametrize(
    "headers",
    [b"Location: http://[::1\r\n", b"Content-Type: a\r\n\tb\r\n", b"Retry-After: \xb2\r\n"],
)
def test_odd_headers_are_an_answer_like_any_other(headers: bytes) -> None:
    for status in (b"302 Found", b"429 Too Many", b"200 OK"):
        raw = b"HTTP/1.1 " + status + b"\r\n" + headers + b"Content-Length: 2\r\n\r\n{}"

        def script(asked: Asked, raw: bytes = raw) -> Reply:
            return Reply(raw=[raw])

        with hostile(script) as base:
            exchange = client(base).call("GET", "/info")
        assert (exchange.status, exchange.json) == (int(status[:3]), {})
        assert all("\n" not in value for value in exchange.headers.values())


def test_a_run_gives_up_when_every_request_is_refused() -> None:
    waits: list[float] = []
    reply = Reply(b"{}", 429, {**JSON, "Retry-After": "7"})
    with hostile(lambda asked: reply) as base:
        wire = Wire(GuardedSession(base, writes=True), base, 30, sleep=waits.append)
        asking = Client(wire, PLACE, "t")
        for _ in range(4):
            assert asking.call("GET", "/info").status == 429
        with pytest.raises(RunEndedError, match=r"refused 5 requests in a row .*429.*--rate"):
            asking.call("GET", "/info")
    assert waits == [8] * 10


def test_a_run_ends_when_its_time_is_up() -> None:
    now = [0.0]
    limited = Reply(b"{}", 429, {**JSON, "Retry-After": "50"})
    replies = [Reply(b"{}"), limited]
    with hostile(lambda asked: replies[now[0] > 0]) as base:
        session = GuardedSession(base, writes=True, max_time=60, clock=lambda: now[0])
        asking = Client(Wire(session, base, 30, sleep=now.append), PLACE, "t")
        assert asking.call("GET", "/info").status == 200
        now[0] = 30
        with pytest.raises(RunEndedError, match=r"60 seconds \(--max-time\)"):
            asking.call("GET", "/info")  # it would have to wait beyond the end
        now[0] = 61
        sent = session.sent
        with pytest.raises(RunEndedError, match=r"--max-time"):
            asking.call("GET", "/info")
        assert session.sent == sent
        assert len(now) == 1, "nothing was slept"
        session.lift_limits()
        replies[1] = replies[0]
        assert asking.call("DELETE", "/world").status == 200
