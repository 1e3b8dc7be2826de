"""What each word of the tables means to the suite, with and without the values it needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import register_spec as spec
from register_contract.oracle.alike import is_duplicate
from register_contract.oracle.contract import Contract
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.oracle.unsaid import CannotSayError, UnknownWordError
from register_contract.oracle.words import COMPOUND, TESTS, VALUES, condition_mentions, mentions

TODAY = date(2026, 2, 10)
BLANK: dict[str, Any] = {"is": "blank", "value": "trn"}
FIELDS = {
    "trn": None,
    "email": "Zoë@Example.com",
    "first_names": "Zoë-Ann O'Neill 2",
    "itt_start_date": "2025-07-31",
    "outcome_date": "2025-08-01",
    "course_age_range": "13909",
    "disability1": "58",
    "disability2": "00",
    "urn": "123456",
    "lead_partner_urn": "",
    "number": 7,
    "yes": True,
    "list": ["a"],
    "entries": [{"a": 1, "b": "2015-06"}, {"b": ""}],
    "unseen": UNKNOWN,
}


@pytest.fixture(scope="module")
def scope() -> Scope:
    document = spec.bundle("v2026.1")
    document = {**document, "x-domain": {"pairs": {"columns": ["a", "b"], "rows": ROWS}}}
    contract = Contract("v2026.1", document)
    return Scope(
        contract,
        FIELDS,
        whole=True,
        today=TODAY,
        state="deferred",
        inputs={"sent": "x"},
        children={"degree": 1},
    )


ROWS = [[2025, ["02", "03"]], [{"from": 2020, "to": 2022}, "04"]]
RANGE = {"in": "course_age_range", "take": "max_age"}
REAL: list[tuple[Any, Any]] = [
    ("email", "Zoë@Example.com"),
    ("training_partner_urn", None),  # by its inner name, and an empty text is no value
    ({"field": "email"}, "Zoë@Example.com"),
    ({"constant": []}, []),
    ({"code": "course_age_range", **RANGE}, 7),
    ({"code": "trn", **RANGE}, None),
    ({"code": "urn", **RANGE}, None),
    ({"code": "list", **RANGE}, None),
    ({"first": ["trn", "unknown", "urn"]}, "123456"),
    ({"first": ["trn"]}, None),
    ({"number": "urn"}, 123456),
    ({"number": "email"}, 0),
    ({"number": "trn"}, None),
    ({"text": "number"}, "7"),
    ({"text": {"constant": 7.0}}, "7"),
    ({"text": {"constant": 7.5}}, "7.5"),
    ({"text": "trn"}, None),
    ({"year": "itt_start_date"}, 2025),
    ({"year": "number"}, 7),
    ({"year": {"constant": -6}}, -6),
    ({"year": {"constant": 20031}}, 20031),
    ({"year": "email"}, None),
    ({"year": "trn"}, None),
    ({"date": "itt_start_date"}, "2025-07-31"),
    ({"date": {"constant": "20250731T101500+0100"}}, "2025-07-31"),
    ({"date": {"constant": "2025-W31-4"}}, "2025-07-31"),
    ({"date": {"constant": "2025-212"}}, "2025-07-31"),
    ({"date": {"constant": "25212"}}, "2025-07-31"),
    ({"date": {"constant": "70001"}}, "1970-01-01"),
    ({"date": {"constant": "2025-02-30"}}, "2025-02-30"),
    ({"date": "number"}, 7),
    ({"unique": {"constant": ["a", None, "b", "a"]}}, ["a", "b"]),
    ({"unique": "urn"}, "123456"),
    ({"unique": "trn"}, None),
    ({"date": "trn"}, None),
    ({"cycle": "itt_start_date"}, 2024),
    ({"cycle": "outcome_date"}, 2025),
    ({"cycle": "email"}, None),
    ({"cycle": "trn"}, None),
    ({"casefold": "email"}, "zoë@example.com"),
    ({"casefold": {"constant": "ZOE\u0308"}}, "zoë"),
    ({"casefold": "number"}, 7),
    ({"casefold": "trn"}, None),
    ({"alphanumeric": "first_names"}, "zoëannoneill2"),
    ({"alphanumeric": "number"}, None),
    ({"alphanumeric": "trn"}, None),
    ({"trim": {"constant": " a  b "}}, "a  b"),
    ({"trim": "number"}, 7),
    ({"squash": {"constant": " a \t b "}}, "a b"),
    ({"squash": "trn"}, None),
    ({"first_word": {"constant": " Mary-Jane Ann"}}, "maryjane"),
    ({"first_word": {"constant": "Zo\u00eb"}}, "zo"),
    ({"first_word": "number"}, None),
    ({"characters": {"constant": "\u00e9a"}}, 2),
    ({"characters": "trn"}, None),
    ({"rows": "entries", "of": ["a", {"year": "b"}]}, [(1, 2015), (None, None)]),
    ({"rows": "number", "of": ["a"]}, None),
    ({"today": {}}, "2026-02-10"),
    ({"today": {"years": -10, "days": 1}}, "2016-02-11"),
    ({"now": "date"}, "2026-02-10"),
    ({"midnight": "outcome_date"}, "2025-08-01T00:00:00.000Z"),
    ({"midnight": "trn"}, None),
    ({"state": True}, "deferred"),
    ({"input": "sent"}, "x"),
    ({"input": "not_sent"}, None),
    ({"input": "not_sent", "otherwise": "urn"}, "123456"),
    ({"sent": ["sent", "email"]}, 1),
    ({"count": ["trn", "urn", "email", {"constant": []}]}, 2),
    ({"children": "degree"}, 1),
    ({"holds": BLANK}, True),
    ({"holds": {"value": "trn", "equals": "1"}}, False),
    ({"choose": [{"when": BLANK, "value": "urn"}], "otherwise": "email"}, "123456"),
    ({"choose": [{"when": {"not": BLANK}, "value": "urn"}], "otherwise": "number"}, 7),
    ({"choose": [{"when": {"value": "trn", "equals": "1"}, "value": "urn"}]}, None),
    ({"collect": ["disability1", "trn", "training_partner_urn"]}, {"disability1": "58"}),
    ({"collect": ["trn"]}, None),
    ({"join": ["URN {urn}", "{trn}", "{number}"], "with": ", "}, "URN 123456, 7"),
    ({"join": ["{trn}"], "with": ", "}, None),
    ({"register": "schools", "by": "trn", "take": "name"}, None),
]


@pytest.mark.parametrize(("row", "wanted"), REAL, ids=lambda each: str(each)[:60])
def test_values(row: Any, wanted: Any, scope: Scope) -> None:
    assert scope.value(row) == wanted


def test_the_attributes_of_several_codes(scope: Scope) -> None:
    codes = ["disability1", "disability2", "trn", "disability9"]
    found = scope.value({"codes": codes, "in": "disability", "take": "disclosure"})
    rows = {row["code"]: row for row in scope.contract.table("x-code-lists")["disability"]}
    assert found == [rows[code]["disclosure"] for code in ("58", "00") if code in rows]
    assert found
    assert scope.value({"codes": ["trn"], "in": "disability", "take": "disclosure"}) == []


PLAIN: list[tuple[dict[str, Any], bool | None]] = [
    ({"value": "trn", "is": "blank"}, True),
    ({"value": "training_partner_urn", "is": "present"}, False),
    ({"value": {"constant": []}, "is": "blank"}, True),
    ({"value": {"constant": ["a", "b"]}, "is": "distinct"}, True),
    ({"value": {"constant": ["a", "b", "a"]}, "is": "distinct"}, False),
    ({"value": "trn", "is": "distinct"}, None),
    ({"value": "urn", "equals": "123456"}, True),
    ({"value": "yes", "equals": 1}, False),
    ({"value": "trn", "equals": "1"}, None),
    ({"value": "urn", "in": ["1", "123456"]}, True),
    ({"value": "urn", "in": ["1"]}, False),
    ({"value": "trn", "in": ["1"]}, None),
    ({"value": "urn", "not_in": ["1"]}, True),
    ({"value": "urn", "not_in": ["123456"]}, False),
    ({"value": "trn", "not_in": ["1"]}, None),
    ({"value": "list", "has": "a"}, True),
    ({"value": "list", "has": "b"}, False),
    ({"value": "trn", "has": "b"}, None),
    ({"value": "number", "at_most": 7}, True),
    ({"value": "number", "at_most": 6}, False),
    ({"value": "number", "at_most": {"count": ["urn"]}}, False),
    ({"value": "trn", "at_most": 6}, None),
    ({"value": "urn", "at_most": 6}, None),
    ({"value": "itt_start_date", "not_after": "itt_start_date"}, True),
    ({"value": "outcome_date", "not_after": "itt_start_date"}, False),
    ({"value": "trn", "not_after": "itt_start_date"}, None),
    ({"value": "itt_start_date", "not_after": "email"}, None),
    ({"value": "itt_start_date", "not_before": "itt_start_date"}, True),
    ({"value": "itt_start_date", "not_before": "outcome_date"}, False),
    ({"value": "number", "not_before": {"constant": 3}}, None),
    ({"value": {"constant": "0000-01-01"}, "not_before": "outcome_date"}, False),
    ({"value": "outcome_date", "after": "itt_start_date"}, True),
    ({"value": "outcome_date", "after": "outcome_date"}, False),
    ({"value": "outcome_date", "after": "trn"}, None),
    ({"value": "urn", "same_as": "urn"}, True),
    ({"value": "urn", "same_as": "email"}, False),
    ({"value": "trn", "same_as": "trn"}, None),
    ({"values": [{"constant": 2025}, {"constant": "03"}], "in_table": "pairs"}, True),
    ({"values": [{"constant": 2022}, {"constant": "04"}], "in_table": "pairs"}, True),
    ({"values": [{"constant": 2023}, {"constant": "04"}], "in_table": "pairs"}, False),
    ({"values": ["trn", {"constant": "04"}], "in_table": "pairs"}, None),
]


@pytest.mark.parametrize(("row", "wanted"), PLAIN, ids=str)
def test_conditions(row: dict[str, Any], wanted: bool | None, scope: Scope) -> None:
    assert scope.holds(row) is wanted
    assert scope.holds({"not": row}) is (None if wanted is None else not wanted)


def test_every_word_is_tried_here() -> None:
    assert {next(iter(row)) for row, _ in REAL if not isinstance(row, str)} == VALUES.keys() - {
        "codes"
    }
    assert {word for row, _ in PLAIN for word in row if word in TESTS} == TESTS.keys()


def test_the_words_are_those_of_the_contract() -> None:
    """A word that is added to the language has to be added here."""
    path = Path(spec.__file__).with_name("x-keys.schema.yaml")
    forms = yaml.safe_load(path.read_text(encoding="utf-8"))["$defs"]
    form = next(part for part in [forms["value"], *_parts(forms["value"])] if "oneOf" in part)
    assert {word for each in form["oneOf"] for word in each.get("required", ())} == VALUES.keys()
    words = forms["condition"]["properties"].keys() - {"value", "values"}
    assert words == TESTS.keys() | COMPOUND.keys()


def _parts(form: Any) -> Iterator[dict[str, Any]]:
    """The schemas inside a schema."""
    for each in form.values() if isinstance(form, dict) else form if isinstance(form, list) else ():
        if isinstance(each, dict):
            yield each
        yield from _parts(each)


YES: dict[str, Any] = {"value": "urn", "is": "present"}
NO: dict[str, Any] = {"value": "urn", "is": "blank"}
OPEN: dict[str, Any] = {"value": "trn", "equals": "1"}
UNSEEN: dict[str, Any] = {"value": "unseen", "is": "present"}


@pytest.mark.parametrize(
    ("word", "parts", "wanted"),
    [
        ("all", [YES, YES], True),
        ("all", [YES, OPEN], None),
        ("all", [OPEN, NO], False),
        ("all", [UNSEEN, NO], False),
        ("any", [NO, NO], False),
        ("any", [NO, OPEN], None),
        ("any", [OPEN, YES], True),
        ("any", [UNSEEN, YES], True),
    ],
)
def test_one_part_may_decide(word: str, parts: list[Any], wanted: bool, scope: Scope) -> None:
    assert scope.holds({word: parts}) is wanted


@pytest.mark.parametrize(
    "row",
    [
        "unseen",
        {"first": ["trn", "unseen"]},
        {"count": ["unseen"]},
        {"children": "placement"},
        {"holds": {"all": [YES, UNSEEN]}},
        {"holds": {"any": [NO, UNSEEN]}},
        {"choose": [{"when": UNSEEN, "value": "urn"}], "otherwise": "urn"},
        {"now": "milliseconds"},
        {"register": "schools", "by": "urn", "take": "name"},
    ],
    ids=str,
)
def test_what_is_not_known_is_not_guessed(row: Any, scope: Scope) -> None:
    with pytest.raises(CannotSayError, match="not known here"):
        scope.value(row)
    assert scope.value({"first": ["urn", row]}) == "123456"


def test_what_is_not_shown_is_not_known(scope: Scope) -> None:
    part = Scope(scope.contract, {"email": "x"}, inputs=None)
    rows: list[Any] = ["urn", {"today": {}}, {"state": True}, {"input": "trn"}]
    for row in rows:
        with pytest.raises(CannotSayError):
            part.value(row)
    assert part.value({"input": "trn", "otherwise": "email"}) == "x"


@pytest.mark.parametrize(
    "row",
    [
        {"shouted": "email"},
        {"casefold": "email", "loudly": True},
        {"choose": [{"when": {"value": "urn", "resembles": "x"}, "value": "urn"}]},
        {"holds": {"most": [YES]}},
        {"holds": {"value": "urn"}},
        {"holds": {**YES, "equals": "x"}},
        {"count": [7]},
    ],
    ids=str,
)
def test_an_unknown_word_is_said(row: Any, scope: Scope) -> None:
    with pytest.raises(UnknownWordError, match="has a word this suite does not read: "):
        scope.value(row)
    with pytest.raises(UnknownWordError):
        list(mentions(row))


def test_a_row_tells_its_fields() -> None:
    value: dict[str, Any] = {
        "choose": [
            {
                "when": {"all": [BLANK, {"not": {"value": {"cycle": "a"}, "after": "b"}}]},
                "value": {"first": ["c", {"code": "d", "in": "list", "take": "e"}]},
            }
        ],
        "otherwise": {"join": ["{f} {g}"], "with": " "},
    }
    assert list(mentions(value)) == ["trn", "b", "a", "c", "d", "f", "g"]
    others = [{"collect": ["h"]}, {"register": "schools", "by": "i", "take": "name"}]
    condition = {"values": [*others, {"field": "j"}], "in_table": "pairs"}
    assert list(condition_mentions(condition)) == ["h", "i", "j"]
    assert list(condition_mentions({"value": "k", "at_most": 7})) == ["k"]


def test_duplicates_match_in_all_and_in_one(scope: Scope) -> None:
    row: dict[str, Any] = {
        "operations": ["create_trainee"],
        "all": {"trn": "trn", "start": {"cycle": "itt_start_date"}},
        "any": {"first_names": {"alphanumeric": "first_names"}, "urn": "urn"},
    }
    assert is_duplicate(row, scope, scope)
    assert is_duplicate(row, scope, scope.over({"first_names": "x"}))
    assert not is_duplicate(row, scope, scope.over({"first_names": "x", "urn": "7"}))
    assert not is_duplicate(row, scope, scope.over({"itt_start_date": "2025-08-01"}))
    assert not is_duplicate(row, scope, scope.over({"trn": "1"}))
    nothing = scope.over({"first_names": "-", "urn": None})
    assert not is_duplicate(row, nothing, nothing)
    with pytest.raises(UnknownWordError):
        is_duplicate({**row, "most": {}}, scope, scope)


def test_of_a_list_of_codes_each_counts_and_each_entry_of_an_attribute(scope: Scope) -> None:
    reasons = {"constant": ["trainee_workload_issues", "unacceptable_behaviour", "??"]}
    found = scope.value({"codes": [reasons], "in": "withdrawal_reason", "take": "triggers"})
    assert found == ["trainee", "provider", "trainee"]
