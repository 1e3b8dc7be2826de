"""What the mock can be started with, and how it refuses the rest."""

from pathlib import Path
from typing import Any

import pytest

import register_spec as spec
from register_mock.config import DOCUMENTED, OptionError, Options


def test_options_need_no_arguments() -> None:
    options = Options()
    assert (options.seed, options.reading, options.url) == (
        "demo",
        "documented",
        "http://127.0.0.1:4010",
    )
    assert options.is_loopback


def test_the_reading_without_a_file_is_that_of_the_documents() -> None:
    assert DOCUMENTED == spec.DOCUMENTED


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2025-10-15T09:00:00Z", "2025-10-15T09:00:00.000Z"),
        ("2025-10-15", "2025-10-15T00:00:00.000Z"),
        ("2025-10-15T10:00:00+01:00", "2025-10-15T09:00:00.000Z"),
    ],
)
def test_now_is_kept_in_one_form(given: str, kept: str) -> None:
    assert Options(now=given).now == kept


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"port": 70000}, "between 0 and 65535"),
        ({"random_seed": -1}, "from 0 upwards"),
        ({"now": "tomorrow"}, "2025-10-15T09:00:00Z"),
        ({"now": "9999-06-01"}, "from 1900 to the end of 2199"),
        ({"now": "0001-01-01T00:00:00+05:00"}, "from 1900 to the end of 2199"),
        ({"seed": "nowhere"}, "demo, empty"),
        ({"control_token": "short"}, "at least 8"),
        ({"control_token": "with a blank"}, "visible ASCII"),
        ({"cors": "localhost"}, "http://localhost:3000"),
        ({"cors": "http://localhost/path"}, "http://localhost:3000"),
        ({"allow_hosts": ("http://mock.example",)}, "without scheme and port"),
        ({"allow_hosts": ("mock.example:80",)}, "without scheme and port"),
        ({"allow_hosts": ("*",)}, "such as host.docker.internal"),
        ({"spec_dir": Path("nowhere")}, "no such folder"),
        ({"ready_file": Path("nowhere/ready.json")}, "folder does not exist"),
    ],
)
def test_a_wrong_option_says_what_would_be_right(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        Options(**wrong)


def test_a_seed_may_be_a_file(tmp_path: Path) -> None:
    seed = tmp_path / "mine.yaml"
    seed.write_text("providers: []\n", encoding="utf-8")
    assert Options(seed=str(seed)).seed == str(seed)


@pytest.mark.parametrize(
    ("host", "url", "is_loopback"),
    [
        ("localhost", "http://127.0.0.1:4010", True),
        ("::1", "http://[::1]:4010", True),
        ("0.0.0.0", "http://127.0.0.1:4010", False),
        ("192.0.2.1", "http://192.0.2.1:4010", False),
    ],
)
def test_where_the_mock_is_found(host: str, url: str, is_loopback: bool) -> None:
    options = Options(host=host)
    assert options.is_loopback is is_loopback
    if host != "localhost":
        assert options.url == url


def test_an_unknown_host_is_refused() -> None:
    with pytest.raises(OptionError, match="not an address"):
        _ = Options(host="no.such.host.invalid").address
