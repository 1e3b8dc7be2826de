"""The files of a run: what ran when, the verdict, and all that was found, for who was not there."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from register_contract.verdict.judgement import verdict_of
from register_contract.verdict.reports import html, junit
from register_contract.verdict.results import Results

_PACKAGE = "register-contract"


class ReportError(Exception):
    """A report could not be written; the message says which and why."""


def write_files(results: Results, folder: Path) -> str:
    """Write ``report.html``, complete ``junit.xml``; returns the line that says where they are.

    Raises ReportError when the disk does not take them.
    """
    facts = {**results.facts, **_made()}
    verdict = verdict_of(results)
    page, cases = folder / "report.html", folder / "junit.xml"
    try:
        text = html.render(results, verdict, facts)
        # Texts are clean by now; should one not be, a mark in the page is better than no page.
        page.write_text(text, encoding="utf-8", errors="backslashreplace")
        junit.enter(verdict, facts, cases, results)
    except OSError as error:
        raise ReportError(f"the report could not be written: {error}") from error
    return f"report: {page}, {cases}"


def _made() -> dict[str, str]:
    """When and by which release the report was made."""
    try:
        release = version(_PACKAGE)
    except PackageNotFoundError:
        release = "a copy that is not installed"
    return {
        "date": f"{datetime.now().astimezone():%Y-%m-%d %H:%M %z}",
        "made by": f"{_PACKAGE} {release}",
    }
