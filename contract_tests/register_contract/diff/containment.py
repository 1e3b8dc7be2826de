"""Whether every value that one schema takes another takes too: yes, no, or not known.

A *yes* is proved by the canonical forms of jsonschema-rs. A *no* has a value that the one takes and
the other does not. Where neither comes out it is undecided, which is never compatible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib import import_module
from typing import Any

import jsonschema_rs
import orjson

from register_contract.diff.proof import NoTimeError, is_proved

# The parts of patterns are told nowhere else; checkers of types do not know these modules.
parser, constants = import_module("re._parser"), import_module("re._constants")
_MOST_CODES = 2000
_SEARCHED = 300
_FILLERS = ("a", "1", "A", "é", " ", "-")
_TEXTS = (
    *("", " ", "a", "abc", "Zoë O'Neill-Ng", "true", "null", "0", "1", "-1", "12.5", "2024"),
    *("2024-02-29", "2023-02-30", "2024-06-17T09:05:48Z", "2024-06-17T09:05:48.123Z", "09:05:48"),
    *("name@example.com", "name.example.com", "name@localhost", "a b@example.com"),
    *("https://example.com/", "a/b", "AB1 2CD", "123456", "12345678", "1234567890123"),
    *("12345678901234567", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "127.0.0.1"),
)
_OTHERS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 1.5, 12345, 9_999_999, 10_000_000, 10**12),
    *([], ["a"], [1], ["a", "a"], [None], {}, {"a": 1}, {"a": "b", "b": 1}, {"a": ["b"]}),
)


class Verdict(Enum):
    """Whether one schema takes all that another takes."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Contained:
    """What came out; ``values`` are a few that are taken by the one alone, the simplest first."""

    verdict: Verdict
    values: tuple[Any, ...] = ()
    reason: str = ""


@lru_cache(maxsize=16384)
def contained(inner: str, outer: str) -> Contained:
    """Whether ``outer`` takes every value that ``inner`` takes; both are canonical JSON."""
    if inner == outer or outer == "true":
        return Contained(Verdict.YES)
    return _compared(inner, outer, _candidates(_read(inner), _read(outer)))


def contained_among(inner: Any, outer: Any, tried: Iterator[Any]) -> Contained:
    """The same of two schemas as they are, where ``tried`` are values that may tell them apart."""
    one, other = (orjson.dumps(each).decode() for each in (inner, outer))
    return _compared(one, other, tried)


def _compared(inner: str, outer: str, tried: Iterator[Any]) -> Contained:
    one, other = _read(inner), _read(outer)
    unproved = "no proof was found"
    try:
        if is_proved(_implied(one), other):
            return Contained(Verdict.YES)
    except NoTimeError as error:
        unproved = str(error)
    takes, refuses = _validator(inner), _validator(outer)
    found: list[Any] = []
    for value in tried:
        if takes.is_valid(value) and not refuses.is_valid(value):
            found.append(value)
            if len(found) == _ENOUGH:
                break
    found = found or [*_searched(one, takes, refuses)]
    if found:
        return Contained(Verdict.NO, tuple(sorted(found, key=_size)))
    return Contained(Verdict.UNDECIDED, (), f"no value tells them apart, and {unproved}")


_ENOUGH = 24


def _size(value: Any) -> tuple[bool, int]:
    """How much there is to a value; one that is blank comes last."""
    return (value is None or not str(value).strip(), len(str(value)))


def _implied(schema: Any) -> Any:
    """A schema with what its patterns imply: how long a text is, and that it is not blank."""
    if not isinstance(schema, dict):
        return schema
    schema = {
        word: [_implied(each) for each in value] if word in ("anyOf", "allOf") else value
        for word, value in schema.items()
    }
    more = [each for pattern in _patterns(schema) for each in _of_pattern(pattern)]
    return {"allOf": [schema, *more]} if more and "anyOf" not in schema else schema


def _of_pattern(pattern: str) -> Iterator[dict[str, Any]]:
    """What an anchored pattern says of a text besides; nothing where this reader cannot tell."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return
    try:
        tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return
    shortest, longest = tree.getwidth()
    yield {"minLength": int(shortest)}
    if longest < 10_000:
        yield {"maxLength": int(longest)}
    needed = [value for word, value in tree if word is constants.LITERAL]
    if any(not chr(value).isspace() for value in needed):
        yield {"pattern": r"\S"}


def _read(text: str) -> Any:
    return orjson.loads(text)


@lru_cache(maxsize=8192)
def _validator(text: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_read(text), validate_formats=True)


def takes(schema: str, value: Any) -> bool:
    """Whether a schema, as canonical JSON, takes a value."""
    return bool(_validator(schema).is_valid(value))


def _candidates(one: Any, other: Any) -> Iterator[Any]:
    """Values that may tell two schemas apart: codes, lengths and numbers at their limits, forms."""
    yield from _codes(one)
    yield from _codes(other)
    yield from _TEXTS
    limits = sorted({*_numbers(one, _LENGTHS), *_numbers(other, _LENGTHS)})
    lengths = sorted({limit + step for limit in limits for step in (-1, 0, 1)})
    # The limits are about texts of any kind: of letters, of digits, and of the forms known here.
    for length in (each for each in lengths if 0 <= each <= 100_000):
        yield from (filler * length for filler in _FILLERS)
        yield from (_stretched(text, length) for text in _TEXTS if text)
    bounds = {*_numbers(one, _BOUNDS), *_numbers(other, _BOUNDS)}
    yield from (bound + step for bound in sorted(bounds) for step in (-1, 0, 1, -0.5, 0.5))
    yield from _OTHERS
    for size in sorted({*_numbers(one, _SIZES), *_numbers(other, _SIZES)}):
        for count in (size - 1, size, size + 1):
            if 0 <= count <= 1000:
                yield [str(number) for number in range(count)]
                yield {str(number): number for number in range(count)}
    yield from (f"{code}?" for code in _codes(other) if isinstance(code, str))


_LENGTHS = ("minLength", "maxLength")
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_SIZES = ("minItems", "maxItems", "minProperties", "maxProperties")


def _stretched(text: str, length: int) -> str:
    """A text of that length that begins and ends as another does."""
    return text[:length] if len(text) >= length else text[0] * (length - len(text)) + text


def _codes(schema: Any) -> list[Any]:
    found = [*_under(schema, "enum"), *([each] for each in _under(schema, "const"))]
    return [code for codes in found for code in codes][:_MOST_CODES]


def _numbers(schema: Any, words: tuple[str, ...]) -> list[Any]:
    found = [each for word in words for each in _under(schema, word)]
    return [each for each in found if isinstance(each, (int, float)) and each < 10**15]


def _under(schema: Any, word: str) -> Iterator[Any]:
    if isinstance(schema, list):
        for each in schema:
            yield from _under(each, word)
    elif isinstance(schema, dict):
        if word in schema:
            yield schema[word]
        for key, each in schema.items():
            if key not in ("enum", "const"):
                yield from _under(each, word)


def _patterns(schema: Any) -> Iterator[str]:
    """The patterns of a value that is a text."""
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for word in ("allOf", "anyOf"):
            for part in schema.get(word, ()):
                yield from _patterns(part)


def _searched(one: Any, takes: Any, refuses: Any) -> Iterator[Any]:
    """A value of the patterns of a schema that the other does not take, if one is found."""
    patterns = [*_patterns(one)]
    if not patterns:
        return
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis import strategies as st
    from hypothesis.errors import NoSuchExample, Unsatisfiable

    asked = settings(
        max_examples=_SEARCHED,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    for pattern in patterns[:2]:
        try:
            yield find(
                st.from_regex(pattern),
                lambda value: takes.is_valid(value) and not refuses.is_valid(value),
                settings=asked,
            )
        except (NoSuchExample, Unsatisfiable, ValueError):
            continue
