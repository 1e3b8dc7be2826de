"""Each keyword, key and id has a judgement, and each judgement is met."""

from __future__ import annotations

from typing import Any

import pytest

import register_spec as spec
from register_contract.diff.comparison import compare
from register_contract.diff.entries import ORDER, profile_of, table
from register_contract.diff.keys import JudgementError, check_judgement, keywords
from register_contract.diff.sides import Side, read_side
from register_contract.tests.diff.test_bench import EDITS, actions_of, document

OPPOSITES = [
    ("added", "removed"),
    ("required", "optional"),
    ("narrower", "wider"),
    ("more", "less"),
    ("asked", "free"),
    ("closed", "opened"),
    ("deprecated", "revived"),
]


def test_each_key_of_ours_is_judged() -> None:
    for key, row in spec.how_changes_are_judged().items():
        check_judgement(key, row)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (None, "has no x-change"),
        ({}, "has no x-change"),
        ({"judged": "well"}, "judges nothing"),
        ({"judged": "behaviour"}, "says what `more` of it does"),
        ({"judged": "wording", "more": "refuses"}, "says what `more` of it does"),
        ({"judged": "nothing"}, "says `because`"),
    ],
)
def test_a_key_without_a_judgement_is_an_error(row: object, said: str) -> None:
    with pytest.raises(JudgementError, match=said):
        check_judgement("x-new", row)


def test_each_id_has_a_level_in_each_profile() -> None:
    for id, row in table().items():
        assert row["dfe"] in ORDER, id
        assert row["strict"] in ORDER, id
        # What breaks by the policy breaks a client that is stricter.
        assert ORDER.index(row["strict"]) <= ORDER.index(row["dfe"]), id
        assert row["says"]


def test_what_has_no_opposite_has_a_reason() -> None:
    ids, reasons = set(table()), keywords()["asymmetries"]
    alone = set()
    for id in ids:
        stem, _, word = id.rpartition(".")
        for one, other in OPPOSITES:
            for here, there in ((one, other), (other, one)):
                if word == here and f"{stem}.{there}" not in ids:
                    alone.add(id)
    assert alone == reasons.keys() & ids, "a reason is missing, or stale"
    assert reasons.keys() <= ids


def test_each_id_is_met() -> None:
    """By an edit of the bench, there or back, or by a comparison of our versions."""
    met: set[str] = set()
    for edit in (*EDITS["breaking"], *EDITS["harmless"]):
        before = document(edit)
        after = spec.altered(before, *actions_of(edit))
        met |= _ids(Side("one", before), Side("other", after))
    for old, new in (("v1.0-pre", "v2025.0"), ("v2025.0", "v2026.1")):
        for reading in spec.readings(new):
            met |= _ids(read_side(old, reading, None), read_side(new, reading, None))
    met |= _ids(Side("plain", FEATURES[0]), Side("with more", FEATURES[1]))
    assert not sorted(table().keys() - met - RARE.keys())
    assert not sorted(RARE.keys() & met), "it is met by now"


def _ids(one: Side, other: Side) -> set[str]:
    """What changes from one side to the other are, and back."""
    found = [compare(*sides, profile_of("strict")) for sides in ((one, other), (other, one))]
    return {id for each in found for entry in (*each.entries, *each.noted) for id in entry.ids}


def _features(more: bool) -> dict[str, Any]:
    """A document with or without what none of ours has."""
    text = {"schema": {"type": "string"}}
    headers = {"X-Count": {"required": more, **text}, **({"X-More": text} if more else {})}
    content = {"text/plain": text, **({"text/csv": text} if more else {})}
    answers = {"200": {"description": "", "headers": headers, "content": content}}
    body = {
        "required": more,
        "content": {"text/plain": text, **({"text/csv": text} if more else {})},
    }
    shown = {"type": "object", "properties": {"a": {"type": "string"}}}
    odd = {"not": {"pattern": f"^{'a' if more else '(a|b)'}*b+$"}, "type": "string"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "v1"},
        "servers": [{"url": "/a" if more else "/b"}],
        "security": [{"key": []}] if more else [{"other": []}],
        "paths": {
            "/one": {
                "post": {
                    "operationId": "one",
                    "requestBody": body,
                    "responses": {**answers, **({"201": {"description": ""}} if more else {})},
                }
            },
            "/two": {
                "get": {
                    "operationId": "two",
                    "parameters": [
                        {"name": "q", "in": "query", "required": more, **text},
                        {"name": "r", "in": "query", "schema": odd},
                    ],
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {
                                "application/json": {
                                    "schema": {**shown, "additionalProperties": not more}
                                }
                            },
                        },
                        "203": {
                            "description": "",
                            "content": {"application/json": {"schema": odd}},
                        },
                    },
                }
            },
            "/three": {
                "put": {
                    "operationId": "three",
                    "responses": {"200": {"description": ""}},
                    **(
                        {"requestBody": {"content": {"text/plain": {"schema": odd}}}}
                        if more
                        else {}
                    ),
                }
            },
            "/four": {
                "put": {
                    "operationId": "four",
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {**shown, "additionalProperties": not more},
                            },
                            "text/plain": {"schema": odd},
                        }
                    },
                    "responses": {"200": {"description": ""}},
                }
            },
        },
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "K"},
                "other": {"type": "http", "scheme": "bearer"},
            }
        },
    }


FEATURES = [_features(more=False), _features(more=True)]
RARE: dict[str, str] = {}
