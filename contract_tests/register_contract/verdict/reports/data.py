"""The report as data: ``report.json``, whose form is ``report.schema.json``, for other programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from register_contract.verdict.finding import Example, Finding
from register_contract.verdict.judgement import Verdict, state_of
from register_contract.verdict.results import Deviation, OwnRecords, Results

OWN_FILE = "own-records.json"
FORM = 1
"""Which form the report has; another one when a reader of this one would stumble over it."""


def fingerprint(finding: Finding) -> str:
    """What names a finding from one run to the next: the same for the same cause."""
    return hashlib.sha256(finding.cause.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def as_data(results: Results, verdict: Verdict, facts: Mapping[str, str]) -> dict[str, Any]:
    """All that a run says, as plain data."""
    layers = results.layers.values()
    return {
        "form": FORM,
        "verdict": {
            "headline": verdict.headline,
            "why": verdict.why,
            "exit_code": verdict.exit_code,
            "complete": verdict.complete,
            "trials": {"made": verdict.reach.whole, "planned": verdict.reach.planned},
        },
        "facts": dict(facts),
        "layers": [
            {
                "title": layer.title,
                "state": state_of(layer).name.lower(),
                "checks": layer.tried,
                "findings": len(layer.findings),
                "known": layer.known,
                "seconds": round(layer.seconds, 3),
            }
            for layer in layers
        ],
        "findings": [_finding(finding) for finding in results.findings],
        "known_drift": [_deviation(deviation) for deviation in results.deviations],
        "errors": [
            {"test": name, "text": text} for layer in layers for name, text in layer.crashes
        ],
        "not_covered": [asdict(note) for note in results.not_covered],
        "unsaid": dict(sorted(results.unsaid.items())),
        "left_behind": results.left_behind,
        "vacuous": list(results.vacuous),
        "rows": {
            "edition": _edition(results),
            "exercised": [row for row in results.rows if row in results.exercised],
            "unexercised": results.unexercised,
        },
        **({"own_records": own_records(results.own)} if results.own else {}),
    }


def own_records(own: OwnRecords) -> dict[str, Any]:
    """What a run left on the target that wrote to its own records alone."""
    return {
        "marks": own.marks,
        "removed": own.removed,
        "unsure": own.unsure,
        "left": [
            {
                "kind": each.record.kind,
                "id": each.record.id,
                "within": each.record.within,
                "why": each.why,
            }
            for each in own.left
        ],
    }


def write_own(own: OwnRecords, folder: Path) -> None:
    """Write a list of them to the folder, and note where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    own.file = folder / OWN_FILE
    own.file.write_text(json.dumps(own_records(own), indent=2) + "\n", encoding="ascii")


def _edition(results: Results) -> str:
    """Version and reading of a run that knows the rows of its contract; else nothing."""
    asked = results.circumstances
    return f"{asked.version}@{asked.reading}" if asked and results.rows else ""


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint(finding),
        "rule": finding.rule,
        "sentence": finding.sentence,
        "cause": finding.cause,
        "count": finding.count,
        "operations": list(finding.operations),
        "seed": finding.seed,
        "note": finding.note,
        "examples": [_example(example) for example in finding.shown],
    }


def _example(example: Example) -> dict[str, Any]:
    return {
        "operation": example.operation,
        "sentence": example.sentence,
        "source": example.source,
        "expected": example.expected,
        "got": example.got,
        "request": example.curl,
        "repeat": f"repeat/{example.file}",
        "timeline": [asdict(span) for span in example.timeline],
    }


def _deviation(deviation: Deviation) -> dict[str, Any]:
    return {
        "entries": [asdict(entry) for entry in deviation.entries],
        "sure": deviation.sure,
        "count": deviation.count,
        "operations": deviation.where.split(", "),
        "example": _example(deviation.example),
    }
