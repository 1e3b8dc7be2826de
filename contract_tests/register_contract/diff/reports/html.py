"""The report as one page that needs nothing else, and prints."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment

from register_contract.diff.reports.told import AUDIENCES, Report

_PAGE = Path(__file__).with_name("page.html")


def as_html(report: Report) -> str:
    """The page as text."""
    template = Environment(autoescape=True).from_string(_PAGE.read_text(encoding="utf-8"))
    rooms = [(title, report.of(audience)) for audience, title in AUDIENCES.items()]
    return template.render(report=report, rooms=[room for room in rooms if room[1]])
