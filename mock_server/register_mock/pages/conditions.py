"""Decides how an ``if``/``then`` of a schema reads as a sentence.

Only the forms that the documents use are put into words; any other is shown as it is written,
so that nothing is left out or told wrong.
"""

import json
from collections.abc import Iterator
from enum import Enum
from typing import Any

from register_mock.pages.fields import Schema

_SKIPPED = {"type", "x-source", "maxLength", "description"}
LISTED = 6


class Mood(Enum):
    """How something is said of a field: as a fact, as a demand, of the entries of a list."""

    IS = 0
    IS_NOT = 1
    MUST = 2
    MUST_NOT = 3
    ARE = 4
    ARE_NOT = 5

    @property
    def opposite(self) -> "Mood":
        """The same, denied."""
        return Mood(self.value ^ 1)


# What can be said of a field, in the order of the moods.
_PHRASES = {
    "value": ("is {}", "is not {}", "must be {}", "must not be {}", "are {}", "are not {}"),
    "given": (
        "is given",
        "is not given",
        "must be given",
        "must not be given",
        "are given",
        "are not given",
    ),
    "sent": (
        "is sent",
        "is not sent",
        "must be sent",
        "must not be sent",
        "are sent",
        "are not sent",
    ),
    "entry": (
        "has an entry that {}",
        "has no entry that {}",
        "must have an entry that {}",
        "must have no entry that {}",
        "have an entry that {}",
        "have no entry that {}",
    ),
    "match": (
        "matches {}",
        "does not match {}",
        "must match {}",
        "must not match {}",
        "match {}",
        "do not match {}",
    ),
}


def _said(what: str, mood: Mood, value: str = "") -> str:
    return _PHRASES[what][mood.value].format(value)


def sentence(condition: Schema) -> str:
    """Return one condition as text: ``If A is 1: B is required. Otherwise: …``."""
    text = f"If {', and '.join(_clauses(condition['if']))}: {_demands(condition.get('then', {}))}."
    if condition.get("then") is None:
        text = f"Unless {', and '.join(_clauses(condition['if']))}:"
        return f"{text} {_demands(condition.get('else', {}))}."
    if "else" not in condition:
        return text
    rest = condition["else"]
    if "if" in rest:
        return f"{text} Otherwise, {sentence(rest)[0].lower()}{sentence(rest)[1:]}"
    return f"{text} Otherwise: {_demands(rest)}."


def _clauses(schema: Schema, mood: Mood = Mood.IS) -> list[str]:
    """Return what a condition asks, each thing as a clause; denied, one of them is enough."""
    found: list[str] = []
    constrained = schema.get("properties", {})
    for name, field in constrained.items():
        found += [f"{name} {text}" for text in _is(field, mood)]
    for name in schema.get("required", ()):
        if name not in constrained:
            found.append(f"{name} {_said('sent', mood)}")
    for part in schema.get("allOf", ()):
        found += _clauses(part, mood)
    inner, outer = (" and ", " or ") if mood is Mood.IS else (" or ", " and ")
    if "anyOf" in schema:
        found.append(outer.join(inner.join(_clauses(part, mood)) for part in schema["anyOf"]))
    if "not" in schema:
        found.append(outer.join(_clauses(schema["not"], mood.opposite)))
    return found


def _is(field: Schema, mood: Mood) -> Iterator[str]:
    """Yield what is said of one field."""
    known = set(_SKIPPED)
    value = _value(field)
    if value is not None:
        known |= {"const", "enum", "x-code-list", "x-code-where"}
        yield _said("value", mood, value)
    if field.get("pattern") == r"\S":
        known.add("pattern")
        yield _said("given", mood)
    if "not" in field:
        known.add("not")
        yield from _is(field["not"], mood.opposite)
    if "contains" in field:
        known.add("contains")
        yield from (_said("entry", mood, text) for text in _is(field["contains"], Mood.IS))
    rest = {key: value for key, value in field.items() if key not in known}
    if rest.get("items") == {}:
        del rest["items"]  # any items
    if rest:
        yield _said("match", mood, json.dumps(rest))


def _demands(schema: Schema) -> str:
    """Return what a branch demands: the fields required, and how others are narrowed."""
    required = [str(name) for name in schema.get("required", ())]
    found = []
    if required:
        found.append(f"{_listed(required)} {'is' if len(required) == 1 else 'are'} required")
    for name, field in schema.get("properties", {}).items():
        if field is False:
            found.append(f"{name} must not be sent")
            continue
        given = _said("given", Mood.MUST)
        narrowed = [text for text in _narrowed(field) if text != given]
        if name not in required and not narrowed:
            narrowed = [given]
        found += [f"{name} {text}" for text in narrowed]
    for part in schema.get("allOf", ()):
        found.append(sentence(part).rstrip(".") if "if" in part else _demands(part))
    return "; ".join(found) or "nothing more"


def _narrowed(field: Schema) -> Iterator[str]:
    yield from _is({key: value for key, value in field.items() if key != "items"}, Mood.MUST)
    if "items" in field:
        yield from (f"has only entries that {text}" for text in _is(field["items"], Mood.ARE))


def _value(field: Schema) -> str | None:
    if "x-code-list" in field:
        where = field.get("x-code-where", {})
        told = " and ".join(f"{key} {json.dumps(value)}" for key, value in where.items())
        return f"in the list {field['x-code-list']}" + (f" with {told}" if told else "")
    if "const" in field:
        return json.dumps(field["const"])
    if "enum" in field:
        values = [json.dumps(value) for value in field["enum"]]
        more = f" … ({len(values)} values)" if len(values) > LISTED else ""
        return " or ".join(values[:LISTED]) + more
    return None


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def plain(value: Any) -> str:
    """Return a small piece of a table as text a person reads: ``today + 1 years``."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {plain(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(inner) for inner in value)
    return value if isinstance(value, str) else json.dumps(value)
