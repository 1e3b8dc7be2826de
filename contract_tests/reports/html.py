"""The report as one HTML page that needs nothing else, for people who did not see the run."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment

from contract_tests.ledger import Ledger

_PAGE = Path(__file__).with_name("page.html")


def render(ledger: Ledger) -> str:
    """The page as text."""
    found = len(ledger.findings)
    crashes = [crash for layer in ledger.layers.values() for crash in layer.crashes]
    verdict = f"{found} finding{'' if found == 1 else 's'}" if found else "keeps the contract"
    if crashes:
        verdict += f", {len(crashes)} errors in the suite"
    template = Environment(autoescape=True).from_string(_PAGE.read_text(encoding="utf-8"))
    return template.render(
        verdict=verdict,
        facts=ledger.facts,
        layers=list(ledger.layers.values()),
        findings=ledger.findings,
        crashes=crashes,
        gaps=ledger.not_covered,
    )


def write(ledger: Ledger, folder: Path) -> Path:
    """Write ``report.html`` into ``folder`` and return its path."""
    path = folder / "report.html"
    path.write_text(render(ledger), encoding="utf-8")
    return path
