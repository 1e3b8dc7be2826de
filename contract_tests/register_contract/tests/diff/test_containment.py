"""Whether one schema takes all that another takes: proved, told apart by a value, or not known."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from register_contract.diff.containment import Verdict, contained
from register_contract.diff.proof import SECONDS, NoTimeError, is_proved


def of(inner: Any, outer: Any) -> tuple[Verdict, tuple[Any, ...]]:
    found = contained(*(orjson.dumps(each).decode() for each in (inner, outer)))
    return found.verdict, found.values


def texts(longest: int, count: int = 400) -> dict[str, Any]:
    """A schema of so many fields that it is proved in a process of its own."""
    field = {"type": "string", "maxLength": longest}
    return {"type": "object", "properties": {f"field_number_{n}": field for n in range(count)}}


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ({"enum": ["a", "b"]}, {"enum": ["a", "b", "c"]}),
        ({"enum": ["2", "7"]}, {"type": "string", "pattern": "^[27]$"}),
        ({"type": "string", "pattern": "^[0-9]{7}$"}, {"type": "string", "maxLength": 7}),
        ({"type": "integer", "minimum": 1}, {"type": "number", "exclusiveMinimum": 0}),
        (texts(5), texts(6)),
    ],
)
def test_what_takes_more_is_proved(inner: Any, outer: Any) -> None:
    assert of(inner, outer)[0] is Verdict.YES


@pytest.mark.parametrize(
    ("inner", "outer", "value"),
    [
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, "b"),
        ({"type": "string"}, {"type": "string", "maxLength": 2}, "abc"),
        ({"type": ["string", "null"]}, {"type": "string"}, None),
        ({"type": "integer"}, {"type": "integer", "maximum": 10}, 12345),
    ],
)
def test_what_takes_less_has_a_value_that_shows_it(inner: Any, outer: Any, value: Any) -> None:
    verdict, values = of(inner, outer)
    assert verdict is Verdict.NO
    assert value in values


def test_a_large_schema_is_not_taken_for_more_than_it_is() -> None:
    assert not is_proved(texts(6), texts(5))
    assert of(texts(6), texts(5))[0] is Verdict.UNDECIDED


def test_a_proof_that_takes_too_long_is_none() -> None:
    with pytest.raises(NoTimeError, match=r"takes longer than 0\.01 s"):
        is_proved(texts(5), texts(6), seconds=0.01)
    assert SECONDS <= 10
