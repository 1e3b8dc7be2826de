"""Texts as words of a POSIX shell: quoted, with variables where a value is known only later."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

Names = Mapping[str, str]
"""For a value in a text the shell variable that stands for it, as written after the dollar."""

NO_NAMES: Names = {}
_LONGEST_WORD = 60_000
_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b"'\\%")


def word(text: str, names: Names = NO_NAMES) -> str:
    """Return ``text`` as one word of a shell, with ``names`` for the values they stand for."""
    if not text:
        return "''"
    return "".join(
        f'"${name}"' if name else shlex.quote(literal) for literal, name in _parts(text, names)
    )


def in_quotes(text: str) -> str:
    """Return ``text`` as it stands between double quotes of a shell."""
    return re.sub(r'([\\"$`])', r"\\\1", text)


def body_of(body: bytes | None, names: Names = NO_NAMES) -> tuple[str, str]:
    """Return how curl gets a body: a command whose output it is to read (or none), and its words.

    Bytes that are no printable text, and very long bodies, come from ``printf``: a word of the
    command line cannot hold them everywhere.
    """
    if body is None:
        return "", ""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _printf(body, names), " --data-binary @-"
    if text.isprintable() and len(text) <= _LONGEST_WORD:
        return "", f" --data-raw {word(text, names)}"
    return _printf(body, names), " --data-binary @-"


def _printf(body: bytes, names: Names) -> str:
    """A ``printf`` that writes these bytes; octal escapes are all that POSIX has for it."""
    form, values = "", []
    # Latin-1 maps each byte to one character, so that values are found in what is no text too.
    known = {value.encode().decode("latin-1"): name for value, name in names.items()}
    for literal, name in _parts(body.decode("latin-1"), known):
        if name:
            form += "%s"
            values.append(f'"${name}"')
        else:
            form += "".join(_escaped(byte) for byte in literal.encode("latin-1"))
    return " ".join(["printf", f"'{form}'", *values])


def _escaped(byte: int) -> str:
    if byte == ord("%"):
        return "%%"
    return chr(byte) if byte in _PLAIN else f"\\{byte:03o}"


def _parts(text: str, names: Names) -> Iterator[tuple[str, str]]:
    """The text in pieces: a literal, or the name of the variable that stands there."""
    if not names:
        yield text, ""
        return
    # The longest first: one value may begin with another.
    values = sorted(names, key=len, reverse=True)
    for piece in re.split("(" + "|".join(map(re.escape, values)) + ")", text):
        if piece in names:
            yield "", names[piece]
        elif piece:
            yield piece, ""
