"""A report as a page that is whole by itself: no script, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader

from register_mock.readiness.lines import Verdict
from register_mock.readiness.report import Report
from register_mock.readiness.telling import MISSING_FIRST, TITLE, facts, moment_of, summary


def html(report: Report) -> str:
    """Return the report as a page that is whole by itself: no script, nothing from elsewhere."""
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            made=moment_of(report.at),
            title=TITLE,
            style=style(),
            verdicts=MISSING_FIRST,
            shown=Verdict.SHOWN,
            summary=summary,
            facts=facts,
        )
    )


def policy() -> str:
    """Return the Content-Security-Policy of that page: its own style, and nothing else."""
    digest = b64encode(sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("register_mock.readiness"), autoescape=True)


@cache
def style() -> str:
    """Return the style of the page."""
    return _environment().get_template("report.css").render()
