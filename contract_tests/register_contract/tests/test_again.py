"""Findings that are tried again: on the target, on another, and by the contract alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from register_contract.target.ending import StoppedError
from register_contract.target.mock_process import running_mock
from register_contract.tests.command import register_contract
from register_contract.tests.hostile import Asked, Reply, hostile, relayed
from register_contract.tests.serving import unused_port
from register_contract.verdict.recorded import as_data, read

SENTENCE = "withdraw_trainee on a trainee that is withdrawn answers 200 instead of 422"
RUN = ("run", "--seed", "1", "--no-known-drift", "--only", "lifecycle and withdraw_trainee")
FORMS = ("http", "hurl", "postman", "pytest")


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """A mock in which who is withdrawn can be so again."""
    with running_mock("--defect", "withdrawn_trainee_withdraws_again") as base:
        yield base


@pytest.fixture(scope="module")
def report(broken: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that finds it, in all forms."""
    folder = tmp_path_factory.mktemp("report")
    exports = [word for form in FORMS for word in ("--export", form)]
    done = register_contract(*RUN, broken, "--report", str(folder), *exports)
    assert done.returncode == 1, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def finding(report: Path) -> Path:
    """The file of the finding."""
    return one_of(report, SENTENCE)


def one_of(report: Path, sentence: str) -> Path:
    """The file of the example with that sentence."""
    told = json.loads((report / "report.json").read_text())["findings"]
    files = {each["sentence"]: each["repeat"] for one in told for each in one["examples"]}
    return report / Path(files[sentence]).with_suffix(".json")


@contextmanager
def without_control(upstream: str) -> Iterator[str]:
    """A mock as a deployment is: without a control API."""
    with hostile(lambda a: relayed(upstream, a) if a.public else Reply(b"{}", 404)) as base:
        yield base


def tokens_of(mock: str) -> list[str]:
    world = requests.get(f"{mock}/_mock/worlds/default", timeout=30).json()
    return [provider["tokens"][0]["token"] for provider in world["providers"]]


def test_it_is_still_there_as_long_as_it_is(broken: str, finding: Path) -> None:
    done = register_contract("replay", str(finding), "--url", broken)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.startswith(f"STILL      {SENTENCE}")
    assert "expected 422" in done.stdout
    worlds = requests.get(f"{broken}/_mock/worlds", timeout=30).json()["worlds"]
    assert [world["name"] for world in worlds] == ["default"]


@pytest.mark.nightly
def test_without_an_address_a_mock_is_asked(finding: Path) -> None:
    done = register_contract("replay", str(finding))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"FIXED      {SENTENCE}")


@pytest.mark.nightly
def test_it_has_changed_where_the_answer_is_a_third_one(finding: Path) -> None:
    with running_mock("--defect", "wrong_state_as_409") as base:
        done = register_contract("replay", str(finding), "--url", base, "--format", "json")
    assert done.returncode == 1
    (told,) = json.loads(done.stdout)
    assert (told["verdict"], told["got"][:3], told["expected"][:3]) == ("CHANGED", "409", "422")


def test_what_leads_there_may_be_answered_otherwise(
    broken: str, finding: Path, tmp_path: Path
) -> None:
    raw = json.loads(finding.read_text())
    raw["steps"][-1]["status"] = 299
    there = tmp_path / finding.name
    there.write_text(json.dumps(raw))
    done = register_contract("replay", str(there), "--url", broken)
    assert (done.returncode, done.stdout[:7]) == (1, "CHANGED")
    assert "instead of 299, so the request in question is not reached" in done.stdout


def test_a_report_is_judged_by_the_contract_of_today(report: Path, tmp_path: Path) -> None:
    """Had the run got in one place what the contract wants by now, there it would be settled."""
    told = json.loads((report / "report.json").read_text())
    files = [each["repeat"] for found in told["findings"] for each in found["examples"]]
    (tmp_path / "repeat").mkdir()
    for place, name in enumerate(files):
        there = Path(name).with_suffix(".json")
        raw = json.loads((report / there).read_text())
        if not place:
            raw["answer"] |= {"status": 422, "body": wanted_body(raw["expected"])}
        (tmp_path / there).write_text(json.dumps(raw))
    (tmp_path / "report.json").write_text(json.dumps(told))
    done = register_contract("judge", str(tmp_path / "report.json"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"1 fixed, {len(files) - 1} still" in done.stdout


def wanted_body(expected: str) -> str:
    return expected if expected.startswith("{") else '{"errors": []}'


@pytest.fixture(scope="module")
def tokens(broken: str) -> list[str]:
    """Those of the providers in the default world of the mock."""
    return tokens_of(broken)


@pytest.fixture(scope="module")
def found(broken: str, tokens: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a finding of a target whose records and tokens are its own."""
    folder = tmp_path_factory.mktemp("deployment")
    given = ["--token", tokens[0], "--second-token", tokens[1], "--rate", "none"]
    with without_control(broken) as base:
        done = register_contract(
            *(*RUN[:-1], "lifecycle and happens_once and withdraw_trainee", base, *given),
            *("--profile", "full", "--report", str(folder), "--export", "pytest"),
        )
    assert done.returncode == 1, done.stdout + done.stderr
    told = json.loads((folder / "report.json").read_text())["findings"]
    return folder / Path(told[0]["examples"][0]["repeat"]).with_suffix(".json")


def test_no_token_is_in_its_files(found: Path, tokens: list[str]) -> None:
    texts = [path.read_text() for path in found.parent.iterdir()]
    assert len(texts) >= 3
    assert not [text for text in texts if any(token[:-1] in text for token in tokens)]


def test_it_is_sent_again_with_other_tokens_and_names(
    broken: str, found: Path, tokens: list[str]
) -> None:
    seen: list[bytes] = []

    def watched(asked: Asked) -> Reply:
        seen.append(asked.body)
        return relayed(broken, asked) if asked.public else Reply(b"{}", 404)

    with hostile(watched) as base:
        words = ("replay", str(found), "--url", base, "--profile", "full")
        done = register_contract(*words, "--token", tokens[0])
    assert done.stdout.startswith("STILL"), done.stdout + done.stderr
    assert read(found).recipe.nonce not in b"".join(seen).decode()


@pytest.mark.nightly
def test_a_mock_gets_it_in_a_world_of_its_own(found: Path) -> None:
    with running_mock() as base:
        done = register_contract("replay", str(found), "--url", base)
    assert done.stdout.startswith("FIXED"), done.stdout + done.stderr


def test_nothing_is_written_unasked(broken: str, found: Path, tokens: list[str]) -> None:
    with without_control(broken) as base:
        done = register_contract("replay", str(found), "--url", base, "--token", tokens[0])
    assert (done.returncode, done.stdout) == (2, "")
    assert "--profile full allows it" in done.stderr


def test_it_says_which_token_it_needs(broken: str, found: Path) -> None:
    with without_control(broken) as base:
        words = ("replay", str(found), "--url", base, "--profile", "full")
        done = register_contract(*words)
    assert done.returncode == 2
    assert "needs a token: give it by --token" in done.stderr


def test_one_of_a_mock_needs_a_mock(broken: str, finding: Path) -> None:
    with without_control(broken) as base:
        done = register_contract("replay", str(finding), "--url", base)
    assert done.returncode == 2
    assert f"{base} has no control API" in done.stderr


def test_nobody_there_is_said(finding: Path) -> None:
    base = f"http://127.0.0.1:{unused_port()}"
    done = register_contract("replay", str(finding), "--url", base)
    assert done.returncode == 2
    assert f"nothing usable answers at {base}" in done.stderr


def test_what_is_written_is_read_the_same(finding: Path) -> None:
    raw = json.loads(finding.read_text())
    assert as_data(read(finding)) == raw


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"form": 2}, "form: 1 was expected"),
        ({"now": 1}, "now: 1 is not of type 'string'"),
        ({"now": "yesterday"}, "now: 'yesterday' is no time"),
        ({"steps": [{}]}, "steps/0: 'method' is a required property"),
        ({"version": "v2030.1"}, "v2030.1"),
    ],
)
def test_a_wrong_file_is_told(
    finding: Path, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    there = tmp_path / "finding.json"
    there.write_text(json.dumps({**json.loads(finding.read_text()), **change}))
    done = register_contract("replay", str(there))
    assert (done.returncode, done.stdout) == (2, "")
    assert str(there) in done.stderr
    assert words in done.stderr


def test_what_is_no_file_of_a_finding_is_told(report: Path, tmp_path: Path) -> None:
    with pytest.raises(StoppedError, match="cannot be read: No such file"):
        read(tmp_path / "nothing.json")
    (tmp_path / "text.json").write_text("{")
    with pytest.raises(StoppedError, match="is no JSON"):
        read(tmp_path / "text.json")
    done = register_contract("judge", str(report / "report.sarif"))
    assert done.returncode == 2
    assert "is no report.json" in done.stderr


class TestExports:
    """The files for tools of others, as far as they can be run here."""

    def test_each_example_is_in_each_form(self, report: Path) -> None:
        scripts = sorted((report / "repeat").glob("*.sh"))
        assert scripts
        for script in scripts:
            names = ("{}.http", "{}.hurl", "{}.postman_collection.json", "test_{}.py")
            stems = (script.stem, script.stem, script.stem, script.stem.replace("-", "_"))
            for name, stem in zip(names, stems, strict=True):
                assert (script.parent / name.format(stem)).exists()

    def test_the_test_fails_as_long_as_the_finding_stands(self, broken: str, finding: Path) -> None:
        file = finding.with_name(f"test_{finding.stem.replace('-', '_')}.py")
        with running_mock() as sound:
            for base, code in ((broken, 1), (sound, 0)):
                done = subprocess.run(
                    [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)],
                    capture_output=True,
                    text=True,
                    check=False,
                    env={"BASE": base, "PATH": "/usr/bin:/bin"},
                )
                assert done.returncode == code, done.stdout + done.stderr
                assert ("the contract wants 422" in done.stdout) == bool(code)

    def test_variables_are_there_before_they_are_used(self, finding: Path) -> None:
        collection = json.loads(
            finding.with_name(f"{finding.stem}.postman_collection.json").read_text()
        )
        known = {variable["key"] for variable in collection["variable"]}
        for item in collection["item"]:
            used = set(variables(json.dumps(item["request"])))
            assert used <= known, item["name"]
            lines = [line for each in item.get("event", ()) for line in each["script"]["exec"]]
            known |= {line.split("'")[1] for line in lines if "collectionVariables.set" in line}
        text = finding.with_suffix(".http").read_text()
        assert set(variables(text)) <= known

    def test_an_unknown_form_is_told(self) -> None:
        done = register_contract(*RUN, "--export", "curl")
        assert done.returncode == 2
        assert "'curl' is not one of 'http', 'hurl', 'postman', 'pytest'" in done.stderr


def variables(text: str) -> list[str]:
    return [piece.partition("}}")[0] for piece in text.split("{{")[1:]]
