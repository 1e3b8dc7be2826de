"""How values and conditions of the tables read in a sentence: one phrase a word.

`VALUE_PHRASES` make a noun of a value; `TESTS` say what a value is, is not, or must be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

TESTS = {
    "is": "{}",
    "equals": "{}",
    "in": "one of {}",
    "not_in": "none of {}",
    "has": "a list with {}",
    "at_most": "at most {}",
    "not_after": "on or before {}",
    "not_before": "on or after {}",
    "after": "after {}",
    "same_as": "the same as {}",
    "in_table": "together in a row of {}",
}
"""What stands behind `is`, `is not` or `must be`."""

_CONSTANT = ("is", "equals", "in", "not_in", "has", "in_table")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences of one version; `public` gives a field its public name."""

    public: Callable[[str], str]

    def value(self, row: Any) -> str:
        """Return a value as a noun: ``the max age of course_age_range``."""
        if isinstance(row, str):
            return self.public(row)
        word = next(word for word in row if word in VALUE_PHRASES)
        return VALUE_PHRASES[word](self, row)

    def values(self, rows: list[Any], word: str) -> str:
        """Return several values as one noun."""
        return joined([self.value(row) for row in rows], word)

    def condition(self, row: Row, verb: str = "is") -> str:
        """Return ``{value: trn, is: blank}`` as ``trn is blank``, or with another verb."""
        for word, said in (("all", "and"), ("any", "or")):
            if word in row:
                return f" {said} ".join(self.condition(part, verb) for part in row[word])
        if "not" in row:
            return self._negated(row["not"], verb)
        subject = self.value(row["value"]) if "value" in row else self.values(row["values"], "and")
        test = next(word for word in row if word in TESTS)
        return f"{subject} {verb} {TESTS[test].format(self._operand(test, row[test]))}"

    def _negated(self, row: Row, verb: str) -> str:
        if "value" in row or "values" in row:
            return self.condition(row, f"{verb} not" if verb == "is" else "must not be")
        return f"it is not so that {self.condition(row)}"

    def _operand(self, test: str, operand: Any) -> str:
        if test in _CONSTANT or isinstance(operand, int | float):
            return ", ".join(map(told, operand)) if isinstance(operand, list) else told(operand)
        return self.value(operand)


def told(constant: Any) -> str:
    """Return a constant as a person reads it."""
    return constant if isinstance(constant, str) else json.dumps(constant)


def joined(names: list[str], word: str) -> str:
    """Return names as one: ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def moved_from_today(moved: Mapping[str, int]) -> str:
    """Return ``{years: -10}`` as ``10 years before today``."""
    steps = [
        f"{abs(number)} {unit if abs(number) != 1 else unit.removesuffix('s')}"
        f" {'after' if number > 0 else 'before'} today"
        for unit, number in moved.items()
        if number
    ]
    return " and ".join(steps) or "today"


def _attribute(words: Phrases, row: Row) -> str:
    codes = words.values(row.get("codes", [row.get("code")]), "and")
    return f"the {row['take'].replace('_', ' ')} of {codes}"


def _first(words: Phrases, row: Row) -> str:
    return " or else ".join(words.value(each) for each in row["first"])


def _input(words: Phrases, row: Row) -> str:
    return f"as sent{_otherwise(words, row)}"


def _otherwise(words: Phrases, row: Row) -> str:
    return f", else {words.value(row['otherwise'])}" if "otherwise" in row else ""


def _choose(words: Phrases, row: Row) -> str:
    cases = [
        f"{words.value(case['value'])} when {words.condition(case['when'])}"
        for case in row["choose"]
    ]
    return "; ".join(cases) + _otherwise(words, row)


def _collect(words: Phrases, row: Row) -> str:
    return f"those of {words.values(row['collect'], 'and')} that are given"


def _join(words: Phrases, row: Row) -> str:
    parts = (part.replace("{", "").replace("}", "") for part in row["join"])
    between: str = row["with"]
    return between.join(parts)


def _register(words: Phrases, row: Row) -> str:
    by = row["by"]
    said = by if isinstance(by, str) else " from ".join((*by, *map(words.public, by.values())))
    return f"the {row['take']} of the {row['register'].removesuffix('s')} with that {said}"


def _rows(words: Phrases, row: Row) -> str:
    return f"{words.values(row['of'], 'and')} of each of {words.public(row['rows'])}"


def _of(word: str, phrase: str) -> Callable[[Phrases, Row], str]:
    return lambda words, row: phrase.format(words.value(row[word]))


VALUE_PHRASES: dict[str, Callable[[Phrases, Row], str]] = {
    "field": _of("field", "{}"),
    "constant": lambda words, row: told(row["constant"]),
    "code": _attribute,
    "codes": _attribute,
    "first": _first,
    "text": _of("text", "{} as text"),
    "year": _of("year", "{} (by its year)"),
    "number": _of("number", "{} (as a number)"),
    "date": _of("date", "{} (as a date)"),
    "unique": _of("unique", "{} (each once)"),
    "cycle": _of("cycle", "{} (by its academic year, from 1 August)"),
    "casefold": _of("casefold", "{} (without case)"),
    "alphanumeric": _of("alphanumeric", "{} (by letters and digits only, without case)"),
    "trim": _of("trim", "{} (without white space around it)"),
    "squash": _of("squash", "{} (with single spaces)"),
    "first_word": _of("first_word", "the first word of {} (by its letters from a to z)"),
    "characters": _of("characters", "the number of characters of {}"),
    "today": lambda words, row: moved_from_today(row["today"]),
    "now": lambda words, row: "the time it happens",
    "midnight": _of("midnight", "the start of {}"),
    "state": lambda words, row: "the state",
    "input": _input,
    "sent": lambda words, row: f"how many of {words.values(row['sent'], 'and')} are sent",
    "count": lambda words, row: f"the number of {words.values(row['count'], 'and')} that are given",
    "children": lambda words, row: f"the number of {row['children']}s",
    "holds": lambda words, row: f"whether {words.condition(row['holds'])}",
    "choose": _choose,
    "collect": _collect,
    "join": _join,
    "register": _register,
    "rows": _rows,
}
