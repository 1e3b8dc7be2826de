"""The report as one HTML page that needs nothing else, for people who did not see the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from register_contract.verdict.judgement import Verdict, state_of
from register_contract.verdict.reports.gaps import grouped
from register_contract.verdict.results import Results
from register_contract.verdict.timeline import as_svg

_PAGE = Path(__file__).with_name("page.html")


def _by_table(rows: Iterable[str]) -> dict[str, list[str]]:
    """Ids of rows by the table that they stand in."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.partition(".")[0], []).append(row)
    return found


def render(results: Results, verdict: Verdict, facts: Mapping[str, str]) -> str:
    """The page as text."""
    layers = list(results.layers.values())
    template = Environment(autoescape=True).from_string(_PAGE.read_text(encoding="utf-8"))
    return template.render(
        verdict=verdict,
        facts=facts,
        layers=[(layer, state_of(layer)) for layer in layers],
        findings=results.findings,
        deviations=results.deviations,
        crashes=[crash for layer in layers for crash in layer.crashes],
        gaps=grouped(results.not_covered),
        left_behind=results.left_behind,
        unsaid=results.unsaid.most_common(),
        drawn=lambda spans: Markup(as_svg(spans)),
        own=results.own,
        vacuous=results.vacuous,
        rows=results.rows,
        unexercised=results.unexercised,
        tables=_by_table(results.unexercised),
    )
