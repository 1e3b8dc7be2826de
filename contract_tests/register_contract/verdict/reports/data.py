"""The report as data: ``report.json``, whose form is ``report.schema.json``, for other programs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from register_contract.verdict.finding import Example, Finding
from register_contract.verdict.judgement import Verdict, state_of
from register_contract.verdict.results import Deviation, Results

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
        "left_behind": results.left_behind,
        "vacuous": list(results.vacuous),
        "rows": {
            "edition": _edition(results),
            "exercised": [row for row in results.rows if row in results.exercised],
            "unexercised": results.unexercised,
        },
    }


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


def _example(example: Example) -> dict[str, str]:
    return {
        "operation": example.operation,
        "sentence": example.sentence,
        "source": example.source,
        "expected": example.expected,
        "got": example.got,
        "request": example.curl,
        "repeat": f"repeat/{example.file}",
    }


def _deviation(deviation: Deviation) -> dict[str, Any]:
    return {
        "entries": [asdict(entry) for entry in deviation.entries],
        "sure": deviation.sure,
        "count": deviation.count,
        "operations": deviation.where.split(", "),
        "example": _example(deviation.example),
    }
