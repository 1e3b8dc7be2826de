"""Decides how an ``if``/``then`` of a schema reads as a sentence.

Only the forms that the documents use are put into words; any other is shown as it is written,
so that nothing is left out or told wrong.
"""

import json
from collections.abc import Iterator
from typing import Any

from register_mock.pages.fields import Schema

_SKIPPED = {"type", "x-source", "maxLength", "description"}
LISTED = 6


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


def _clauses(schema: Schema) -> list[str]:
    """Return what a condition asks, each thing as a clause."""
    found: list[str] = []
    constrained = schema.get("properties", {})
    for name, field in constrained.items():
        found += [f"{name} {text}" for text in _is(field)]
    found += [f"{name} is sent" for name in schema.get("required", ()) if name not in constrained]
    for part in schema.get("allOf", ()):
        found += _clauses(part)
    if "anyOf" in schema:
        found.append(" or ".join(" and ".join(_clauses(part)) for part in schema["anyOf"]))
    if "not" in schema:
        found.append(" and ".join(_negated(text) for text in _clauses(schema["not"])))
    return found


def _is(field: Schema) -> Iterator[str]:
    """Yield what a condition asks of one field."""
    known = set(_SKIPPED)
    value = _value(field)
    if value is not None:
        known |= {"const", "enum", "x-code-list", "x-code-where"}
        yield f"is {value}"
    if field.get("pattern") == r"\S":
        known.add("pattern")
        yield "is given"
    if "not" in field:
        known.add("not")
        yield from (_negated(text) for text in _is(field["not"]))
    if "contains" in field:
        known.add("contains")
        yield from (f"has an entry that {text}" for text in _is(field["contains"]))
    rest = {key: value for key, value in field.items() if key not in known}
    if rest.get("items") == {}:
        del rest["items"]  # any items
    if rest:
        yield f"matches {json.dumps(rest)}"


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
        narrowed = [text for text in _narrowed(field) if text != "must be given"]
        if name not in required and not narrowed:
            narrowed = ["must be given"]
        found += [f"{name} {text}" for text in narrowed]
    for part in schema.get("allOf", ()):
        found.append(sentence(part).rstrip(".") if "if" in part else _demands(part))
    return "; ".join(found) or "nothing more"


def _narrowed(field: Schema) -> Iterator[str]:
    for text in _is({key: value for key, value in field.items() if key != "items"}):
        yield f"must {_infinitive(text)}"
    if "items" in field:
        for text in _is(field["items"]):
            yield f"has only entries that {text.replace('is ', 'are ', 1)}"


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


def _negated(text: str) -> str:
    for verb in ("is ", "has "):
        if text.startswith(verb):
            return f"{verb.strip()} not {text.removeprefix(verb)}"
    return text.replace(" is ", " is not ", 1)


def _infinitive(text: str) -> str:
    for verb, form in (("is ", "be "), ("has ", "have "), ("matches ", "match ")):
        if text.startswith(verb):
            return form + text.removeprefix(verb)
    return text


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def plain(value: Any) -> str:
    """Return a small piece of a table as text a person reads: ``today + 1 years``."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {plain(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(inner) for inner in value)
    return value if isinstance(value, str) else json.dumps(value)
