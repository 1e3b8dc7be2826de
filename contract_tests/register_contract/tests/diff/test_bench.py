"""A bench of edits: each that breaks is told, with requests that show it; nothing else is."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import register_spec as spec
from register_contract.diff.comparison import Comparison, compare
from register_contract.diff.entries import BREAKING, UNDECIDED, profile_of
from register_contract.diff.keys import KEYS, Judged, keywords
from register_contract.diff.sides import Side
from register_contract.diff.witness.search import Witness, find_witnesses
from register_contract.diff.witness.worlds import Serving
from register_contract.target.mock_process import MockServers
from register_contract.tests.diff.rewritten import WAYS

EDITS: Mapping[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("edits.yaml").read_text(encoding="utf-8")
)
BREAKS = EDITS["breaking"]
VERSION = "v2026.1"


def document(edit: Mapping[str, Any]) -> dict[str, Any]:
    return spec.bundle(VERSION, edit.get("reading", spec.DOCUMENTED))


def actions_of(edit: Mapping[str, Any]) -> list[Any]:
    """An edit as actions on a document."""
    return [
        spec.alteration({k: row[k] for k in ("target", "update", "remove") if k in row}, edit["id"])
        for row in (edit, *edit.get("then", ()))
    ]


def compared(edit: Mapping[str, Any]) -> Comparison:
    """The document of an edit before and after it."""
    before = document(edit)
    sides = Side("before", before), Side("after", spec.altered(before, *actions_of(edit)))
    return compare(*sides, profile_of("dfe"))


@pytest.fixture(scope="module")
def servers() -> Iterator[MockServers]:
    found = MockServers()
    yield found
    found.close()


def told(comparison: Comparison) -> str:
    rows = [f"{e.level} {e.key}: {e.ids} {e.sentence} {e.reason}" for e in comparison.entries]
    return "\n".join([*rows, *comparison.notes])


@pytest.mark.parametrize("edit", BREAKS, ids=lambda edit: str(edit["id"]))
def test_what_breaks_is_told_and_shown(edit: Mapping[str, Any], servers: MockServers) -> None:
    comparison = compared(edit)
    assert len(comparison.entries) == 1, told(comparison)
    entry = comparison.entries[0]
    assert edit["says"] in entry.ids, told(comparison)
    assert entry.level == BREAKING, told(comparison)
    search = find_witnesses(comparison, Serving(comparison.old, comparison.new, servers))
    assert not search.unserved, search.unserved
    assert entry.level == BREAKING, told(comparison)
    assert isinstance(entry.witness, Witness), told(comparison)
    assert entry.witness.is_strong


@pytest.mark.parametrize("edit", EDITS["harmless"], ids=lambda edit: str(edit["id"]))
def test_what_breaks_nothing_is_not_said_to(edit: Mapping[str, Any], servers: MockServers) -> None:
    comparison = compared(edit)
    find_witnesses(comparison, Serving(comparison.old, comparison.new, servers))
    levels = {entry.level for entry in comparison.entries}
    assert not levels & {BREAKING, UNDECIDED}, told(comparison)
    ids = {id for entry in comparison.entries for id in entry.ids}
    if "says" not in edit:
        assert not ids, told(comparison)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
@pytest.mark.parametrize("reading", ["documented", "deployed"])
def test_what_is_only_written_otherwise_is_no_change(
    way: Callable[[dict[str, Any]], None], reading: str
) -> None:
    before = spec.bundle(VERSION, reading)
    after = json.loads(json.dumps(before))
    way(after)
    assert json.dumps(after) != json.dumps(before), "it is not written otherwise"
    for one, other in ((before, after), (after, before)):
        found = compare(Side("one", one), Side("other", other), profile_of("strict"))
        assert not found.entries, told(found)
        assert not found.notes


def test_the_bench_is_wide() -> None:
    """So many edits, and each key of ours that is judged is in one of them."""
    assert len(BREAKS) >= 100
    harmless = len(EDITS["harmless"]) + len(WAYS)
    assert harmless >= 50
    assert len(BREAKS) + harmless >= 150
    tables = ("x-rules", "x-lifecycle", "x-duplicates", "x-derived", "x-code-lists", "x-list")
    behaviour = [edit for edit in BREAKS if "x-" in str(edit["target"])]
    assert len(behaviour) >= 40
    for table in tables:
        assert any(table in str(edit["target"]) for edit in BREAKS), table


def test_every_key_of_ours_has_an_edit() -> None:
    said = Counter(
        key for edit in (*BREAKS, *EDITS["harmless"]) for key in _keys(edit) if key in _judged()
    )
    without = sorted(_judged() - said.keys() - NOT_EDITED.keys())
    assert not without, f"no edit of {', '.join(without)}"
    stale = sorted(NOT_EDITED.keys() & said.keys())
    assert not stale, f"{', '.join(stale)} has an edit by now"


NOT_EDITED = {
    "x-attribute": "What an answer shows of a list: the mock has no other.",
    "x-clears": "It goes with x-clearable, which writes it out; the mock looks at that.",
    "x-names": "A rename is one of a whole version: test_versions.",
    "x-same-as": "What an operation repeats is written out: the mock has no other.",
}


def _judged() -> set[str]:
    return {key for key in spec.how_changes_are_judged() if KEYS.judged(key) is not Judged.NOTHING}


def _keys(edit: Mapping[str, Any]) -> set[str]:
    return set(re.findall(r"x-[a-z-]+", json.dumps(edit)))


def test_each_keyword_is_judged_once() -> None:
    table = keywords()
    for room in ("schema", "openapi"):
        every = [word for words in table[room].values() for word in words]
        assert len(every) == len(set(every)), room
