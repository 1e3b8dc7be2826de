"""Many testers at once: worlds that never see each other, delays that hold up nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from threading import Barrier

import pytest
import requests

from register_mock.client import RegisterMock
from register_mock.in_process import InProcessMock
from register_mock.tests.conftest import VERSIONS, trainee_data
from register_mock.tests.test_serve import serving
from register_mock.world.world import Origin

NOW = "2025-10-15T09:00:00+00:00"
NEWEST = VERSIONS[-1]
WORLDS, THREADS = 50, 16
DELAYED, SECONDS = 8, 5
ROUNDS, AT_ONCE = 25, 8
# How often each is done in each world.
ACTIONS = {"create": 3, "advance": 2, "fault": 2, "info": 3, "stranger": 3}


@dataclass
class Visitor:
    """A world and what was done in it; appending is safe from many threads."""

    number: int
    mock: RegisterMock
    created: list[str] = field(default_factory=list)
    advanced: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)

    def send(self, method: str, path: str, status: int, **more: object) -> requests.Response:
        answer = requests.request(
            method,
            f"{self.mock.url()}{path}",
            headers=self.mock.headers,
            timeout=60,
            **more,  # type: ignore[arg-type]
        )
        assert answer.status_code == status, answer.text
        self.request_ids.append(answer.headers["X-Mock-Request-Id"])
        return answer

    def act(self, action: str, turn: int, others: list[Visitor]) -> None:
        """Do one thing, and see that it happens here."""
        match action:
            case "create":
                # The same person in every world: a duplicate anywhere else.
                data = {"data": trainee_data(NEWEST, last_name=f"Doe{turn}")}
                answer = self.send("POST", "/trainees", 201, json=data)
                self.created.append(answer.json()["data"]["trainee_id"])
            case "advance":
                self.mock.control.advance(seconds=self.number)
                self.advanced.append(self.number)
            case "fault":
                fault = self.mock.control.fault("status", status=503, trainee_id=f"nobody{turn}")
                self.faults.append(fault.id)
            case "info":
                self.send("GET", "/info", 503 if self.is_unlucky else 200)
            case _:
                known = [each for other in others for each in other.created if other is not self]
                if known:
                    self.send("GET", f"/trainees/{known[turn % len(known)]}", 404)

    @property
    def is_unlucky(self) -> bool:
        """Whether a fault meets each of its calls of `show_info`."""
        return self.number % 2 == 1


@pytest.fixture
def visitors() -> Iterator[list[Visitor]]:
    """Worlds with ids of their own, so that one's trainee can be asked of another."""
    with closing(InProcessMock()) as server, ExitStack() as stack:
        found = []
        for number in range(WORLDS):
            origin = Origin(f"w{number}", "documented", "empty", number, NOW, frozen=True)
            found.append(Visitor(number, stack.enter_context(server.world(origin))))
        yield found


def test_fifty_worlds_and_sixteen_threads_never_mix(visitors: list[Visitor]) -> None:
    tokens = [provider.token for each in visitors for provider in each.mock.world.providers]
    assert len(set(tokens)) == len(tokens) == 2 * WORLDS
    for each in visitors:
        if each.is_unlucky:
            fault = each.mock.control.fault("status", status=503, operation="show_info")
            each.faults.append(fault.id)
    work = [
        (each, action, turn)
        for each in visitors
        for action, times in ACTIONS.items()
        for turn in range(times)
    ]
    Random(5).shuffle(work)
    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(each.act, action, turn, visitors) for each, action, turn in work]
        for future in done:
            future.result()
    for each in visitors:
        control = each.mock.control
        assert {trainee.trainee_id for trainee in control.trainees()} == set(each.created)
        assert len(each.created) == ACTIONS["create"]
        expected = datetime.fromisoformat(NOW) + timedelta(seconds=sum(each.advanced))
        assert control.now() == expected
        assert [fault.id for fault in control.faults()] == sorted(each.faults)
        journal = [request.id for request in control.requests()]
        assert journal == sorted(each.request_ids)
        assert journal == [f"req-{number:06d}" for number in range(1, len(journal) + 1)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a mock that was started as the pages say."""
    with serving(tmp_path_factory.mktemp("mock"), "--port", "0", "--seed", "empty") as running:
        yield running.url


def in_new_world(url: str, name: str) -> RegisterMock:
    RegisterMock.at(url).control.create_world(name)
    return RegisterMock.at(url, name)


def info(mock: RegisterMock) -> int:
    return requests.get(f"{mock.url()}/info", headers=mock.headers, timeout=60).status_code


def test_delayed_answers_hold_up_no_other_world(served: str) -> None:
    """All the delayed ones have been seen by the mock, and none is answered, when others are."""
    delayed = [in_new_world(served, f"delayed-{n}") for n in range(DELAYED)]
    swift = in_new_world(served, "swift")
    for each in delayed:
        each.control.fault("delay", seconds=SECONDS)
    with ThreadPoolExecutor(DELAYED) as pool:
        began = time.monotonic()
        waiting: list[Future[int]] = [pool.submit(info, each) for each in delayed]
        while not all(each.control.requests() for each in delayed):
            assert time.monotonic() - began < SECONDS
        assert info(swift) == 200
        assert not any(future.done() for future in waiting)
        assert [future.result() for future in waiting] == [200] * DELAYED
        assert SECONDS <= time.monotonic() - began < SECONDS * DELAYED


@pytest.mark.parametrize("server", ["in process", "served"])
def test_equal_creates_at_once_make_one_trainee(
    server: str, request: pytest.FixtureRequest
) -> None:
    if server == "served":
        mock = in_new_world(request.getfixturevalue("served"), "equal")
    else:
        mock = request.getfixturevalue("register_mock")
    barrier = Barrier(AT_ONCE)

    def create(turn: int) -> requests.Response:
        data = {"data": trainee_data(NEWEST, last_name=f"Doe{'x' * turn}")}
        barrier.wait(timeout=60)
        url = f"{mock.url()}/trainees"
        return requests.post(url, json=data, headers=mock.headers, timeout=60)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for turn in range(ROUNDS):
            answers = list(pool.map(create, [turn] * AT_ONCE))
            statuses = sorted(answer.status_code for answer in answers)
            assert statuses == [201] + [409] * (AT_ONCE - 1)
            data = [answer.json()["data"] for answer in answers]
            shown = [each[0] if isinstance(each, list) else each for each in data]
            assert len({trainee["trainee_id"] for trainee in shown}) == 1
    assert len(mock.control.trainees()) == ROUNDS
