"""The report for machines: JSON, JUnit XML, SARIF 2.1.0, and the annotations of a GitHub run."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

from register_contract.diff.reports.told import Report, Told
from register_contract.target.progress import release

_SARIF = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_SARIF_LEVELS = {"breaking": "error", "undecided": "error", "danger": "warning"}
_GITHUB_LEVELS = {"breaking": "error", "undecided": "error", "danger": "warning"}
_MOST_PLACES = 4


def as_json(report: Report) -> str:
    """All of it, as data."""
    return json.dumps(dataclasses.asdict(report), indent=2, ensure_ascii=False)


def as_junit(report: Report) -> str:
    """A test case for each entry; what breaks, or is not decided, has failed."""
    root = ET.Element("testsuites")
    failed = [each for each in report.entries if _fails(each)]
    suite = ET.SubElement(
        root,
        "testsuite",
        name=f"{report.old} → {report.new}",
        tests=str(len(report.entries) or 1),
        failures=str(len(failed)),
        errors="0",
    )
    if not report.entries:
        ET.SubElement(suite, "testcase", classname="register-contract.diff", name="no change")
    for told in report.entries:
        name = f"{told.fingerprint} {told.sentence}"
        case = ET.SubElement(suite, "testcase", classname="register-contract.diff", name=name)
        said = "\n".join(_said(told))
        if _fails(told):
            ET.SubElement(case, "failure", type=told.level, message=told.sentence).text = said
        elif told.accepted:
            ET.SubElement(case, "skipped", message=f"accepted: {told.accepted}")
        else:
            ET.SubElement(case, "system-out").text = said
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _fails(told: Told) -> bool:
    return told.level in ("breaking", "undecided") and not told.accepted


def _said(told: Told) -> Iterator[str]:
    if told.example:
        yield told.example
    for what, old, new in told.details:
        yield f"{what}: {old} → {new}"


def as_sarif(report: Report) -> str:
    """A log of one run; places are lines of files where the sides are files."""
    name, _, version = release().partition(" ")
    results = [_result(told) for told in report.entries]
    rules = sorted({result["ruleId"] for result in results})
    driver = {"name": name, "version": version, "rules": [{"id": each} for each in rules]}
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": True,
                "exitCode": report.code,
                "exitCodeDescription": report.headline,
            }
        ],
        "results": results,
    }
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(told: Told) -> dict[str, Any]:
    places: list[dict[str, Any]] = [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": file},
                "region": {"startLine": line},
            }
        }
        for file, line in told.places[:_MOST_PLACES]
    ]
    if not places:
        names = [{"name": each, "kind": "function"} for each in told.operations]
        places = [{"logicalLocations": names}]
    result: dict[str, Any] = {
        "ruleId": told.ids[0] if told.ids else "names.renamed",
        "level": _SARIF_LEVELS.get(told.level, "note"),
        "message": {"text": f"{told.sentence} {told.example}".strip()},
        "locations": places[:1],
        "relatedLocations": places[1:],
        "partialFingerprints": {"cause/v1": told.fingerprint},
    }
    if told.accepted:
        result["suppressions"] = [{"kind": "external", "justification": told.accepted}]
    return result


def as_github(report: Report) -> str:
    """Workflow commands that annotate the lines of both files."""
    return "\n".join(_commands(report))


def _commands(report: Report) -> Iterator[str]:
    for told in report.entries:
        if told.accepted:
            continue
        level = _GITHUB_LEVELS.get(told.level, "notice")
        text = _data(f"{told.sentence} {told.example}".strip())
        title = _property(f"{told.level}: {told.fingerprint}")
        for file, line in told.places[:_MOST_PLACES] or [("", 0)]:
            place = f"file={_property(file)},line={line}," if file else ""
            yield f"::{level} {place}title={title}::{text}"
    yield f"::notice title=register-contract diff::{_data(report.headline)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
