"""``register-contract diff OLD NEW``: what is asked, what is printed, and the exit code.

0 nothing fails, 1 what ``--fail-on`` says, 2 there is no comparison (one sentence says why).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import click

from register_contract.diff.accepted import accept
from register_contract.diff.comparison import compare
from register_contract.diff.entries import profile_of
from register_contract.diff.notes import check_notes, release_notes
from register_contract.diff.reports.html import as_html
from register_contract.diff.reports.machines import as_github, as_json, as_junit, as_sarif
from register_contract.diff.reports.markdown import as_markdown
from register_contract.diff.reports.text import as_text
from register_contract.diff.reports.told import Report, report
from register_contract.diff.sides import read_side
from register_contract.diff.traffic import held_to_traffic
from register_contract.diff.witness.search import Search, find_witnesses
from register_contract.diff.witness.static import by_documents
from register_contract.diff.witness.worlds import Serving

FORMS: Mapping[str, Callable[[Report], str]] = {
    "text": as_text,
    "md": as_markdown,
    "json": as_json,
    "html": as_html,
    "junit": as_junit,
    "sarif": as_sarif,
    "github": as_github,
}


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    reading: str | None = None
    form: str = "text"
    fail_on: str = "breaking"
    profile: str = "dfe"
    accepted: Path | None = None
    in_place: bool = False
    notes: bool = False
    checked: Path | None = None
    traffic: Path | None = None
    witness: bool = True
    spec_dir: Path | None = None
    today: date = field(default_factory=lambda: datetime.now().astimezone().date())

    @property
    def needs_a_mock(self) -> bool:
        """Whether requests are sent where both sides are ours."""
        return self.witness and not self.notes and self.checked is None


def diff(old: str, new: str, asked: Asked) -> int:
    """Compare two sides and print what came out; returns the exit code. Raises StoppedError."""
    began = time.monotonic()
    before, after = (read_side(each, asked.reading, asked.spec_dir) for each in (old, new))
    profile = profile_of(asked.profile)
    with Serving(before, after) as serving:
        if asked.needs_a_mock and before.ours and after.ours:
            serving.begin()
        comparison = compare(before, after, profile, asked.spec_dir, asked.in_place)
        if asked.notes:
            click.echo(release_notes(comparison).rstrip("\n"))
            return 0
        if asked.checked is not None:
            checked = check_notes(comparison, asked.checked)
            click.echo("\n".join(checked.lines()))
            return int(bool(checked.absent or checked.untold))
        held = held_to_traffic(comparison, asked.traffic, serving) if asked.traffic else []
        search: Search | None = None
        if asked.witness:
            by_documents(comparison)
            search = find_witnesses(comparison, serving)
    over = accept(comparison, asked.accepted, asked.today) if asked.accepted else []
    told = report(comparison, search, asked.fail_on, asked.in_place, held)
    click.echo(FORMS[asked.form](told).rstrip("\n"))
    if asked.form == "text":
        for line in over:
            click.echo(f"over: {line}")
        click.echo(f"{time.monotonic() - began:.1f} s")
    return told.code
