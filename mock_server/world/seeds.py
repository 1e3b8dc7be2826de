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
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Any

from mock_server.checks.wording import Form
from mock_server.trainee.cycles import FIRST_MONTH, cycle_of
from spec.documents import SpecError, read_yaml

Document = dict[str, Any]
BETWEEN_RECORDS = timedelta(minutes=37)
START_OF_WORK = time(9, 0, tzinfo=UTC)
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
    changed = path.stat().st_mtime_ns if path.is_file() else 0
    return _read(path, changed)


def _path(seed: str) -> Path:
    shipped = Path(str(files("fixtures"))) / "seeds" / f"{seed}.yaml"
    return shipped if shipped.is_file() else Path(seed)


@lru_cache(maxsize=16)
def _read(path: Path, changed: int) -> Document:
    document = read_yaml(path)
    flaws = _form().flaws(document)
    if flaws:
        raise SpecError(f"seed {path}: " + "; ".join(flaw.sentence for flaw in flaws))
    own: Document = {key: document.get(key, []) for key in LISTS}
    own |= {key: document.get(key, {}) for key in TABLES}
    if "extends" not in document:
        return own
    base = _base(path, document["extends"])
    merged: Document = {key: [*base[key], *own[key]] for key in LISTS}
    return merged | {key: {**base[key], **own[key]} for key in TABLES}


def _base(path: Path, name: str) -> Document:
    base = _path(name)
    if not base.is_file() or base == path or "extends" in read_yaml(base):
        raise SpecError(f"seed {path}: extends: {name!r} is not a seed that stands alone")
    return seed_document(name)


@lru_cache(maxsize=1)
def _form() -> Form:
    schema = read_yaml(Path(str(files("fixtures"))) / "seed.schema.yaml")
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
        if name not in self._parts:
            raise KeyError(f"there is no part {name!r}; there are {', '.join(self._parts)}")
        return self._parts[name]

    def _next(self, name: str) -> Any:
        if name not in self._lists:
            raise KeyError(f"there is no list {name!r}; there are {', '.join(self._lists)}")
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
                return self._value(self._next(name), record)
            case {"days": int(days), **rest} if not rest:
                return (self._now.date() + timedelta(days=days)).isoformat()
            case {"day": day, **rest} if not rest.keys() - {"later"}:
                return self._day(day, rest.get("later", 0)).isoformat()
            case {"serial": text, **rest} if not rest:
                return text.format(self._records)
            case {"email": text, **rest} if not rest:
                return _address(text, record)
        return {name: self._value(each, record) for name, each in written.items()}

    def _day(self, day: Any, later: int) -> date:
        if not (isinstance(day, str) and re.fullmatch("[0-9]{2}-[0-9]{2}", day)):
            raise ValueError(f"{day!r} is not a day of the form MM-DD")
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


def _address(text: str, record: Mapping[str, Any]) -> str:
    try:
        filled = text.format_map(record)
    except KeyError as error:
        raise KeyError(f"email: the record has no field {error.args[0]!r} before it") from None
    return re.sub(r"[^a-z0-9@.]", "", filled.lower())
