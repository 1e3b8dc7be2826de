"""The findings as SARIF 2.1.0, which code hosts and editors show.

A finding has no line of a file: its place is the operation, as a logical location.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_contract.verdict.judgement import NO_VERDICT, Verdict
from register_contract.verdict.reports.data import fingerprint
from register_contract.verdict.results import Results

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def as_sarif(results: Results, verdict: Verdict, facts: Mapping[str, str]) -> dict[str, Any]:
    """A log of one run. Known drift is a note, a finding an error."""
    name, _, release = facts.get("made by", "register-contract").partition(" ")
    found = [
        _result(finding.rule, "error", finding.sentence, finding.operations, fingerprint(finding))
        for finding in results.findings
    ]
    found += [
        _result(
            "known-drift",
            "note",
            f"Known drift: {deviation.title}. {deviation.example.sentence}",
            deviation.where.split(", "),
            fingerprint(deviation.drifts[0].finding),
        )
        for deviation in results.deviations
    ]
    rules = sorted({result["ruleId"] for result in found})
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": name,
                        "version": release,
                        "rules": [{"id": r} for r in rules],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": verdict.exit_code != NO_VERDICT,
                        "exitCode": verdict.exit_code,
                        "exitCodeDescription": verdict.headline,
                    }
                ],
                "properties": dict(facts),
                "results": found,
            }
        ],
    }


def _result(
    rule: str, level: str, sentence: str, operations: tuple[str, ...] | list[str], mark: str
) -> dict[str, Any]:
    places = [{"name": name, "kind": "function"} for name in operations]
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": sentence},
        "locations": [{"logicalLocations": places}],
        "partialFingerprints": {"cause/v1": mark},
    }
