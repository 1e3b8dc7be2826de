"""How far a run has come, in a file (``--resume FILE``): one line of JSON for each thing done.

A line is written when its test is done, and at once, so a run that is killed loses no more than the
test that it was in. A last line without its end is what such a run had begun to write; it is cut
off. What the run was asked for stands in the first line: another run may not go on with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from register_contract.target.options import Options

FORM = 1
_PACKAGE = "register-contract"
_MARK = f"{_PACKAGE} run"
_BEGIN = f'{{"{_MARK}"'.encode()
_SHOWN = 60
_CONTRACT = "contract"
_NO_TEST = {"id": ""}
Line = dict[str, Any]


class ProgressError(Exception):
    """A run cannot go on with a file; the message is one sentence for the person who asked."""


class Progress:
    """The file of one run. ``lines`` are those that were there, without the first."""

    def __init__(self, path: Path, asked: Mapping[str, Any]) -> None:
        """Read the file. Raises ProgressError where it is not of such a run."""
        self.path = path
        self._head = {_MARK: FORM, "made by": release(), "asked": dict(asked)}
        head, self.lines, self._end, self._size = _read(path)
        self._is_new = head is None
        self._file: BinaryIO | None = None
        if head is not None:
            _check(path, head, self._head)

    def of(self, kind: str) -> Iterator[Any]:
        """What the lines of a kind hold, in their order."""
        return (line[kind] for line in self.lines if kind in line)

    def begin(self) -> None:
        """Begin to write: what a run before had not written to its end is cut off.

        Raises ProgressError for a file that cannot be written, or that another run writes.
        """
        try:
            self._file = self.path.open("ab", buffering=0)
            alone = _alone(self._file) and os.fstat(self._file.fileno()).st_size == self._size
            if alone:
                self._file.truncate(self._end)
                if self._is_new:
                    self._write(self._head)
        except OSError as error:
            raise ProgressError(f"{self.path} cannot be written: {error.strerror}") from error
        if not alone:
            self.close()
            raise ProgressError(f"another run writes to {self.path}; name another file")

    @property
    def is_open(self) -> bool:
        """Whether it is written to."""
        return self._file is not None

    def add(self, kind: str, value: Any) -> None:
        """Write a line, after ``begin``. Raises OSError."""
        self._write({kind: value})

    def _write(self, line: Mapping[str, Any]) -> None:
        assert self._file is not None
        # ASCII, so that half a surrogate pair, as a target may send, can be written.
        self._file.write(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let others write."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _alone(file: BinaryIO) -> bool:
    """Whether no other run has the file, and none will, until it is closed."""
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def seed_in(path: Path) -> int | None:
    """The seed of the run that a file is of; None where none has begun. Raises ProgressError."""
    head, *_ = _read(path)
    seed = head["asked"].get("seed") if head is not None else None
    return seed if isinstance(seed, int) else None


def _read(path: Path) -> tuple[Line | None, list[Line], int, int]:
    """The first line, the others, how many bytes they are, and the file. Raises ProgressError."""
    try:
        if path.exists() and not path.is_file():
            raise ProgressError(f"{path} is no file that can be gone on with (--resume)")
        text = path.read_bytes()
    except FileNotFoundError:
        return None, [], 0, 0
    except OSError as error:
        raise ProgressError(f"{path} cannot be read: {error.strerror}") from error
    whole, _, rest = text.rpartition(b"\n")
    if not whole:
        # Nothing, or what a run had written of the first line when it was killed.
        if not (text.startswith(_BEGIN) or _BEGIN.startswith(text)):
            raise ProgressError(f"{path} holds no run to go on with (--resume); name another file")
        return None, [], 0, len(text)
    head, *lines = (_line(path, number, row) for number, row in enumerate(whole.split(b"\n"), 1))
    return head, lines, len(text) - len(rest), len(text)


def _line(path: Path, number: int, text: bytes) -> Line:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and (number > 1 or isinstance(found.get("asked"), dict)):
        test = found.get("test", _NO_TEST)
        if isinstance(test, dict) and "id" in test:
            return found
    if number == 1:
        raise ProgressError(f"{path} holds no run to go on with (--resume); name another file")
    raise ProgressError(
        f"{path} is damaged in line {number}; delete it to begin anew, or cut it off there"
    )


def _check(path: Path, head: Line, wanted: Line) -> None:
    """Raise ProgressError unless the run that a file is of is the one that is wanted."""
    for name in (_MARK, "made by"):
        if head.get(name) != wanted[name]:
            raise ProgressError(
                f"{path} was written by {_short(head.get('made by'))}, and this is "
                f"{wanted['made by']}, whose tests may be others; delete it to begin anew"
            )
    was, asked = head["asked"], wanted["asked"]
    others = [name for name in asked if was.get(name) != asked[name]]
    if others == [_CONTRACT]:
        raise ProgressError(f"{path} is of a run by a contract that has changed; delete it")
    others = [name for name in others if name != _CONTRACT]
    if others:
        told = "; ".join(f"{n} was {_short(was.get(n))}, not {_short(asked[n])}" for n in others)
        raise ProgressError(f"{path} is of another run: {told}; repeat its options, or delete it")


def _short(value: Any) -> str:
    text = "nothing" if value in (None, "") else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def release() -> str:
    """The package and its version, as files that a run writes name it."""
    try:
        return f"{_PACKAGE} {version(_PACKAGE)}"
    except PackageNotFoundError:
        return f"{_PACKAGE} a copy that is not installed"


def asked_for(options: Options, only: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """What a run has in common with the one that goes on with it. ``document`` is the contract."""
    return {
        "target": options.url or "a mock of its own",
        "version": options.version,
        "reading": options.reading,
        "profile": options.profile or "by default",
        "seed": options.seed,
        "examples": options.examples,
        "plan": options.plan,
        "second token": "given" if options.second_token else "not given",
        "only": only,
        _CONTRACT: digest_of(json.dumps(document, sort_keys=True)),
    }


def digest_of(text: str) -> str:
    """What tells one text from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
