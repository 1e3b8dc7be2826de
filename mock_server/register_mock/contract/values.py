"""Values: what the tables speak of, each word of them written as an expression of Python.

An expression is made of `fields`, those of a record, and of the `scope` it is asked in; the
`Language` of an edition makes a function of it. `VALUES` has one maker for each main word;
spec/README.md says what each word means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from string import Formatter
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol
from unicodedata import normalize

from register_mock.contract.cycles import cycle_of, parsed_date, years_from
from register_mock.contract.moments import day_named, timestamp

Fields = Mapping[str, Any]
BLANK: tuple[Any, ...] = (None, "", [])
# A column of numbers has room for nine digits.
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_NOT_LETTERS = re.compile(r"[^a-z ]")
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Registers(Protocol):
    """Where schools and lead partners are looked up."""

    def find(self, register: str, key: str, value: str) -> Mapping[str, Any] | None:
        """Return the school or partner whose `key` is `value`."""


class _Nowhere:
    def find(self, register: str, key: str, value: str) -> Mapping[str, Any] | None:
        return None


class Scope(NamedTuple):
    """What a value may look at beside the fields of a record; one is made for each request.

    `now` is the time of the world, `state` the trainee's, `inputs` what an event is told and
    `sent` what the request has, both under public names; `children` are the numbers of the
    trainee's placements and degrees.
    """

    now: datetime = _LONG_AGO
    state: str | None = None
    registers: Registers = _Nowhere()
    inputs: Mapping[str, Any] = MappingProxyType({})
    sent: Container[str] = ()
    children: Mapping[str, int] = MappingProxyType({})

    def of_sent(self, sent: Container[str]) -> Scope:
        """Return the same for a part of the request."""
        return self._replace(sent=sent)


NOTHING = Scope()
"""The scope of what looks at the fields alone."""

Value = Callable[[Fields, Scope], Any]
Condition = Callable[[Fields, Scope], bool | None]


class Writing(Protocol):
    """An expression that is being written: what the maker of a word may put into it."""

    def value(self, row: Any) -> str:
        """Return the expression of a value."""

    def condition(self, row: Any) -> str:
        """Return the expression of a condition."""

    def field(self, name: str) -> str:
        """Return the expression of a field that is looked at."""

    def constant(self, content: Any) -> str:
        """Return the expression of an object: a constant, a table, a function."""

    def name(self) -> str:
        """Return a name that the expression has nowhere else."""

    def of_others(self, rows: Sequence[Any]) -> Callable[[Fields, Scope], tuple[Any, ...]]:
        """Return several values as one function of records other than the one looked at."""

    def public(self, name: str) -> str:
        """Return the public name of a field."""

    def table(self, name: str, attribute: str) -> dict[str, Any]:
        """Return code -> attribute of a code list."""


Row = Mapping[str, Any]
Maker = Callable[[Row, Writing], str]


def value_expression(row: Any, writing: Writing) -> str:
    """Return the expression of a value of a table; a plain text is the field of that name."""
    if isinstance(row, str):
        return writing.field(row)
    word = next(word for word in row if word in VALUES)
    return VALUES[word](row, writing)


def _code(row: Row, writing: Writing) -> str:
    table = writing.constant(writing.table(row["in"], row["take"]))
    name, code = writing.name(), writing.value(row["code"])
    return f"({table}.get({name}) if isinstance({name} := {code}, str) else None)"


def _codes(row: Row, writing: Writing) -> str:
    table = writing.table(row["in"], row["take"])

    def taken(values: Sequence[Any]) -> list[Any]:
        found = []
        for value in values:
            if value is not None:
                for code in _entries(value):
                    found += _entries(table.get(code) if isinstance(code, str) else None)
        return found

    return f"{writing.constant(taken)}({several(row['codes'], writing)})"


def _entries(value: Any) -> list[Any]:
    """Return what a value has several of: the entries of a list, itself, or nothing for null."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def several(rows: Sequence[Any], writing: Writing) -> str:
    """Return the expression of a tuple of values."""
    return "(" + "".join(f"{writing.value(row)}, " for row in rows) + ")"


def _first(row: Row, writing: Writing) -> str:
    values = [(writing.name(), writing.value(each)) for each in row["first"]]
    tried = (f"{name} if ({name} := {value}) is not None else " for name, value in values)
    return f"({''.join(tried)}None)"


def _of_one(word: str, made: Callable[[Any], Any]) -> Maker:
    """Return the maker of a word that makes something of one other value, and null of null."""

    def maker(row: Row, writing: Writing) -> str:
        name, value = writing.name(), writing.value(row[word])
        return f"(None if ({name} := {value}) is None else {writing.constant(made)}({name}))"

    return maker


def _as_text(value: Any) -> str:
    """Return a value as JSON writes it, without quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _year_of(value: Any) -> int | None:
    if isinstance(value, date):
        return value.year
    if not isinstance(value, str):
        return value if isinstance(value, int) else None
    return int(value[:4]) if value[:4].isdecimal() else None


def _number_of(value: Any) -> int:
    """Return the whole number that a value begins with; 0 where it begins with none."""
    found = _WHOLE.match(str(value))
    return 0 if found is None else int(found[0])


def day_of(value: Any) -> date | None:
    """Return the date of a value: a text that begins with one, or a date; else None."""
    if isinstance(value, str):
        return parsed_date(value)
    return value if isinstance(value, date) else None


def _unique(value: Any) -> Any:
    """Return the entries of a list, each once and without nulls; anything else as it is."""
    if not isinstance(value, list):
        return value
    found: list[Any] = []
    for each in value:
        if each is not None and each not in found:
            found.append(each)
    return found


def _cycle_of(value: Any) -> int | None:
    day = day_of(value)
    return None if day is None else cycle_of(day)


def _caseless(value: Any) -> Any:
    """Return a text without case, its accents written in one way; folding may take them apart."""
    if not isinstance(value, str):
        return value
    return normalize("NFC", normalize("NFC", value).casefold())


def _alphanumeric(value: Any) -> str | None:
    """Letters and digits of any alphabet, without case; accents stay, however they are written."""
    if not isinstance(value, str):
        return None
    return "".join(character for character in _caseless(value) if character.isalnum())


def _of_text(made: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Return what makes something of a text, and leaves what is none as it is."""
    return lambda value: made(value) if isinstance(value, str) else value


def _first_word(value: Any) -> str | None:
    """The first word of a text, in small letters from a to z; what else is in it is left out."""
    if not isinstance(value, str):
        return None
    return _NOT_LETTERS.sub("", value.strip().lower()).partition(" ")[0]


def _today(row: Row, writing: Writing) -> str:
    years, days = row["today"].get("years", 0), row["today"].get("days", 0)
    return f"{writing.constant(_moved)}(scope.now.date(), {years!r}, {days!r})"


@lru_cache(maxsize=256)
def _moved(day: date, years: int, days: int) -> date:
    return years_from(day, years) + timedelta(days=days)


_NOW: dict[str, Callable[[datetime], str]] = {
    "milliseconds": timestamp,
    "seconds": lambda now: now.isoformat(timespec="seconds").replace("+00:00", "Z"),
    "date": lambda now: now.date().isoformat(),
}


def _input(row: Row, writing: Writing) -> str:
    name, otherwise = writing.name(), _otherwise(row, writing)
    return (
        f"({name} if ({name} := scope.inputs.get({row['input']!r})) is not None else {otherwise})"
    )


def _otherwise(row: Row, writing: Writing) -> str:
    return writing.value(row["otherwise"]) if "otherwise" in row else "None"


def _sent(row: Row, writing: Writing) -> str:
    return "(0" + "".join(f" + ({writing.public(n)!r} in scope.sent)" for n in row["sent"]) + ")"


def _count(row: Row, writing: Writing) -> str:
    blank = writing.constant(BLANK)
    return "(0" + "".join(f" + ({writing.value(r)} not in {blank})" for r in row["count"]) + ")"


def _choose(row: Row, writing: Writing) -> str:
    cases = ((writing.condition(case["when"]), case["value"]) for case in row["choose"])
    chosen = "".join(f"{writing.value(value)} if {when} else " for when, value in cases)
    return f"({chosen}{_otherwise(row, writing)})"


def _collect(row: Row, writing: Writing) -> str:
    publics = [writing.public(name) for name in row["collect"]]

    def collected(values: Sequence[Any]) -> dict[str, Any] | None:
        said = zip(publics, values, strict=True)
        return {public: value for public, value in said if value not in BLANK} or None

    return f"{writing.constant(collected)}({several(row['collect'], writing)})"


def _join(row: Row, writing: Writing) -> str:
    between: str = row["with"]

    def joined(parts: Sequence[str | None]) -> str | None:
        return between.join([part for part in parts if part is not None]) or None

    parts = "".join(f"{_part(part, writing)}, " for part in row["join"])
    return f"{writing.constant(joined)}(({parts}))"


def _part(part: str, writing: Writing) -> str:
    """Return the expression of a text with fields in it: null when one of them is blank."""
    blank = writing.constant(BLANK)
    names = {each: writing.name() for _, each, _, _ in Formatter().parse(part) if each}
    given = [f"({name} := {writing.field(each)}) not in {blank}" for each, name in names.items()]
    said = ", ".join(f"{each}={name}" for each, name in names.items())
    return f"({part!r}.format({said}) if {' and '.join(given) or 'True'} else None)"


def _register(row: Row, writing: Writing) -> str:
    register, by, take = row["register"], row["by"], row["take"]
    ((key, field),) = [(by, by)] if isinstance(by, str) else by.items()

    def taken(registers: Registers, said: Any) -> Any:
        found = registers.find(register, key, str(said)) if said else None
        return (found.get(take) or None) if found else None

    return f"{writing.constant(taken)}(scope.registers, {writing.field(field)})"


def _rows(row: Row, writing: Writing) -> str:
    """A list of what each record of a list has, as tuples; null for what is no list of records."""
    of_each = writing.of_others(row["of"])

    def taken(records: Any, scope: Scope) -> list[Any] | None:
        if not isinstance(records, list):
            return None
        return [of_each(each, scope) for each in records if isinstance(each, Mapping)]

    return f"{writing.constant(taken)}({writing.field(row['rows'])}, scope)"


VALUES: dict[str, Maker] = {
    "field": lambda row, writing: writing.field(row["field"]),
    "constant": lambda row, writing: writing.constant(row["constant"]),
    "code": _code,
    "codes": _codes,
    "first": _first,
    "text": _of_one("text", _as_text),
    "year": _of_one("year", _year_of),
    "number": _of_one("number", _number_of),
    "date": _of_one("date", day_named),
    "unique": _of_one("unique", _unique),
    "cycle": _of_one("cycle", _cycle_of),
    "casefold": _of_one("casefold", _caseless),
    "alphanumeric": _of_one("alphanumeric", _alphanumeric),
    "trim": _of_one("trim", _of_text(str.strip)),
    "squash": _of_one("squash", _of_text(lambda text: " ".join(text.split()))),
    "first_word": _of_one("first_word", _first_word),
    "characters": _of_one("characters", lambda value: len(str(value))),
    "today": _today,
    "now": lambda row, writing: f"{writing.constant(_NOW[row['now']])}(scope.now)",
    "midnight": _of_one("midnight", lambda day: f"{day}T00:00:00.000Z"),
    "state": lambda row, writing: "scope.state",
    "input": _input,
    "sent": _sent,
    "count": _count,
    "children": lambda row, writing: f"scope.children.get({row['children']!r})",
    "holds": lambda row, writing: f"({writing.condition(row['holds'])} is True)",
    "choose": _choose,
    "collect": _collect,
    "join": _join,
    "register": _register,
    "rows": _rows,
}
"""The maker of each main word; the words beside it (`in`, `take`, `by` …) belong to it."""
