"""Many mocks of one process: each is one, and none stays."""

import os
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests

from register_contract.target.mock_process import MockServers, MockStartError

SECONDS = 10.0
TRIES = 200


@pytest.fixture(scope="module", name="servers")
def _servers() -> Iterator[MockServers]:
    with closing(MockServers()) as servers:
        yield servers


def health(base: str) -> dict[str, object]:
    """What a mock says of itself."""
    found: dict[str, object] = requests.get(f"{base}/_mock/health", timeout=SECONDS).json()
    return found


def ask_until_it_is_gone(base: str) -> None:
    """Ask a mock for some seconds; raises ConnectionError once it does not answer."""
    for _ in range(TRIES):
        health(base)
        time.sleep(0.05)


def test_each_has_its_own_words(servers: MockServers) -> None:
    """Two at a time: one with a defect, one without it."""
    with (
        servers.running("--defect", "unauthorized_as_403") as wrong,
        servers.running() as right,
    ):
        assert wrong != right
        seen = [
            requests.get(f"{base}/api/v2026.1/trainees", timeout=SECONDS).status_code
            for base in (wrong, right)
        ]
    assert seen == [403, 401]
    with pytest.raises(requests.ConnectionError):
        health(right)


def test_what_it_does_not_take_is_told(servers: MockServers) -> None:
    """The words of the process that ended; the next one is served all the same."""
    with (
        pytest.raises(MockStartError, match="there is no such defect"),
        servers.running("--defect", "nothing_like_it"),
    ):
        pass
    with servers.running() as base:
        assert health(base)


def test_the_last_ones_end_with_it() -> None:
    """A mock that nobody stops does not outlive the process that it was made by."""
    servers = MockServers()
    with servers.running() as base:
        assert health(base)
        servers.close()
        with pytest.raises(requests.ConnectionError):
            ask_until_it_is_gone(base)


def test_a_control_token_of_the_caller_is_not_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a mock that is started alone: it would ask the suite for it."""
    monkeypatch.setitem(os.environ, "REGISTER_MOCK_CONTROL_TOKEN", "of-another")
    with closing(MockServers()) as servers, servers.running() as base:
        assert requests.post(f"{base}/_mock/worlds", json={}, timeout=SECONDS).status_code < 300
