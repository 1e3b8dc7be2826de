"""What each word for a value means: a function from its row and a scope to the value.

A value that is missing is None. One that cannot be known raises CannotSayError, unless the word can
do without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from register_contract.oracle.moments import day_in
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.words import slots, value_word

if TYPE_CHECKING:
    from register_contract.oracle.scope import Scope

Row = Mapping[str, Any]
_FIRST_MONTH = 8
_EXACT = 2**53
_SMALL = "abcdefghijklmnopqrstuvwxyz"


def value_of(row: Any, scope: Scope) -> Any:
    """The value of a row of a table: the name of a field, or a map with one main word."""
    if isinstance(row, str):
        return scope.field(row)
    return _MEANINGS[value_word(row)](row, scope)


def is_missing(value: Any) -> bool:
    """Whether a value counts as blank: null, an empty text, an empty list."""
    return value is None or value in ("", [])


def as_date(value: Any) -> date | None:
    """The date in a text, which a time may follow; None when there is none.

    The year 0, which this calendar has not, is long ago.
    """
    if not isinstance(value, str):
        return None
    try:
        return date.min if value.startswith("0000-") else date.fromisoformat(value[:10])
    except ValueError:
        return None


def cycle_of(day: date) -> int:
    """The academic cycle (1 August to 31 July) of a day, by its first year."""
    return day.year if day.month >= _FIRST_MONTH else day.year - 1


def first_day(cycle: int) -> date:
    """The day on which an academic cycle starts."""
    return date(cycle, _FIRST_MONTH, 1)


def years_on(day: date, years: int) -> date:
    """The same day in another year; the last of February for a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _code(row: Row, scope: Scope) -> Any:
    return scope.attribute(scope.value(row["code"]), row["in"], row["take"])


def _codes(row: Row, scope: Scope) -> list[Any]:
    codes = _flat(scope.value(each) for each in row["codes"])
    return _flat(scope.attribute(code, row["in"], row["take"]) for code in codes)


def _flat(values: Iterable[Any]) -> list[Any]:
    """What is there of some values, the entries of lists one by one."""
    found: list[Any] = []
    for value in values:
        if value is not None:
            found += value if isinstance(value, list) else [value]
    return found


def _first(row: Row, scope: Scope) -> Any:
    found = (scope.value(each) for each in row["first"])
    return next((value for value in found if value is not None), None)


def _text(row: Row, scope: Scope) -> str | None:
    value = scope.value(row["text"])
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)  # to JSON, 2.0 is the number 2
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _year(row: Row, scope: Scope) -> int | None:
    value = scope.value(row["year"])
    if isinstance(value, int):
        return value
    digits = value[:4] if isinstance(value, str) else ""
    return int(digits) if digits.isdecimal() else None


def _number(row: Row, scope: Scope) -> int | None:
    value = scope.value(row["number"])
    if value is None:
        return None
    text = str(value)
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    head = "".join(takewhile(lambda letter: letter in "0123456789", digits[:9]))
    return int(sign + head) if head else 0


def _date(row: Row, scope: Scope) -> Any:
    value = scope.value(row["date"])
    return day_in(value) if isinstance(value, str) else value


def _unique(row: Row, scope: Scope) -> Any:
    value = scope.value(row["unique"])
    if not isinstance(value, list):
        return value
    return [each for n, each in enumerate(value) if each is not None and each not in value[:n]]


def _cycle(row: Row, scope: Scope) -> int | None:
    day = as_date(scope.value(row["cycle"]))
    return None if day is None else cycle_of(day)


def _casefold(row: Row, scope: Scope) -> Any:
    value = scope.value(row["casefold"])
    return _folded(value) if isinstance(value, str) else value


def _alphanumeric(row: Row, scope: Scope) -> str | None:
    value = scope.value(row["alphanumeric"])
    if not isinstance(value, str):
        return None
    return "".join(letter for letter in _folded(value) if letter.isalnum())


def _trim(row: Row, scope: Scope) -> Any:
    value = scope.value(row["trim"])
    return value.strip() if isinstance(value, str) else value


def _squash(row: Row, scope: Scope) -> Any:
    value = scope.value(row["squash"])
    return " ".join(value.split()) if isinstance(value, str) else value


def _first_word(row: Row, scope: Scope) -> str | None:
    """Of a text the letters up to the first space, without case and without other letters."""
    value = scope.value(row["first_word"])
    if not isinstance(value, str):
        return None
    left = [letter for letter in value.strip().lower() if letter == " " or letter in _SMALL]
    return "".join(takewhile(lambda letter: letter != " ", left))


def _characters(row: Row, scope: Scope) -> int | None:
    value = scope.value(row["characters"])
    return None if value is None else len(str(value))


def _folded(text: str) -> str:
    """A text without case, each accented letter as one character."""
    return normalize("NFC", normalize("NFC", text).casefold())


def _today(row: Row, scope: Scope) -> str:
    step = row["today"] or {}
    day = years_on(scope.day(), step.get("years", 0))
    return (day + timedelta(days=step.get("days", 0))).isoformat()


def _now(row: Row, scope: Scope) -> str:
    if row["now"] == "date":
        return scope.day().isoformat()
    raise CannotSayError("the moment of the request is not known here")


def _midnight(row: Row, scope: Scope) -> str | None:
    value = scope.value(row["midnight"])
    return None if value is None else f"{value}T00:00:00.000Z"


def _state(row: Row, scope: Scope) -> str:
    if scope.state is None:
        raise CannotSayError("the state is not known here")
    return scope.state


def _input(row: Row, scope: Scope) -> Any:
    """What came with the event; what a target puts in by itself only where the row says what."""
    found = (scope.inputs or {}).get(row["input"])
    if found not in (None, ""):
        return found
    if "otherwise" in row:
        return scope.value(row["otherwise"])
    if scope.inputs is None:
        raise CannotSayError(f"what the target takes for {row['input']} is not known here")
    return None


def _sent(row: Row, scope: Scope) -> int:
    """How many of some fields a request has, whatever it has for them."""
    if scope.inputs is None:
        raise CannotSayError("what was sent is not known here")
    return sum(scope.was_sent(name) for name in row["sent"])


def _count(row: Row, scope: Scope) -> int:
    return sum(not is_missing(scope.value(each)) for each in row["count"])


def _children(row: Row, scope: Scope) -> int:
    """How many records of a kind the trainee of an event is shown with."""
    found = scope.children.get(row["children"])
    if found is None:
        raise CannotSayError(f"how many of {row['children']} there are is not known here")
    return found


def _choose(row: Row, scope: Scope) -> Any:
    for case in row["choose"]:
        if scope.holds(case["when"]):
            return scope.value(case["value"])
    return scope.value(row["otherwise"]) if "otherwise" in row else None


def _collect(row: Row, scope: Scope) -> Mapping[str, Any] | None:
    found = {scope.contract.public(name): scope.field(name) for name in row["collect"]}
    return {name: value for name, value in found.items() if not is_missing(value)} or None


def _join(row: Row, scope: Scope) -> str | None:
    said = []
    for text in row["join"]:
        filled = {name: scope.field(name) for name in slots(text)}
        if not any(is_missing(value) for value in filled.values()):
            said.append(text.format(**filled))
    return str(row["with"]).join(said) or None


def _register(row: Row, scope: Scope) -> Any:
    """Schools and partners are the target's own; without a key there is nothing to look up."""
    by = row["by"]
    key, name = (by, by) if isinstance(by, str) else next(iter(by.items()))
    value = scope.field(name)
    if is_missing(value):
        return None
    found = scope.registered(row["register"], key, value)
    return None if found is None else found.get(row["take"]) or None


def _rows(row: Row, scope: Scope) -> list[Any] | None:
    """The values of each record of a list, which has all its fields."""
    records = scope.field(row["rows"])
    if not isinstance(records, list):
        return None
    return [
        tuple(scope.about(record).value(each) for each in row["of"])
        for record in records
        if isinstance(record, Mapping)
    ]


_MEANINGS: Mapping[str, Callable[[Row, Scope], Any]] = {
    "field": lambda row, scope: scope.field(row["field"]),
    "constant": lambda row, scope: row["constant"],
    "code": _code,
    "codes": _codes,
    "first": _first,
    "text": _text,
    "year": _year,
    "number": _number,
    "date": _date,
    "unique": _unique,
    "cycle": _cycle,
    "casefold": _casefold,
    "alphanumeric": _alphanumeric,
    "trim": _trim,
    "squash": _squash,
    "first_word": _first_word,
    "characters": _characters,
    "today": _today,
    "now": _now,
    "midnight": _midnight,
    "state": _state,
    "input": _input,
    "sent": _sent,
    "count": _count,
    "children": _children,
    "holds": lambda row, scope: scope.holds(row["holds"]) is True,
    "choose": _choose,
    "collect": _collect,
    "join": _join,
    "register": _register,
    "rows": _rows,
}
