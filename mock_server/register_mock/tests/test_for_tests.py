"""`register_mock.running`: a mock for a test of any framework, with a fresh world each time."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import traceback
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

import register_mock
from register_mock.client import RegisterMock
from register_mock.config import OptionError
from register_mock.tests.conftest import VERSIONS, trainee_data
from register_spec import SpecError

SUITE = """
import sys
sys.modules["pytest"] = None  # as where it is not installed
import unittest
import register_mock


class Tests(unittest.TestCase):
    def setUp(self):
        self.mock = self.enterContext(register_mock.running(seed="demo"))

    def test_entered(self):
        self.assertGreater(len(self.mock.control.trainees()), 60)

    @register_mock.running()
    def test_decorated(self, mock):
        self.assertEqual(mock.control.trainees(), [])
        self.assertNotEqual(mock.world.name, self.mock.world.name)


@register_mock.running(now="2025-10-15T09:00:00Z")
class Decorated(unittest.TestCase):
    def test_one(self, mock):
        self.assertTrue(mock.control.clock().frozen)

    def helper(self):
        raise AssertionError("no test")


unittest.main()
"""


def create(mock: RegisterMock) -> int:
    sent = Request(
        f"{mock.url()}/trainees",
        json.dumps({"data": trainee_data(VERSIONS[-1])}).encode(),
        {**mock.headers, "Content-Type": "application/json"},
    )
    try:
        with urlopen(sent, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_each_use_has_a_world_of_its_own_that_is_gone_afterwards() -> None:
    with register_mock.running() as one, register_mock.running() as other:
        assert one.base_url == other.base_url
        assert one.world.name != other.world.name
        assert (create(one), create(one), create(other)) == (201, 409, 201)
        control = one.control
    with register_mock.running() as again:
        assert {each.name for each in again.control.worlds()} == {"default", again.world.name}
        assert create(again) == 201
    assert control.url == again.base_url


def test_a_world_is_as_it_is_said() -> None:
    with register_mock.running(
        now="2025-10-15T09:00:00Z", seed="demo", reading="deployed", name="my world/1"
    ) as mock:
        assert (mock.world.reading, mock.world.seed) == ("deployed", "demo")
        assert mock.world.name == "my-world-1"
        clock = mock.control.clock()
        assert (clock.now.isoformat(), clock.frozen) == ("2025-10-15T09:00:00+00:00", True)
    with register_mock.running(now="2025-10-15", frozen=False) as mock:
        assert not mock.control.clock().frozen


def test_a_decorated_test_gets_it_as_an_argument_more() -> None:
    seen: list[str] = []

    @register_mock.running()
    def test_of_mine(number: int, mock: RegisterMock, *, named: str) -> int:
        """What it is for."""
        seen.append(f"{number} {named}")
        return create(mock)

    assert (test_of_mine.__name__, test_of_mine.__doc__) == ("test_of_mine", "What it is for.")
    assert [test_of_mine(1, named="a"), test_of_mine(2, named="b")] == [201, 201]  # type: ignore[call-arg]
    assert seen == ["1 a", "2 b"]


def test_it_may_be_a_coroutine() -> None:
    @register_mock.running()
    async def test_of_mine(mock: RegisterMock) -> int:
        await asyncio.sleep(0)
        return create(mock)

    assert asyncio.run(test_of_mine()) == 201  # type: ignore[call-arg]


def test_what_goes_wrong_is_told_with_the_requests() -> None:
    @register_mock.running()
    def test_of_mine(mock: RegisterMock) -> None:
        assert [create(mock), create(mock)] == [201, 201]

    with pytest.raises(AssertionError) as caught:
        test_of_mine()  # type: ignore[call-arg]
    told = "".join(traceback.format_exception(caught.value))
    assert "newest last" in told
    assert "409" in told


def test_it_has_parentheses() -> None:
    with pytest.raises(TypeError, match="with its parentheses"):

        @register_mock.running
        def test_of_mine(mock: RegisterMock) -> None: ...


def test_wrong_words_are_one_sentence() -> None:
    with pytest.raises(OptionError, match=r"^seed none: choose one of"):
        register_mock.running(seed="none")
    with pytest.raises(SpecError, match="there is no seen reading"):
        register_mock.running(reading="seen").__enter__()
    with pytest.raises(AttributeError, match="no attribute 'walking'"):
        register_mock.walking  # noqa: B018


def test_it_works_for_unittest_where_pytest_is_not_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SUITE],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Ran 3 tests" in done.stderr
