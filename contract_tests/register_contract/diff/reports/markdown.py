"""The report as Markdown: for a pull request, with each witness folded."""

from __future__ import annotations

from collections.abc import Iterator

from register_contract.diff.reports.told import AUDIENCES, Report, Told

_MOST = 12


def as_markdown(report: Report) -> str:
    """The report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## {report.headline}"
    if report.advice:
        yield ""
        yield report.advice
    for audience, title in AUDIENCES.items():
        entries = report.of(audience)
        if entries:
            yield ""
            yield f"### {title}"
            for each in entries:
                yield ""
                yield from _entry(each)
    if report.requests:
        yield ""
        yield "### The recorded requests"
        yield ""
        yield "| request | state | how | by |"
        yield "|---|---|---|---|"
        for held in report.requests:
            row = (held.request, held.state, held.words, ", ".join(held.entries))
            yield "| " + " | ".join(map(_cell, row)) + " |"
    if report.notes:
        yield ""
        yield "### Notes"
        yield ""
        yield from (f"* {note}" for note in report.notes)
    yield ""
    yield report.said


def _entry(told: Told) -> Iterator[str]:
    accepted = f" *(accepted: {told.accepted})*" if told.accepted else ""
    yield f"#### {told.level}: {told.sentence}{accepted}"
    yield ""
    if told.operations:
        yield f"Operations: {', '.join(f'`{each}`' for each in told.operations)}  "
    if told.sources:
        yield f"Source: {'; '.join(told.sources)}  "
    yield f"Id: `{told.fingerprint}`"
    if told.reason:
        yield ""
        yield told.reason
    if told.details:
        yield ""
        yield "| what | before | now |"
        yield "|---|---|---|"
        for row in told.details[:_MOST]:
            yield "| " + " | ".join(_cell(each) for each in row) + " |"
        if len(told.details) > _MOST:
            yield f"| and {len(told.details) - _MOST} more | | |"
    if told.shown is not None:
        yield ""
        yield f"<details><summary>{_html(told.example)}</summary>"
        for word in ("before", "now"):
            for call in told.shown[word]:
                yield ""
                yield f"{word.capitalize()}: `{call['request']}` answered {call['status']}"
                yield ""
                yield from _block(call["sent"])
                yield from _block(call["answer"])
        yield "</details>"


def _block(text: str) -> Iterator[str]:
    if text:
        yield "```json"
        yield text.replace("```", "` ` `")
        yield "```"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
