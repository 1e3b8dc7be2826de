"""The verdict in pytest's JUnit XML, which by itself shows only the tests that ran.

A run that was cut short has tests that passed and none that failed: a dashboard would show it
green. So a run without a verdict gets one more test case, which is an error. A test all of whose
findings are known drift is skipped, not failed.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

from register_contract.verdict.judgement import NO_VERDICT, Verdict
from register_contract.verdict.results import Results

_CLASS = "register-contract"
_CASE = "the whole run"


def enter(verdict: Verdict, facts: Mapping[str, str], path: Path, results: Results) -> None:
    """Write verdict and facts into the file at ``path``; make the file if pytest made none."""
    root = _read(path)
    suite = root.find("testsuite")
    assert suite is not None
    properties = ET.Element("properties")
    for name, value in {**facts, "verdict": verdict.headline}.items():
        ET.SubElement(properties, "property", name=name, value=value)
    for deviation in results.deviations:
        ET.SubElement(properties, "property", name="known drift", value=deviation.title)
    _skip_known(suite, results)
    suite.insert(0, properties)
    if verdict.exit_code == NO_VERDICT:
        case = ET.SubElement(suite, "testcase", classname=_CLASS, name=_CASE, time="0")
        said = ": ".join(filter(None, (verdict.headline, verdict.why)))
        ET.SubElement(case, "error", message=said).text = said
        for name in ("errors", "tests"):
            suite.set(name, str(int(suite.get(name, "0")) + 1))
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _skip_known(suite: ET.Element, results: Results) -> None:
    """Let a test that failed for known drift alone be skipped, with the entries as the reason."""
    drifts = {drift.finding.cause: drift for drift in results.drifts}
    left = {finding.cause for finding in results.findings}
    for case in suite.findall("testcase"):
        nodeid = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
        causes = results.causes.get(nodeid, [])
        failure = case.find("failure")
        if failure is None or not causes or not set(causes) <= set(drifts) - left:
            continue
        case.remove(failure)
        named = dict.fromkeys(drifts[cause].ids for cause in causes)
        skipped = ET.SubElement(case, "skipped", message=f"known drift: {'; '.join(named)}")
        skipped.text = failure.text
        for name, change in (("failures", -1), ("skipped", 1)):
            suite.set(name, str(int(suite.get(name, "0")) + change))


def _read(path: Path) -> ET.Element:
    """The file's root; a new one when there is no file, or none that was written to its end."""
    try:
        root = ET.parse(path).getroot()
    except (FileNotFoundError, ET.ParseError):
        root = ET.Element("testsuites")
    if root.find("testsuite") is None:
        ET.SubElement(root, "testsuite", name=_CLASS, tests="0", errors="0", failures="0")
    return root
