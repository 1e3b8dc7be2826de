"""Values: what the tables speak of, each word of them compiled once to a function.

A value is a function of the fields of a record and of the scope it is asked in. `VALUES` has one
maker for each main word; spec/README.md says what each word means.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from string import Formatter
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol
from unicodedata import normalize

from register_mock.contract.cycles import cycle_of, parsed_date, years_from
from register_mock.contract.moments import timestamp

Fields = Mapping[str, Any]
BLANK: tuple[Any, ...] = (None, "", [])
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
    `sent` what the request has, both under public names.
    """

    now: datetime = _LONG_AGO
    state: str | None = None
    registers: Registers = _Nowhere()
    inputs: Mapping[str, Any] = MappingProxyType({})
    sent: Container[str] = ()


NOTHING = Scope()
"""The scope of what looks at the fields alone."""

Value = Callable[[Fields, Scope], Any]
Condition = Callable[[Fields, Scope], bool | None]


class Language(Protocol):
    """What a maker of values may ask for: other values, conditions, names and code lists."""

    def value(self, row: Any) -> Value:
        """Return a value as a function."""

    def condition(self, row: Any) -> Condition:
        """Return a condition as a function."""

    def field(self, name: str) -> str:
        """Return the name of a field that is looked at."""

    def public(self, name: str) -> str:
        """Return the public name of a field."""

    def table(self, name: str, attribute: str) -> dict[str, Any]:
        """Return code -> attribute of a code list."""


Row = Mapping[str, Any]
Maker = Callable[[Row, Language], Value]


def compiled_value(row: Any, language: Language) -> Value:
    """Return a value of a table as a function; a plain text is the field of that name."""
    if isinstance(row, str):
        row = {"field": row}
    word = next(word for word in row if word in VALUES)
    return VALUES[word](row, language)


def _field(row: Row, language: Language) -> Value:
    name = language.field(row["field"])
    return lambda fields, scope: fields.get(name)


def _constant(row: Row, language: Language) -> Value:
    constant = row["constant"]
    return lambda fields, scope: constant


def _code(row: Row, language: Language) -> Value:
    table = language.table(row["in"], row["take"])
    code = language.value(row["code"])
    return lambda fields, scope: _looked_up(table, code(fields, scope))


def _codes(row: Row, language: Language) -> Value:
    table = language.table(row["in"], row["take"])
    codes = [language.value(code) for code in row["codes"]]

    def value(fields: Fields, scope: Scope) -> list[Any]:
        found = []
        for each in codes:
            for code in _entries(each(fields, scope)):
                found += _entries(_looked_up(table, code))
        return found

    return value


def _entries(value: Any) -> list[Any]:
    """Return what a value has several of: the entries of a list, itself, or nothing for null."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _looked_up(table: Mapping[str, Any], code: Any) -> Any:
    return table.get(code) if isinstance(code, str) else None


def _first(row: Row, language: Language) -> Value:
    values = [language.value(each) for each in row["first"]]

    def value(fields: Fields, scope: Scope) -> Any:
        for each in values:
            found = each(fields, scope)
            if found is not None:
                return found
        return None

    return value


def _of_one(word: str, made: Callable[[Any], Any]) -> Maker:
    """Return the maker of a word that makes something of one other value, and null of null."""

    def maker(row: Row, language: Language) -> Value:
        inner = language.value(row[word])

        def value(fields: Fields, scope: Scope) -> Any:
            found = inner(fields, scope)
            return None if found is None else made(found)

        return value

    return maker


def _year_of(value: Any) -> int | None:
    if not isinstance(value, str):
        return value if isinstance(value, int) else None
    return int(value[:4]) if value[:4].isdecimal() else None


def day_of(value: Any) -> date | None:
    """Return the date of a value: a text that begins with one, or a date; else None."""
    if isinstance(value, str):
        return parsed_date(value)
    return value if isinstance(value, date) else None


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


def _today(row: Row, language: Language) -> Value:
    years, days = row["today"].get("years", 0), row["today"].get("days", 0)
    return lambda fields, scope: _moved(scope.now.date(), years, days)


@lru_cache(maxsize=256)
def _moved(day: date, years: int, days: int) -> date:
    return years_from(day, years) + timedelta(days=days)


_NOW: dict[str, Callable[[datetime], str]] = {
    "milliseconds": timestamp,
    "seconds": lambda now: now.isoformat(timespec="seconds").replace("+00:00", "Z"),
    "date": lambda now: now.date().isoformat(),
}


def _now(row: Row, language: Language) -> Value:
    form = _NOW[row["now"]]
    return lambda fields, scope: form(scope.now)


def _state(row: Row, language: Language) -> Value:
    return lambda fields, scope: scope.state


def _input(row: Row, language: Language) -> Value:
    name = row["input"]
    otherwise = _otherwise(row, language)

    def value(fields: Fields, scope: Scope) -> Any:
        found = scope.inputs.get(name)
        return otherwise(fields, scope) if found is None else found

    return value


def _otherwise(row: Row, language: Language) -> Value:
    return language.value(row.get("otherwise", {"constant": None}))


def _count(row: Row, language: Language) -> Value:
    values = [language.value(each) for each in row["count"]]
    return lambda fields, scope: sum(each(fields, scope) not in BLANK for each in values)


def _holds(row: Row, language: Language) -> Value:
    condition = language.condition(row["holds"])
    return lambda fields, scope: condition(fields, scope) is True


def _choose(row: Row, language: Language) -> Value:
    cases = [
        (language.condition(case["when"]), language.value(case["value"])) for case in row["choose"]
    ]
    otherwise = _otherwise(row, language)

    def value(fields: Fields, scope: Scope) -> Any:
        for condition, chosen in cases:
            if condition(fields, scope):
                return chosen(fields, scope)
        return otherwise(fields, scope)

    return value


def _collect(row: Row, language: Language) -> Value:
    names = [(language.public(name), language.field(name)) for name in row["collect"]]

    def value(fields: Fields, scope: Scope) -> dict[str, Any] | None:
        said = [(public, fields.get(name)) for public, name in names]
        return {public: value for public, value in said if value not in BLANK} or None

    return value


def _join(row: Row, language: Language) -> Value:
    parts = [(part, tuple(map(language.field, _named(part)))) for part in row["join"]]
    between = row["with"]

    def value(fields: Fields, scope: Scope) -> str | None:
        said = [
            part.format_map(fields)
            for part, names in parts
            if all(fields.get(name) not in BLANK for name in names)
        ]
        return between.join(said) or None

    return value


def _named(part: str) -> Sequence[str]:
    return [name for _, name, _, _ in Formatter().parse(part) if name]


def _register(row: Row, language: Language) -> Value:
    register, key, take = row["register"], row["by"], row["take"]
    by = language.field(key)

    def value(fields: Fields, scope: Scope) -> Any:
        said = fields.get(by)
        found = scope.registers.find(register, key, said) if said else None
        return (found.get(take) or None) if found else None

    return value


VALUES: dict[str, Maker] = {
    "field": _field,
    "constant": _constant,
    "code": _code,
    "codes": _codes,
    "first": _first,
    "text": _of_one("text", str),
    "year": _of_one("year", _year_of),
    "cycle": _of_one("cycle", _cycle_of),
    "casefold": _of_one("casefold", _caseless),
    "alphanumeric": _of_one("alphanumeric", _alphanumeric),
    "today": _today,
    "now": _now,
    "midnight": _of_one("midnight", lambda day: f"{day}T00:00:00.000Z"),
    "state": _state,
    "input": _input,
    "count": _count,
    "holds": _holds,
    "choose": _choose,
    "collect": _collect,
    "join": _join,
    "register": _register,
}
"""The maker of each main word; the words beside it (`in`, `take`, `by` …) belong to it."""
