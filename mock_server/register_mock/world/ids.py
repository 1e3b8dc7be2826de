"""Identifiers and TRNs from one seeded source: equal seeds give equal ids, in order."""

from __future__ import annotations

from random import Random
from typing import Any

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LENGTH = 24
# A letter for each byte; that some come a little more often does no harm.
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))


class Ids:
    """The sequence of a world; equal seeds give equal sequences in every world."""

    def __init__(self, seed: int) -> None:
        """Start the sequence from a random seed."""
        self._random = Random(seed)
        self._trn = self._random.randrange(1_000_000, 2_000_000)
        self._count = 0

    def record(self) -> str:
        """Return an identifier of a trainee, placement or degree: 24 base-58 characters."""
        return self._random.randbytes(LENGTH).translate(_LETTERS).decode()

    def trn(self) -> str:
        """Return the next TRN: seven digits, not given before in this world."""
        self._trn += 1
        return f"{self._trn % 10_000_000:07d}"

    def next_number(self) -> int:
        """Return the next whole number, from 1: the order of records and requests."""
        self._count += 1
        return self._count

    def state(self) -> tuple[Any, int, int]:
        """Return what `restore` takes."""
        return self._random.getstate(), self._trn, self._count

    def restore(self, state: tuple[Any, int, int]) -> None:
        """Go back to where `state` was taken."""
        generator, self._trn, self._count = state
        self._random.setstate(generator)
