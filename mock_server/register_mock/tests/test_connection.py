"""When a connection ends: after its last answer, and whatever its client leaves undone."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.serving import connection
from register_mock.serving.connection import MAX_HEAD, Connection
from register_mock.serving.front import DROP, front
from register_mock.tests.conftest import trainee_data
from register_mock.tests.live import NEWEST, NOW, raw, status_of

PATIENCE = 60
SOON = 0.2
LARGE = 50_000_000


@dataclass
class Served:
    """A server in a thread; `open` are its connections."""

    port: int
    server: uvicorn.Server

    @property
    def open(self) -> int:
        return len(self.server.server_state.connections)

    def is_left(self) -> bool:
        """Whether all connections end without anybody doing anything."""
        deadline = time.monotonic() + PATIENCE
        while self.open and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.open == 0


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the body; `/drop`, `/large` and `/slow` do what they are called."""
    if scope["path"] == "/drop":
        scope["extensions"][DROP]()
        return
    body, more = b"x" * LARGE if scope["path"] == "/large" else b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if scope["path"] == "/slow":
        await asyncio.sleep(2 * SOON)
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def served(app: Any = echo, http: Any = Connection, **settings: Any) -> Iterator[Served]:
    given = {"timeout_keep_alive": PATIENCE, "lifespan": "off", "log_config": None, **settings}
    server = uvicorn.Server(uvicorn.Config(app, http=http, ws="none", **given))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield Served(port, server)
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


@pytest.fixture
def live(caplog: pytest.LogCaptureFixture) -> Iterator[Served]:
    with caplog.at_level(logging.WARNING), served() as live:
        yield live
    assert [record.getMessage() for record in caplog.get_records("call")] == []


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, live: Served) -> Served:
    monkeypatch.setattr(connection, "SECONDS_FOR_HEAD", SOON)
    monkeypatch.setattr(connection, "SECONDS_TO_LEAVE", SOON)
    return live


def half_closed(port: int, sent: bytes) -> bytes:
    """Send, close the sending half, and return all that comes until the server closes."""
    came = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        while chunk := client.recv(65536):
            came += chunk
    return came


def post(body: bytes, path: str = "/", missing: int = 0, *headers: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", f"Content-Length: {len(body) + missing}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


@pytest.mark.parametrize("path", ["/", "/slow"])
def test_a_half_closed_connection_is_answered_and_closed(live: Served, path: str) -> None:
    came = half_closed(live.port, post(b"whole", path))
    assert status_of(came) == 200
    assert came.endswith(b"\r\n\r\nwhole")
    assert live.is_left()


def test_all_requests_that_came_are_answered(live: Served) -> None:
    came = half_closed(live.port, post(b"one", "/slow") + post(b"two") + post(b"three"))
    bodies = [part.partition(b"\r\n\r\n")[2] for part in came.split(b"HTTP/1.1 200")[1:]]
    assert bodies == [b"one", b"two", b"three"]
    assert live.is_left()


def test_what_breaks_off_ends_there(live: Served) -> None:
    assert half_closed(live.port, post(b"cut", missing=9)).endswith(b"\r\n\r\ncut")
    assert half_closed(live.port, b"GET / HTTP/1.1\r\nHo") == b""
    assert half_closed(live.port, b"") == b""
    assert live.is_left()


def test_what_is_no_http_is_refused_and_what_precedes_it_answered(live: Served) -> None:
    assert status_of(raw(live.port, b"\x16\x03\x01 hello\r\n\r\n", PATIENCE)) == 400
    came = raw(live.port, post(b"first", "/slow") + b"nonsense\r\n\r\n", PATIENCE)
    assert came.count(b"HTTP/1.1") == 1
    assert came.endswith(b"\r\n\r\nfirst")
    assert live.is_left()


def test_another_protocol_is_not_spoken(live: Served) -> None:
    upgrade = ("Connection: Upgrade", "Upgrade: websocket")
    came = raw(live.port, post(b"", "/", 0, *upgrade) + post(b"frames"), PATIENCE)
    assert came.count(b"HTTP/1.1 200") == 1
    assert live.is_left()


@pytest.mark.parametrize(("size", "status"), [(MAX_HEAD - 100, 200), (MAX_HEAD, 431)])
@pytest.mark.parametrize("piece", [1_000, MAX_HEAD * 2])
def test_a_head_has_its_limit(live: Served, size: int, status: int, piece: int) -> None:
    sent = post(b"", "/", 0, "Connection: close", "X: " + "y" * size)
    with socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE) as client:
        for start in range(0, len(sent), piece):
            client.sendall(sent[start : start + piece])
        client.settimeout(PATIENCE)
        assert status_of(client.recv(65536)) == status
    assert live.is_left()


def test_a_head_without_end_is_refused(live: Served) -> None:
    """And its client may go on sending, so that it gets to read why."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: " + b"y" * LARGE)
        assert status_of(client.recv(65536)) == 431
    assert live.is_left()


def test_a_head_that_does_not_come_is_given_up(hurried: Served) -> None:
    assert raw(hurried.port, b"", PATIENCE) == b""
    assert raw(hurried.port, b"GET / HTTP/1.1\r\nHo", PATIENCE) == b""
    with socket.create_connection(("127.0.0.1", hurried.port), timeout=PATIENCE) as client:
        client.sendall(post(b"whole"))
        assert status_of(client.recv(65536)) == 200
        client.sendall(b"GET / HTTP/1.1\r\nHo")
        assert hurried.is_left()


def test_a_trickle_of_a_head_does_not_extend_the_time(hurried: Served) -> None:
    with socket.create_connection(("127.0.0.1", hurried.port), timeout=SOON / 10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHo")
        for _ in range(PATIENCE * 10):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                client.sendall(b"o")
            try:
                assert client.recv(1) == b""
            except TimeoutError:
                continue
            except ConnectionResetError:
                return
            return
    pytest.fail("a head of which a byte comes now and then was waited for")


def test_an_answer_that_is_not_taken_is_given_up(hurried: Served) -> None:
    with socket.create_connection(("127.0.0.1", hurried.port)) as client:
        client.sendall(post(b"", "/large", 0, "Connection: close"))
        client.recv(1)
        assert hurried.is_left()


def test_an_idle_connection_is_closed() -> None:
    with served(timeout_keep_alive=SOON) as live:
        assert raw(live.port, post(b"whole"), PATIENCE).endswith(b"\r\n\r\nwhole")
        assert live.is_left()


def test_a_dropped_connection_closes_without_a_byte(live: Served) -> None:
    assert raw(live.port, post(b"", "/drop"), PATIENCE) == b""
    assert raw(live.port, post(b"", "/drop") + post(b"next"), PATIENCE) == b""


def test_the_newest_of_too_many_are_refused() -> None:
    with served(limit_concurrency=2) as live, contextlib.ExitStack() as stack:
        address = ("127.0.0.1", live.port)
        first, *_ = [
            stack.enter_context(socket.create_connection(address, PATIENCE)) for _ in range(2)
        ]
        with contextlib.suppress(ConnectionResetError):
            assert stack.enter_context(socket.create_connection(address, PATIENCE)).recv(1) == b""
        first.sendall(post(b"whole"))
        assert status_of(first.recv(65536)) == 200


def test_requests_leave_nothing_that_waits_for_the_collector() -> None:
    """What refers to itself is found by walking all records: it would hold up every answer."""
    app = create_app(Options(seed="demo", now=NOW))
    world = app.extensions["register_mock"].get("default")
    token = next(iter(world.providers.values())).tokens[0].token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    requests = [
        ("GET", "/info", None, 200),
        ("GET", "/trainees", None, 200),
        ("GET", "/trainees/none", None, 404),
        ("POST", "/trainees", {"data": trainee_data(NEWEST)}, 201),
        ("POST", "/trainees", {"data": trainee_data(NEWEST)}, 409),
        ("POST", "/trainees", {"data": trainee_data(NEWEST, sex="Q")}, 422),
    ]
    with served(front(app, PATIENCE)) as live, contextlib.ExitStack() as stack:
        asked = http.client.HTTPConnection("127.0.0.1", live.port)
        stack.callback(asked.close)

        def ask() -> None:
            for method, path, content, status in requests:
                body = None if content is None else json.dumps(content)
                asked.request(method, f"/api/{NEWEST}{path}", body, headers)
                answer = asked.getresponse()
                assert answer.status == status, answer.read()
                answer.read()

        ask()
        requests[3] = (*requests[3][:3], 409)
        was_on = gc.isenabled()
        gc.disable()
        try:
            gc.collect()
            for _ in range(20):
                ask()
            assert gc.collect() < 20
        finally:
            if was_on:
                gc.enable()


class Writes:
    """A transport that remembers what was written, each time for itself."""

    def __init__(self, transport: Any, written: list[bytes]) -> None:
        self._transport, self._written = transport, written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._written.append(data)
        self._transport.write(data)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_head_and_body_leave_at_once(method: str, version: str) -> None:
    """Each write is a call of the system, a packet, and a client that wakes up."""
    written: list[bytes] = []

    class Noted(Connection):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(Writes(transport, written))  # type: ignore[arg-type]

    app = create_app(Options(seed="empty", now=NOW))
    with served(front(app, PATIENCE), http=Noted) as live:
        head = f"{method} /api/{NEWEST}/info HTTP/{version}\r\nHost: localhost\r\n\r\n"
        with socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE) as client:
            client.sendall(head.encode())
            client.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert answer.endswith(b"}" if method == "GET" else b"\r\n\r\n")
    assert [each for each in written if each] == [answer]
