"""Two servers that start at the same moment: one gets the port, the other says so and ends."""

import multiprocessing
import socket
import subprocess
import time
from contextlib import ExitStack
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import requests

from register_mock.config import OptionError
from register_mock.serving.serve import hold_port
from register_mock.tests.test_serve import COMMAND, START_SECONDS

ROUNDS = 6
ATTEMPTS = 200
SECONDS_TO_WAIT = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def asked(port: int, barrier: Barrier, told: "multiprocessing.Queue[list[bool]]") -> None:
    """Ask for a port again and again, each time together with another process."""
    won = []
    for _ in range(ATTEMPTS):
        barrier.wait(SECONDS_TO_WAIT)
        try:
            held = hold_port("127.0.0.1", port)
        except OptionError:
            held = None
        won.append(held is not None)
        barrier.wait(SECONDS_TO_WAIT)
        if held is not None:
            held.close()
    told.put(won)


def test_one_of_two_gets_the_port() -> None:
    spawn = multiprocessing.get_context("spawn")
    barrier, told, port = spawn.Barrier(2), spawn.Queue(), free_port()
    both = [spawn.Process(target=asked, args=(port, barrier, told)) for _ in range(2)]
    for each in both:
        each.start()
    one, two = (told.get(timeout=2 * SECONDS_TO_WAIT) for _ in both)
    for each in both:
        each.join()
    told.close()
    told.join_thread()
    assert [a != b for a, b in zip(one, two, strict=True)] == [True] * ATTEMPTS


@pytest.mark.slow
def test_of_two_servers_one_serves_and_one_says_why_not(tmp_path: Path) -> None:
    told = [race(free_port(), tmp_path / str(number)) for number in range(ROUNDS)]
    assert told == [(2, 1)] * ROUNDS


def race(port: int, folder: Path) -> tuple[int, int]:
    """Start two servers at once; return the loser's exit code and how many answer."""
    folder.mkdir()
    files = [folder / "one.json", folder / "two.json"]
    with ExitStack() as stack:
        both = []
        for file in files:
            words = ["--port", str(port), "--seed", "empty", "--ready-file", str(file)]
            process = subprocess.Popen(
                [*COMMAND, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
            both.append(stack.enter_context(process))
            stack.callback(process.kill)
        deadline = time.monotonic() + START_SECONDS
        while not any(file.exists() for file in files) or all(p.poll() is None for p in both):
            assert time.monotonic() < deadline, [p.poll() for p in both]
            time.sleep(0.02)
        (loser,) = (process for process in both if process.poll() is not None)
        assert loser.stderr is not None
        said = loser.stderr.read().splitlines()
        assert said == [
            f"register-mock: port {port} is in use: give another --port, or --port 0 for a free one"
        ]
        assert requests.get(f"http://127.0.0.1:{port}/_mock/health", timeout=START_SECONDS).ok
        return loser.returncode, sum(file.exists() for file in files)
