"""A report as plain data, from which every form of it is made; personal data is masked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from register_mock.contract.moments import timestamp
from register_mock.control.entries import (
    MASK,
    Personal,
    hidden,
    masked,
    sent_values,
    shown_finding,
)
from register_mock.rehearse.judging import ABOUT, DIFFERS, REFUSED, Because, Outcome
from register_mock.rehearse.report import Cause, Report
from register_mock.request.masking import shown_path, shown_query
from register_mock.world.journal import Finding
from register_spec import Change

MOST_CODES = 20


@dataclass(frozen=True)
class Teller:
    """Says what came out; the values of the fields in `personal` are masked."""

    report: Report
    personal: Personal

    def as_data(self) -> dict[str, Any]:
        """Return the whole report as JSON content."""
        report = self.report
        return {
            "traffic": report.traffic.name,
            "from": list(report.versions),
            "to": report.to,
            "reading": report.reading,
            "first": timestamp(report.traffic.asked[0].entry.sent_at),
            "last": timestamp(report.traffic.asked[-1].entry.sent_at),
            "requests": len(report.outcomes),
            "left_out": dict(report.traffic.others),
            "verdicts": dict(report.counts),
            "causes": sorted(
                (self.cause(each) for each in report.causes if each.outcomes),
                key=lambda cause: min(ABOUT.index(each["about"]) for each in cause["effects"]),
            ),
            "without_effect": [
                change_of(c.change) for c in report.causes if c.is_met and not c.outcomes
            ],
            "never_touched": [change_of(c.change) for c in report.causes if not c.is_met],
            "records": [
                {"trainee": record, "requests": [self.request(each) for each in outcomes]}
                for record, outcomes in report.by_record.items()
            ],
        }

    def cause(self, cause: Cause) -> dict[str, Any]:
        """Return a named change with what it means: what it does, and to which requests."""
        found: dict[tuple[str, str], list[int]] = {}
        for outcome in cause.outcomes:
            for each in outcome.because:
                if each.change is cause.change:
                    key = each.about, self._words(each.words, outcome)
                    numbers = found.setdefault(key, [])
                    if outcome.played.asked.number not in numbers:
                        numbers.append(outcome.played.asked.number)
        verdicts: dict[str, int] = {}
        for outcome in cause.outcomes:
            verdicts[outcome.verdict] = verdicts.get(outcome.verdict, 0) + 1
        effects = [
            {"about": about, "what": what, "requests": numbers}
            for (about, what), numbers in sorted(found.items(), key=_gravest)
        ]
        return {**change_of(cause.change), "verdicts": verdicts, "effects": effects}

    def request(self, outcome: Outcome) -> dict[str, Any]:
        """Return one request with what became of it."""
        played = outcome.played
        asked, translated = played.asked, played.translated
        query = f"?{shown_query(asked.query)}" if asked.query else ""
        found: dict[str, Any] = {
            "number": asked.number,
            "sent_at": timestamp(asked.entry.sent_at),
            "version": asked.edition.version,
            "operation": asked.operation.name if asked.operation else None,
            "request": f"{shown_path(asked.shown)}{query}",
            "recorded": asked.entry.status,
            "verdict": outcome.verdict,
            "words": self._words(outcome.words, outcome),
            "happened": played.happened,
            "because": [self._because(each, outcome) for each in outcome.because],
            "correct": [self.reason(each) for each in outcome.reasons],
        }
        if translated is not None and translated.changed:
            found["body"] = self.body(translated.body)
        if outcome.verdict in (REFUSED, DIFFERS):
            sides = {"before": played.before, "now": played.after}
            found["answers"] = {
                name: {"status": sent.status, "body": self._answer(sent.body, outcome)}
                for name, sent in sides.items()
                if sent is not None
            }
        return found

    def _because(self, each: Because, outcome: Outcome) -> dict[str, Any]:
        found: dict[str, Any] = {
            "about": each.about,
            "what": self._words(each.words, outcome),
            "change": each.change.id if each.change else None,
        }
        if each.difference is not None:
            is_personal = any(name in self.personal for name in each.difference.path)
            values = {"was": each.difference.old, "is": each.difference.new}
            for name, value in values.items():
                found[name] = MASK if is_personal else self.body(value)
        return found

    def _answer(self, body: Any, outcome: Outcome) -> Any:
        """Return an answer as it may be shown; its sentences may quote what was sent."""
        return hidden(self.body(body), self._quoted(outcome))

    def body(self, content: Any) -> Any:
        """Return a translated body, as it may be shown."""
        return masked(content, self.personal) if self.personal else content

    def reason(self, finding: Finding) -> dict[str, Any]:
        """Return why a request is refused now, and what would be right."""
        return shown_finding(finding, self.personal)

    def _words(self, words: str, outcome: Outcome) -> str:
        found: str = hidden(words, self._quoted(outcome))
        return found

    def _quoted(self, outcome: Outcome) -> list[str]:
        """The personal values that an answer may quote."""
        sides = (outcome.played.before, outcome.played.after)
        findings = [each for side in sides if side is not None for each in side.findings]
        return [value for each in findings for value in sent_values(each, self.personal)]


def _gravest(effect: tuple[tuple[str, str], list[int]]) -> tuple[int, int]:
    (about, _), numbers = effect
    return ABOUT.index(about), numbers[0]


def change_of(change: Change) -> dict[str, Any]:
    """Return a named change: its id, its sentence, and the document that says so."""
    source = change.source.get("document") if isinstance(change.source, Mapping) else change.source
    sentence = f"No longer so: {change.sentence}" if change.is_gone else change.sentence
    return {"change": change.id, "file": change.file, "sentence": sentence, "source": source}


def correction(reason: Mapping[str, Any]) -> str:
    """Return what was sent and what would be right, in words; the rule says the first of them."""
    field = reason["field"]
    head = f"correct {field} (rule {reason['rule']})" if field else f"rule {reason['rule']}"
    sent = [] if reason["sent"] is None else [f"sent {_shown(reason['sent'])}"]
    right = [] if reason["allowed"] in (None, "") else [f"allowed {_shown(reason['allowed'])}"]
    parts = ", ".join((*sent, *right))
    return f"{head}: {parts}" if parts else head


def _shown(value: Any) -> str:
    if isinstance(value, list):
        more = f" and {len(value) - MOST_CODES} more" if len(value) > MOST_CODES else ""
        return ", ".join(map(str, value[:MOST_CODES])) + more
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    return str(value)
