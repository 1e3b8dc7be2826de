"""Exports of the contract: each request of the files answers as its scenario says.

What newman and Bruno make of theirs is tried by `tox -e clients`; here are the files of HTTP
requests, by a reader of our own, and the OpenAPI document.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

import register_spec as spec
from register_contract.exporting import FORMS
from register_contract.exporting.command import export
from register_contract.oracle.contract import Contract
from register_contract.target.ending import StoppedError
from register_contract.target.mock_process import mock_command, running_mock
from register_contract.tests.command import register_contract

NEWEST = spec.versions()[-1]
EDITIONS = [
    version if reading == spec.DOCUMENTED else f"{version}@{reading}"
    for version in spec.versions()
    for reading in spec.readings(version)
]
PARTS = 6


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock with an empty world, at about the time of the documents."""
    with running_mock("--seed", "empty", "--now", "2025-10-15") as base:
        yield base


# --- a reader of .http files

STEP = re.compile(r"\?\.(?:\[(\d+)\]|(\w+))")
SET = re.compile(r"client\.global\.set\((\".*?\"), (.*)\);")
ASSERT = re.compile(r"client\.assert\((.*)\);")


class Reader:
    """Sends the requests of a file; `wrong` are the conditions that are not met."""

    def __init__(self, **names: str) -> None:
        self.names: dict[str, Any] = dict(names)
        self.wrong: list[str] = []
        self.sent = 0

    def put_in(self, text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda found: str(self.names[found[1]]), text)

    def run(self, text: str) -> None:
        for block in text.split("\n### ")[1:]:
            asked, _, handler = block.partition("\n> {%\n")
            head, _, body = asked.partition("\n\n")
            title, line, *headers = self.put_in(head).strip().split("\n")
            method, _, url = line.partition(" ")
            rows = (each.split(": ", 1) for each in headers)
            sent = self.put_in(body).strip("\n").encode() or None
            answer = requests.request(method, url, headers=dict(rows), data=sent, timeout=20)
            self.sent += 1
            for name, value in SET.findall(handler):
                self.names[json.loads(name)] = self.value(value, answer)
            conditions = ASSERT.findall(handler)
            assert conditions, title
            met = {each: self.holds(each, answer) for each in conditions}
            self.wrong += [f"{title}: {each}: {answer.text[:300]}" for each in met if not met[each]]

    def holds(self, condition: str, answer: requests.Response) -> bool:
        if condition.startswith("said.includes("):
            text = self.value(condition[14:-1], answer)
            said = json.dumps(_json(answer), ensure_ascii=False, separators=(",", ":"))
            return text in said
        if condition.endswith(".includes(response.status)"):
            return answer.status_code in json.loads(condition.partition(".")[0])
        left, sign, right = re.split(r" (===|<) ", condition, maxsplit=1)
        one, other = self.value(left, answer), self.value(right, answer)
        return bool(one < other) if sign == "<" else type(one) is type(other) and one == other

    def value(self, expression: str, answer: requests.Response) -> Any:
        """The first part of a chain of ` ?? ` that is there, or the parts of a text."""
        if expression.startswith("(") and expression.endswith(".toUpperCase()"):
            return str(self.value(expression[1:-15], answer)).upper()
        if expression.startswith("(") and expression.endswith(")"):
            return self.value(expression[1:-1], answer)
        if '" + ' in expression or ") + " in expression:
            return "".join(self.value(each, answer) for each in expression.split(" + "))
        if expression == "response.status":
            return answer.status_code
        if expression.startswith("response.headers.valueOf("):
            return answer.headers.get(json.loads(expression[25:-1]))
        if expression.startswith('"') or not re.match("response|client|null", expression):
            return json.loads(expression)
        values = (self.part(each, answer) for each in expression.split(" ?? "))
        return next((each for each in values if each is not None), None)

    def part(self, expression: str, answer: requests.Response) -> Any:
        if expression.startswith("client.global.get("):
            return self.names[json.loads(expression[18:-1])]
        node = _json(answer) if expression != "null" else None
        for index, name in STEP.findall(expression):
            if name == "length" and isinstance(node, list):
                node = len(node)
            elif index and isinstance(node, list) and int(index) < len(node):
                node = node[int(index)]
            else:
                node = node.get(name) if name and isinstance(node, dict) else None
        return node


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


def run_part(mock: str, edition: str, folder: Path, part: int) -> Reader:
    """Send the requests of every sixth file, from the one of this number on."""
    export("http", edition, folder, None)
    reader = Reader(BASE=mock)
    for path in sorted(folder.glob("scenarios/*/*.http"))[part::PARTS]:
        reader.run(path.read_text(encoding="utf-8"))
    return reader


@pytest.mark.parametrize(("part", "edition"), [*enumerate(EDITIONS)])
def test_a_part_of_the_requests_answers_as_the_scenarios_say(
    part: int, edition: str, mock: str, tmp_path: Path
) -> None:
    reader = run_part(mock, edition, tmp_path, part)
    assert reader.wrong == []
    assert reader.sent > 120


@pytest.mark.nightly
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_request_answers_as_the_scenarios_say(
    part: int, edition: str, mock: str, tmp_path: Path
) -> None:
    assert run_part(mock, edition, tmp_path, part).wrong == []


def test_the_operations_answer_with_documented_statuses(mock: str, tmp_path: Path) -> None:
    export("http", NEWEST, tmp_path, None)
    token = requests.get(f"{mock}/_mock/worlds", timeout=20).json()["worlds"][0]
    reader = Reader(BASE=mock, TOKEN=token["providers"][0]["tokens"][0]["token"])
    reader.names |= {"trainee_id": "unknown", "placement_id": "unknown", "degree_id": "unknown"}
    reader.run((tmp_path / "operations.http").read_text(encoding="utf-8"))
    assert reader.wrong == []
    contract = Contract(NEWEST, spec.bundle(NEWEST), {})
    assert reader.sent >= len(contract.operations)


def test_an_answer_that_is_not_as_it_says_is_seen(mock: str, tmp_path: Path) -> None:
    """The reader of this file and the conditions in the exported ones can fail."""
    export("http", NEWEST, tmp_path, None)
    files = tmp_path.glob("scenarios/create_trainee/*.http")
    text = next(text for text in map(Path.read_text, files) if '"Conflict"' in text)
    for right, wrong in (("=== 409", "=== 422"), ('"Conflict"', '"Clash"'), ("length", "size")):
        assert right in text
        reader = Reader(BASE=mock)
        reader.run(text.replace(right, wrong))
        assert len(reader.wrong) >= 1


# --- the OpenAPI document


@pytest.mark.parametrize(
    "edition",
    [pytest.param(each, marks=[pytest.mark.nightly] * (each != NEWEST)) for each in EDITIONS],
)
def test_examples_are_valid_by_the_document_they_stand_in(edition: str, tmp_path: Path) -> None:
    export("openapi-examples", edition, tmp_path, None)
    document = spec.read_foreign((tmp_path / "register.openapi.yaml").read_text(encoding="utf-8"))
    assert [*OpenAPIV31SpecValidator(document).iter_errors()] == []
    version, _, reading = edition.partition("@")
    before = spec.bundle(version, reading or spec.DOCUMENTED)
    contract = Contract(edition, document, {})
    added = 0
    for name, operation in contract.operations.items():
        old = Contract(edition, before, {}).operations[name]
        added += len(operation.examples) - len(old.examples)
        for row in operation.examples.values():
            assert contract.validator(operation.body or {}).is_valid(row["value"]), name
        for status, answer in operation.answers.items():
            added += len(answer.examples) - len(old.answers[status].examples)
            for row in answer.examples.values():
                assert contract.validator(answer.schema or {}).is_valid(row["value"]), name
    assert added > 100


# --- all forms


def test_the_scenarios_are_those_that_the_mock_plays(tmp_path: Path) -> None:
    """Mock and suite each find out where a scenario is played."""
    export("http", EDITIONS[-1], tmp_path, None)
    _, _, reading = EDITIONS[-1].partition("@")
    command = [*mock_command("scenarios"), "--api-version", NEWEST, "--as", reading]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    sentences = sorted(line.partition(": ")[2] for line in done.stdout.splitlines())
    texts = [path.read_text() for path in tmp_path.glob("scenarios/*/*.http")]
    assert sorted(text.partition("\n")[0].removeprefix("# ") for text in texts) == sentences


@pytest.mark.parametrize("form", FORMS[:3])
def test_each_operation_is_there(form: str, tmp_path: Path) -> None:
    export(form, NEWEST, tmp_path, None)
    text = "\n".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    contract = Contract(NEWEST, spec.bundle(NEWEST), {})
    for operation in contract.operations:
        assert operation in text or operation.replace("_", " ") in text


def test_what_cannot_be_exported_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    for words, said in (
        (("postman", "v9", "new"), "v9"),
        (("postman", f"{NEWEST}@seen", "new"), "no 'seen' reading"),
        (("postman", NEWEST, "full"), "is not empty"),
        (("postman", NEWEST, "full/file"), "is a file"),
        (("telepathy", NEWEST, "new"), "is not one of"),
    ):
        form, edition, folder = words
        done = register_contract("export", form, edition, str(tmp_path / folder))
        assert done.returncode == 2, done.stdout
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoppedError, match="cannot be written: Not a directory"):
        export("http", NEWEST, tmp_path / "file" / "folder", None)
