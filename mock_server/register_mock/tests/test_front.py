"""What is waited for holds up nobody: unfinished bodies, delayed answers, streams."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
import requests

from register_mock.config import Options
from register_mock.in_process import InProcessMock
from register_mock.serving.front import environ_of, front
from register_mock.tests.hostile import request
from register_mock.tests.live import NEWEST, Live, as_served, raw, status_of
from register_mock.wire import MAX_BODY, MOST_DISCARDED, Call

BODY_SECONDS = 2
UNFINISHED = DELAYED = 200
PATH = f"/api/{NEWEST}/trainees"
# Far more than any of it takes, even on a busy machine; a server that is held up never answers.
PATIENCE = 60


@contextlib.contextmanager
def in_process() -> Iterator[Live]:
    mock = InProcessMock(Options(seed="empty", body_seconds=BODY_SECONDS))
    try:
        world = requests.get(f"{mock.url}/_mock/worlds/default", timeout=PATIENCE).json()
        port = int(mock.url.rpartition(":")[2])
        yield Live(port, world["providers"][0]["tokens"][0]["token"])
    finally:
        mock.close()


@pytest.fixture(scope="module", params=["in process", "served"])
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("served")
    seconds = ("--body-seconds", str(BODY_SECONDS))
    serving = in_process() if request.param == "in process" else as_served(folder, *seconds)
    with serving as live:
        yield live
    assert "".join(live.log) == ""


@contextlib.contextmanager
def unfinished(port: int, number: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """Hold so many connections on which a body has begun and does not go on."""
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(number):
            connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
            stack.enter_context(connection).sendall(sent)
            held.append(connection)
        yield held


def cut(target: str, token: str | None = None) -> bytes:
    """Return a request that announces more than it sends, and says nothing of closing."""
    whole = request("POST", target, token, b"{" + b" " * 999)
    return whole.replace(b"Connection: close\r\n", b"")[:-950]


def received(connection: socket.socket) -> bytes:
    came = b""
    while chunk := connection.recv(65536):
        came += chunk
    return came


@pytest.mark.parametrize(
    ("target", "said"), [(PATH, b"RequestTimeout"), ("/_mock/reset", b"late_body")]
)
def test_a_body_that_does_not_arrive_is_given_up(live: Live, target: str, said: bytes) -> None:
    with unfinished(live.port, 1, cut(target)) as (connection,):
        answer = received(connection)
    assert status_of(answer) == 408
    assert said in answer
    assert b"did not arrive in time" in answer


def test_a_trickle_does_not_extend_the_time(live: Live) -> None:
    with unfinished(live.port, 1, cut(PATH)) as (connection,):
        connection.settimeout(0.2)
        for _ in range(PATIENCE * 5):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(b" ")
            with contextlib.suppress(TimeoutError):
                assert status_of(connection.recv(65536)) == 408
                return
    pytest.fail("a body of which a byte comes each 0.2 s was waited for")


def test_chunks_that_do_not_end_are_given_up(live: Live) -> None:
    head = request("POST", PATH, live.token, b"", (), b"Transfer-Encoding: chunked")
    answer = raw(live.port, head + b"5\r\n{", PATIENCE)
    assert status_of(answer) == 408


def test_a_late_body_is_explained(live: Live) -> None:
    answer = raw(live.port, cut(PATH, live.token), PATIENCE)
    (number,) = [line for line in answer.split(b"\r\n") if b"request-id" in line.lower()]
    name = number.partition(b": ")[2].decode()
    entry = requests.get(f"{live.url}/_mock/requests/{name}", timeout=PATIENCE).json()
    assert [finding["rule"] for finding in entry["explanation"]] == ["late_body"]


def test_unfinished_bodies_and_delayed_answers_hold_up_nobody(live: Live) -> None:
    slow = {"X-Mock-World": f"slow-{live.port}"}
    world = {"name": slow["X-Mock-World"], "seed": "empty"}
    requests.post(f"{live.url}/_mock/worlds", json=world, timeout=PATIENCE).raise_for_status()
    fault = {"effect": {"kind": "delay", "seconds": 2 * PATIENCE}}
    requests.post(f"{live.url}/_mock/faults", json=fault, headers=slow, timeout=PATIENCE)
    waiting = request(
        "GET", f"/api/{NEWEST}/info", None, b"", (b"X-Mock-World: slow-%d" % live.port,)
    )
    with (
        unfinished(live.port, DELAYED, waiting) as delayed,
        unfinished(live.port, UNFINISHED, cut(PATH)) as bodies,
    ):
        headers = live.headers
        answer = requests.get(f"{live.api}/info", headers=headers, timeout=PATIENCE)
        assert answer.status_code == 200
        deadline = time.monotonic() + PATIENCE
        while _journal(live, slow) < DELAYED:
            assert time.monotonic() < deadline
        for connection in delayed:
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)
        assert {status_of(received(body)) for body in bodies} == {408}


def _journal(live: Live, world: Mapping[str, str]) -> int:
    asked = requests.get(f"{live.url}/_mock/requests", headers=dict(world), timeout=PATIENCE)
    total: int = asked.json()["total"]
    return total


def test_a_body_that_is_too_large_and_late_is_too_large(live: Live) -> None:
    head = request("POST", PATH, live.token, b"{}", (), b"Content-Length: %d" % (MAX_BODY + 1))
    assert status_of(raw(live.port, head, PATIENCE)) == 413


def test_an_answer_may_take_longer_than_a_body(live: Live) -> None:
    """The deadline is the body's: a whole one is answered after any delay."""
    fault = {"effect": {"kind": "delay", "seconds": BODY_SECONDS + 0.5}, "times": 1}
    requests.post(f"{live.url}/_mock/faults", json=fault, timeout=PATIENCE)
    answer = requests.post(
        f"{live.api}/trainees", json={"data": 1}, headers=live.headers, timeout=PATIENCE
    )
    assert answer.status_code == 422
    assert answer.elapsed.total_seconds() > BODY_SECONDS


def test_a_client_that_has_finished_sending_still_gets_its_answer(live: Live) -> None:
    with socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE) as connection:
        path = f"/api/{NEWEST}/info"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        connection.shutdown(socket.SHUT_WR)
        assert status_of(received(connection)) == 401


Messages = list[dict[str, Any]]


def scope(**more: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "server": ("127.0.0.1", "4010"),
        "client": ("127.0.0.1", "50000"),
        "scheme": "http",
        "method": "POST",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        **more,
    }


def answered(application: Any, pieces: list[bytes], *headers: tuple[bytes, bytes]) -> Messages:
    """Send a body in pieces through the front, and return what it sends."""
    left = iter(pieces)

    async def receive() -> dict[str, Any]:
        piece = next(left, None)
        return {"body": piece, "more_body": True} if piece is not None else {"type": "gone"}

    sent: Messages = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(front(application, PATIENCE)(scope(headers=headers), receive, send))
    return sent


def test_the_environ_has_what_came_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://elsewhere")
    headers = [(b"x-a", b"1"), (b"cookie", b"a=1"), (b"content-type", b"a/b"), (b"x-a", b"2")]
    headers += [(b"cookie", b"b=2"), (b"x-name", b"caf\xc3\xa9")]
    target = {"raw_path": b"/%41/%ff/%C3%A9%2Fb//", "query_string": b"a=%20+b"}
    environ = environ_of(scope(headers=headers, **target))
    assert environ["PATH_INFO"] == "/A/\xff/\xc3\xa9/b//"
    assert environ["QUERY_STRING"] == "a=%20+b"
    named = {key: value for key, value in environ.items() if key.startswith(("HTTP_", "CONTENT_"))}
    assert named == {
        "HTTP_X_A": "1,2",
        "HTTP_COOKIE": "a=1;b=2",
        "CONTENT_TYPE": "a/b",
        "HTTP_X_NAME": "caf\xc3\xa9",
    }
    call = Call("GET", "/", "", environ, b"")
    assert list(call.headers()) == ["HTTP_X_A", "HTTP_COOKIE", "CONTENT_TYPE", "HTTP_X_NAME"]


def test_headers_of_another_server_come_by_name() -> None:
    environ = {"HTTP_X": "1", "HTTP_A": "2", "HTTP_PROXY": "p", "CONTENT_TYPE": "a/b", "PATH": "/"}
    headers = Call("GET", "/", "", environ, b"").headers()
    assert list(headers.items()) == [("CONTENT_TYPE", "a/b"), ("HTTP_A", "2"), ("HTTP_X", "1")]


def length(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"%d" % len(environ["wsgi.input"].read())]


@pytest.mark.parametrize(
    ("headers", "pieces", "kept"),
    [
        ([], [b"abc"], 0),
        ([(b"content-length", b"0")], [b"abc"], 0),
        ([(b"content-length", b"6")], [b"abc", b"def"], 6),
        ([(b"content-length", b"9")], [b"abc", b"def"], 6),
        ([(b"transfer-encoding", b"chunked")], [b"abc", b"", b"def"], 6),
        ([(b"transfer-encoding", b"chunked")], [b"x" * MAX_BODY] * 3, MAX_BODY + 1),
        ([(b"content-length", b"%d" % (2 * MAX_BODY))], [b"x" * MAX_BODY] * 2, MAX_BODY + 1),
        ([(b"content-length", b"%d" % (MOST_DISCARDED + 1))], [b"x" * MAX_BODY], 0),
        ([(b"content-length", b"9" * 40)], [b"x"], 0),
    ],
)
def test_no_more_of_a_body_is_kept_than_shows_its_size(
    headers: list[tuple[bytes, bytes]], pieces: list[bytes], kept: int
) -> None:
    assert answered(length, pieces, *headers)[-1]["body"] == b"%d" % kept


def test_a_body_without_end_is_not_read_for_ever() -> None:
    endless = [b"x" * MAX_BODY] * (2 * MOST_DISCARDED // MAX_BODY)
    left = iter(endless)

    async def receive() -> dict[str, Any]:
        return {"body": next(left), "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        """Take no notice."""

    headers = [(b"transfer-encoding", b"chunked")]
    asyncio.run(front(length, PATIENCE)(scope(headers=headers), receive, send))
    assert len(list(left)) > 0


class Endless:
    """The body of a stream: one piece, and then nothing for a long time."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.sleep(10 * PATIENCE)


def test_streams_hold_up_nobody() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        return Endless() if environ["PATH_INFO"] == "/stream" else [b"whole"]

    serve = front(application, PATIENCE)

    async def receive() -> dict[str, Any]:
        """Have nothing more to tell: the client stays."""
        await asyncio.Event().wait()
        return {}

    async def asked(path: bytes, sent: Messages) -> None:
        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await serve(scope(method="GET", raw_path=path), receive, send)

    async def all_of_them() -> None:
        sent: list[Messages] = [[] for _ in range(50)]
        streams = [asyncio.create_task(asked(b"/stream", each)) for each in sent]
        whole: Messages = []
        await asyncio.sleep(0)
        await asyncio.wait_for(asked(b"/", whole), PATIENCE)
        assert whole[-1]["body"] == b"whole"
        for stream, messages in zip(streams, sent, strict=True):
            assert not stream.done()
            assert messages[-1] == {
                "type": "http.response.body",
                "body": b"first",
                "more_body": True,
            }
            stream.cancel()

    asyncio.run(all_of_them())
