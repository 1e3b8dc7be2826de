"""Decides what happens to the file that scripts wait for: nothing to a file of somebody else.

Ours is a file that a mock wrote and whose mock is gone; such a one may be replaced. Any other is
left as it is, and the mock does not start.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from register_mock.config import OptionError

# What tells a ready file from another JSON file.
KEYS = {"host", "port", "url", "pid", "worker", "versions", "world"}
SECONDS_TO_CONNECT = 1.0


def claim(path: Path) -> None:
    """Make sure, before the server starts, that the file can be written; raises ``OptionError``.

    A file that a server left behind is removed.
    """
    probe = _beside(path)
    try:
        if os.path.lexists(path):
            _refuse_if_taken(path)
            path.unlink()
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise OptionError(_why_not(path, error)) from None


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write the file whole, where there is none; raises ``OptionError``."""
    half = _beside(path)
    try:
        with half.open("x", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=2) + "\n")
        try:
            _put(half, path)
        finally:
            half.unlink(missing_ok=True)
    except FileExistsError:
        raise OptionError(f"--ready-file {path}: somebody else has made this file since") from None
    except OSError as error:
        raise OptionError(_why_not(path, error)) from None


def remove(path: Path) -> None:
    """Remove the file if the server of this process wrote it."""
    told = _told(path)
    if told is not None and told["pid"] == os.getpid():
        path.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    """Return where the file grows: whoever waits for it never reads half of it."""
    return path.with_name(f"{path.name}.{os.getpid()}")


def _put(half: Path, path: Path) -> None:
    """Give a file its name, unless the name is taken."""
    try:
        os.link(half, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: what made the file in this very moment is lost.
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        half.replace(path)


def _refuse_if_taken(path: Path) -> None:
    """Refuse a file that no mock wrote, or one of a mock that runs."""
    told = _told(path)
    if told is None:
        raise OptionError(
            f"--ready-file {path}: this is not a ready file that a mock left behind, so it is not "
            "overwritten; give the path of a file that does not exist"
        )
    if _is_running(told):
        raise OptionError(
            f"--ready-file {path}: the mock at {told['url']} (process {told['pid']}) wrote it and "
            "is running; give another path, or stop that mock first"
        )


def _told(path: Path) -> dict[str, Any] | None:
    """Return what a ready file says; None when it is none."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    is_ours = isinstance(content, dict) and content.keys() >= KEYS
    return content if is_ours and isinstance(content["pid"], int) else None


def _is_running(told: Mapping[str, Any]) -> bool:
    """Whether the process is there and its port answers: numbers of processes come again."""
    if told["pid"] == os.getpid():
        return False
    try:
        os.kill(told["pid"], 0)
    except PermissionError:
        pass
    except (ProcessLookupError, OverflowError):
        return False
    try:
        address = (told["host"], int(told["port"]))
        socket.create_connection(address, timeout=SECONDS_TO_CONNECT).close()
    except (OSError, ValueError, TypeError):
        return False
    return True


def _why_not(path: Path, error: OSError) -> str:
    reason = os.strerror(error.errno or 0).lower()
    return f"--ready-file {path}: cannot be written: {reason}; give a path in a folder of yours"
