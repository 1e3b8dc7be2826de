"""A report as text for a terminal, as Markdown, as JSON, or as the page of `page`.

What is missing is said first. Whatever a client sent is written as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from register_mock.explain.render import plain
from register_mock.readiness.lines import Verdict
from register_mock.readiness.page import html
from register_mock.readiness.report import EditionReport, Report
from register_mock.readiness.telling import MISSING_FIRST, TITLE, facts, moment_of, summary

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def text(report: Report) -> str:
    """Return the report for a terminal."""
    return "\n".join(plain(line) for line in _text(report)) + "\n"


def _text(report: Report) -> Iterator[str]:
    yield TITLE
    yield f"Made {moment_of(report.at)} by register-contract {report.package}"
    yield from (f"From {each}" for each in report.sources)
    yield from report.limits
    for edition in report.editions:
        yield ""
        yield f"{edition.version}, {edition.reading}: {summary(edition)}"
        for verdict in MISSING_FIRST:
            yield from _section(edition, verdict)


def _section(edition: EditionReport, verdict: Verdict) -> Iterator[str]:
    part = None
    for of, line in edition.lines(verdict):
        if of is not part:
            yield ""
            yield f"{verdict.capitalize()}: {of.title.lower()}"
            part = of
        yield f"  {line.says}"
        yield from (f"      {each}" for each in facts(line))
        if verdict is not Verdict.SHOWN:
            yield f"      > {line.do}"


def markdown(report: Report) -> str:
    """Return the report as Markdown, for a ticket or a pull request."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: Report) -> Iterator[str]:
    yield f"# {TITLE}"
    yield ""
    yield f"Made {moment_of(report.at)} by register-contract {report.package}."
    yield ""
    yield from (f"- {_escaped(each)}" for each in (*report.sources, *report.limits))
    for edition in report.editions:
        yield ""
        yield f"## {_escaped(edition.version)}, {_escaped(edition.reading)}"
        yield ""
        yield f"{summary(edition).capitalize()}."
        for verdict in MISSING_FIRST:
            yield from _markdown_section(edition, verdict)


def _markdown_section(edition: EditionReport, verdict: Verdict) -> Iterator[str]:
    part = None
    for of, line in edition.lines(verdict):
        if of is not part:
            yield ""
            yield f"### {verdict.capitalize()}: {of.title.lower()}"
            yield ""
            part = of
        yield f"- {_escaped(line.says)}"
        yield from (f"  - {_escaped(each)}" for each in facts(line))
        if verdict is not Verdict.SHOWN:
            yield f"  - `{plain(line.do)}`" if line.is_code else f"  - {_escaped(line.do)}"


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", plain(words))


def as_json(report: Report) -> str:
    """Return the report as one JSON object."""
    told = asdict(report)
    for row, edition in zip(told["editions"], report.editions, strict=True):
        row["counts"] = {str(each): edition.count(each) for each in MISSING_FIRST}
    return json.dumps(told, indent=1, ensure_ascii=False, default=_json_value) + "\n"


def _json_value(value: Any) -> str:
    if isinstance(value, datetime):
        return moment_of(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": text,
    "html": html,
    "md": markdown,
    "json": as_json,
}
