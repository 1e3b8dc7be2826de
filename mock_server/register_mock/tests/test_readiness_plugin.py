"""`--register-readiness FILE` in somebody else's suite: all its tests make one report."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import pytest

from register_mock.tests.test_pytest_plugin import PLUGIN, STRICT

pytest_plugins = ["pytester"]

SUITE = """
import urllib.request

import pytest


def info(mock, version):
    url = mock.url(version) + "/info"
    asked = urllib.request.Request(url, headers=mock.carrying(mock.token, version))
    urllib.request.urlopen(asked, timeout=10).read()


@pytest.mark.parametrize("version", ["v2025.0", "v2026.1"])
def test_info(register_mock, version):
    info(register_mock, version)


@pytest.mark.register_mock(reading="deployed")
def test_fails(register_mock):
    info(register_mock, "v2026.1")
    assert False


def test_world_gone(register_mock):
    register_mock.control.delete_world()


def test_without():
    pass
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    pytester.makepyfile(SUITE)
    return pytester


def run(suite: pytest.Pytester, *words: str) -> pytest.RunResult:
    return suite.runpytest_subprocess(*PLUGIN, *STRICT, *words)


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "2")])
def test_all_tests_make_one_report(suite: pytest.Pytester, workers: tuple[str, ...]) -> None:
    done = run(suite, "--register-readiness", "report.json", *workers)
    done.assert_outcomes(passed=4, failed=1)
    (line,) = (each for each in done.outlines if each.startswith("register_mock: readiness in "))
    assert "report.json; v2025.0, documented: 0 shown badly, " in line
    told = json.loads((suite.path / "report.json").read_text(encoding="utf-8"))
    found = [(each["version"], each["reading"], each["requests"]) for each in told["editions"]]
    assert found == [
        ("v2025.0", "documented", 1),
        ("v2026.1", "deployed", 1),
        ("v2026.1", "documented", 1),
    ]
    newest = {row["id"]: row for row in _rows(told["editions"][2])}
    assert newest["answer.show_info.200"]["last"].endswith("::test_info[v2026.1]: req-000001")
    assert newest["unknown_field_tolerated"]["do"] == (
        'register_mock.control.fault("extra_field", times=1)'
    )
    (gone,) = (each for each in told["limits"] if "could not be read" in each)
    assert "test_world_gone (there is no world" in gone


def _rows(edition: Any) -> list[Any]:
    return [line for part in edition["parts"] for line in part["lines"]]


def test_a_worker_that_breaks_down_is_told(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
import os

def test_dies(register_mock):
    register_mock.control.health()
    os._exit(3)
"""
    )
    words = ("-p", "xdist", "-n", "1", "--max-worker-restart", "0")
    run(suite, "--register-readiness", "report.md", *words)
    told = (suite.path / "report.md").read_text(encoding="utf-8")
    assert "The journal of gw0 (the worker broke down) could not be read." in told


def test_what_is_only_collected_writes_over_nothing(suite: pytest.Pytester) -> None:
    run(suite, "--register-readiness", "r.html", "--collect-only")
    assert not (suite.path / "r.html").exists()


def test_a_page_is_written_also_where_nothing_was_asked(suite: pytest.Pytester) -> None:
    done = run(suite, "--register-readiness", "r.html", "-k", "without")
    assert "register_mock: readiness in r.html" in done.outlines
    told = (suite.path / "r.html").read_text(encoding="utf-8")
    assert told.startswith("<!doctype html>")
    assert "no journal: nothing was asked of a mock" in told


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("report.pdf", "report.pdf: end it with one of .html, .md, .json, .txt"),
        ("nowhere/report.md", "nowhere/report.md: there is no folder nowhere"),
    ],
)
def test_what_cannot_be_written_is_said_first(
    suite: pytest.Pytester, name: str, sentence: str
) -> None:
    done = run(suite, "--register-readiness", name)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"*{sentence}"])
    assert "Traceback" not in done.stderr.str()
