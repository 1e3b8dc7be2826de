"""A verdict never says more than was tried, and every report says the same one."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from register_contract.tests.test_reports import finding
from register_contract.verdict.judgement import Tone, verdict_of
from register_contract.verdict.reports.files import write_files
from register_contract.verdict.reports.gaps import grouped
from register_contract.verdict.reports.terminal import TerminalReport
from register_contract.verdict.results import Drift, Entry, NotCovered, Results

Change = Callable[[Results], None]


def results() -> Results:
    """Two layers of ten trials each, run to the end without a finding."""
    made = Results(planned=20)
    made.facts.update(seed="42", requests="7", seconds="1")
    for name in ("Authentication", "Lists"):
        layer = made.layer(f"test_{name}.py", name)
        layer.planned = 2
        for _ in range(2):
            made.add(layer, {"tried": 3, "findings": [], "not_covered": []}, 0.5, trials=5)
    return made


def as_it_is(made: Results) -> None:
    """All was tried, nothing found."""


def half(made: Results) -> None:
    made.planned = 40
    made.not_covered.append(NotCovered("a career", "the run is read-only"))


def nearly_all(made: Results) -> None:
    made.planned = 21


def hardly_any(made: Results) -> None:
    made.planned = 20_000


def a_gap_that_is_no_trial(made: Results) -> None:
    made.not_covered.append(NotCovered("states", "the run has no control API"))


def found(made: Results) -> None:
    next(iter(made.layers.values())).findings.append(finding())


def drift(*ids: str, sure: bool = True) -> Drift:
    """A finding that shows these entries."""
    entries = tuple(Entry(id_, "The documents.", "The service.") for id_ in ids)
    return Drift(entries, sure, finding())


def drifted(made: Results) -> None:
    made.drifts.append(drift("bare", "renamed"))


def drifted_undecided(made: Results) -> None:
    made.drifts += [drift("bare"), drift("bare", "renamed", sure=False)]


def drifted_in_part(made: Results) -> None:
    half(made)
    made.drifts.append(drift("bare"))


def drifted_and_found(made: Results) -> None:
    drifted(made)
    found(made)


def broken(made: Results) -> None:
    next(iter(made.layers.values())).crashes.append(("test_x", "LookupError"))


def found_and_broken(made: Results) -> None:
    found(made)
    broken(made)


def nothing(made: Results) -> None:
    made.layers.clear()
    made.planned = made.whole = 0


def interrupted(made: Results) -> None:
    made.interrupted = True
    made.layers["test_Lists.py"].planned = 3


def interrupted_with_a_finding(made: Results) -> None:
    interrupted(made)
    found(made)


def lost(made: Results) -> None:
    interrupted(made)
    made.interrupted, made.ended = False, "http://h stopped answering after 7 requests"


def no_target(made: Results) -> None:
    nothing(made)
    made.unusable = "nothing usable answers at http://h"


ENDS: list[tuple[Change, str, Tone, int]] = [
    (as_it_is, "keeps the contract", Tone.GOOD, 0),
    (half, "kept as far as tried: 50 %", Tone.PARTLY, 0),
    (nearly_all, "kept as far as tried: 95 %", Tone.PARTLY, 0),
    (hardly_any, "kept as far as tried: less than 1 %", Tone.PARTLY, 0),
    (a_gap_that_is_no_trial, "kept as far as tried", Tone.PARTLY, 0),
    (drifted, "keeps the contract, but for 2 known deviations", Tone.PARTLY, 0),
    (
        drifted_undecided,
        "keeps the contract, but for 1 known deviation and 1 of which the entry is undecided",
        Tone.PARTLY,
        0,
    ),
    (
        drifted_in_part,
        "kept as far as tried: 50 %, but for 1 known deviation",
        Tone.PARTLY,
        0,
    ),
    (drifted_and_found, "1 finding", Tone.BAD, 1),
    (found, "1 finding", Tone.BAD, 1),
    (broken, "1 error in the suite", Tone.BAD, 2),
    (found_and_broken, "1 finding, 1 error in the suite", Tone.BAD, 1),
    (nothing, "nothing was tried", Tone.OPEN, 2),
    (interrupted, "interrupted after 1 of 2 layers", Tone.OPEN, 2),
    (
        interrupted_with_a_finding,
        "interrupted after 1 of 2 layers, 1 finding so far",
        Tone.OPEN,
        2,
    ),
    (lost, "stopped after 1 of 2 layers", Tone.OPEN, 2),
    (no_target, "not tested", Tone.OPEN, 2),
]


@pytest.mark.parametrize(("change", "headline", "tone", "code"), ENDS)
def test_every_report_says_the_same(
    change: Change, headline: str, tone: Tone, code: int, tmp_path: Path
) -> None:
    made = results()
    change(made)
    verdict = verdict_of(made)
    assert (verdict.headline, verdict.tone, verdict.exit_code) == (headline, tone, code)

    out = io.StringIO()
    TerminalReport(Console(file=out, width=60)).finish(made)
    assert f"\n{headline}: {made.tried} checks, 7 requests" in out.getvalue()
    for deviation in made.deviations:
        assert deviation.title in out.getvalue()
    assert verdict.why in out.getvalue()

    write_files(made, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert f'<h1 class="{tone}">' in page
    assert f"</small>{headline}</h1>" in page
    assert f"<title>register-contract: {headline}</title>" in page
    suite = ET.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    said = {row.get("name"): row.get("value") for row in suite.iter("property")}
    assert said["verdict"] == headline
    assert all(f"<h3>{deviation.title}</h3>" in page for deviation in made.deviations)
    known = [row.get("value") for row in suite.iter("property") if row.get("name") == "known drift"]
    assert known == [deviation.title for deviation in made.deviations]
    errors = [error.get("message", "") for error in suite.iter("error")]
    assert len(errors) == (code == 2)
    assert all(headline in error and verdict.why in error for error in errors)


def test_the_verdict_joins_what_pytest_wrote(tmp_path: Path) -> None:
    made = results()
    interrupted(made)
    (tmp_path / "junit.xml").write_text(
        '<testsuites><testsuite name="pytest" errors="0" failures="0" tests="1">'
        '<testcase classname="test_lists" name="test_pages" /></testsuite></testsuites>'
    )
    write_files(made, tmp_path)
    suite = ET.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("errors")) == ("2", "1")
    assert [case.get("name") for case in suite.iter("testcase")] == ["test_pages", "the whole run"]


def test_an_unfinished_xml_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text("<testsuites><testsui")
    write_files(results(), tmp_path)
    assert ET.parse(tmp_path / "junit.xml").getroot().find("testsuite") is not None


def test_a_test_counts_as_tried_when_it_left_nothing_out() -> None:
    made = Results(planned=30)
    layer = made.layer("test_x.py", "X")
    made.add(layer, {"tried": 9, "not_covered": []}, 0, trials=10)
    made.add(layer, {"tried": 9, "not_covered": [["a state", "no way there"]]}, 0, trials=10)
    made.add(layer, {}, 0, trials=0)  # broke
    made.add(layer, {"tried": 5, "not_covered": []}, 0, trials=3, cut_short=True)
    reach = verdict_of(made).reach
    assert (reach.whole, reach.planned) == (10, 30)
    assert layer.tests == 3
    assert "10 of the 30 trials" in reach.sentence
    assert reach.share == "33 %"


@pytest.mark.parametrize(
    "verdict",
    [
        {"tried": 0, "not_covered": []},
        # What it builds on was judged, and nothing of its own.
        {"tried": 2, "staged": 2, "not_covered": []},
    ],
)
def test_a_test_that_tries_nothing_and_says_no_reason_is_vacuous(verdict: dict[str, Any]) -> None:
    made = results()
    layer = next(iter(made.layers.values()))
    made.add(layer, verdict, 0, trials=0, test="broke")
    made.add(layer, verdict, 0, cut_short=True, test="ended")
    made.add(layer, {**verdict, "not_covered": [["a", "b"]]}, 0, test="said why")
    made.add(layer, {**verdict, "findings": [finding().as_dict()]}, 0, test="tripped")
    layer.findings.clear()
    assert verdict_of(made).exit_code == 0
    made.add(layer, verdict, 0, test="test_x.py::test_y")
    assert made.vacuous == ["test_x.py::test_y"]
    told = verdict_of(made)
    assert (told.headline, told.exit_code) == (
        "no verdict: 1 test of the suite has tried nothing",
        2,
    )


def test_a_layer_without_checks_is_not_called_ok() -> None:
    made, out = Results(), io.StringIO()
    report = TerminalReport(Console(file=out))
    layer = made.layer("test_lifecycle.py", "Lifecycle")
    made.add(layer, {"tried": 0, "not_covered": [["a", "read-only"]]}, 0)
    report.progress(layer)
    report.finish(made)
    assert "\N{EN DASH}    Lifecycle: nothing tried" in out.getvalue()
    assert "ok  " not in out.getvalue()


def test_gaps_are_a_line_for_each_reason(tmp_path: Path) -> None:
    notes = [NotCovered(f"thing {number}", "no writing") for number in range(90)]
    notes.append(NotCovered("a career", "no control API"))
    assert [gap.line for gap in grouped(notes)] == [
        "no writing: 90, such as thing 0; thing 30; thing 60",
        "no control API: a career",
    ]
    made = results()
    made.not_covered.extend(notes)
    write_files(made, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert page.count("<details>") == 2
    assert all(
        f"<li>thing {number}\n" in page or f"<li>thing {number}<" in page for number in range(90)
    )


def test_the_page_can_be_read_by_everybody(tmp_path: Path) -> None:
    """A landmark for the content, a name and a key's reach for what scrolls, and who made it."""
    made = results()
    found_and_broken(made)
    write_files(made, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert page.count("<main>") == 1
    scrolling = page.count('class="scroll"')
    assert page.count('class="scroll" tabindex="0" role="region" aria-label') == scrolling
    assert scrolling == 4  # the layers, a request, its script, an error
    for fact in ("<dt>date</dt>", "<dt>made by</dt><dd>register-contract ", ">1.0 s<"):
        assert fact in page


def test_a_test_with_known_drift_alone_is_skipped(tmp_path: Path) -> None:
    made = results()
    made.drifts.append(drift("bare"))
    made.causes = {
        "test_lists.py::test_pages": [finding().cause],
        "test_lists.py::test_order": [finding().cause, "another"],
    }
    cases = "".join(
        f'<testcase classname="test_lists" name="{name}"><failure>words</failure></testcase>'
        for name in ("test_pages", "test_order")
    )
    (tmp_path / "junit.xml").write_text(
        f'<testsuites><testsuite name="pytest" errors="0" failures="2" skipped="0" tests="2">'
        f"{cases}</testsuite></testsuites>"
    )
    write_files(made, tmp_path)
    suite = ET.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("failures"), suite.get("skipped"), suite.get("errors")) == ("1", "1", "0")
    outcomes = {case.get("name"): case[0].tag for case in suite.findall("testcase")}
    assert outcomes == {"test_pages": "skipped", "test_order": "failure"}
    skipped = suite.find("testcase/skipped")
    assert skipped is not None
    assert skipped.get("message") == "known drift: bare"
    assert skipped.text == "words"


def test_what_was_not_decided_is_said_to_be_so() -> None:
    names = [f"entry{number}" for number in range(7)]
    undecided = drift(*names, sure=False)
    assert undecided.ids == "one of entry0, entry1, entry2, entry3, entry4 and 2 more"
    assert drift("bare", "renamed").ids == "bare, renamed"
