"""What a run is asked to do, and what is refused before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from register_contract.target.options import (
    FULL,
    READ_ONLY,
    UsageError,
    is_loopback,
    parse_rate,
    settle,
)
from register_spec.documents import openapi_dump
from register_spec.tests.copies import changed_contract


def make(**changes: Any) -> Any:
    return settle(**{"version": "v2026.1", **changes})


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:4010", "https://register.example.org"])
def test_no_address_is_written_to_for_its_own_sake(url: str | None) -> None:
    """What is there decides, when it is asked (``test_profile``)."""
    assert make(url=url).profile is None
    assert make(url=url, profile=READ_ONLY).profile == READ_ONLY


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:4010", True),
        ("http://127.9.9.9:4010", True),
        ("http://[::1]:4010", True),
        ("http://localhost:4010", True),
        ("https://register.example.org", False),
        ("http://192.168.0.4", False),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost.example.org", False),
    ],
)
def test_loopback_is_this_machine(url: str, local: bool) -> None:
    assert is_loopback(url) == local


def test_a_remote_target_is_held_below_the_limit_unless_said() -> None:
    assert make(url="https://register.example.org").rate == pytest.approx(60 / 90)
    assert make(url="http://127.0.0.1").rate is None
    assert make(url="https://register.example.org", profile=FULL, rate="none").rate is None


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://h.example", "https://h.example"),
        ("https://h.example/", "https://h.example"),
        ("https://h.example/api/v2026.1", "https://h.example"),
        ("https://h.example/api/v2026.1/trainees", "https://h.example"),
        ("https://h.example/under/api/v2026.1", "https://h.example/under"),
    ],
)
def test_the_address_may_hold_the_version(given: str, base: str) -> None:
    assert make(url=given).url == base


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": "v9"}, "there are v1.0-pre, v2025.0, v2026.1"),
        ({"url": "register.example.org"}, "write it like https://host"),
        ({"url": ""}, "'' is not an address"),  # a variable of a shell that is not set
        ({"url": "ftp://h"}, "write it like https://host"),
        ({"url": "http://h/api/v1.0-pre"}, "make --api-version and the address agree"),
        ({"url": "http://u:p@h"}, "--token"),
        ({"rate": "fast"}, "write 90/m"),
        ({"rate": "0/m"}, "write 90/m"),
        ({"max_time": "soon"}, "write 90s, 30m, 2h or none"),
        ({"max_time": "0"}, "write 90s, 30m, 2h or none"),
        ({"token": "to ken"}, "--token holds a space"),
        ({"token": "token\n"}, "--token holds a space"),
        ({"second_token": "tokén"}, "--second-token holds a space"),
        ({"profile": "careful"}, "read-only, own-data or full"),
        ({"reading": "secret"}, "documented"),
    ],
)
def test_wrong_usage_is_explained(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make(**changes)


def test_a_version_may_say_its_reading() -> None:
    for reading in ("documented", "deployed"):
        assert make(version=f"v2025.0@{reading}").reading == reading
    assert make(version="v2025.0@deployed", reading="deployed").version == "v2025.0"
    with pytest.raises(UsageError, match="one of them will do"):
        make(version="v2025.0@documented", reading="deployed")
    with pytest.raises(UsageError, match="available: documented, deployed"):
        make(version="v2025.0@secret")


def test_times() -> None:
    times = [make(max_time=text).max_time for text in ("90", "90s", "30m", "2h", "none", None)]
    assert times == [90, 90, 1800, 7200, None, 7200]


def test_tokens_are_not_shown() -> None:
    shown = repr(make(token="first-secret", second_token="second-secret"))
    assert "secret" not in shown


def test_rates() -> None:
    assert parse_rate("2/s") == 0.5
    assert parse_rate("none") is None
    assert is_loopback("http://api.localhost")


def test_versions_are_those_of_the_folder(tmp_path: Path) -> None:
    """Another folder of contracts has versions of its own, and the newest is the default."""
    changed_contract(tmp_path, lambda document: None, "v2025.0")
    step = {"overlay": "1.0.0", "info": {"version": "v2026.1"}, "actions": []}
    (tmp_path / "steps").mkdir()
    text = openapi_dump({**step, "x-follows": "v2025.0"}, "yaml")
    (tmp_path / "steps" / "v2026.1.yaml").write_text(text)
    assert make(version="v2025.0", spec_dir=tmp_path).version == "v2025.0"
    assert make(version=None, spec_dir=str(tmp_path)).version == "v2026.1"
    with pytest.raises(UsageError, match=r"there are v2025\.0, v2026\.1"):
        make(version="v1.0-pre", spec_dir=tmp_path)
    with pytest.raises(UsageError, match="not a folder"):
        make(spec_dir=tmp_path / "none")
