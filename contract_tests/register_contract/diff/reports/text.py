"""The report for a terminal: the verdict first, then two lines an entry."""

from __future__ import annotations

from collections.abc import Iterator

from register_contract.diff.entries import ADDITION
from register_contract.diff.reports.told import AUDIENCES, Report, Told

_LONGEST = 60
_MARKS = {"breaking": "✗", "undecided": "?", "danger": "!", "addition": "+"}


def as_text(report: Report) -> str:
    """The report as lines."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield report.headline
    if report.advice:
        yield report.advice
    for audience, title in AUDIENCES.items():
        entries = report.of(audience)
        if entries:
            yield ""
            yield title
            for each in entries:
                yield from _entry(each)
    if report.requests:
        yield ""
        yield "The recorded requests"
        for held in report.requests:
            by = f"  [{', '.join(held.entries)}]" if held.entries else ""
            yield f"  {held.state:12} {held.request}: {held.words}{by}"
    if report.notes:
        yield ""
        yield "Notes"
        yield from (f"  - {note}" for note in report.notes)
    if report.entries:
        yield ""
        yield f"✗ breaking  ? not decided  ! danger  + addition   {report.said}"


def _entry(told: Told) -> Iterator[str]:
    mark = _MARKS[told.level]
    where = f"  [{told.where}]" if told.where else ""
    accepted = f"  (accepted: {told.accepted})" if told.accepted else ""
    yield f"  {mark} {told.fingerprint}  {told.sentence}{where}{accepted}"
    if told.example:
        yield f"      {told.example}"
    elif told.details and told.level != ADDITION:
        what, old, new = told.details[0]
        yield f"      {what}: {_cut(old)} → {_cut(new)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
