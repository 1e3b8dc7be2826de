"""The values the service makes itself: the rows of `x-derived`, each table one function.

`stored` rows change a record in place before it is written; null leaves it without the field.
`shown` rows make what is shown of it.

A record may have been written through a version that knows more: codes, longer texts, whole
fields. What the version that shows it has no code or no room for is shown as null, or left out of
a list of codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from register_mock.contract.language import Language, Written
from register_mock.contract.values import Condition, Scope
from register_spec import SpecError

Record = dict[str, Any]
Row = Mapping[str, Any]
Step = Callable[[Record, Scope], None]
Show = Callable[[Any, Scope], Record]

# Beside the fields of a record: which of them only follow another one (field -> the other).
FOLLOWING = "fields_following"


def compile_stored(rows: list[Row], language: Language) -> Step:
    """Return the `stored` rows of a kind of record as one step, in their order."""
    writing = language.writing()
    return writing.procedure([_line(row, writing, language) for row in rows])


def _line(row: Row, writing: Written, language: Language) -> str:
    """Return what a row does as a line of Python."""
    special = next((word for word in _MAKERS if word in row), None)
    if special is not None:
        return f"{writing.constant(_MAKERS[special](row, language))}(fields, scope)"
    targets = "".join(f"fields[{name!r}] = " for name in _names(row))
    condition = f"if {writing.condition(row['when'])}: " if "when" in row else ""
    return f"{condition}{targets}{writing.value(row['value'])}"


def compile_shown(
    keys: Mapping[str, Row],
    own: Mapping[str, str],
    nested: Mapping[str, Callable[[Any], list[Record]]],
    rows: list[Row],
    language: Language,
) -> Show:
    """Return what makes the object that is shown of a record.

    `keys` are those of the object, in order, each with its schema; `own` the names inside of what
    a record has beside its fields, with its attribute; `nested` what shows all of its records of
    a kind. Raises SpecError for a row that only a record which is written can have.
    """
    writing = language.writing()
    writing.known.update({name: f"record.{attribute}" for name, attribute in own.items()})
    for name, show in nested.items():
        writing.known[name] = f"{writing.constant(show)}(record.{name})"
    lines = ["fields = record.fields"]
    for row in rows:
        lines += _shown_lines(row, writing)
    values = ((key, writing.field(language.inner(key)), schema) for key, schema in keys.items())
    shown = (_entry(key, value, schema, writing) for key, value, schema in values)
    return writing.procedure([*lines, f"return {{{', '.join(shown)}}}"], "record, scope")


def _entry(key: str, value: str, schema: Row, writing: Written) -> str:
    """Return what shows a field as a part of a dict: its key and value, or its value's entries."""
    if schema.get("x-sent") == "as its keys":
        return f"**{writing.constant(_in_order)}({value})"
    return f"{key!r}: {_fitting(value, schema, writing)}"


def _in_order(gathered: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the entries of an object, the shortest name first: disability2, disability10."""
    return dict(sorted((gathered or {}).items(), key=lambda entry: (len(entry[0]), entry[0])))


def _fitting(value: str, schema: Row, writing: Written) -> str:
    """Return the expression of a value, as far as the schema has a code or room for it."""
    if schema.get("type") == "null":
        return "None"
    name = writing.name()
    if "enum" in schema:
        codes = writing.constant(frozenset(schema["enum"]))
        return f"({name} if ({name} := {value}) in {codes} else None)"
    if "enum" in schema.get("items", {}):
        known = writing.constant(frozenset(schema["items"]["enum"]).__contains__)
        return f"(list(filter({known}, {name})) if ({name} := {value}) else {name})"
    for keyword, size in (("maxLength", f"len({name})"), ("maximum", name)):
        if keyword in schema:
            fits = f"({name} := {value}) is None or {size} <= {schema[keyword]!r}"
            return f"({name} if {fits} else None)"
    return value


def _shown_lines(row: Row, writing: Written) -> list[str]:
    special = ", ".join(word for word in _MAKERS if word in row)
    if special:
        raise SpecError(f"x-derived, {', '.join(_names(row))}: {special} is for `stored` alone")
    made, value = writing.name(), writing.value(row["value"])
    if "when" not in row:
        writing.known.update(dict.fromkeys(_names(row), made))
        return [f"{made} = {value}"]
    holds, lines = writing.name(), []
    lines += [
        f"{holds} = {writing.condition(row['when'])}",
        f"{made} = {value} if {holds} else None",
    ]
    for name in _names(row):
        held = writing.name()
        lines.append(f"{held} = {made} if {holds} else {writing.field(name)}")
        writing.known[name] = held
    return lines


def _names(row: Row) -> list[str]:
    """Return the fields that a row gives a value."""
    return list(row["fields"]) if "fields" in row else [row["field"]]


def completed(step: Step, record: Record, scope: Scope) -> Record:
    """Take the step of a record that is written; return it without the fields that are null."""
    step(record, scope)
    return {name: value for name, value in record.items() if value is not None}


def _when(row: Row, language: Language) -> Condition:
    return language.condition(row["when"]) if "when" in row else lambda fields, scope: True


def _follows(row: Row, language: Language) -> Step:
    """Give a field that has no value that of the other, and remember that it follows that one."""
    target, source = row["value"]["first"]
    is_remembered = row["follows"] is True

    def step(record: Record, scope: Scope) -> None:
        if record.get(target) is None and record.get(source) is not None:
            record[target] = record[source]
            if is_remembered:
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
            record[name] = value

    return step


def _look_up(row: Row, language: Language) -> Step:
    """Look up the first of these fields that was sent; an unknown value empties all of them.

    The first with a value, unless the row takes the `first_sent`; where it says so an unknown
    value is kept, alone, and what stands for `nobody` is not.
    """
    by = [(language.public(name), name, key) for name, key in row["by"].items()]
    register = row["look_up"]
    is_first, is_kept = "first_sent" in row, "unknown" in row
    nobody = language.table(row["nobody"], "label") if "nobody" in row else {}

    def step(record: Record, scope: Scope) -> None:
        sent = [(name, key) for public, name, key in by if public in scope.sent]
        if not sent:
            return
        valued = (each for each in sent if record.get(each[0]))
        chosen, by_key = sent[0] if is_first else next(valued, sent[0])
        value = record.get(chosen)
        found = scope.registers.find(register, by_key, value) if value else None
        for _, name, key in by:
            record[name] = found.get(key) if found else None
        if is_kept and not found and value not in nobody:
            record[chosen] = value

    return step


_MAKERS: dict[str, Callable[[Row, Language], Step]] = {
    "follows": _follows,
    "put_first": _put_first,
    "look_up": _look_up,
}
"""What only few rows do, each by a step of its own."""
