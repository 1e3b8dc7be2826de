"""The language of the tables: README, schema, interpreter and phrases have the same words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import register_spec as spec
from register_mock.contract import phrases
from register_mock.contract.conditions import JOINED, TESTS
from register_mock.contract.values import VALUES
from register_mock.tests.conftest import Api, make_api
from register_spec.documents import read_yaml
from register_spec.rows import used_words
from register_spec.tests.copies import changed_contract

README = (spec.source_folder() / "README.md").read_text(encoding="utf-8")
FORMS = read_yaml(Path(spec.__file__).with_name("x-keys.schema.yaml"))["$defs"]
_ROW = re.compile(r"^\| `(\w+)` \| `(.+?)` \| (.+) \|$", re.MULTILINE)


def section(title: str, text: str = README) -> str:
    """Return what stands under a heading, up to the next one."""
    found = re.search(rf"^### {title}\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def branches(rows: list[dict[str, Any]]) -> set[str]:
    return {word for row in rows for word in row["required"]}


def readme_words(title: str, text: str = README) -> set[str]:
    return {word for word, _, _ in _ROW.findall(section(title, text))}


def value_words() -> set[str]:
    return branches(FORMS["value"]["else"]["oneOf"])


def condition_words() -> set[str]:
    joining = branches(FORMS["condition"]["oneOf"]) - {"value", "values"}
    tests = branches(FORMS["condition"]["dependentSchemas"]["value"]["oneOf"])
    return {*joining, *tests, "in_table"}


def test_values_have_the_same_words_everywhere() -> None:
    assert VALUES.keys() == value_words() == readme_words("Values") == phrases.VALUE_PHRASES.keys()


def test_conditions_have_the_same_words_everywhere() -> None:
    words = {*JOINED, *TESTS, "in_table"}
    assert words == condition_words() == readme_words("Conditions")
    assert phrases.TESTS.keys() == words - JOINED.keys()


@pytest.mark.parametrize(
    ("form", "word", "example"),
    [
        (form, word, example)
        for form, title in (("value", "Values"), ("condition", "Conditions"))
        for word, example, _ in _ROW.findall(section(title))
    ],
)
def test_each_example_uses_its_word_and_is_of_the_language(
    form: str, word: str, example: str
) -> None:
    row = yaml.safe_load(example)
    assert word in row
    Draft202012Validator({"$ref": f"#/$defs/{form}", "$defs": FORMS}).validate(row)


def test_an_example_reads_as_a_sentence_without_its_braces() -> None:
    words = phrases.Phrases(lambda name: name)
    for _, example, _ in _ROW.findall(section("Values")):
        assert "{" not in words.value(yaml.safe_load(example))
    for _, example, _ in _ROW.findall(section("Conditions")):
        assert "{" not in words.condition(yaml.safe_load(example))


def unused() -> set[str]:
    used = {
        word
        for version in spec.versions()
        for reading in spec.readings(version)
        for word in used_words(spec.bundle(version, reading))
    }
    return (value_words() | condition_words()) - used


def test_a_word_that_no_row_uses_is_named_as_coming() -> None:
    named = re.search(r"For what comes next: (.*?)\.\n", README)
    assert named is not None
    assert unused() == set(re.findall(r"`(\w+)`", named[1]))


def _domain(document: Any) -> None:
    """Only some routes may start in a cycle: a table, and the rule that asks it."""
    document["x-domain"]["routes"] = {
        "columns": ["start_cycle", "training_route"],
        "rows": [[{"from": 2015, "to": 2024}, ["02", "03", "11"]], [2025, "03"]],
    }
    document["x-rules"]["route_of_the_cycle"] = {
        "operations": ["create_trainee", "update_trainee"],
        "field": "training_route",
        "must": {
            "values": [{"cycle": "itt_start_date"}, {"field": "training_route"}],
            "in_table": "routes",
        },
        "text": "is not offered then",
    }


def test_a_domain_table_and_a_rule_are_held_without_code(tmp_path: Path) -> None:
    folder = changed_contract(tmp_path / "spec", _domain)
    api = make_api(spec.versions(folder)[-1], spec_dir=folder)
    dates = {"itt_start_date": "2025-09-01", "trainee_start_date": "2025-09-01"}
    assert api.created(training_route="03", itt_end_date="2026-09-01", **dates)
    refused = api.create(training_route="11", last_name="Other", itt_end_date="2026-09-01", **dates)
    assert api.messages(refused) == ["Training route is not offered then"]
    (told,) = [each for each in _explanations(api) if each["rule"] == "route_of_the_cycle"]
    assert told["allowed"] == "together in a row of routes"


def _explanations(api: Api) -> list[Any]:
    entries = api.client.get("/_mock/requests").get_json()["requests"]
    return [each for entry in entries for each in entry.get("explanation", [])]


def test_a_rule_that_is_broken_tells_what_would_be_right() -> None:
    api = make_api(spec.versions()[-1])
    api.create(itt_start_date="2028-10-01", trainee_start_date="2010-01-01")
    told = {each["rule"]: each["allowed"] for each in _explanations(api)}
    assert told == {
        "itt_start_date_within_a_year": "on or before 2026-10-15",
        "trainee_start_date_within_ten_years": "on or after 2015-10-15",
    }
