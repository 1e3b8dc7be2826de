"""`--ready-file`: what is somebody else's is neither overwritten nor deleted."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from register_mock.config import OptionError
from register_mock.serving import ready_file
from register_mock.tests.test_serve import COMMAND, START_SECONDS, refused, serving

NOBODY = 2**22 + 1  # No process has a number beyond the highest.


def content(**changes: Any) -> dict[str, Any]:
    told = {"host": "127.0.0.1", "port": 1, "url": "http://127.0.0.1:1", "pid": NOBODY}
    return {**told, "worker": NOBODY, "versions": [], "world": {}, **changes}


def folder(path: Path) -> None:
    path.mkdir()


def link(path: Path) -> None:
    path.with_name("target").write_text(json.dumps(content()), encoding="utf-8")
    path.symlink_to(path.with_name("target"))


def dangling(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def holding(text: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_text(text, encoding="utf-8")

    return make


STRANGE = {
    "notes": holding("my notes\n"),
    "empty": holding(""),
    "other JSON": holding('{"pid": 1, "name": "mine"}'),
    "no object": holding("[1]"),
    "pid is text": holding(json.dumps(content(pid="4194305"))),
    "deep": holding("[" * 100_000),
    "folder": folder,
    "fifo": os.mkfifo,
    "link": link,
    "dangling link": dangling,
}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_no_mock_wrote_is_refused_and_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "ready.json"
    STRANGE[kind](path)
    before = path.lstat()
    with pytest.raises(OptionError, match="not a ready file that a mock left behind"):
        ready_file.claim(path)
    with pytest.raises(OptionError, match="somebody else has made this file"):
        ready_file.write(path, content())
    ready_file.remove(path)
    assert path.lstat() == before
    assert len(list(tmp_path.iterdir())) == (2 if kind == "link" else 1)


def test_what_a_mock_left_behind_is_replaced_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    path.write_text(json.dumps(content()), encoding="utf-8")
    ready_file.claim(path)
    assert list(tmp_path.iterdir()) == []
    ready_file.write(path, content(pid=os.getpid()))
    assert json.loads(path.read_text(encoding="utf-8"))["pid"] == os.getpid()
    ready_file.remove(path)
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_a_mock_that_runs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = content(pid=os.getppid(), port=server.getsockname()[1])
        path.write_text(json.dumps(told), encoding="utf-8")
        with pytest.raises(OptionError, match="is running"):
            ready_file.claim(path)
    assert json.loads(path.read_text(encoding="utf-8")) == told
    # Its port is silent now: another process has the number of the one that is gone.
    ready_file.claim(path)
    assert not path.exists()


def test_a_file_system_without_links_is_written_to_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    path = tmp_path / "ready.json"
    ready_file.write(path, content())
    with pytest.raises(OptionError, match="somebody else has made this file"):
        ready_file.write(path, content(port=2))
    assert json.loads(path.read_text(encoding="utf-8"))["port"] == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    for path in (Path("/proc/ready.json"), tmp_path / ("x" * 300)):
        (said,) = refused("--port", "0", "--ready-file", str(path)).splitlines()
        assert said.startswith(f"register-mock: --ready-file {path}: ")


def test_servers_leave_each_others_files_alone(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with serving(tmp_path, "--port", "0", "--seed", "empty") as mock:
        (said,) = refused("--port", "0", "--ready-file", str(ready)).splitlines()
        assert f"process {mock.process.pid}" in said
        assert json.loads(ready.read_text(encoding="utf-8")) == mock.told
        ready.unlink()
        ready.write_text("my notes\n", encoding="utf-8")
        (said,) = refused("--port", "0", "--ready-file", str(ready)).splitlines()
        assert "not overwritten" in said
        assert mock.stopped_by(signal.SIGTERM)[0] == 0
    assert ready.read_text(encoding="utf-8") == "my notes\n"
    assert list(tmp_path.iterdir()) == [ready]


def test_the_file_of_a_killed_server_is_replaced(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with serving(tmp_path, "--port", "0", "--seed", "empty") as first:
        first.process.kill()
        first.process.wait()
    left = json.loads(ready.read_text(encoding="utf-8"))
    words = [*COMMAND, "--port", "0", "--seed", "empty", "--ready-file", str(ready)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as second:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not ready.exists() or json.loads(ready.read_text(encoding="utf-8")) == left:
                assert second.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            assert json.loads(ready.read_text(encoding="utf-8"))["pid"] == second.pid
        finally:
            second.terminate()
    assert list(tmp_path.iterdir()) == []
