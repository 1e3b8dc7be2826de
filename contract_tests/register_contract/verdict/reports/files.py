"""The files of a run: what ran when, the verdict, and all that was found, for who was not there."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from register_contract.target.progress import release
from register_contract.verdict.judgement import verdict_of
from register_contract.verdict.reports import html, junit
from register_contract.verdict.reports.data import as_data
from register_contract.verdict.reports.sarif import as_sarif
from register_contract.verdict.results import Results


class ReportError(Exception):
    """A report could not be written; the message says which and why."""


def write_files(results: Results, folder: Path) -> str:
    """Write the page, the data and SARIF, complete ``junit.xml``; returns where they are.

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
        for made, name in ((as_data, "report.json"), (as_sarif, "report.sarif")):
            # ASCII: half a surrogate pair, as a target may send, has no UTF-8.
            text = json.dumps(made(results, verdict, facts), indent=2)
            (folder / name).write_text(text, encoding="ascii")
    except OSError as error:
        raise ReportError(f"the report could not be written: {error}") from error
    return f"report: {page}, {cases}, {folder / 'report.json'}, {folder / 'report.sarif'}"


def _made() -> dict[str, str]:
    """When and by which release the report was made."""
    return {"date": f"{datetime.now().astimezone():%Y-%m-%d %H:%M %z}", "made by": release()}
