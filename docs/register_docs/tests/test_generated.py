"""The pages that are made hold all of code and contract, and none is kept."""

from __future__ import annotations

import inspect
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

import register_spec as spec
from register_docs import DOCUMENTS, GENERATED, led_to_pages, pages, write
from register_docs.commands import PROGRAMS, contexts, program
from register_docs.editions import editions
from register_docs.markdown import block, code, prose, table
from register_docs.tests.documents import CLONE
from register_mock.client import Control
from register_mock.pytest_plugin import OPTIONS

# One worker of pytest-xdist does them all: the pages are made once.
pytestmark = pytest.mark.xdist_group("generated")


@cache
def made() -> dict[str, str]:
    return dict(pages())


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_command_has_its_section_with_all_its_options(name: str) -> None:
    text = made()[name]
    for context in contexts(program(name), name):
        _, _, section = text.partition(f"# `{context.command_path}`\n")
        section = section.partition("\n(register-")[0]
        assert context.command.collect_usage_pieces(context)[0] in section
        for param in context.command.params:
            if not getattr(param, "hidden", False):
                assert param.opts[0] in section or param.make_metavar(context) in section


@pytest.mark.parametrize(("version", "reading"), editions())
def test_each_edition_has_all_its_operations_fields_and_rules(version: str, reading: str) -> None:
    document = spec.bundle(version, reading)
    name = version if reading == spec.DOCUMENTED else f"{version}-{reading}"
    parts = {part: made()[f"editions/{name}/{part}"] for part in ("operations", "fields", "rules")}
    for path, method, row, _ in spec.operations(document):
        assert f"`{method.upper()} " in parts["operations"]
        assert path in parts["operations"]
        assert f"Operation `{row['operationId']}`" in parts["operations"]
    for schema in document["components"]["schemas"].values():
        for field in schema.get("properties", {}):
            assert f"| `{field}` |" in parts["fields"] + parts["operations"]
    for rule in (*document["x-rules"], *document["x-lifecycle"]["states"]):
        assert f"| {prose(rule)} |" in parts["rules"]
    for drift in document.get("x-drift", {}):
        assert f"| `{drift}` |" in made()[f"ledger-{version}-{reading}"]
    for rows in document["x-code-lists"].values():
        for row in rows:
            assert f"| {prose(row['code'])} |" in made()["codes"]


def test_the_control_api_has_all_its_calls() -> None:
    text = (CLONE / "spec" / "control.yaml").read_text(encoding="utf-8")
    for path, method, row, _ in spec.operations(yaml.safe_load(text)):
        assert f"`{method.upper()} {path}`" in made()["control"]
        assert f"Operation `{row['operationId']}`" in made()["control"]


def test_the_plugin_has_all_its_options_and_calls() -> None:
    text = made()["pytest-plugin"]
    for option, (meaning, _) in OPTIONS.items():
        assert f"`register_mock_{option}` | `{option}` | {prose(meaning)} |" in text
    for name, member in vars(Control).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            words = list(inspect.signature(member).parameters)[1:]
            assert f"| `{name}({', '.join(words)})` |" in text


def test_documents_of_the_clone_are_pages_whose_links_lead_to_pages() -> None:
    for path, name in DOCUMENTS.items():
        title = (CLONE / path).read_text(encoding="utf-8").partition("\n")[0]
        assert title in made()[f"documents/{name}"]
    led = led_to_pages("[a](../../spec/README.md#x) [b](vendor.md) [c](https://a.b)", "docs/a/b.md")
    tables = f"/{GENERATED}/documents/tables.md"
    assert led == f"[a]({tables}#x) [b](/a/vendor.md) [c](https://a.b)"


def test_what_an_earlier_build_left_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("register_docs.pages", lambda: made().items())
    old = tmp_path / GENERATED / "old.md"
    old.parent.mkdir(parents=True)
    old.write_text("# Old", encoding="utf-8")
    write(tmp_path)
    assert not old.exists()
    names = {p.relative_to(tmp_path / GENERATED).as_posix() for p in tmp_path.rglob("*.md")}
    assert names == {f"{name}.md" for name in made()}


def test_none_is_kept() -> None:
    if (CLONE / ".git").exists():
        command = ["git", "ls-files", f"docs/{GENERATED}"]
        kept = subprocess.run(command, cwd=CLONE, capture_output=True, check=True)
        assert kept.stdout == b""
    ignored = (CLONE / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert f"/docs/{GENERATED}/" in ignored


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("first_names and `a|b`", "first_names and `a\\|b`"),
        ("a | b <c> *d* [e](f) {g}`h`", "a \\| b \\<c\\> \\*d\\* \\[e\\](f) \\{g\\}`h`"),
        ("one ` alone", "one \\` alone"),
        ("two\n  lines", "two lines"),
    ],
)
def test_a_sentence_is_shown_as_it_is(text: str, shown: str) -> None:
    assert prose(text) == shown


def test_what_is_set_keeps_its_form() -> None:
    assert code("a ` b") == "`` a ` b ``"
    assert list(block("```\nx\n```")) == ["````text", "```\nx\n```", "````", ""]
    assert list(table(("a", "b"), [])) == []
    assert list(table(("a", "b"), [("1", "")])) == ["| a | b |", "|---|---|", "| 1 |   |", ""]
