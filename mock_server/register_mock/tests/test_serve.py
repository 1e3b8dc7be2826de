"""``register-mock serve`` as a process: start, answer, refuse, stop."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

START_SECONDS = 20
COMMAND = [sys.executable, "-m", "register_mock.commands.cli", "serve"]


@dataclass
class Running:
    """A mock that answers."""

    process: subprocess.Popen[str]
    told: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.told["url"])

    def stopped_by(self, number: int) -> tuple[int, float]:
        """Send a signal, and return the exit code and the seconds until the process was gone."""
        start = time.perf_counter()
        self.process.send_signal(number)
        return self.process.wait(timeout=10), time.perf_counter() - start


@contextlib.contextmanager
def started(command: list[str], folder: Path) -> Iterator[Running]:
    """Start the mock in ``folder``, wait until it answers, and end it at the latest afterwards."""
    ready = folder / "ready.json"
    with subprocess.Popen(
        [*command, "--ready-file", str(ready)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not ready.exists():
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.01)
            yield Running(process, json.loads(ready.read_text(encoding="utf-8")))
        finally:
            process.kill()


def serving(folder: Path, *words: str) -> contextlib.AbstractContextManager[Running]:
    return started([*COMMAND, *words], folder)


def refused(*words: str) -> str:
    """Run a command that must not start, and return what it says on standard error."""
    done = subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


def test_the_banner_can_be_pasted_and_is_answered(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as mock:
        output = ""
        assert mock.process.stdout is not None
        while "Ctrl-C" not in output:
            output += mock.process.stdout.readline()
        assert mock.url in output
        for provider in mock.told["world"]["providers"]:
            assert provider["tokens"][0]["token"] in output
        other, curl = (line for line in output.splitlines() if "curl" in line)
        assert other.startswith("Reading deployed: ")
        _, body, rest = other.split("'")
        made = requests.post(rest.strip(), data=body, timeout=30).json()
        assert made["reading"] == "deployed"
        _, header, _, url, _ = curl.split("'")
        name, _, value = header.partition(": ")
        answer = requests.get(url, headers={name: value}, timeout=5)
        assert answer.status_code == 200
        assert len(answer.json()["data"]) == 1


def test_port_0_serves_on_a_free_port_and_the_file_goes_with_the_server(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--seed", "empty") as mock:
        assert mock.told["port"] > 0
        assert mock.told["pid"] == mock.process.pid
        assert mock.stopped_by(signal.SIGTERM)[0] == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_at_once_while_a_request_hangs(tmp_path: Path, number: int) -> None:
    with serving(tmp_path, "--port", "0", "--seed", "empty") as mock:
        token = mock.told["world"]["providers"][0]["tokens"][0]["token"]
        half = (
            f"POST /api/{mock.told['versions'][-1]}/trainees HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            'Content-Length: 1000\r\n\r\n{"data":'
        )
        with socket.create_connection((mock.told["host"], mock.told["port"])) as client:
            client.sendall(half.encode())
            time.sleep(0.3)
            code, seconds = mock.stopped_by(number)
        assert (code, seconds < 1) == (0, True)
        assert mock.process.stderr is not None
        assert mock.process.stderr.read() == ""


def test_a_delayed_answer_is_not_waited_for(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--seed", "empty") as mock:
        fault = {"effect": {"kind": "delay", "seconds": 60}}
        requests.post(f"{mock.url}/_mock/faults", json=fault, timeout=10).raise_for_status()
        path = f"/api/{mock.told['versions'][-1]}/info"
        with socket.create_connection((mock.told["host"], mock.told["port"])) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            while not requests.get(f"{mock.url}/_mock/requests", timeout=10).json()["total"]:
                time.sleep(0.05)
            code, seconds = mock.stopped_by(signal.SIGINT)
            assert client.recv(1) == b""
        assert (code, seconds < 5) == (0, True)
        assert mock.process.stderr is not None
        assert mock.process.stderr.read() == ""


def test_a_killed_command_leaves_nothing_on_the_port(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--seed", "empty") as mock:
        mock.process.kill()
        mock.process.wait()
        deadline = time.monotonic() + 5
        while True:
            try:
                requests.get(f"{mock.url}/_mock/health", timeout=1)
            except requests.ConnectionError:
                return
            assert time.monotonic() < deadline


def test_a_second_server_on_the_port_is_refused_in_one_line(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--seed", "empty") as mock:
        port = str(mock.told["port"])
        told = refused("--port", port)
        assert told.splitlines() == [
            f"register-mock: port {port} is in use: give another --port, or --port 0 for a free one"
        ]
        assert requests.get(f"{mock.url}/_mock/health", timeout=5).ok


def test_a_port_of_another_program_is_refused_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert len(refused("--port", port).splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--host", "0.0.0.0"], "--control-token"),
        (["--seed", "nowhere"], "demo, empty"),
        (["--now", "soon"], "2025-10-15T09:00:00Z"),
        (["--as", "loud"], "there is no loud reading here; available: documented"),
        (["--port", "http"], "not a valid integer"),
        (["--spec", "nowhere"], "no such folder"),
    ],
)
def test_a_wrong_option_is_refused(words: list[str], expected: str) -> None:
    assert expected in refused("--port", "0", *words)


def test_a_spec_folder_without_documents_is_refused(tmp_path: Path) -> None:
    told = refused("--port", "0", "--spec", str(tmp_path))
    assert len(told.splitlines()) == 1
    assert str(tmp_path) in told
