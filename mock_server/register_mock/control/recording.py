"""`--record`: what the journals keep is written to an HTTP archive as it goes.

The file is whole after each request, and when the process is killed: what is new is written over
its end, and the end after it, in one call of the system. Who reads at that very instant may see
half of it. A file that was written so before is gone on with.
"""

from __future__ import annotations

import fcntl
import logging
import os
from threading import Lock

import orjson

from register_mock.config import OptionError, Options
from register_mock.control.entries import (
    Personal,
    personal_fields,
    shown_entry,
    shown_json,
    token_headers,
)
from register_mock.control.har import creator, har_entry
from register_mock.world.world import World
from register_mock.world.worlds import Worlds

BEGIN = b'{"log":{"version":"1.2","creator":'
MIDDLE = b',"entries":[\n'
END = b"\n]}}\n"
MODE = 0o600


class Recorder:
    """A file that grows. Raises OptionError when it cannot be written, or is none of a recorder."""

    def __init__(self, options: Options, worlds: Worlds) -> None:
        """Begin the file, or go on with it."""
        assert options.record is not None
        self._path, self._server, self._worlds = options.record, options.url, worlds
        self._is_masking = options.mask_personal_data
        self._is_empty, self._is_broken = True, False
        self._lock = Lock()
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._size = self._begun()
        except BlockingIOError:
            os.close(self._file)
            raise OptionError(f"--record {self._path}: another mock records there") from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise OptionError(f"--record {self._path}: cannot be written: {reason}") from None

    def add(self, world: World) -> None:
        """Write the newest request of a world.

        What cannot be written any more is said once: the mock goes on without it.
        """
        entry = world.journal.newest_entry()
        if entry is None:
            return
        editions = list(self._worlds.editions[world.origin.reading].values())
        personal = personal_fields(editions) if self._is_masking else Personal()
        shown = shown_entry(entry, personal, token_headers(editions))
        row = shown_json(har_entry(shown, self._server))
        with self._lock:
            if not self._is_broken:
                self._append(row)

    def close(self) -> None:
        """Write nothing more."""
        with self._lock:
            self._is_broken = True
            os.close(self._file)

    def _append(self, row: bytes) -> None:
        added = row if self._is_empty else b",\n" + row
        try:
            self._write(added + END, self._size - len(END))
        except OSError as error:
            self._is_broken = True
            log = logging.getLogger("register_mock")
            log.error("%s: nothing more is recorded: %s", self._path, error.strerror)
            return
        self._size += len(added)
        self._is_empty = False

    def _begun(self) -> int:
        """Return how long the file is, which ends as it should."""
        size = os.fstat(self._file).st_size
        head = BEGIN + orjson.dumps(creator()) + MIDDLE
        if size == 0:
            self._write(head + END, 0)
            return len(head + END)
        begin = os.pread(self._file, len(BEGIN), 0)
        last = os.pread(self._file, len(MIDDLE + END), max(0, size - len(MIDDLE + END)))
        if begin != BEGIN or not last.endswith(END):
            os.close(self._file)
            raise OptionError(
                f"--record {self._path}: there is a file that no mock has recorded; "
                "give another name"
            )
        self._is_empty = last == MIDDLE + END
        return size

    def _write(self, text: bytes, place: int) -> None:
        """Write all of a text."""
        while text:
            written = os.pwrite(self._file, text, place)
            text, place = text[written:], place + written
