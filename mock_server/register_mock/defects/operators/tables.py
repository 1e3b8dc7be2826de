"""Operators on rules, derived values, duplicates, sentences and the order of the stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from register_mock.defects.operators.change import (
    Change,
    Document,
    Operator,
    entry,
    mentions,
    path,
)
from register_mock.request.stages import STAGES


def rule_dropped(document: Document) -> Iterator[Change]:
    """A row of `x-rules` is not there."""
    for name, row in document["x-rules"].items():
        kind = "time" if mentions(row, "today") else "validation"
        sentence = f"Nothing is refused by the rule {name} of {row['field']}."
        yield Change(name, kind, sentence, path("x-rules", name))


UNSEEN = {
    "degree.stored.graduation_year": "a year is shown as a number, however it is kept",
    "trainee.stored.email_squashed": "an address with blanks is refused before",
    "trainee.shown.disability_disclosure_of_several": "a later row of the same field decides",
    "trainee.stored.disclosure_by_what_is_sent": "the row that shows it is broken instead",
    "server_error": "only a mistake of the mock itself is answered so",
}
"""Rows that nothing shows, or nothing shows apart from another one, and why."""


def derived_missing(document: Document) -> Iterator[Change]:
    """A row of `x-derived` is not there."""
    for kind, phases in document["x-derived"].items():
        if kind.startswith("x-"):
            continue
        for phase, rows in phases.items():
            for name, row in rows.items():
                if f"{kind}.{phase}.{name}" in UNSEEN:
                    continue
                fields = " and ".join(row["fields"] if "fields" in row else [row["field"]])
                sentence = f"What is {phase} of a {kind} as {fields} is not made ({name})."
                place = path("x-derived", kind, phase, name)
                yield Change(f"{kind}.{phase}.{name}", "derived values", sentence, place)


def _duplicate_keys(document: Document) -> Iterator[tuple[str, str, str, Any]]:
    for kind, row in document["x-duplicates"].items():
        if not kind.startswith("x-"):
            for group in ("all", "any"):
                for key, value in row.get(group, {}).items():
                    yield kind, group, key, value


def duplicate_key_ignored(document: Document) -> Iterator[Change]:
    """A key of a duplicate rule is not compared."""
    for kind, group, key, _ in _duplicate_keys(document):
        if len(document["x-duplicates"][kind][group]) > 1:
            sentence = f"Whether a {kind} is a duplicate does not depend on {key}."
            place = path("x-duplicates", kind, group, key)
            yield Change(f"{kind}.{key}", "duplicates", sentence, place)


def duplicate_compared_as_sent(document: Document) -> Iterator[Change]:
    """A key of a duplicate rule is compared without being brought to one form."""
    for kind, group, key, value in _duplicate_keys(document):
        if isinstance(value, Mapping) and not _is_one_to_one(document, value):
            sentence = f"{key} of duplicates of a {kind} is compared as it was sent."
            place = path("x-duplicates", kind, group)
            yield Change(f"{kind}.{key}", "duplicates", sentence, place, {key: _field_in(value)})


def _is_one_to_one(document: Document, value: Mapping[str, Any]) -> bool:
    """Tell whether a value is taken from a code list that has it for one code only."""
    taken = [
        row.get(value.get("take")) for row in document["x-code-lists"].get(value.get("in"), ())
    ]
    return bool(taken) and len(set(map(str, taken))) == len(taken)


def _field_in(value: Any) -> str:
    """Return the first field that a value looks at."""
    while not isinstance(value, str):
        value = value[0] if isinstance(value, list) else next(iter(value.values()))
    return value


def duplicates_not_looked_for(document: Document) -> Iterator[Change]:
    """An operation is not held against a duplicate rule."""
    for kind, row in document["x-duplicates"].items():
        if not kind.startswith("x-"):
            for operation in row["operations"]:
                sentence = f"{operation} takes duplicates of a {kind}."
                place = path("x-duplicates", kind, "operations") + entry(operation)
                yield Change(f"{kind}.{operation}", "duplicates", sentence, place)


def sentence_altered(document: Document) -> Iterator[Change]:
    """A text of `x-sentences` ends with a full stop."""
    table = document["x-sentences"]
    for name, row in table["fields"].items():
        sentence = f"What is said of a field that is {name} ends with a full stop."
        place = path("x-sentences", "fields", name)
        yield Change(f"fields.{name}", "wording", sentence, place, {"text": _stopped(row["text"])})
    for name, row in table["answers"].items():
        if name in UNSEEN:
            continue
        sentence = f"The answer {name} ends its sentences with a full stop."
        place = path("x-sentences", "answers", name)
        yield Change(f"answers.{name}", "wording", sentence, place, {"body": _stopped(row["body"])})


_KEPT = ("each", "by", "data")


def _stopped(node: Any) -> Any:
    """Return a text, or the texts of a body, with a full stop; not codes beside a message."""
    if isinstance(node, str):
        return f"{node.rstrip()}." + node[len(node.rstrip()) :]
    if isinstance(node, list):
        return [_stopped(each) for each in node]
    kept = {*_KEPT, "error"} if "message" in node else set(_KEPT)
    return {key: each if key in kept else _stopped(each) for key, each in node.items()}


# Which way a stage is moved, so that it looks at what another one should have refused before.
_EARLY = ("json", "trainee", "data", "query", "state", "duplicates", "saving", "sections")
_LATE = ("authentication", "fields", "state", "child")


def stage_early(document: Document) -> Iterator[Change]:
    """A stage of `x-precedence` comes as early as it can."""
    yield from _moved(document, _EARLY, "early")


def stage_late(document: Document) -> Iterator[Change]:
    """A stage of `x-precedence` comes as late as it can."""
    yield from _moved(document, _LATE, "late")


def _moved(document: Document, wanted: tuple[str, ...], way: str) -> Iterator[Change]:
    stages = document["x-precedence"]["stages"]
    for name in stages:
        order = _order_with(stages, name, way)
        if name in wanted and order != stages and is_used(document, name):
            sentence = f"The stage {name} looks at a request as {way} as it can: {_told(order)}."
            update = {"stages": order}
            yield Change(name, "status", sentence, path("x-precedence"), update)


def is_used(document: Document, stage: str) -> bool:
    """Tell whether a stage has something to look at: some are there for rules of a kind."""
    word = {"saving": "at_save", "sections": "section"}.get(stage)
    return word is None or any(word in rule for rule in document["x-rules"].values())


def _order_with(stages: list[str], name: str, way: str) -> list[str]:
    others = [each for each in stages if each != name]
    before = [others.index(each) + 1 for each in _needed(name) if each in others]
    behind = [others.index(each) for each in others if name in _needed(each)]
    place = max(before, default=0) if way == "early" else min(behind, default=len(others))
    return [*others[:place], name, *others[place:]]


def _needed(name: str) -> tuple[str, ...]:
    return STAGES[name].after if name in STAGES else ()


def _told(order: list[str]) -> str:
    return ", ".join(order)


def exception_dropped(document: Document) -> Iterator[Change]:
    """An exception from the order of the stages is not made."""
    for name in document["x-precedence"].get("exceptions", {}):
        sentence = f"The order of the stages has no exception {name}."
        yield Change(name, "status", sentence, path("x-precedence", "exceptions", name))


OPERATORS: dict[str, Operator] = {
    each.__name__: each
    for each in (
        rule_dropped,
        derived_missing,
        duplicate_key_ignored,
        duplicate_compared_as_sent,
        duplicates_not_looked_for,
        sentence_altered,
        stage_early,
        stage_late,
        exception_dropped,
    )
}
