"""Every rule that the suite can report is broken by something: a check that cannot fail is none."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import register_contract
import register_spec as spec
from register_contract.oracle.contract import Contract
from register_contract.score.catalogue import defects
from register_contract.suite.checks.answers import check_answer
from register_contract.target.exchange import Exchange
from register_contract.target.mock_process import running_mock
from register_contract.tests.all_faults import FAULTS
from register_contract.tests.command import register_contract as command
from register_contract.tests.proxy import Ask, Asked, Fault, Given, spoiled
from register_contract.tests.violations import (
    BY_DEFECT,
    BY_FAULT,
    IN_SHAPE,
    OF_THE_LIMIT,
    UNBROKEN,
)

SUITE = Path(register_contract.__file__).parent
_RULE = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
# What a schema may ask for, and a finding is named after as it is.
_KEYWORDS = {
    *("enum", "const", "format", "pattern", "anyOf", "oneOf", "not", "minimum", "maximum"),
    *("minItems", "maxItems", "uniqueItems", "minLength", "maxLength"),
    *("minProperties", "maxProperties", "multipleOf", "dependentRequired"),
}
_DEFINED = ("properties", "patternProperties", "$defs")


def written_rules() -> set[str]:
    """The rules that stand in the code of the suite."""
    paths = [path for room in ("suite", "oracle") for path in (SUITE / room).rglob("*.py")]
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    rules = {text for text in texts if isinstance(text, str) and _RULE.fullmatch(text)}
    return {rule for rule in rules if not rule.startswith("x-")}


def asked_of_answers() -> set[str]:
    """The rules that are named after what the schemas of answers ask for."""
    found: set[str] = set()
    for version in spec.versions():
        for reading in spec.readings(version):
            contract = Contract(version, spec.bundle(version, reading))
            answers = (a for each in contract.operations.values() for a in each.answers.values())
            seen: set[str] = set()
            for answer in answers:
                found |= set(keywords(contract, answer.schema, seen))
    return {f"field.{word}" for word in found}


def keywords(contract: Contract, schema: Any, seen: set[str]) -> Iterator[str]:
    """What a schema asks for, each part of the document once."""
    if isinstance(schema, list):
        for each in schema:
            yield from keywords(contract, each, seen)
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        if schema["$ref"] not in seen:
            seen.add(schema["$ref"])
            yield from keywords(contract, contract.resolve(schema), seen)
        return
    yield from _KEYWORDS & schema.keys()
    for name, part in schema.items():
        if name in _DEFINED:
            yield from keywords(contract, list(part.values()), seen)
        elif not name.startswith("x-") and name not in ("enum", "const", "example", "examples"):
            yield from keywords(contract, part, seen)


def test_each_rule_is_broken_by_something() -> None:
    broken = Counter([*BY_FAULT, *BY_DEFECT, *IN_SHAPE, *UNBROKEN, OF_THE_LIMIT])
    assert {rule for rule, count in broken.items() if count > 1} == set()
    assert written_rules() | asked_of_answers() == set(broken)


def test_rules_are_found_in_the_code_and_the_documents() -> None:
    assert {"list.order", "query.words", "write.touches-more"} <= written_rules()
    assert {"field.enum", "field.pattern", "field.anyOf"} <= asked_of_answers()


def test_what_breaks_them_is_there() -> None:
    assert set(BY_FAULT.values()) <= set(FAULTS)
    assert {id for id, _ in BY_DEFECT.values()} <= {defect.id for defect in defects()}


# --- answers by themselves


def answer(status: int, body: Any, content_type: str = "application/json", **more: Any) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(
        "GET", "http://h/x", {}, None, status, {"content-type": content_type, **more}, raw
    )


@pytest.mark.parametrize(
    ("rule", "exchange"),
    [
        ("answer.none", Exchange("GET", "u", {}, None, 0, failure="it hung up")),
        ("answer.redirect", answer(302, b"", location="/login")),
        ("answer.not-json", answer(200, b"{")),
        ("envelope.not-object", answer(401, ["Unauthorized"])),
        ("status.undocumented", answer(418, {})),
        ("status.server-error", answer(500, {"error": "Internal server error"})),
    ],
)
def test_a_wrong_answer_breaks_its_rule(rule: str, exchange: Exchange) -> None:
    contract = Contract("v2026.1", spec.bundle("v2026.1"))
    told = check_answer(contract, contract.operation("show_trainee"), exchange)
    assert [breach.rule for breach in told] == [rule]
    assert rule in IN_SHAPE


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"anyOf": [{"const": 1}, {"const": 2}]}, 3),
        ({"const": 1}, 2),
        ({"format": "date"}, "2025-13-01"),
        ({"maxItems": 1}, [1, 2]),
        ({"maxLength": 1}, "ab"),
        ({"maximum": 1}, 2),
        ({"minItems": 1}, []),
        ({"minProperties": 1}, {}),
    ],
)
def test_a_wrong_value_breaks_the_rule_of_its_keyword(schema: dict[str, Any], value: Any) -> None:
    shape = {"type": "object", "properties": {"data": {"properties": {"x": schema}}}}
    content = {"application/json": {"schema": shape}}
    operation = {"operationId": "o", "responses": {"200": {"content": content}}}
    document = {"paths": {"/x": {"get": operation}}, "components": {"schemas": {}}}
    contract = Contract("v", document)
    told = check_answer(contract, contract.operation("o"), answer(200, {"data": {"x": value}}))
    (rule,) = (f"field.{keyword}" for keyword in schema)
    assert [breach.rule for breach in told] == [rule]
    assert rule in IN_SHAPE


# --- the rate limit


def a_limit_of_two() -> Fault:
    """Each token may ask twice, once it has a limit."""
    counts: Counter[str] = Counter()

    def refused(asked: Asked, given: Given, ask: Ask) -> Given:
        counts[asked.authorization] += 1
        is_third = counts[asked.authorization] == 3
        return replace(given, status=429, body={"errors": []}) if is_third else given

    return refused


@pytest.mark.slow
def test_a_lower_limit_breaks_its_rule(tmp_path: Path) -> None:
    with running_mock() as base, spoiled(base, a_limit_of_two()) as target:
        told = rules_told(target.base, "v2026.1", "rate and too_many", tmp_path)
    assert OF_THE_LIMIT in told


# --- defects of the mock


def rules_told(base: str, edition: str, only: str, folder: Path) -> set[str]:
    """The rules of what a run finds."""
    words = ["run", base, "--api-version", edition, "--seed", "7", "--only", only]
    result = command(*words, "--no-known-drift", "--report", str(folder))
    assert result.returncode == 1, result.stdout + result.stderr
    report = json.loads((folder / "report.json").read_text())
    return {finding["rule"] for finding in report["findings"]}


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("rule", sorted(BY_DEFECT))
def test_a_defect_breaks_its_rule(rule: str, tmp_path: Path) -> None:
    id, only = BY_DEFECT[rule]
    (defect,) = (each for each in defects() if each.id == id)
    reading = defect.edition.partition("@")[2]
    with running_mock("--defect", id, "--as", reading) as base:
        assert rule in rules_told(base, defect.edition, only, tmp_path)
