"""What a run may write to, when nothing is said; and that it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

import register_contract
from register_contract.target.mock_process import running_mock
from register_contract.target.options import FULL, READ_ONLY, settle
from register_contract.target.target import UnusableTargetError, connect, leave
from register_contract.target.transport import UnsafeRequestError
from register_contract.tests.hostile import Asked, Reply, hostile, info, relayed
from register_contract.tests.places import NEWEST
from register_spec import versions

VERSIONS = versions()
_PATIENCE = 120.0
_COMMAND = [
    sys.executable,
    "-c",
    "from register_contract.cli import main; main()",
    "run",
    "--no-known-drift",
]
_PYTEST = [sys.executable, "-m", "pytest", str(Path(register_contract.__file__).with_name("suite"))]


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock of our own."""
    with running_mock("--seed", "demo") as base:
        yield base


def token_of(mock: str) -> str:
    world = requests.get(f"{mock}/_mock/worlds/default", timeout=30).json()
    return str(world["providers"][0]["tokens"][0]["token"])


def worlds(mock: str) -> list[str]:
    listed = requests.get(f"{mock}/_mock/worlds", timeout=30).json()["worlds"]
    return [world["name"] for world in listed]


def test_a_tunnel_on_loopback_is_only_read(mock: str) -> None:
    """A loopback address in front of a service that is no mock: nothing is written to it."""
    seen: set[str] = set()

    def tunnel(asked: Asked) -> Reply:
        seen.add(asked.method)
        return relayed(mock, asked) if asked.public else Reply(b"{}", 404)

    with hostile(tunnel) as base:
        words = [base, "--token", token_of(mock), "--api-version", VERSIONS[-1], "--seed", "1"]
        done = subprocess.run(
            [*_COMMAND, *words, "--only", "auth or examples"],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert "profile   read-only" in done.stdout, done.stdout + done.stderr
    assert seen == {"GET", "HEAD"}


def test_what_is_there_decides_what_may_be_sent(mock: str) -> None:
    token = token_of(mock)
    target = connect(settle(version=VERSIONS[-1], url=mock, token=token), NEWEST, mock, VERSIONS)
    assert (target.profile, target.writes) == (FULL, True)
    assert target.control is not None
    assert leave(target.control) == ""
    for profile, wanted in ((None, READ_ONLY), (READ_ONLY, READ_ONLY), (FULL, FULL)):
        with hostile(info) as base:
            options = settle(version=VERSIONS[-1], url=base, token=token, profile=profile)
            target = connect(options, NEWEST, base, VERSIONS)
            assert target.profile == wanted
            assert target.control is None
            if wanted == READ_ONLY:
                with pytest.raises(UnsafeRequestError):
                    target.api.call("POST", "/trainees", json_body={})
    read = settle(version=VERSIONS[-1], url=mock, token=token, profile=READ_ONLY)
    assert connect(read, NEWEST, mock, VERSIONS).control is None
    assert worlds(mock) == ["default"]


def test_a_run_that_is_refused_leaves_no_world(mock: str) -> None:
    options = settle(version=VERSIONS[-1], url=mock, token="of-nobody")
    with pytest.raises(UnusableTargetError, match="does not accept the token"):
        connect(options, NEWEST, mock, VERSIONS)
    assert worlds(mock) == ["default"]


def test_a_world_that_is_half_made_is_deleted_too(mock: str) -> None:
    """The mock made it, but the answer was unusable: its name is known all the same."""

    def answer(asked: Asked) -> Reply:
        reply = relayed(mock, asked)
        return Reply(b"null", 201) if (asked.method, reply.status) == ("POST", 201) else reply

    with hostile(answer) as base:
        with pytest.raises(UnusableTargetError, match="is not a mock of this kind") as caught:
            connect(settle(version=VERSIONS[-1], url=base), NEWEST, base, VERSIONS)
        assert "left behind" not in str(caught.value)
    assert worlds(mock) == ["default"]


def test_what_cannot_be_deleted_is_said(mock: str) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(b"no", 500) if asked.method == "DELETE" else relayed(mock, asked)

    with hostile(answer) as base:
        target = connect(settle(version=VERSIONS[-1], url=base), NEWEST, base, VERSIONS)
        assert target.control is not None
        name = target.control.world
        assert leave(target.control) == f"the world {name} is left behind in the mock: 500 no"
    requests.delete(f"{mock}/_mock/worlds/{name}", timeout=30)


@pytest.mark.parametrize(
    ("command", "number"),
    [
        (_COMMAND, signal.SIGINT),
        (_COMMAND, signal.SIGTERM),
        (_COMMAND, signal.SIGHUP),
        ([*_PYTEST, "--register-url"], signal.SIGTERM),
    ],
    ids=["Ctrl-C", "SIGTERM", "SIGHUP", "plain pytest"],
)
def test_a_run_that_is_stopped_leaves_no_world(
    command: list[str], number: signal.Signals, mock: str
) -> None:
    with subprocess.Popen(
        [*command, mock, "--api-version", VERSIONS[-1]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + _PATIENCE
        while worlds(mock) == ["default"]:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(number)
        error = process.communicate(timeout=_PATIENCE)[1]
    assert process.returncode == 2, error
    assert worlds(mock) == ["default"]


def test_a_run_whose_time_is_up_leaves_no_world(mock: str) -> None:
    """It ends while it makes a world for the lists, and deletes that as well."""
    methods: list[str] = []

    def slow(asked: Asked) -> Reply:
        methods.append(f"{asked.method} {asked.path.split('/')[2]}")
        time.sleep(0.3)
        return relayed(mock, asked)

    with hostile(slow) as base:
        done = subprocess.run(
            [*_COMMAND, base, "--api-version", VERSIONS[-1], "--only", "lists", "--max-time", "3s"],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            env={**os.environ, "COLUMNS": "200"},
        )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert methods.count("DELETE worlds") >= 1
    assert worlds(mock) == ["default"]
