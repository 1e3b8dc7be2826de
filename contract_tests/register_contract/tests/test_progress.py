"""The file that says how far a run has come: whatever happens to it, it says no wrong thing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from register_contract.target.options import Options, UsageError, settle
from register_contract.target.progress import Progress, ProgressError, asked_for, seed_in


def begun(path: Path, **changes: Any) -> Progress:
    """The file as a run with these options opens it."""
    options = replace(Options(version="v", url="http://h", seed=5), **changes)
    return Progress(path, asked_for(options, "lists", {"openapi": "3.1.0"}))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A file of a run that noted three things."""
    path = tmp_path / "progress"
    progress = begun(path)
    progress.begin()
    for number in range(3):
        progress.add("test", {"id": number, "text": "\ud800é\n"})
    progress.close()
    return path


def test_a_file_that_ends_anywhere_holds_what_was_written_before(written: Path) -> None:
    text = written.read_bytes()
    for size in range(len(text) + 1):
        written.write_bytes(text[:size])
        progress = begun(written)
        assert len(progress.lines) == max(0, text[:size].count(b"\n") - 1)
        progress.begin()
        progress.add("test", {"id": "more"})
        progress.close()
        noted = [each["id"] for each in begun(written).of("test")]
        assert noted == [*range(len(progress.lines)), "more"]
        assert seed_in(written) == 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://other"}, "target was http://h, not http://other"),
        ({"url": None}, "target was http://h, not a mock of its own"),
        ({"version": "v2"}, "version was v, not v2"),
        ({"reading": "deployed"}, "reading was documented, not deployed"),
        ({"seed": 6}, "seed was 5, not 6"),
        ({"profile": "own-data"}, "profile was by default, not own-data"),
        ({"examples": 3}, "examples was 50, not 3"),
        ({"second_token": "secret"}, "second token was not given, not given"),
    ],
)
def test_another_run_does_not_go_on_with_it(
    changes: dict[str, Any], words: str, written: Path
) -> None:
    with pytest.raises(ProgressError, match=words) as caught:
        begun(written, **changes)
    assert str(written) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_does_not_matter_may_be_another(written: Path) -> None:
    again = begun(written, rate=2.0, timeout=3.0, max_time=1.0, max_requests=5, token="t")
    assert len(again.lines) == 3


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"register-contract 0", b"register-contract 9", "was written by register-contract 9"),
        (b'run":1', b'run":2', "delete it to begin anew"),
        (b'"id":1', b'"id:1', "is damaged in line 3"),
        (b'{"test":{"id":1', b'["test",{"id":1', "is damaged in line 3"),
        (b'{"id":1', b'{"name":1', "is damaged in line 3"),
        (b'{"register-contract run"', b"", "holds no run to go on with"),
        (b'"contract":"', b'"contract":"0', "of a run by a contract that has changed"),
    ],
)
def test_a_file_that_cannot_be_gone_on_with(
    old: bytes, new: bytes, words: str, written: Path
) -> None:
    text = written.read_bytes()
    assert old in text
    written.write_bytes(text.replace(old, new))
    with pytest.raises(ProgressError, match=words):
        begun(written)
    assert written.read_bytes() == text.replace(old, new)


@pytest.mark.parametrize("text", [b"hello", b"{}\n", b'{"a": 1}', b"\x00\xff\n", b"\n"])
def test_a_file_of_something_else_is_left_alone(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_bytes(text)
    with pytest.raises(ProgressError, match="holds no run to go on with"):
        begun(path)
    with pytest.raises(UsageError, match="holds no run to go on with"):
        settle(resume=path)
    assert path.read_bytes() == text


@pytest.mark.parametrize("path", ["/dev/zero", "/"])
def test_what_is_no_file_is_not_read(path: str) -> None:
    with pytest.raises(ProgressError, match="is no file that can be gone on with"):
        begun(Path(path))


def test_two_runs_do_not_write_to_one_file(written: Path) -> None:
    one, other = begun(written), begun(written)
    one.begin()
    with pytest.raises(ProgressError, match="another run writes to"):
        other.begin()
    one.add("test", {"id": 9})
    one.close()
    with pytest.raises(ProgressError, match="another run writes to"):
        other.begin()  # what it read is not what is there
    assert [each["id"] for each in begun(written).of("test")] == [0, 1, 2, 9]


def test_the_seed_of_the_file_is_taken(written: Path, tmp_path: Path) -> None:
    assert settle(resume=written).seed == 5
    assert settle(resume=written, seed=7).seed == 7  # which is then refused
    assert len({settle(resume=tmp_path / "new").seed for _ in range(5)}) > 1
