"""`register-contract diff` as it is called: exit codes, forms, acceptances, notes, traffic."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import register_spec as spec
from register_contract.cli import main
from register_contract.tests.diff.untidy import NEW, OLD

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`diff` in a folder that has both untidy documents."""
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(OLD)
    Path("new.yaml").write_text(NEW)

    def called(*words: str) -> Result:
        result = CliRunner().invoke(main, ["diff", *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result

    return called


def fingerprints(run: Run) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(run("old.yaml", "new.yaml", "--format", "json").output)[
        "entries"
    ]
    return rows


def test_the_verdict_comes_first(run: Run) -> None:
    result = run("old.yaml", "new.yaml")
    assert result.exit_code == 1
    first = result.output.splitlines()[0]
    assert first == "old.yaml → new.yaml: 4 changes; 4 break a client"
    assert "a mock serves documents of this contract alone" in result.output


def test_no_change_is_a_success(run: Run) -> None:
    result = run("old.yaml", "old.yaml", "--fail-on", "any")
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == "old.yaml → old.yaml: no change"


@pytest.mark.parametrize(
    ("fail_on", "code"), [("breaking", 0), ("danger", 0), ("any", 1)], ids=lambda each: str(each)
)
def test_what_fails_is_asked_for(run: Run, fail_on: str, code: int) -> None:
    Path("new.yaml").write_text(OLD.replace("maxLength: 5", "maxLength: 9"))
    assert run("old.yaml", "new.yaml", "--fail-on", fail_on).exit_code == code


def test_a_stricter_profile_fails_for_more(run: Run) -> None:
    more = re.sub(r"( *)level: \{.*\n", r"\g<0>\1depth: {type: string}\n", OLD)
    Path("new.yaml").write_text(more)
    assert run("old.yaml", "new.yaml").exit_code == 0
    assert run("old.yaml", "new.yaml", "--profile", "strict").exit_code == 1


def test_a_profile_of_ones_own(run: Run) -> None:
    Path("mine.yaml").write_text("request.narrower: note\nnames.renamed: note\n")
    rows = json.loads(
        run("old.yaml", "new.yaml", "--profile", "mine.yaml", "--format", "json").output
    )
    assert "request.narrower" not in [id for row in rows["entries"] for id in row["ids"]]
    Path("mine.yaml").write_text("request.smaller: note\n")
    result = run("old.yaml", "new.yaml", "--profile", "mine.yaml")
    assert result.exit_code == 2
    assert "there is no id 'request.smaller'" in result.output


def test_every_form_is_of_its_kind(run: Run) -> None:
    def form(name: str) -> str:
        return run("old.yaml", "new.yaml", "--format", name).output

    assert form("md").startswith("## old.yaml → new.yaml")
    page = form("html")
    assert page.startswith("<!doctype html>")
    assert "http://" not in page
    assert "https://" not in page
    suite = ET.fromstring(form("junit").encode()).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("4", "4")
    log = json.loads(form("sarif"))["runs"][0]
    assert {row["level"] for row in log["results"]} == {"error"}
    narrower = next(row for row in log["results"] if row["ruleId"] == "request.narrower")
    place = narrower["locations"][0]["physicalLocation"]
    line = place["region"]["startLine"]
    assert "code:" in NEW.splitlines()[line - 1]
    assert (
        narrower["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "old.yaml"
    )
    commands = form("github").splitlines()
    assert all(line.startswith("::") for line in commands)
    assert any(f"file=new.yaml,line={line}," in each for each in commands)


def accepted(fingerprint: str, until: str, reason: str = "nobody calls it") -> str:
    row = {"fingerprint": fingerprint, "reason": reason, "until": until}
    return json.dumps({"accepted": [row]})


def test_what_is_accepted_does_not_fail(run: Run) -> None:
    rows = fingerprints(run)
    all_of_them = [
        {"fingerprint": r["fingerprint"], "reason": "ok", "until": "2999-01-01"} for r in rows
    ]
    Path("accept.yaml").write_text(json.dumps({"accepted": all_of_them}))
    result = run("old.yaml", "new.yaml", "--accept", "accept.yaml")
    assert result.exit_code == 0
    assert "accepted: ok, until 2999-01-01" in result.output


def test_an_acceptance_ends(run: Run) -> None:
    first = fingerprints(run)[0]["fingerprint"]
    yesterday = f"{datetime.now().astimezone() - timedelta(days=1):%Y-%m-%d}"
    Path("accept.yaml").write_text(accepted(first, yesterday))
    result = run("old.yaml", "new.yaml", "--accept", "accept.yaml")
    assert result.exit_code == 1
    assert f"over: {first} was accepted until {yesterday}" in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (accepted("000000000000", "2999-01-01"), "is no finding any more"),
        (accepted("000000000000", "soon"), "no day like"),
        (accepted("000000000000", "2999-01-01", " "), "has no reason"),
        ("accepted: [{fingerprint: a}]", "has to have"),
        ("[]", "no list under `accepted`"),
    ],
)
def test_a_wrong_acceptance_is_an_error(run: Run, text: str, said: str) -> None:
    Path("accept.yaml").write_text(text)
    result = run("old.yaml", "new.yaml", "--accept", "accept.yaml")
    assert result.exit_code == 2
    assert said in result.output


def test_in_place_nothing_may_break(run: Run) -> None:
    result = run("v2025.0", "v2026.1", "--in-place", "--no-witness")
    assert result.exit_code == 1
    assert "cannot land inside v2025.0" in result.output
    assert "v2025.1, or v2026.0" in result.output
    wider = spec.altered(
        spec.bundle("v2026.1"),
        spec.alteration(
            {
                "target": "$.components.schemas.TraineeFields.properties.first_names",
                "update": {"maxLength": 90},
            },
            "wider",
        ),
    )
    Path("wider.json").write_text(json.dumps(wider))
    result = run("v2026.1", "wider.json", "--in-place")
    assert result.exit_code == 0
    assert "It can land inside v2026.1" in result.output


def test_notes_that_are_written_are_right(run: Run) -> None:
    notes = run("v2025.0", "v2026.1", "--notes")
    assert notes.exit_code == 0
    assert "| `withdraw_date` | `withdrawal_date` |" in notes.output
    Path("notes.md").write_text(notes.output)
    checked = run("v2025.0", "v2026.1", "--check-notes", "notes.md")
    assert checked.exit_code == 0, checked.output


def test_notes_that_leave_something_out_are_told(run: Run) -> None:
    notes = run("v2025.0", "v2026.1", "--notes").output
    less = "\n".join(line for line in notes.splitlines() if "email" not in line)
    Path("notes.md").write_text(f"{less}\n* Trainees may fly to the moon by rocket.\n")
    checked = run("v2025.0", "v2026.1", "--check-notes", "notes.md")
    assert checked.exit_code == 1
    assert "changed, and not announced: email has to look like an address" in checked.output
    assert "announced, and no change: Trainees may fly to the moon by rocket." in checked.output


def test_a_commit_of_git_is_a_side(run: Run) -> None:
    def git(*words: str) -> None:
        asked = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words]
        subprocess.run(asked, check=True, capture_output=True)

    git("init", "-q")
    git("add", "old.yaml")
    git("commit", "-q", "-m", "one")
    result = run("HEAD:old.yaml", "new.yaml", "--format", "json")
    told = json.loads(result.output)
    assert told["old"] == "HEAD:old.yaml"
    assert len(told["entries"]) == 4


def requests(*rows: tuple[str, str, Any, int]) -> str:
    """A journal of the mock with these requests."""
    found = [
        {
            "time": "2025-10-15T09:00:00.000Z",
            "method": method,
            "path": f"/api/v2025.0{path}",
            "query": "",
            "status": status,
            "request": {
                "headers": {"Authorization": "Bearer x", "Content-Type": "application/json"},
                "body": body,
            },
            "response": {"headers": {}, "body": {}},
        }
        for method, path, body, status in rows
    ]
    return json.dumps({"requests": found})


def test_traffic_is_sent_to_both_sides(run: Run) -> None:
    sample = spec.bundle("v2025.0")["paths"]["/trainees"]["post"]["requestBody"]["content"][
        "application/json"
    ]["examples"]["documented"]["value"]
    Path("journal.json").write_text(
        requests(("GET", "/info", None, 200), ("POST", "/trainees", sample, 201))
    )
    result = run("v2025.0", "v2026.1", "--traffic", "journal.json")
    assert "the same     GET /info" in result.output
    assert "refused now  POST /trainees" in result.output
    assert "course_subject_one" in result.output
    assert "withdraw_date" not in result.output, "no request has it"
    for form in ("md", "html", "json"):
        told = run("v2025.0", "v2026.1", "--traffic", "journal.json", "--format", form).output
        assert "POST /trainees" in told
        assert "refused now" in told


def test_traffic_of_others_is_held_to_both_documents(run: Run) -> None:
    row = requests(("POST", "/things", {"data": {"kind_one": "a", "code": "12345"}}, 201))
    Path("journal.json").write_text(row.replace("v2025.0", "v1"))
    result = run("old.yaml", "new.yaml", "--traffic", "journal.json")
    assert "refused now  POST /things: not run" in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [("{}", "no HTTP archive"), ('{"requests": [{}]}', "cannot be read"), ("[", "is no JSON")],
)
def test_what_is_no_traffic_is_said(run: Run, text: str, said: str) -> None:
    Path("traffic.json").write_text(text)
    result = run("v2025.0", "v2026.1", "--traffic", "traffic.json")
    assert result.exit_code == 2
    assert said in result.output


def test_what_nobody_foresaw_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x-nobody-knows")

    monkeypatch.setattr("register_contract.diff.command.compare", broken)
    result = run("old.yaml", "new.yaml")
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert "mistake in register-contract" in result.output
    assert "KeyError ('x-nobody-knows') at test_command.py:" in result.output
