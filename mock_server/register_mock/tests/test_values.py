"""Each word of a value alone: what it makes of what is there, and of what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from register_mock.contract.values import NOTHING, VALUES
from register_mock.tests.language import SCOPE, language

BLANK = {"value": {"a": None, "b": ""}}
XF, US, ODD = {"a": "XF"}, {"a": "US"}, {"a": "??"}
UK = {"code": "a", "in": "country", "take": "uk"}
ALL_UK = {"codes": ["a", "b", "c"], "in": "country", "take": "uk"}
SEVERAL = (ALL_UK, {"a": ["XF", "US", "??"]}, [True, False])
CHOICE = {"choose": [{"when": {"value": "a", "is": "blank"}, "value": {"constant": "none"}}]}
SCHOOL = {"register": "schools", "by": "urn", "take": "name"}
ROWS = {"rows": "a", "of": ["b", {"year": "c"}]}
ADDRESS = {"join": ["URN {urn}", "{a} {b}"], "with": ", "}

CASES: dict[str, list[tuple[Any, dict[str, Any], Any]]] = {
    "field": [("a", {"a": 1}, 1), ({"field": "a"}, {"a": 1}, 1), ("a", {}, None)],
    "constant": [({"constant": [1]}, {}, [1]), ({"constant": None}, {"a": 1}, None)],
    "code": [(UK, XF, True), (UK, US, False), (UK, ODD, None), (UK, {"a": "ZZ"}, None),
             (UK, {}, None), (UK, {"a": 7}, None), (UK, {"a": ["XF"]}, None)],
    "codes": [(ALL_UK, {"a": "XF", "b": "US", "c": "??"}, [True, False]), (ALL_UK, {}, []),
              SEVERAL],
    "first": [({"first": ["a", "b"]}, {"a": None, "b": 2}, 2),
              ({"first": ["a", "b"]}, {"a": "", "b": 2}, ""),
              ({"first": ["a", {"constant": False}]}, {}, False), ({"first": ["a"]}, {}, None)],
    "text": [({"text": "a"}, {"a": 202}, "202"), ({"text": "a"}, {}, None)],
    "year": [({"year": "a"}, {"a": "2015-06-01"}, 2015), ({"year": "a"}, {"a": 2015}, 2015),
             ({"year": "a"}, {"a": -6}, -6), ({"year": "a"}, {"a": 20031}, 20031),
             ({"year": "a"}, {}, None), ({"year": "a"}, {"a": "last"}, None),
             ({"year": "a"}, {"a": ["2015"]}, None), ({"year": {"today": {}}}, {}, 2024)],
    "number": [({"number": "a"}, {"a": "2 or 3"}, 2), ({"number": "a"}, {"a": 12345}, 12345),
               ({"number": "a"}, {"a": "x"}, 0), ({"number": "a"}, {}, None)],
    "date": [({"date": "a"}, {"a": "2025-10-15T09:00Z"}, "2025-10-15"),
             ({"date": "a"}, {"a": "20251015"}, "2025-10-15"),
             ({"date": "a"}, {"a": "2025-W42-3"}, "2025-10-15"),
             ({"date": "a"}, {"a": "2025-288"}, "2025-10-15"),
             ({"date": "a"}, {"a": "25288"}, "2025-10-15"),
             ({"date": "a"}, {"a": "0000-01-01"}, "0000-01-01"),
             ({"date": "a"}, {"a": "2025-10-32"}, "2025-10-32"),
             ({"date": "a"}, {"a": 5}, 5), ({"date": "a"}, {}, None)],
    "unique": [({"unique": "a"}, {"a": ["x", None, "y", "x"]}, ["x", "y"]),
               ({"unique": "a"}, {"a": "x"}, "x"), ({"unique": "a"}, {}, None)],
    "cycle": [({"cycle": "a"}, {"a": "2025-07-31"}, 2024),
              ({"cycle": "a"}, {"a": "2025-08-01"}, 2025),
              ({"cycle": "a"}, {}, None), ({"cycle": "a"}, {"a": "soon"}, None),
              ({"cycle": {"today": {"years": 1}}}, {}, 2024)],
    "casefold": [({"casefold": "a"}, {"a": "ZOE\u0308"}, "zo\u00eb"), ({"casefold": "a"}, {}, None),
                 ({"casefold": "a"}, {"a": 5}, 5)],
    "alphanumeric": [({"alphanumeric": "a"}, {"a": "O'Neil-Ä 2"}, "oneilä2"),
                     ({"alphanumeric": "a"}, {"a": "-"}, ""), ({"alphanumeric": "a"}, {}, None),
                     ({"alphanumeric": "a"}, {"a": 5}, None)],
    "trim": [({"trim": "a"}, {"a": " a  b "}, "a  b"), ({"trim": "a"}, {}, None),
             ({"trim": "a"}, {"a": 5}, 5)],
    "squash": [({"squash": "a"}, {"a": " a \t b "}, "a b"), ({"squash": "a"}, {}, None),
               ({"squash": "a"}, {"a": 5}, 5)],
    "first_word": [({"first_word": "a"}, {"a": " Mary-Jane Ann"}, "maryjane"),
                   ({"first_word": "a"}, {"a": "Zo\u00eb"}, "zo"),
                   ({"first_word": "a"}, {"a": "\u00c9 Ann"}, ""), ({"first_word": "a"}, {}, None),
                   ({"first_word": "a"}, {"a": 5}, None)],
    "characters": [({"characters": "a"}, {"a": "\u00e9a"}, 2), ({"characters": "a"}, {"a": 123}, 3),
                   ({"characters": "a"}, {}, None)],
    "today": [({"today": {}}, {}, date(2024, 2, 29)),
              ({"today": {"years": 1}}, {}, date(2025, 2, 28)),
              ({"today": {"years": -10, "days": 1}}, {}, date(2014, 3, 1))],
    "now": [({"now": "milliseconds"}, {}, "2024-02-29T10:30:05.250Z"),
            ({"now": "seconds"}, {}, "2024-02-29T10:30:05Z"), ({"now": "date"}, {}, "2024-02-29")],
    "midnight": [({"midnight": "a"}, {"a": "2024-02-29"}, "2024-02-29T00:00:00.000Z"),
                 ({"midnight": "a"}, {}, None)],
    "state": [({"state": True}, {"state": "other"}, "deferred")],
    "input": [({"input": "trn"}, {}, "0000001"), ({"input": "empty"}, {}, None),
              ({"input": "empty", "otherwise": "a"}, {"a": 1}, 1),
              ({"input": "trn", "otherwise": "a"}, {"a": 1}, "0000001"),
              ({"input": "none", "otherwise": {"first": ["a", "b"]}}, {"b": 2}, 2)],
    "sent": [({"sent": ["a", "b", "c"]}, {}, 2), ({"sent": ["c"]}, {"c": 1}, 0)],
    "count": [({"count": ["a", "b", "c", "d"]}, {"a": None, "b": "", "c": [], "d": 0}, 1),
              ({"count": ["a"]}, {}, 0)],
    "children": [({"children": "degree"}, {}, 2), ({"children": "placement"}, {}, None)],
    "holds": [({"holds": {"value": "a", "equals": 1}}, {"a": 1}, True),
              ({"holds": {"value": "a", "equals": 1}}, {"a": 2}, False),
              ({"holds": {"value": "a", "equals": 1}}, {}, False)],
    "choose": [(CHOICE, {}, "none"), (CHOICE, {"a": 1}, None),
               ({**CHOICE, "otherwise": "a"}, {"a": 1}, 1)],
    "collect": [({"collect": ["degree", "b", "c"]}, {"degree": 1, "b": "", "c": None},
                 {"degree_of_old": 1}), ({"collect": ["a"]}, {}, None)],
    "join": [(ADDRESS, {"urn": "1", "a": "x", "b": "y"}, "URN 1, x y"),
             (ADDRESS, {"urn": "1", "a": "x"}, "URN 1"), (ADDRESS, {}, None)],
    "register": [(SCHOOL, {"urn": "1"}, "First School"), (SCHOOL, {"urn": "2"}, None),
                 (SCHOOL, {}, None), ({**SCHOOL, "take": "town"}, {"urn": "1"}, None),
                 ({**SCHOOL, "register": "partners"}, {"urn": "1"}, None),
                 ({**SCHOOL, "by": {"urn": "a"}}, {"a": 1}, "First School")],
    "rows": [(ROWS, {"a": [{"b": 1, "c": "2015-06"}, {"c": ""}, 7]}, [(1, 2015), (None, None)]),
             (ROWS, {"a": "b"}, None), (ROWS, {}, None)],
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "fields", "expected"), [case for cases in CASES.values() for case in cases]
)
def test_a_word_alone(row: Any, fields: dict[str, Any], expected: Any) -> None:
    found = language().value(row)(fields, SCOPE)
    assert found == expected
    assert type(found) is type(expected)


def test_every_word_is_tried() -> None:
    assert CASES.keys() == VALUES.keys()


def test_without_a_scope_nothing_is_found_and_nothing_fails() -> None:
    for row in (SCHOOL, {"state": True}, {"input": "trn"}):
        assert language().value(row)({"urn": "1"}, NOTHING) is None


def test_what_is_looked_at_is_known() -> None:
    words = language().apart()
    words.value({"first": ["a", {"code": "b", "in": "country", "take": "uk"}, {"collect": ["c"]}]})
    words.value({"choose": [{"when": {"value": "d", "same_as": "e"}, "value": "f"}]})
    words.value({"join": ["{g}"], "with": ""})
    words.value({"register": "schools", "by": "urn", "take": "name"})
    assert [*words.looked_at] == ["a", "b", "c", "d", "e", "f", "g", "urn"]
