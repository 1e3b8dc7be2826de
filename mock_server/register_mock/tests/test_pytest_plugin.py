"""The plugin in somebody else's suite: worlds, options, mistakes, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CLONE = Path(__file__).parents[3]
# An installed copy of the plugin would be a second one.
PLUGIN = (
    "--disable-plugin-autoload",
    "-p",
    "register_mock.pytest_plugin",
    "-p",
    "no:cacheprovider",
)
STRICT = ("--strict-markers", "--strict-config", "-W", "error")

SUITE = """
import json
import pathlib
import urllib.request

import pytest

DATA = json.loads(pathlib.Path({payload!r}).read_bytes())


def create(mock):
    sent = urllib.request.Request(
        mock.url("v2026.1") + "/trainees",
        json.dumps(DATA).encode(),
        {{**mock.headers, "Content-Type": "application/json"}},
    )
    with urllib.request.urlopen(sent, timeout=10) as answer:
        return json.loads(answer.read())["data"]["trainee_id"]
"""


def test_the_plugin_imports_nothing_of_ours_but_itself() -> None:
    """It is loaded in every run of whoever has the mock installed, whether it is used or not."""
    told = "print(*(n for n in sys.modules if n.partition('.')[0].startswith('register_')))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, register_mock.pytest_plugin; {told}"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert set(done.stdout.split()) == {"register_mock", "register_mock.pytest_plugin"}


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder of tests that do not know this clone."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    return pytester


def run(suite: pytest.Pytester, test: str, *words: str) -> pytest.RunResult:
    payload = str(CLONE / "fixtures/payloads/create_trainee.json")
    suite.makepyfile(SUITE.format(payload=payload) + test)
    return suite.runpytest_subprocess(*PLUGIN, *STRICT, *words)


def test_each_test_has_a_world_of_its_own_and_the_same_ids(suite: pytest.Pytester) -> None:
    done = run(
        suite,
        """
made = []

@pytest.mark.parametrize("n", range(3))
def test_alone(register_mock, n):
    made.append(create(register_mock))
    assert len(register_mock.control.trainees()) == 1
    assert len(register_mock.control.requests()) == 1
    worlds = [world.name for world in register_mock.control.worlds()]
    assert worlds == ["default", f"test_alone-{n}"] == ["default", register_mock.world.name]

def test_the_ids_were_equal():
    assert len(made) == 3
    assert len(set(made)) == 1
""",
    )
    done.assert_outcomes(passed=4)
    assert done.stderr.str() == ""


def test_options_come_from_the_ini_file_and_the_nearest_marker(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nregister_mock_now = 2025-10-15T09:00:00Z\nregister_mock_seed = demo")
    done = run(
        suite,
        """
def test_ini(register_mock):
    world, clock = register_mock.world, register_mock.control.clock()
    assert (world.seed, clock.frozen, str(clock.now)) == ("demo", True, "2025-10-15 09:00:00+00:00")
    assert len(register_mock.control.trainees()) > 50

@pytest.mark.register_mock(seed="empty", frozen=False, random_seed=7)
class TestMarked:
    def test_class(self, register_mock):
        assert register_mock.world.seed == "empty"
        assert not register_mock.control.clock().frozen

    @pytest.mark.register_mock(now="2024-02-29", frozen=True)
    def test_nearest(self, register_mock):
        assert register_mock.world.seed == "empty"
        assert register_mock.control.now().date().isoformat() == "2024-02-29"
        assert register_mock.control.reset().now == register_mock.world.now
""",
    )
    done.assert_outcomes(passed=3)


WRONG = {
    'sed="demo"': "unknown option sed; there are seed=, reading=, random_seed=, now=, frozen=",
    '"demo"': "unknown option 'demo'; there are seed=, reading=, random_seed=, now=, frozen=",
    'seed="full"': "seed full: choose one of demo, empty, or give the path of a seed file",
    'reading="loud"': "there is no loud reading here; available: documented, deployed",
    'now="soon"': "now soon: give a date or a date-time such as 2025-10-15T09:00:00Z",
    'random_seed="x"': "random_seed x: give a number from 0 upwards",
    "random_seed=-1": "random_seed -1: give a number from 0 upwards",
    'frozen="perhaps"': "frozen perhaps: give true or false",
}


def test_a_wrong_option_is_one_clear_line(suite: pytest.Pytester) -> None:
    tests = (
        f"@pytest.mark.register_mock({marker})\ndef test_{n}(register_mock):\n    pass\n"
        for n, marker in enumerate(WRONG)
    )
    done = run(suite, "\n".join(tests), "--tb=short", "-q")
    done.assert_outcomes(errors=len(WRONG))
    shown = done.stdout.str()
    said = [line for line in shown.splitlines() if line.startswith("register_mock: ")]
    assert said == [f"register_mock: {each}" for each in WRONG.values()]
    assert "Traceback" not in shown
    assert "pytest_plugin.py:" not in shown


def test_a_failed_test_shows_its_requests_and_why_they_were_refused(
    suite: pytest.Pytester,
) -> None:
    done = run(
        suite,
        """
def test_it(register_mock):
    DATA["data"]["sex"] = "42"
    create(register_mock)
""",
    )
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        [
            "*register_mock: requests of this test, newest last*",
            "req-000001 POST /api/v2026.1/trainees 422",
            '    sex is not included in the list; sent "42"; allowed "10", *',
        ]
    )


def test_nothing_is_imported_until_a_test_asks_for_it(suite: pytest.Pytester) -> None:
    done = run(
        suite,
        """
def test_it():
    import sys
    ours = [name for name in sys.modules if name.startswith(("register_mock", "register_spec"))]
    assert sorted(ours) == ["register_mock", "register_mock.pytest_plugin"]
    assert "flask" not in sys.modules
""",
    )
    done.assert_outcomes(passed=1)


def test_it_leaves_no_thread_socket_or_word_behind(suite: pytest.Pytester) -> None:
    """Not even when a client went away while its answer was delayed, or was dropped."""
    suite.makeconftest("""
import gc, os, threading
import pytest

@pytest.fixture(scope="session", autouse=True)
def nothing_left():
    before = len(os.listdir("/proc/self/fd"))
    yield
    gc.collect()
    print("threads", [each.name for each in threading.enumerate()])
    print("sockets", len(os.listdir("/proc/self/fd")) - before)
""")
    done = run(
        suite,
        """
import socket, urllib.error

def test_drop(register_mock):
    register_mock.control.fault("drop")
    with pytest.raises(ConnectionError):
        create(register_mock)

def test_timeout(register_mock):
    register_mock.control.fault("delay", seconds=0.3)
    sent = urllib.request.Request(register_mock.url() + "/info", headers=register_mock.headers)
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(sent, timeout=0.1)

def test_idle(register_mock):
    port = int(register_mock.base_url.rpartition(":")[2])
    test_idle.open = socket.create_connection(("127.0.0.1", port))

def test_wait():
    import time
    time.sleep(0.5)
    test_idle.open.close()
""",
        "-s",
        "-W",
        "error::ResourceWarning",
    )
    done.assert_outcomes(passed=4)
    assert "threads ['MainThread']\nsockets 0\n" in done.stdout.str()
    assert done.stderr.str() == ""
    assert "HTTP/1.1" not in done.stdout.str()


def test_each_worker_of_xdist_has_its_own(suite: pytest.Pytester) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is optional")
    done = run(
        suite,
        """
@pytest.mark.parametrize("n", range(20))
def test_it(register_mock, n):
    create(register_mock)
    assert len(register_mock.control.worlds()) == 2
""",
        "-p",
        "xdist",
        "-n",
        "2",
    )
    done.assert_outcomes(passed=20)
