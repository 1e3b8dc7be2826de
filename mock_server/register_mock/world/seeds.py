"""What a world holds at first: a seed document read, checked, and its rows written out.

The format is described in `fixtures/seeds/README.md`. Dates count from the world's first `now`;
nothing is left to chance, so equal seeds give equal worlds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from string import Formatter
from typing import Any

from register_mock.config import FIXTURES, is_file
from register_mock.contract.cycles import FIRST_MONTH, cycle_of
from register_spec.documents import SpecError, read_yaml
from register_spec.wording import Form, shown

Document = dict[str, Any]
BETWEEN_RECORDS = timedelta(minutes=37)
START_OF_WORK = time(9, 0, tzinfo=UTC)
# Dates of a trainee lie within a lifetime of now.
MOST_DAYS, MOST_YEARS = 36_500, 100
LISTS = ("providers", "schools", "partners", "trainees")
TABLES = ("lists", "parts")


@dataclass(frozen=True, slots=True)
class Row:
    """One trainee of a seed; `place` says which, for error messages."""

    place: str
    provider: str
    version: str
    state: str | None
    data: Mapping[str, Any]
    details: Mapping[str, Any]
    times: tuple[datetime, ...]
    discarded: bool


def seed_document(seed: str) -> Document:
    """Return a checked seed by its name in `fixtures/seeds`, or by the path of a file.

    Raises SpecError when there is none or it is not a seed; the message names the wrong row.
    """
    path = _path(seed)
    changed = path.stat().st_mtime_ns if is_file(path) else 0
    return _read(path, changed)


def _path(seed: str) -> Path:
    shipped = FIXTURES / "seeds" / f"{seed}.yaml"
    return shipped if is_file(shipped) else Path(seed)


@lru_cache(maxsize=16)
def _read(path: Path, changed: int) -> Document:
    document = read_yaml(path)
    flaws = _form().flaws(document)
    if flaws:
        raise SpecError(f"seed {path}: " + "; ".join(flaw.sentence for flaw in flaws))
    ukprns = [row["ukprn"] for row in document.get("providers", [])]
    twice = next((ukprn for ukprn in ukprns if ukprns.count(ukprn) > 1), None)
    if twice is not None:
        raise SpecError(f"seed {path}: providers: two have the ukprn {twice}")
    own: Document = {key: document.get(key, []) for key in LISTS}
    own |= {key: document.get(key, {}) for key in TABLES}
    if "extends" not in document:
        return own
    base = _base(path, document["extends"])
    merged: Document = {key: [*base[key], *own[key]] for key in LISTS}
    return merged | {key: {**base[key], **own[key]} for key in TABLES}


def _base(path: Path, name: str) -> Document:
    base = _path(name)
    if not is_file(base) or base == path or "extends" in read_yaml(base):
        raise SpecError(f"seed {path}: extends: {name!r} is not a seed that stands alone")
    return seed_document(name)


@lru_cache(maxsize=1)
def _form() -> Form:
    schema = read_yaml(FIXTURES / "seed.schema.yaml")
    components = schema.pop("components")
    return Form(schema, components)


def rows(document: Document, now: datetime) -> Iterator[Row]:
    """Return the trainees of a seed one by one, as they are when the world begins at `now`.

    Raises SpecError naming the row when it takes from a list or a part that is not there.
    """
    turns = _Turns(document["lists"], document["parts"], now)
    for index, row in enumerate(document["trainees"]):
        count = row.get("count", 1)
        for number in range(count):
            place = f"trainees[{index}]" + (
                f", record {number + 1} of {count}" if count > 1 else ""
            )
            try:
                yield turns.row(row, place, number)
            except (KeyError, ValueError, IndexError) as error:
                raise SpecError(f"{place}: {error.args[0] if error.args else error}") from None


class _Turns:
    """Makes the values of records; every list goes on where the last record left it."""

    def __init__(
        self, lists: Mapping[str, list[Any]], parts: Mapping[str, Document], now: datetime
    ) -> None:
        self._lists, self._parts, self._now = lists, parts, now
        self._places = dict.fromkeys(lists, 0)
        self._open: list[str] = []
        self._records = 0
        self._cycle = 0

    def row(self, row: Document, place: str, number: int) -> Row:
        self._records += 1
        self._cycle = row.get("cycle", 0)
        data: Document = {}
        for name in row.get("use", []):
            data |= self._part(name)
        data |= row.get("data", {})
        record: Document = {}
        for name, written in data.items():
            record[name] = self._value(written, record)
        return Row(
            place=place,
            provider=row["provider"],
            version=row["version"],
            state=row.get("state"),
            data=record,
            details={name: self._value(v, record) for name, v in row.get("details", {}).items()},
            times=tuple(
                accumulate((self._time(each, number) for each in row.get("times", [])), max)
            ),
            discarded=row.get("discarded", False),
        )

    def _part(self, written: Any) -> Document:
        name = self._next(written["next"]) if isinstance(written, dict) else written
        if not isinstance(name, str) or name not in self._parts:
            there = ", ".join(self._parts) or "none"
            raise KeyError(f"there is no part {shown(name)}; there are {there}")
        return self._parts[name]

    def _next(self, name: Any) -> Any:
        if not isinstance(name, str) or name not in self._lists:
            there = ", ".join(self._lists) or "none"
            raise KeyError(f"there is no list {shown(name)}; there are {there}")
        values = self._lists[name]
        self._places[name] += 1
        return values[(self._places[name] - 1) % len(values)]

    def _value(self, written: Any, record: Document) -> Any:
        if isinstance(written, list):
            return [self._value(each, record) for each in written]
        if not isinstance(written, dict):
            return written
        match written:
            case {"next": name, **rest} if not rest:
                return self._taken(name, record)
            case {"days": days, **rest} if not rest:
                return self._day_from_now(days).isoformat()
            case {"day": day, **rest} if not rest.keys() - {"later"}:
                return self._day(day, rest.get("later", 0)).isoformat()
            case {"serial": text, **rest} if not rest:
                return _serial(text, self._records)
            case {"email": text, **rest} if not rest:
                return _address(text, record)
        return {name: self._value(each, record) for name, each in written.items()}

    def _taken(self, name: Any, record: Document) -> Any:
        """Return the next value of a list, which may take from other lists, but not from itself."""
        found = self._next(name)
        if name in self._open:
            raise ValueError(f"the list {name!r} takes from itself")
        self._open.append(name)
        value = self._value(found, record)
        self._open.pop()
        return value

    def _day_from_now(self, days: Any) -> date:
        if type(days) is not int or abs(days) > MOST_DAYS:
            raise ValueError(f"days: {shown(days)} is not a number of days up to {MOST_DAYS}")
        return self._now.date() + timedelta(days=days)

    def _day(self, day: Any, later: Any) -> date:
        if not (isinstance(day, str) and re.fullmatch("[0-9]{2}-[0-9]{2}", day)):
            raise ValueError(f"{shown(day)} is not a day of the form MM-DD")
        if type(later) is not int or abs(later) > MOST_YEARS:
            raise ValueError(f"later: {shown(later)} is not a number of years up to {MOST_YEARS}")
        month, number = (int(part) for part in day.split("-"))
        year = cycle_of(self._now.date()) + self._cycle + later
        return date(year if month >= FIRST_MONTH else year + 1, month, number)

    def _time(self, written: Document, number: int) -> datetime:
        """Return a moment of that day, the later the further on in its row; never after now."""
        text = self._value(written, {})
        if not isinstance(text, str):
            raise ValueError(f"times: {written} is neither {{day: MM-DD}} nor {{days: N}}")
        day = date.fromisoformat(text)
        at = datetime.combine(day, START_OF_WORK) + number * BETWEEN_RECORDS
        return min(at, self._now)


def _serial(text: Any, number: int) -> str:
    for name, form in _gaps("serial", text, "the number as {} or {:09d}"):
        if name not in ("", "0") or not re.fullmatch("0?[0-9]{0,2}d?", form):
            raise ValueError(f"serial: {shown(text)}: write the number as {{}} or {{:09d}}")
    filled: str = text.format(number)
    return filled


def _gaps(kind: str, text: Any, wanted: str) -> Iterator[tuple[str, str]]:
    """Yield name and form of each gap of a text; raises ValueError when it is no such text."""
    try:
        pieces = list(Formatter().parse(text))
    except (TypeError, ValueError):
        raise ValueError(f"{kind}: {shown(text)}: give a text with {wanted}") from None
    for _, name, form, conversion in pieces:
        if name is not None:
            yield name, f"{form}{conversion or ''}"


def _address(text: Any, record: Mapping[str, Any]) -> str:
    for name, form in _gaps("email", text, "fields as {first_names}"):
        if form or not name.isidentifier():
            raise ValueError(f"email: {shown(text)}: write fields as {{first_names}}")
        if name not in record:
            raise KeyError(f"email: the record has no field {name!r} before it")
    filled = text.format_map(record)
    return re.sub(r"[^a-z0-9@.]", "", filled.lower())
