"""Values of fields on each side of what a condition of a table asks for.

A condition is met, just met, or just not met, by a change of the field that its value is made of:
a date, a number, a code with such an attribute. What a change deserves is decided by the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from register_contract.oracle.conditions import fits
from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.scope import Scope
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.values import as_date, first_day
from register_contract.oracle.words import COMPOUND, TESTS, Operand, condition_word, value_word

Change = Mapping[str, Any]
_SAMPLE = 8
_MIDSUMMER = "-06-24"
_DAY = timedelta(days=1)
# Words that lead from one field to a value; the others make it of several, or of none.
_THROUGH = (
    *("field", "text", "year", "cycle", "casefold", "alphanumeric", "midnight", "code"),
    "characters",
)


class Limits:
    """Makes the changes for the conditions of one operation's records."""

    def __init__(self, schema: Mapping[str, Any], scope: Scope) -> None:
        self._fields = properties(scope.contract, schema)
        self._scope = scope

    def of(self, condition: Any) -> Iterator[tuple[Change, str]]:
        """Changes around each test of a condition, under public names, each in words."""
        word = condition_word(condition)
        if word in COMPOUND:
            parts = [condition[word]] if word == "not" else condition[word]
            for part in parts:
                yield from self.of(part)
        elif word == "in_table":
            yield from self._rows(condition)
        elif word == "is":
            yield from self._being(condition["value"], condition["is"])
        else:
            field = source_of(condition["value"])
            if field is not None:
                yield from self._around(field, word, condition)

    def _being(self, value: Any, what: str) -> Iterator[tuple[Change, str]]:
        """A field without a value, or one entry of a list twice; or two fields with one value."""
        word = "field" if isinstance(value, str) else value_word(value)
        public = self._scope.contract.public
        if what == "present" and word == "field":
            name = public(value if isinstance(value, str) else value[word])
            yield {name: None}, f"without {name}"
        elif what == "distinct" and word == "rows":
            name = public(value[word])
            rows = self._scope.fields.get(name)
            if isinstance(rows, list) and rows:
                yield {name: [rows[0], rows[0]]}, f"with an entry of {name} twice"
        elif what == "distinct" and word == "codes":
            names = [public(each) for each in value[word] if isinstance(each, str)]
            given = self._scope.fields.get(names[0]) if names else None
            if given is not None and len(names) > 1:
                yield {names[1]: given}, f"with {names[0]} as {names[1]} too"

    def _around(self, field: str, word: str, condition: Any) -> Iterator[tuple[Change, str]]:
        public = self._scope.contract.public(field)
        for limit in self._limits(word, condition[word]):
            for value, words in self._near(condition["value"], public, limit):
                yield {public: value}, f"with {public} {words}"

    def _limits(self, word: str, operand: Any) -> list[Any]:
        """What a test compares with, as far as it is known."""
        if word in ("in", "not_in"):
            return list(operand)[:_SAMPLE]
        is_value = TESTS[word] in (Operand.VALUE, Operand.LIMIT)
        if not is_value or isinstance(operand, int | float):
            return [operand]
        try:
            found = self._scope.value(operand)
        except CannotSayError:
            return []
        return [] if found is None else [found]

    def _near(self, value: Any, public: str, limit: Any) -> Iterator[tuple[Any, str]]:
        """Values of a field by which a value lies on a limit, and on either side of it."""
        word = "field" if isinstance(value, str) else value_word(value)
        if word == "first":
            yield from self._near(value[word][0], public, limit)
        elif word == "code":
            yield from self._codes(value, public, limit)
        elif word in ("cycle", "year", "characters") and isinstance(limit, int):
            yield from self._numbers(word, public, limit)
        elif (day := as_date(limit)) is not None:
            for step, words in ((-1, "the day before"), (0, "on"), (1, "the day after")):
                yield (day + step * _DAY).isoformat(), f"{words} its limit"
        else:
            yield limit, f"at {limit}"
            for other in self._others(public, limit):
                yield other, f"at {other}, beside {limit}"

    def _numbers(self, word: str, public: str, limit: int) -> Iterator[tuple[Any, str]]:
        """Values of a field of which a number is made: a cycle, a year, a length."""
        if word == "cycle":
            for edge in _edges(limit):
                yield edge.isoformat(), f"on {edge}, about the academic cycle {limit}"
        elif word == "characters":
            for length in (limit, limit + 1):
                yield "x" * length, f"of {length} letters"
        else:
            form = constraint(self._scope.contract, self._fields.get(public, {})).get("format")
            ending = _MIDSUMMER if form == "date" else ""
            for year in (limit - 1, limit, limit + 1):
                yield f"{year}{ending}", f"{year}{ending}"

    def _codes(self, value: Any, public: str, limit: Any) -> Iterator[tuple[Any, str]]:
        """A code for each attribute that lies nearest to the limit, or on it."""
        known = constraint(self._scope.contract, self._fields.get(public, {})).get("enum", ())
        found: dict[Any, Any] = {}
        for code in known:
            attribute = self._scope.attribute(code, value["in"], value["take"])
            if isinstance(attribute, int | str):
                found.setdefault(attribute, code)
        for attribute in _nearest(list(found), limit):
            yield (
                found[attribute],
                f"the code {found[attribute]}, whose {value['take']} is {attribute}",
            )

    def _others(self, public: str, limit: Any) -> list[Any]:
        """Another value of the same kind."""
        if isinstance(limit, int) and not isinstance(limit, bool):
            return [limit - 1, limit + 1]
        codes = constraint(self._scope.contract, self._fields.get(public, {})).get("enum", ())
        same_kind = [code for code in codes if type(code) is type(limit) and code != limit]
        return same_kind[:1]

    def _rows(self, condition: Any) -> Iterator[tuple[Change, str]]:
        """Rows of a domain table, and each with one value of the next row instead."""
        rows = list(self.rows(condition))
        rows = rows[:: max(1, len(rows) // _SAMPLE)]
        for row, following in zip(rows, [*rows[1:], *rows[:1]], strict=True):
            yield row, f"with {_said(row)}, as {condition['in_table']} has it"
            for field in row:
                mixed = {**row, field: following[field]}
                yield mixed, f"with {_said(mixed)}, beside what {condition['in_table']} has"

    def rows(self, condition: Any) -> Iterator[Change]:
        """Values by which a record is as each row of a domain table, as far as they can be sent.

        Those that it has stay, where they fit; those that only tell an attribute are sent as a code
        that has it, a cycle as its first day.
        """
        values = condition.get("values", [condition.get("value")])
        names = [source_of(value) for value in values]
        fields = [None if name is None else self._scope.contract.public(name) for name in names]
        if None in fields:
            return
        for cells in self._scope.table(condition["in_table"]):
            row = {
                str(field): self._fitting(value, str(field), cell)
                for field, value, cell in zip(fields, values, cells, strict=True)
            }
            if None not in row.values():
                yield row

    def _fitting(self, value: Any, field: str, cell: Any) -> Any:
        """What a field has to be for a value that is made of it to fit a cell; None if unknown."""
        try:
            if fits(self._scope.value(value), cell):
                return self._scope.fields.get(field)
        except CannotSayError:
            return None
        return self._sent_as(value, _first(cell))

    def _sent_as(self, value: Any, wanted: Any) -> Any:
        """What a field is sent as, for a value that is made of it to be as it is wanted."""
        word = "field" if isinstance(value, str) else value_word(value)
        if word == "field":
            return wanted
        if word == "cycle":
            return first_day(wanted).isoformat()
        if word == "code":
            known = self._scope.attributes(value["in"], value["take"])
            return next((code for code, attribute in known.items() if attribute == wanted), None)
        inner = value[word][0] if word == "first" else value[word]
        return self._sent_as(inner, wanted)


def source_of(value: Any) -> str | None:
    """The one field whose change changes a value; the first of those that stand in."""
    if isinstance(value, str):
        return value
    word = value_word(value)
    if word == "first":
        return source_of(value["first"][0])
    return source_of(value[word]) if word in _THROUGH else None


def comparisons(condition: Any, *words: str) -> Iterator[Mapping[str, Any]]:
    """The tests of a condition, if there is one, that use one of these words."""
    if condition is None:
        return
    word = condition_word(condition)
    if word in COMPOUND:
        for part in [condition[word]] if word == "not" else condition[word]:
            yield from comparisons(part, *words)
    elif word in words:
        yield condition


def _edges(cycle: int) -> list[date]:
    """The last and first days of an academic cycle and of those beside it."""
    starts = [first_day(year) for year in (cycle, cycle + 1)]
    return [day for start in starts for day in (start - _DAY, start)]


def _nearest(found: list[Any], limit: Any) -> list[Any]:
    """Numbers on, next below and next above a limit; of anything else the limit and another."""
    numbers = [n for n in found if isinstance(n, int) and not isinstance(n, bool)]
    if isinstance(limit, int) and not isinstance(limit, bool):
        below = sorted(n for n in numbers if n <= limit)[-2:]
        above = sorted(n for n in numbers if n > limit)[:1]
        return [*below, *above]
    return [*(each for each in found if each == limit), *[x for x in found if x != limit][:1]]


def _first(cell: Any) -> Any:
    """One value that fits a cell of a domain table."""
    if isinstance(cell, list):
        return cell[0]
    return cell["from"] if isinstance(cell, Mapping) else cell


def _said(row: Change) -> str:
    return ", ".join(f"{field} {value}" for field, value in row.items())
