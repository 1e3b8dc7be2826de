"""The values the service makes itself: a function for each `rule` of `x-derived`.

A row compiles to a step that changes a record in place. `stored` rows run when a record is
written, `shown` rows on a copy of it when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from string import Formatter
from typing import Any, Protocol

from register_mock.contract.names import Names
from register_mock.contract.reference import CodeLists, condition

Record = dict[str, Any]

# Beside the fields of a record: which of them only follow another one (field -> the other).
FOLLOWING = "fields_following"


class Registers(Protocol):
    """Where schools and lead partners are looked up."""

    def find(self, register: str, key: str, value: str) -> Mapping[str, Any] | None:
        """Return the school or partner whose `key` is `value`."""


class _Nothing:
    def find(self, register: str, key: str, value: str) -> Mapping[str, Any] | None:
        return None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a step may look at beside the record: the registers, and the public names just sent."""

    registers: Registers = field(default_factory=_Nothing)
    sent: Container[str] = ()


Step = Callable[[Record, Setting], None]


def compile_steps(rows: list[dict[str, Any]], lists: CodeLists, names: Names) -> list[Step]:
    """Return the rows of one `x-derived` table as steps, in order.

    Neighbours with one of the simplest rules make one step together: most rows are of that kind,
    and a call costs more than what it does.
    """
    steps: list[Step] = []
    for rule, group in groupby(rows, key=lambda row: str(row["rule"])):
        inner = [_inward(row, names) for row in group]
        if rule in _JOINT_RULES:
            steps.append(_JOINT_RULES[rule](inner, lists))
        else:
            steps.extend(_RULES[rule](row, lists, names) for row in inner)
    return steps


def run(steps: list[Step], record: Record, setting: Setting) -> Record:
    """Run steps over a record, which they change; return it."""
    for step in steps:
        step(record, setting)
    return record


def _inward(row: dict[str, Any], names: Names) -> dict[str, Any]:
    """Rename the fields a row speaks of; its conditions rename their own."""
    renamed = dict(row)
    for key in ("field", "from", "code"):
        if isinstance(row.get(key), str):
            renamed[key] = names.inner(row[key])
    for key in ("fields", "from", "codes", "of"):
        if isinstance(row.get(key), list):
            renamed[key] = [names.inner(name) for name in row[key]]
    return renamed


def _constants(rows: list[dict[str, Any]], lists: CodeLists) -> Step:
    values = {row["field"]: row["value"] for row in rows}

    def step(record: Record, setting: Setting) -> None:
        record.update(values)

    return step


def _copies(rows: list[dict[str, Any]], lists: CodeLists) -> Step:
    pairs = [(row["field"], row["from"]) for row in rows]

    def step(record: Record, setting: Setting) -> None:
        for target, source in pairs:
            record[target] = record.get(source)

    return step


def _lookups(rows: list[dict[str, Any]], lists: CodeLists) -> Step:
    tables = [(row["field"], row["code"], lists.table(row["list"], row["take"])) for row in rows]

    def step(record: Record, setting: Setting) -> None:
        for target, code, table in tables:
            record[target] = table.get(record.get(code, ""))

    return step


def _default(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    target, source, value = row["field"], row.get("from"), row.get("value")
    follows = row.get("follows", False)

    def step(record: Record, setting: Setting) -> None:
        if record.get(target) is None:
            found = record.get(source) if source else value
            if found is not None:
                record[target] = found
                if follows:
                    record[FOLLOWING] = {**record.get(FOLLOWING, {}), target: source}

    return step


def _text(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    target = row["field"]

    def step(record: Record, setting: Setting) -> None:
        if record.get(target) is not None:
            record[target] = str(record[target])

    return step


def _year(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    target = row["field"]

    def step(record: Record, setting: Setting) -> None:
        value = record.get(target)
        record[target] = int(value[:4]) if isinstance(value, str) else value

    return step


def _rank(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    table, codes, order = lists.table(row["list"], row["take"]), row["codes"], row["order"]

    def step(record: Record, setting: Setting) -> None:
        said = {table.get(record[code]) for code in codes if code in record}
        record[row["field"]] = next((v for v in order if v in said), row["otherwise"])

    return step


def _choose(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    cases = [(condition(case["when"], lists, names), case["value"]) for case in row["cases"]]

    def step(record: Record, setting: Setting) -> None:
        chosen = (value for holds, value in cases if holds(record))
        record[row["field"]] = next(chosen, row["otherwise"])

    return step


def _none_of(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    def step(record: Record, setting: Setting) -> None:
        record[row["field"]] = not any(record.get(name) for name in row["of"])

    return step


def _collect(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    def step(record: Record, setting: Setting) -> None:
        found = {names.public(n): record[n] for n in row["from"] if record.get(n) is not None}
        record[row["field"]] = found or None

    return step


def _clear(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    holds = condition(row["when"], lists, names)

    def step(record: Record, setting: Setting) -> None:
        if holds(record):
            for name in row["fields"]:
                record.pop(name, None)

    return step


def _shift(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    """Put `first` first and move the others on, each once; what does not fit any more is lost."""
    holds, fields, first = condition(row["when"], lists, names), row["fields"], row["first"]

    def step(record: Record, setting: Setting) -> None:
        if not holds(record):
            return
        others = dict.fromkeys(record[n] for n in fields if record.get(n) not in (None, first))
        for name, value in zip(fields, [first, *others, *[None] * len(fields)], strict=False):
            if value is None:
                record.pop(name, None)
            else:
                record[name] = value

    return step


def _resolve(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    """Look up the first of these fields that was sent; an unknown value empties all of them."""
    by = [(public, names.inner(public), key) for public, key in row["by"].items()]

    def step(record: Record, setting: Setting) -> None:
        sent = [(name, key) for public, name, key in by if public in setting.sent]
        if not sent:
            return
        chosen, by_key = next((each for each in sent if record.get(each[0])), sent[0])
        value = record.get(chosen)
        found = setting.registers.find(row["register"], by_key, value) if value else None
        for _, name, key in by:
            known = found.get(key) if found else None
            if known is None:
                record.pop(name, None)
            else:
                record[name] = known

    return step


def _from_register(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    target, by = row["field"], row["by"]

    def step(record: Record, setting: Setting) -> None:
        if record.get(target) is None and record.get(by):
            found = setting.registers.find(row["register"], by, record[by])
            if found and found.get(row["take"]):
                record[target] = found[row["take"]]

    return step


def _join(row: dict[str, Any], lists: CodeLists, names: Names) -> Step:
    """Join the parts whose fields all have a value."""
    parts = [(part, [n for _, n, _, _ in Formatter().parse(part) if n]) for part in row["parts"]]

    def step(record: Record, setting: Setting) -> None:
        said = [
            part.format(**{name: record[name] for name in used})
            for part, used in parts
            if all(record.get(name) for name in used)
        ]
        record[row["field"]] = row["with"].join(said) or None

    return step


_JOINT_RULES: dict[str, Callable[[list[dict[str, Any]], CodeLists], Step]] = {
    "constant": _constants,
    "copy": _copies,
    "lookup": _lookups,
}
_RULES: dict[str, Callable[[dict[str, Any], CodeLists, Names], Step]] = {
    "default": _default,
    "text": _text,
    "year": _year,
    "rank": _rank,
    "choose": _choose,
    "none_of": _none_of,
    "collect": _collect,
    "clear": _clear,
    "shift": _shift,
    "resolve": _resolve,
    "from_register": _from_register,
    "join": _join,
}
