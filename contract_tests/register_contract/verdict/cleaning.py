"""What every text passes on its way into a report: secrets are hidden, control characters shown.

Most of a report's text was written by the target. It may repeat the token it was given, and it
may hold escapes that recolour, retitle or rewrite a terminal. One ``Cleaner`` stands where text
enters the results, the JUnit file and the sentence a run ends with, so no check has to think of it.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest

HIDDEN = "$TOKEN"
_LONG = 8
_PART = 5
_CUT = r"(?=\s?…|\.\.\.|$)"
_AFTER_CUT = r"(?<=\.\.\.)"


def escaped(text: str, *, keep: str = "\n") -> str:
    """Write out what cannot be printed (controls, escapes, bidi marks), but for ``keep``."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in keep else char.encode("unicode_escape").decode()
        for char in text
    )


class Cleaner:
    """Cleans texts; knows the secrets it was told to hide."""

    def __init__(self) -> None:
        self._patterns: list[re.Pattern[str]] = []

    def hide(self, *secrets: str | None) -> None:
        """Hide these from now on, also where a report has cut them short."""
        self._patterns += [_pattern(secret) for secret in secrets if secret]

    def __call__(self, text: str, *, keep: str = "\n") -> str:
        """``text`` without secrets and with its control characters written out."""
        return escaped(self.without_secrets(text), keep=keep)

    def without_secrets(self, text: str) -> str:
        """``text`` as it is, but for secrets."""
        for pattern in self._patterns:
            text = pattern.sub(HIDDEN, text)
        return text

    def sentence(self, text: str) -> str:
        """The same on one line: a line break of the target's begins no line of ours."""
        return self(text, keep="")

    def within(self, value: Any) -> Any:
        """Clean every text in plain data (lists, tuples, mappings)."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {self.within(name): self.within(inner) for name, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self.within(inner) for inner in value)
        return value


def clean_report(report: pytest.TestReport, clean: Cleaner) -> None:
    """Clean all that a test's report carries to the results, to JUnit XML and to the terminal."""
    if isinstance(report.longrepr, tuple):
        report.longrepr = clean.within(report.longrepr)
    elif report.longrepr is not None:
        report.longrepr = clean(report.longreprtext)
    report.user_properties = clean.within(report.user_properties)
    report.sections = clean.within(report.sections)


def _pattern(secret: str) -> re.Pattern[str]:
    """Find a secret in any case, as it is, as JSON or a URL writes it, and most of it.

    The suite itself sends a token with its last letter changed. A report may cut a text anywhere,
    so before and after a cut a few letters are enough.
    """
    forms = {secret, json.dumps(secret)[1:-1], quote(secret, safe="")}
    choices = [re.escape(form) for form in sorted(forms, key=len, reverse=True)]
    if len(secret) < _LONG:
        # A short one is a part of many words; it is hidden where it stands alone.
        return re.compile(rf"(?<!\w)(?:{'|'.join(choices)})(?!\w)")
    size = len(secret)
    parts = [
        re.escape(secret[:end]) + ("" if 2 * end > size else _CUT)
        for end in range(size - 1, _PART, -1)
    ]
    parts += [
        ("" if 2 * (size - start) > size else _AFTER_CUT) + re.escape(secret[start:])
        for start in range(1, size - _PART)
    ]
    return re.compile("|".join([*choices, *parts]), re.IGNORECASE)
