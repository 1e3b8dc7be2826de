"""Decides how a server is loaded: keep-alive connections, each with one request on its way.

It works on raw sockets, because a client library would be slower than the servers it measures.
"""

import selectors
import socket
import time
from dataclasses import dataclass, field

# Stands in a request where each one needs a number of its own, as wide as the number.
COUNTER = b"{number}"
_WIDTH = len(COUNTER)


@dataclass(frozen=True)
class Plan:
    """What is sent, to where and for how long; ``status`` is the answer that counts as right."""

    host: str
    port: int
    request: bytes
    status: int
    connections: int
    seconds: float
    first_number: int = 0


@dataclass(frozen=True)
class Measured:
    """What came back: right and wrong answers, and how long the right ones took."""

    right: int
    wrong: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Right answers a second."""
        return self.right / self.seconds


@dataclass
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    missing: int = 0
    is_right: bool = False
    head: bytes = b""
    took: list[float] = field(default_factory=list)
    wrong: int = 0


def run(plan: Plan) -> Measured:
    """Load the server and return what was measured; raises ``OSError`` when it is not there."""
    number = plan.first_number
    connections = [_connect(plan) for _ in range(plan.connections)]
    with selectors.DefaultSelector() as selector:
        start = time.perf_counter()
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            _send(connection, plan.request, number)
            number += 1
        end = start + plan.seconds
        now = start
        while now < end:
            for key, _ in selector.select(timeout=1):
                now = time.perf_counter()
                if _receive(key.data, plan.status, now):
                    _send(key.data, plan.request, number)
                    number += 1
            now = time.perf_counter()
    for connection in connections:
        connection.socket.close()
    return _measured(connections, now - start)


def _connect(plan: Plan) -> _Connection:
    connected = socket.create_connection((plan.host, plan.port), timeout=10)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Connection(connected)


def _send(connection: _Connection, request: bytes, number: int) -> None:
    connection.sent_at = time.perf_counter()
    connection.socket.sendall(request.replace(COUNTER, b"%0*d" % (_WIDTH, number)))


def _receive(connection: _Connection, status: int, now: float) -> bool:
    """Take what has arrived, and return whether the answer is complete."""
    chunk = connection.socket.recv(262144)
    if not chunk:
        raise ConnectionError("the server closed a connection in the middle of the measurement")
    if connection.missing:
        connection.missing -= len(chunk)
    else:
        connection.head += chunk
        head, separator, body = connection.head.partition(b"\r\n\r\n")
        if not separator:
            return False
        connection.is_right = int(head[9:12]) == status
        connection.missing = _content_length(head) - len(body)
        connection.head = b""
    if connection.missing:
        return False
    if connection.is_right:
        connection.took.append(now - connection.sent_at)
    else:
        connection.wrong += 1
    return True


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("the measurement needs answers with a Content-Length")


def _measured(connections: list[_Connection], seconds: float) -> Measured:
    took = sorted(each for connection in connections for each in connection.took)
    wrong = sum(connection.wrong for connection in connections)
    if not took:
        return Measured(0, wrong, seconds, 0.0, 0.0)
    p50, p99 = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.99))
    return Measured(len(took), wrong, seconds, p50, p99)
