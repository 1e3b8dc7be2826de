"""Each test and each joining word alone: what holds, what does not, and what cannot say."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.contract.conditions import JOINED, TESTS
from register_mock.contract.domain import DomainTable
from register_mock.contract.expected import expected
from register_mock.tests.language import SCOPE, language
from register_spec import SpecError

YES, NO, UNSAID = (
    {"value": {"constant": 1}, "equals": 1},
    {"value": {"constant": 1}, "equals": 2},
    {"value": {"constant": None}, "equals": 1},
)
TODAY: dict[str, Any] = {"today": {}}
CODES = {"codes": ["a", "b"], "in": "country", "take": "label"}

CASES: dict[str, list[tuple[dict[str, Any], dict[str, Any], bool | None]]] = {
    "all": [({"all": [YES, YES]}, {}, True), ({"all": [UNSAID, NO]}, {}, False),
            ({"all": [YES, UNSAID]}, {}, None)],
    "any": [({"any": [NO, YES]}, {}, True), ({"any": [UNSAID, YES]}, {}, True),
            ({"any": [NO, NO]}, {}, False), ({"any": [NO, UNSAID]}, {}, None)],
    "not": [({"not": YES}, {}, False), ({"not": NO}, {}, True), ({"not": UNSAID}, {}, None)],
    "is": [({"value": "a", "is": "blank"}, {}, True),
           ({"value": "a", "is": "blank"}, {"a": ""}, True),
           ({"value": "a", "is": "blank"}, {"a": []}, True),
           ({"value": "a", "is": "blank"}, {"a": 0}, False),
           ({"value": "a", "is": "present"}, {"a": False}, True),
           ({"value": "a", "is": "present"}, {"a": None}, False),
           ({"value": "a", "is": "distinct"}, {"a": ["x", "y"]}, True),
           ({"value": "a", "is": "distinct"}, {"a": ["x", "y", "x"]}, False),
           ({"value": "a", "is": "distinct"}, {}, None)],
    "equals": [({"value": "a", "equals": "x"}, {"a": "x"}, True),
               ({"value": "a", "equals": "x"}, {"a": ["x"]}, False),
               ({"value": "a", "equals": False}, {}, None)],
    "in": [({"value": "a", "in": ["x", "y"]}, {"a": "y"}, True),
           ({"value": "a", "in": ["x"]}, {"a": "y"}, False),
           ({"value": "a", "in": ["x"]}, {"a": ["x"]}, False),
           ({"value": "a", "in": ["x"]}, {}, None)],
    "not_in": [({"value": "a", "not_in": ["x"]}, {"a": "y"}, True),
               ({"value": "a", "not_in": ["x"]}, {"a": "x"}, False),
               ({"value": "a", "not_in": ["x"]}, {}, None)],
    "has": [({"value": CODES, "has": "England"}, {"a": "US", "b": "XF"}, True),
            ({"value": CODES, "has": "England"}, {"a": "US"}, False),
            ({"value": CODES, "has": "England"}, {}, False),
            ({"value": "a", "has": "Eng"}, {"a": "England"}, False),
            ({"value": "a", "has": "x"}, {}, None)],
    "at_most": [({"value": "a", "at_most": 11}, {"a": 11}, True),
                ({"value": "a", "at_most": 11}, {"a": 11.5}, False),
                ({"value": "a", "at_most": "b"}, {"a": 2, "b": 1}, False),
                ({"value": "a", "at_most": 11}, {}, None),
                ({"value": "a", "at_most": "b"}, {"a": 2}, None),
                ({"value": "a", "at_most": 11}, {"a": "7"}, None)],
    "not_after": [({"value": "a", "not_after": TODAY}, {"a": "2024-02-29"}, True),
                  ({"value": "a", "not_after": TODAY}, {"a": "2024-03-01T00:00:00Z"}, False),
                  ({"value": "a", "not_after": TODAY}, {"a": "0000-01-01"}, True),
                  ({"value": "a", "not_after": TODAY}, {"a": "soon"}, None),
                  ({"value": "a", "not_after": TODAY}, {"a": 20240229}, None),
                  ({"value": "a", "not_after": TODAY}, {}, None),
                  ({"value": "a", "not_after": "b"}, {"a": "2024-02-29"}, None)],
    "not_before": [({"value": "a", "not_before": TODAY}, {"a": "2024-02-29"}, True),
                   ({"value": "a", "not_before": TODAY}, {"a": "2024-02-28"}, False),
                   ({"value": "a", "not_before": TODAY}, {}, None)],
    "after": [({"value": "a", "after": "b"}, {"a": "2024-02-02", "b": "2024-02-01"}, True),
              ({"value": "a", "after": "b"}, {"a": "2024-02-01", "b": "2024-02-01"}, False),
              ({"value": "a", "after": "b"}, {"a": "2024-02-01"}, None)],
    "same_as": [({"value": "a", "same_as": "b"}, {"a": "x", "b": "x"}, True),
                ({"value": "a", "same_as": "b"}, {"a": "x", "b": "y"}, False),
                ({"value": "a", "same_as": "b"}, {"a": "x"}, None)],
    "in_table": [({"values": ["a", "b"], "in_table": "routes"}, {"a": 2024, "b": "02"}, True),
                 ({"values": ["a", "b"], "in_table": "routes"}, {"a": 2025, "b": "02"}, False),
                 ({"values": ["a", "b"], "in_table": "routes"}, {"a": 2025, "b": ["03"]}, False),
                 ({"values": ["a", "b"], "in_table": "routes"}, {"a": 2025}, None)],
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "fields", "holds"), [case for cases in CASES.values() for case in cases]
)
def test_a_word_alone(row: dict[str, Any], fields: dict[str, Any], holds: bool | None) -> None:
    assert language().condition(row)(fields, SCOPE) is holds


def test_every_word_is_tried() -> None:
    assert CASES.keys() == {*JOINED, *TESTS, "in_table"}


@pytest.mark.parametrize(
    ("row", "right"),
    [
        ({"value": "a", "not_after": {"today": {"years": 1}}}, "on or before 2025-02-28"),
        ({"value": "a", "not_before": "b"}, "on or after 2024-01-01"),
        ({"value": "a", "after": TODAY}, "after 2024-02-29"),
        ({"value": "a", "same_as": "b"}, "the same as 2024-01-01"),
        ({"value": "a", "at_most": 11}, "at most 11"),
        ({"value": "a", "is": "present"}, "present"),
        ({"value": "a", "in": ["x", "y"]}, ["x", "y"]),
        ({"value": "a", "not_in": ["x", "y"]}, "none of x, y"),
        ({"value": "a", "has": "x"}, "a list with x"),
        ({"values": ["a"], "in_table": "routes"}, "together in a row of routes"),
        ({"all": [{"value": "b", "is": "present"}, {"value": "a", "equals": "x"}]}, "x"),
        ({"any": [{"value": "a", "in": ["x", "y"]}, {"value": "a", "equals": "z"}]},
         "one of x, y or z"),
        ({"not": {"value": "a", "equals": "q"}}, "not q"),
    ],
)  # fmt: skip
def test_what_would_be_right_is_told(row: dict[str, Any], right: Any) -> None:
    fields = {"a": "q", "b": "2024-01-01"}
    assert expected(row, language())(fields, SCOPE) == right


def test_a_table_that_says_too_much_is_refused() -> None:
    table = {"columns": ["n"], "rows": [[{"from": 1, "to": 10**9}]]}
    with pytest.raises(SpecError, match=r"x-domain.numbers has 1000000000 combinations"):
        DomainTable("numbers", table)
