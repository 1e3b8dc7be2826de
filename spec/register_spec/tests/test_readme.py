"""README.md describes every `x-` key, as its schema has it, and every decision that is cited."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import register_spec as spec
from register_spec.documents import Document, read_yaml

FOLDER = spec.source_folder()
README = (FOLDER / "README.md").read_text(encoding="utf-8")
SCHEMA = read_yaml(Path(spec.__file__).with_name("x-keys.schema.yaml"))
_SECTION = re.compile(r"^### `(x-[a-z-]+)`\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
_SAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def readme_problems(text: str, schema: Document) -> list[str]:
    """Keys and words that the README or the schema lacks, and samples the schema refuses."""
    sections = dict(_SECTION.findall(text))
    keys = {key for key in schema["$defs"] if key.startswith("x-")}
    found = [f"{key} is not in both" for key in sorted(sections.keys() ^ keys)]
    for key in sections.keys() & keys:
        found += _sample_problems(key, sections[key], schema)
    said = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", text))))
    said |= set(re.findall(r"\w+", " ".join(_SAMPLE.findall(text))))
    found += [f"{word} is not explained" for word in sorted(set(_words(schema["$defs"])) - said)]
    return found


def _sample_problems(key: str, section: str, schema: Document) -> Iterator[str]:
    rows = _SAMPLE.findall(section)
    if not rows:
        yield f"{key} has no sample"
    check = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{key}", "$defs": schema["$defs"]})
    for row in rows:
        for error in check.iter_errors(yaml.safe_load(row)[key]):
            yield f"{key}: {error.message}"


def _words(node: Any) -> Iterator[str]:
    """The names of properties and the values of enums: what a writer of a table has to know."""
    if isinstance(node, list):
        for child in node:
            yield from _words(child)
    elif isinstance(node, dict):
        for key, child in node.items():
            if key == "properties":
                yield from (name for name in child if not name.startswith("x-"))
            if key == "enum":
                yield from (word for value in child for word in str(value).split())
            if key == "const" and isinstance(child, str):
                yield child
            yield from _words(child)


def undecided(text: str, documents: list[str]) -> list[str]:
    """Decisions that documents cite and the table lacks."""
    cited = {number for document in documents for number in re.findall(r"decision (\d+)", document)}
    listed = set(re.findall(r"^\| (\d+) \|", text, re.MULTILINE))
    return sorted(cited - listed)


def _documents() -> list[str]:
    files = (path for path in FOLDER.rglob("*.yaml") if path.name != "control.yaml")
    return [path.read_text(encoding="utf-8") for path in files]


def test_the_readme_and_the_schema_of_the_keys_agree() -> None:
    assert readme_problems(README, SCHEMA) == []


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        (README.replace("### `x-sent`", "### Sent"), SCHEMA),
        (README.replace("### `x-sent`", "### `x-shown`"), SCHEMA),
        (README.replace("x-sent: when present", "x-sent: sometimes"), SCHEMA),
        (README.replace("`not_after`", "later").replace("not_after", "later"), SCHEMA),
        (README, {"$defs": {**SCHEMA["$defs"], "x-retry": {"type": "integer"}}}),
        (README, {"$defs": {k: v for k, v in SCHEMA["$defs"].items() if k != "x-order"}}),
        (README, {"$defs": {**SCHEMA["$defs"], "key": {"properties": {"fuzziness": True}}}}),
    ],
)
def test_a_difference_between_them_is_found(text: str, schema: Document) -> None:
    assert readme_problems(text, schema) != []


def test_every_decision_that_is_cited_is_listed() -> None:
    assert undecided(README, _documents()) == []
    assert undecided(README.replace("\n| 14 |", "\n| x |"), _documents()) == ["14"]


def test_sources_are_documents_that_are_listed(bundled: Document) -> None:
    cited = set(re.findall(r"\b00\d\b(?= [A-Z])", " ".join(_documents())))
    assert cited == {"000", "001", "002", "003", "005", "008"}
    known = set(bundled["x-documents"])
    sources = set(re.findall(r"['\"](00\d) ", str(bundled)))
    assert sources <= known
