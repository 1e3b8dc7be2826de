"""One action on a document that is bundled: a copy has it, the document stays."""

from __future__ import annotations

import pytest

import register_spec as spec

DOCUMENT = {"a": {"b": 1, "c": {"d": 2}}, "list": ["x", "y"]}


def test_a_copy_has_the_change_and_the_document_stays() -> None:
    action = spec.alteration({"target": "$.a.c", "update": {"d": 3}}, "one")
    assert spec.altered(DOCUMENT, action)["a"]["c"] == {"d": 3}
    assert DOCUMENT["a"] == {"b": 1, "c": {"d": 2}}


def test_actions_are_applied_one_after_the_other() -> None:
    gone = spec.alteration({"target": "$.a.c", "remove": True}, "one")
    other = spec.alteration({"target": "$.a", "update": {"c": {"e": 1}}}, "one")
    assert spec.altered(DOCUMENT, gone, other)["a"] == {"b": 1, "c": {"e": 1}}


def test_what_is_shared_within_a_document_is_not_in_a_copy() -> None:
    row = {"value": 1}
    action = spec.alteration({"target": "$.one", "update": {"value": 2}}, "one")
    assert spec.altered({"one": row, "other": row}, action)["other"] == {"value": 1}


def test_a_place_is_found_or_not() -> None:
    entry = spec.alteration({"target": "$.list[?@ == 'y']", "remove": True}, "one")
    assert spec.effects(DOCUMENT, entry) == [(("list", 1), "(removed)")]
    assert spec.altered(DOCUMENT, entry)["list"] == ["x"]
    nowhere = spec.alteration({"target": "$.list[?@ == 'z']", "remove": True}, "one")
    assert spec.effects(DOCUMENT, nowhere) == []
    with pytest.raises(spec.SpecError, match=r"one: .* matches nothing"):
        spec.altered(DOCUMENT, nowhere)


def test_two_ways_to_say_the_same_have_the_same_effect() -> None:
    one = spec.alteration({"target": "$.a", "update": {"c": {"d": 3}}}, "one")
    other = spec.alteration({"target": "$['a'].c", "update": {"d": 3}}, "other")
    assert spec.effects(DOCUMENT, one) == spec.effects(DOCUMENT, other) == [(("a", "c", "d"), 3)]


@pytest.mark.parametrize(
    "row", [{"target": "$.a"}, {"update": {}}, {"target": "$.a", "update": {}, "remove": True}]
)
def test_a_row_that_changes_nothing_is_refused_by_name(row: dict[str, object]) -> None:
    with pytest.raises(spec.SpecError, match="odd: "):
        spec.alteration(row, "odd")
