"""Overlays: what an action does, and the sentence each kind of wrong action gets."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from register_spec.documents import Document, SpecError
from register_spec.overlay import actions_of, apply

DOCUMENT: Document = {
    "info": {"title": "T"},
    "servers": [{"url": "/a"}, {"url": "/b"}],
    "rows": {"one": {"limit": 1}, "two": {"limit": 2}},
    "words": ["a", "b", "c"],
}


def action(**row: Any) -> dict[str, Any]:
    """A whole action; None takes a key away."""
    whole: dict[str, Any] = {"x-id": "change", "description": "It changes.", "x-source": "003"}
    whole |= {key.replace("x_", "x-"): value for key, value in row.items()}
    return {key: value for key, value in whole.items() if value is not None}


def applied(*rows: dict[str, Any]) -> Document:
    """The document after one overlay."""
    document = copy.deepcopy(DOCUMENT)
    apply(document, actions_of({"overlay": "1.0.0", "info": {}, "actions": [*rows]}, "step.yaml"))
    return document


def test_an_object_is_merged_key_by_key() -> None:
    found = applied(action(target="$.rows", update={"one": {"text": "x"}, "two": {"limit": 3}}))
    assert found["rows"] == {"one": {"limit": 1, "text": "x"}, "two": {"limit": 3}}


def test_a_list_inside_an_update_takes_the_place_of_what_was_there() -> None:
    assert applied(action(target="$", update={"words": ["z"]}))["words"] == ["z"]


def test_an_update_of_a_list_adds_at_its_end() -> None:
    assert applied(action(target="$.words", update=["d"]))["words"] == ["a", "b", "c", "d"]


def test_entries_are_named_by_their_content() -> None:
    found = applied(action(target="$.servers[?@.url == '/b']", update={"url": "/c"}))
    assert found["servers"] == [{"url": "/a"}, {"url": "/c"}]
    assert applied(action(target="$.words[?@ == 'b']", remove=True))["words"] == ["a", "c"]
    assert applied(action(target="$.words[?@ != 'b']", remove=True))["words"] == ["b"]


def test_null_is_a_value() -> None:
    found = applied(action(target="$.rows.one", update={"limit": None}))
    assert found["rows"]["one"] == {"limit": None}


def test_new_keys_come_last_or_beside_the_one_that_is_named() -> None:
    new = {"new": {"limit": 0}}
    assert list(applied(action(target="$.rows", update=new))["rows"]) == ["one", "two", "new"]
    before = applied(action(target="$.rows", update=new, x_before="two"))
    after = applied(action(target="$.rows", update=new, x_after="one"))
    assert list(before["rows"]) == list(after["rows"]) == ["one", "new", "two"]


def test_one_change_may_have_several_actions() -> None:
    found = applied(
        action(target="$.rows.one", remove=True),
        {"x-with": "change", "target": "$.rows.two", "remove": True},
    )
    assert found["rows"] == {}


ONE = "$.rows.one"
WRONG: dict[str, tuple[list[Any], str]] = {
    "no match": ([action(target="$.rows.three", remove=True)], "rows.three matches nothing"),
    "by number": ([action(target="$.words[0]", remove=True)], r"targets by number"),
    "by a slice": ([action(target="$.words[0:1]", remove=True)], r"targets by number"),
    "by a filter and a number": (
        [action(target="$.servers[?@.url == '/a', 1]", remove=True)],
        r"targets by number",
    ),
    "no path": ([action(target="rows..", remove=True)], "is not a JSONPath"),
    "no change": ([action(target=ONE, update={"limit": 1})], "is so already"),
    "known entry": ([action(target="$.words", update=["a"])], "'a' is in the list already"),
    "no object": ([action(target="$.rows.one.limit", update={"a": 1})], "neither an object nor"),
    "whole document": ([action(target="$", remove=True)], "cannot be removed"),
    "same key": (
        [
            action(target=ONE, update={"limit": 5}),
            action(x_id="b", target=ONE, update={"limit": 6}),
        ],
        "rows.one.limit is changed by change already",
    ),
    "inside what was changed": (
        [action(target="$", update={"rows": 1}), action(x_id="b", target="$", update={"rows": 2})],
        "rows is changed by change already",
    ),
    "removed twice": (
        [action(target=ONE, remove=True), action(x_id="b", target="$.rows", update={"one": {}})],
        "rows.one is changed by change already",
    ),
    "unknown anchor": (
        [action(target="$.rows", update={"n": {}}, x_after="three")],
        "x-after names 'three', no key of the target",
    ),
    "anchor without update": (
        [action(target=ONE, remove=True, x_after="two")],
        "go with an update of an object",
    ),
    "no id": ([action(x_id=None, target=ONE, remove=True)], "action number 1: has no x-id"),
    "no sentence": ([action(description=None, target=ONE, remove=True)], "has no description"),
    "no source": ([action(x_source=None, target=ONE, remove=True)], "has no x-source"),
    "id twice": (
        [action(target=ONE, remove=True), action(target="$.words", remove=True)],
        "the id stands twice",
    ),
    "with nothing": ([{"x-with": "other", "target": ONE, "remove": True}], "no action before it"),
    "with an id": (
        [action(target=ONE, remove=True), {"x-with": "change", "x-id": "b", "remove": True}],
        "says one of|has no x-id of its own|has a `target`",
    ),
    "both ways": ([action(target=ONE, remove=True, update={})], "says one of `update`"),
    "no way": ([action(target=ONE)], "says one of `update`"),
    "remove false": ([action(target=ONE, remove=False)], "`remove` is true or not there"),
    "no target": ([action(remove=True)], "has a `target`"),
    "unknown key": ([action(target=ONE, remove=True, why="x")], "unknown key 'why'; known are"),
    "no object at all": (["words"], "is no object"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_action_is_refused_by_name(kind: str) -> None:
    rows, sentence = WRONG[kind]
    with pytest.raises(SpecError, match=sentence) as caught:
        applied(*rows)
    assert str(caught.value).startswith("step.yaml: action ")


def test_what_is_no_overlay_is_refused() -> None:
    with pytest.raises(SpecError, match=r"step.yaml is not an overlay"):
        actions_of(["a"], "step.yaml")
    with pytest.raises(SpecError, match="unknown key 'action'; known are"):
        actions_of({"overlay": "1.0.0", "action": [], "actions": []}, "step.yaml")
