"""What people see: every finding whole, gaps with reasons, nothing a browser would run."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from register_contract.target.exchange import Exchange
from register_contract.tests.places import HEADER
from register_contract.verdict.finding import MOST_KEPT, Breach, Finding
from register_contract.verdict.judgement import verdict_of
from register_contract.verdict.reports import html
from register_contract.verdict.reports.terminal import TerminalReport
from register_contract.verdict.results import FoundError, Judge, NotCovered, Results


def exchange(body: bytes = b"{}") -> Exchange:
    return Exchange(
        method="POST",
        url="http://127.0.0.1:1/api/v2026.1/trainees?a=1&b=2",
        request_headers={"Authorization": "Bearer secret-token", "Accept": "application/json"},
        request_body=b'{"data": {"last_name": "O\'Neill"}}',
        status=500,
        headers={"content-type": "text/html"},
        body=body,
        token_header=HEADER,
    )


def finding(sentence: str = "create_trainee fails with a server error (500)") -> Finding:
    breach = Breach("status.server-error", sentence, "201", "500 <script>alert(1)</script>")
    return breach.of(exchange(), "create_trainee", "002 (POST /trainees)", 42)


def results(*findings: Finding) -> Results:
    made = Results(not_covered=[NotCovered("award", "the run has no control API")])
    made.facts.update(seed="42", requests="7", seconds="1")
    layer = made.layer("test_auth.py", "Authentication")
    verdict = {"tried": 3, "findings": [one.as_dict() for one in findings], "not_covered": []}
    made.add(layer, verdict, 0.5)
    return made


def printed(made: Results) -> str:
    out = io.StringIO()
    TerminalReport(Console(file=out, width=100)).finish(made)
    return out.getvalue()


def shown(made: Results) -> str:
    return html.render(made, verdict_of(made), made.facts)


def test_rows_and_vacuous_tests_are_told() -> None:
    made = results()
    made.rows, made.exercised = ["x-rules.a", "x-rules.b", "x-derived.c"], {"x-rules.a"}
    made.vacuous.append("test_x.py::test_y")
    text, page = printed(made), shown(made)
    assert "rows of the contract exercised: 1 of 3" in text
    assert "vacuous: test_x.py::test_y" in text
    assert "no verdict: 1 test of the suite has tried nothing" in text
    assert "<li>test_x.py::test_y" in page
    assert "1 of 3 rows of the tables were exercised" in page
    assert "<summary>x-rules: 1 not exercised</summary>" in page
    assert "<li>x-derived.c" in page
    assert "<li>x-rules.a" not in page


def test_a_run_that_knows_no_rows_tells_none() -> None:
    made = results()
    assert "rows of the contract" not in printed(made)
    assert "Rows of the contract" not in shown(made)
    assert "vacuous" not in printed(made).lower()


def test_a_finding_is_shown_whole() -> None:
    text = printed(results(finding()))
    for part in (
        "1. create_trainee fails with a server error (500)",
        "status.server-error",
        "002 (POST /trainees)",
        "201",
        "500 <script>",
        "42",
        "1 finding: 3 checks, 7 requests",
    ):
        assert part in text
    line = next(line for line in text.splitlines() if "curl -i" in line)
    assert "'http://127.0.0.1:1/api/v2026.1/trainees?a=1&b=2'" in line


def test_a_command_line_can_be_pasted_and_holds_no_token() -> None:
    line = exchange().curl()
    assert "secret-token" not in line
    assert '-H "Authorization: Bearer $TOKEN"' in line
    assert "-X POST" in line
    assert """'{"data": {"last_name": "O'"'"'Neill"}}'""" in line


def test_gaps_are_shown_with_their_reason() -> None:
    text = printed(results())
    assert "the run has no control API: award\n" in text
    assert "kept as far as tried" in text


def test_the_page_escapes_what_targets_send() -> None:
    page = shown(results(finding("it says <b>bold</b>")))
    assert "<script>alert" not in page
    assert "&lt;b&gt;bold" in page
    assert "1 finding" in page
    assert "award" in page


def test_the_same_finding_is_told_once() -> None:
    judge = Judge(42, {"create_trainee": "002"})
    breach = Breach("r", "s", "e", "g")
    for _ in range(3):
        judge.saw([breach], exchange(), "create_trainee")
    assert len(judge.findings) == 1
    assert judge.tried == 3
    made = results(finding(), finding())
    assert len(made.findings) == 1


def test_a_judge_may_stop_at_its_first_finding() -> None:
    judge = Judge(42, {}, stops=True)
    judge.saw([], exchange(), "create_trainee")
    with pytest.raises(FoundError):
        judge.saw([Breach("r", "s", "e", "g")], exchange(), "create_trainee")
    trial = judge.fresh()
    trial.saw([Breach("r", "other", "e", "g")], exchange(), "create_trainee")
    with pytest.raises(FoundError):
        judge.take(trial)
    assert list(judge.findings) == ["s", "other"]


def test_one_cause_is_one_finding_with_a_count_and_examples() -> None:
    judge = Judge(42, {})
    names = ("create_trainee", "update_trainee", "patch_trainee", "create_degree")
    for number in range(5):
        for operation in names:
            sentence = f"{operation} without field {number} is refused without saying it"
            breach = Breach("field.sentence", sentence, "e", "g", cause="“It” is not said")
            judge.saw([breach], exchange(), operation)
    (found,) = judge.findings.values()
    assert found.count == 20
    assert found.sentence == "“It” is not said (20 times)"
    assert found.operations == names
    assert {example.operation for example in found.examples} == set(names)
    assert len({example.file for example in found.examples}) == len(found.examples) == MOST_KEPT
    assert len({example.operation for example in found.shown}) == 3
    made = results(found)
    text = " ".join(printed(made).split())
    assert text.count("for example:") == 3
    assert "create_trainee, update_trainee, patch_trainee, create_degree" in text
    assert "1 finding: " in text
    assert found.as_text().count("repeat:    sh repeat/finding-") == 3
    assert html.render(made, verdict_of(made), {}).count("sh repeat/finding-") == 3


def test_a_cause_keeps_an_example_for_each_way_in_which_it_comes_about() -> None:
    judge = Judge(42, {})
    for way in [*("abc" * MOST_KEPT), "d"]:
        for number in range(2):
            breach = Breach("r", f"It is wrong {number}", "e", "g", cause="c", way=way)
            judge.saw([breach], exchange(), "create_trainee")
    (found,) = judge.findings.values()
    assert {example.way for example in found.examples} == set("abcd")
    assert MOST_KEPT > len(found.examples) == 8
    assert len({example.file for example in found.examples}) == 8


def test_two_causes_in_the_same_words_are_repeated_by_files_of_their_own() -> None:
    """What is not said of one trainee is not what is not said of the other."""
    judge = Judge(42, {})
    for said in ("It needs two", "It needs one"):
        breach = Breach("r", "It answers 202 instead of 422", "e", "g", cause=said, said=said)
        judge.saw([breach], exchange(), "recommend_for_qts")
    files = [found.first.file for found in judge.findings.values()]
    assert len(set(files)) == 2
    assert {*judge.recipes} == {*files}


def test_a_cause_in_two_layers_is_one_finding() -> None:
    made = results(finding())
    verdict = {"tried": 1, "findings": [finding().as_dict()], "not_covered": []}
    made.add(made.layer("test_lists.py", "Lists"), verdict, 0.1)
    assert [layer.clean for layer in made.layers.values()] == [False, False]
    (found,) = made.findings
    assert found.count == 2


def test_a_status_no_document_lists_gives_way_to_what_is_due() -> None:
    judge = Judge(42, {})
    for _ in range(2):
        one = exchange()
        judge.saw([Breach("status.undocumented", "answers 418", "e", "g")], one, "show_info")
        assert judge.findings["answers 418"].count == 1
        judge.saw([Breach("status.wrong", "418 instead of 200", "e", "g")], one, "show_info")
        assert list(judge.findings) == ["418 instead of 200"]


def test_an_answer_is_described_shortly() -> None:
    assert exchange(b"x" * 1000).describe().endswith(" …")
    assert exchange(b"").describe() == "500"


def test_a_token_in_another_header_is_a_variable_too() -> None:
    sent = {"X-Key": 'a "$b" secret-token;', "Authorization": "Bearer x"}
    form = 'X-Key: a "$b" {token};'
    line = Exchange("GET", "http://h", sent, None, 200, token_header=form).curl()
    assert line == (
        """curl -i -H "X-Key: a \\"\\$b\\" $TOKEN;" -H 'Authorization: Bearer x' http://h"""
    )
