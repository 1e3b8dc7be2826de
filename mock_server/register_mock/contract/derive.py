"""The values the service makes itself: the rows of `x-derived`, compiled to steps.

A step changes a record in place. `stored` rows run when a record is written, `shown` rows on a
copy of it when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from register_mock.contract.language import Language
from register_mock.contract.values import Condition, Scope

Record = dict[str, Any]
Row = Mapping[str, Any]
Step = Callable[[Record, Scope], None]

# Beside the fields of a record: which of them only follow another one (field -> the other).
FOLLOWING = "fields_following"


def compile_steps(rows: list[Row], language: Language) -> list[Step]:
    """Return the rows of one table as steps, in order.

    Neighbours of one of the simplest kinds make one step together: most of the rows by which a
    record is shown are of these kinds, and a call costs more than what it does.
    """
    steps: list[Step] = []
    for kind, group in groupby(rows, key=_kind):
        if kind in _JOINT:
            steps.append(_JOINT[kind](list(group), language))
        else:
            steps.extend(_MAKERS[kind](row, language) for row in group)
    return steps


def run(steps: list[Step], record: Record, scope: Scope) -> Record:
    """Run steps over a record, which they change; return it."""
    for step in steps:
        step(record, scope)
    return record


def _kind(row: Row) -> str:
    """Tell what a row does: one of the joint kinds, a value, or what only two rows do."""
    special = next((word for word in ("put_first", "look_up", "follows") if word in row), None)
    if special is not None:
        return special
    value = row["value"]
    if "when" in row or "fields" in row:
        return "value"
    if isinstance(value, str):
        return "copies"
    if value.get("constant") is not None:
        return "constants"
    return "attributes" if isinstance(value.get("code"), str) else "value"


def _constants(rows: list[Row], language: Language) -> Step:
    values = {row["field"]: row["value"]["constant"] for row in rows}

    def step(record: Record, scope: Scope) -> None:
        record.update(values)

    return step


def _copies(rows: list[Row], language: Language) -> Step:
    pairs = [(row["field"], language.field(row["value"])) for row in rows]

    def step(record: Record, scope: Scope) -> None:
        for target, source in pairs:
            _put(record, target, record.get(source))

    return step


def _attributes(rows: list[Row], language: Language) -> Step:
    tables = [
        (
            row["field"],
            language.field(row["value"]["code"]),
            language.table(row["value"]["in"], row["value"]["take"]),
        )
        for row in rows
    ]

    def step(record: Record, scope: Scope) -> None:
        for target, source, table in tables:
            code = record.get(source)
            _put(record, target, table.get(code) if isinstance(code, str) else None)

    return step


def _put(record: Record, name: str, value: Any) -> None:
    """Give a field its value; null leaves the record without the field."""
    if value is None:
        record.pop(name, None)
    else:
        record[name] = value


def _value(row: Row, language: Language) -> Step:
    targets = row["fields"] if "fields" in row else [row["field"]]
    value = language.value(row["value"])
    when = _when(row, language)

    def step(record: Record, scope: Scope) -> None:
        if when(record, scope):
            made = value(record, scope)
            for name in targets:
                _put(record, name, made)

    return step


def _when(row: Row, language: Language) -> Condition:
    return language.condition(row["when"]) if "when" in row else lambda fields, scope: True


def _follows(row: Row, language: Language) -> Step:
    """Give a field that has no value that of the other, and remember that it follows that one."""
    target, source = row["value"]["first"]

    def step(record: Record, scope: Scope) -> None:
        if record.get(target) is None and record.get(source) is not None:
            record[target] = record[source]
            record[FOLLOWING] = {**record.get(FOLLOWING, {}), target: source}

    return step


def _put_first(row: Row, language: Language) -> Step:
    """Put a code first and move the others on, each once; what does not fit any more is lost."""
    fields, first, when = row["fields"], row["put_first"], _when(row, language)

    def step(record: Record, scope: Scope) -> None:
        if not when(record, scope):
            return
        others = dict.fromkeys(record[n] for n in fields if record.get(n) not in (None, first))
        for name, value in zip(fields, [first, *others, *[None] * len(fields)], strict=False):
            _put(record, name, value)

    return step


def _look_up(row: Row, language: Language) -> Step:
    """Look up the first of these fields that was sent; an unknown value empties all of them."""
    by = [(language.public(name), name, key) for name, key in row["by"].items()]
    register = row["look_up"]

    def step(record: Record, scope: Scope) -> None:
        sent = [(name, key) for public, name, key in by if public in scope.sent]
        if not sent:
            return
        chosen, by_key = next((each for each in sent if record.get(each[0])), sent[0])
        value = record.get(chosen)
        found = scope.registers.find(register, by_key, value) if value else None
        for _, name, key in by:
            _put(record, name, found.get(key) if found else None)

    return step


_JOINT: dict[str, Callable[[list[Row], Language], Step]] = {
    "constants": _constants,
    "copies": _copies,
    "attributes": _attributes,
}
_MAKERS: dict[str, Callable[[Row, Language], Step]] = {
    "value": _value,
    "follows": _follows,
    "put_first": _put_first,
    "look_up": _look_up,
}
