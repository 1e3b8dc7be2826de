"""Decides the pages of a document that are about no single operation or object.

Authentication, versioning, errors, field lengths, states, duplicates and rules, documents and
decisions: each in sentences and small tables, made from the bundled document.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from register_mock.contract.names import Names
from register_mock.contract.phrases import Phrases
from register_mock.pages import phrases
from register_mock.pages.conditions import plain
from register_mock.pages.fields import Schema, leaves, parts, ref_name, source_text
from register_spec import Choices, operations, resolve

DECISION = "decision-"


@dataclass(frozen=True)
class Table:
    """Rows of text under a heading; with an `anchor` a row's id is that and its first cell."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    anchor: str = ""


@dataclass(frozen=True)
class Topic:
    """One page: what it is called, what it says, and its tables."""

    id: str
    title: str
    text: tuple[str, ...]
    tables: tuple[Table, ...]
    samples: tuple[tuple[str, str], ...] = ()


def topics(
    document: Schema, versions: Sequence[str], choices: Sequence[Choices] = ()
) -> list[Topic]:
    """Return the topics of a document, without those it says nothing about."""
    made = (
        _authentication(document),
        _versioning(document, versions),
        _errors(document),
        _lengths(document),
        _states(document),
        _rules(document),
        _decisions(document, choices),
    )
    return [topic for topic in made if topic.text or any(table.rows for table in topic.tables)]


def _authentication(document: Schema) -> Topic:
    components = document.get("components", {})
    text = []
    for scheme in components.get("securitySchemes", {}).values():
        text += [str(scheme.get("description", "")), source_text(scheme.get("x-source"))]
    refused = components.get("responses", {}).get("Unauthorized", {})
    samples = [
        ("401", plain_json(example.get("value")))
        for content in refused.get("content", {}).values()
        for example in content.get("examples", {}).values()
    ]
    if samples:
        text.append(f"{refused.get('description', '')} The answer is 401:")
    return Topic("authentication", "Authentication", _said(text), (), tuple(samples))


def _versioning(document: Schema, versions: Sequence[str]) -> Topic:
    base = document.get("servers", [{"url": ""}])[0]["url"]
    version = str(document.get("info", {}).get("version", ""))
    if version not in {each.partition("@")[0] for each in versions}:
        return Topic("versioning", "Versioning", (), ())
    others = [each for each in versions if each != version]
    text = [
        f"Every address of this version begins with `{base}`. One that no version has is answered "
        "as an unknown path is.",
        f"Also served here: {', '.join(others)}." if others else "No other version is served here.",
        "One trainee can be read through every version; each shows it under its own names, and "
        "holds a request against its own lengths and lists.",
    ]
    rows = tuple(document.get("x-names", {}).items())
    names = Table("Fields the newest version calls differently", ("Here", "Newest"), rows)
    return Topic("versioning", "Versioning", _said(text), (names,))


def _errors(document: Schema) -> Topic:
    sentences = document.get("x-sentences", {})
    order = document.get("x-precedence", {}).get("stages", ())
    text = []
    if order:
        text = [
            "When several things are wrong with a request, the first of these steps that finds "
            "something answers. What is refused changes nothing."
        ]
    steps = tuple((str(number), phrases.stage(each)) for number, each in enumerate(order, 1))
    exceptions = tuple(
        (plain(row["operations"]), phrases.place_of_stage(row))
        for row in document.get("x-precedence", {}).get("exceptions", {}).values()
    )
    fields = tuple(
        (plain(row["text"]), plain(row["on"]), plain(row.get("value", "")))
        for row in sentences.get("fields", {}).values()
    )
    answers = tuple(
        (
            str(answer.get("for", name)).replace("_", " "),
            str(answer["status"]),
            phrases.body(answer["body"]),
            phrases.asked(answer),
        )
        for name, answer in sentences.get("answers", {}).items()
    )
    tables = (
        Table("Which refusal comes first", ("Step", "What is looked at"), steps),
        Table("Where the order is another", ("Operations", "What comes earlier"), exceptions),
        Table("Bodies of the refusals", ("Refusal", "Status", "Body", "Only for"), answers),
        Table(
            "Words for a field, after its label; the first that holds",
            ("Words", "When these break", "Value"),
            fields,
        ),
        Table("Statuses and their operations", ("Status", "Answered by"), _statuses(document)),
    )
    return Topic("errors", "Errors", _said(text), tables, tuple(_shapes(document)))


def _statuses(document: Schema) -> tuple[tuple[str, ...], ...]:
    by_status: dict[str, list[str]] = {}
    rows = [row for _, _, row, _ in operations(document)]
    for row in rows:
        for status in row.get("responses", {}):
            if str(status)[0] in "45":
                by_status.setdefault(str(status), []).append(str(row["operationId"]))
    everywhere = "every operation"
    return tuple(
        (status, everywhere if len(ids) == len(rows) else plain(ids))
        for status, ids in sorted(by_status.items())
    )


def _shapes(document: Schema) -> Iterator[tuple[str, str]]:
    """Yield the first example of each kind of refusal, by the name of its schema."""
    seen = set()
    for _, _, row, _ in operations(document):
        for status, response in row.get("responses", {}).items():
            for content in resolve(document, response).get("content", {}).values():
                name = ref_name(content.get("schema", {})) or str(status)
                examples = list(content.get("examples", {}).values())
                if str(status)[0] in "45" and examples and name not in seen:
                    seen.add(name)
                    yield f"{status} {name}", plain_json(examples[0].get("value"))


def _lengths(document: Schema) -> Topic:
    rows = tuple(_length_rows(document))
    table = Table("How long a text may be", ("Object", "Field", "Characters"), rows)
    text = ["A longer text is refused; what is counted are characters, not bytes."] if rows else []
    return Topic("field-lengths", "Field lengths", tuple(text), (table,))


def _length_rows(document: Schema) -> Iterator[tuple[str, str, str]]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        # A request schema repeats the fields of the part it is made of.
        if "allOf" in schema:
            schema = {"properties": schema.get("properties", {})}
        for field, content in parts(document, schema).properties.items():
            limits = [each for each in leaves(content) if each.get("maxLength", 0) > 0]
            for each in limits[:1]:
                fewest = f"{each['minLength']} to " if "minLength" in each else "at most "
                yield str(name), str(field), f"{fewest}{each['maxLength']}"


def _states(document: Schema) -> Topic:
    lifecycle = document.get("x-lifecycle", {})
    answers = document.get("x-sentences", {}).get("answers", {})
    words = _words(document)
    states = tuple((str(name), plain(text)) for name, text in lifecycle.get("states", {}).items())
    events = tuple(
        (
            str(name),
            "from outside" if event["cause"] == "outside" else str(event["cause"]),
            " ".join((*phrases.moves(event, words), *phrases.consequences(event, answers, words))),
            source_text(event.get("x-source")),
        )
        for name, event in lifecycle.get("events", {}).items()
    )
    locks = tuple(
        (
            plain(lock["operations"]),
            f"Refused in {plain(lock['states'])}: {phrases.refusal(lock['refusal'], answers)}.",
        )
        for lock in lifecycle.get("locks", ())
    )
    text = [f"A record starts as {lifecycle['initial']}."] if "initial" in lifecycle else []
    columns = ("Event", "Caused by", "What happens", "Source")
    tables = (
        Table("States of a trainee", ("State", "Meaning"), states),
        Table("What moves a trainee from state to state", columns, events),
        Table("What a state forbids", ("Operations", "Where"), locks),
    )
    return Topic("states", "States of a trainee", tuple(text), tables)


def _words(document: Schema) -> Phrases:
    """Return the phrases for values and conditions, in the public names of the version."""
    return Phrases(Names(document.get("x-names", {})).public)


def _rules(document: Schema) -> Topic:
    words = _words(document)
    duplicates = tuple(
        (
            phrases.duplicate(str(name), rule, words),
            plain(rule["operations"]),
            source_text(rule.get("x-source")),
        )
        for name, rule in document.get("x-duplicates", {}).items()
        if isinstance(rule, dict) and "operations" in rule
    )
    rules = tuple(
        (
            str(name),
            phrases.rule(rule, words),
            plain(rule["operations"]),
            source_text(rule.get("x-source")),
        )
        for name, rule in document.get("x-rules", {}).items()
    )
    tables = (
        Table("What counts as a duplicate", ("Rule", "Operations", "Source"), duplicates),
        Table("Rules on dates", ("Rule", "What it asks", "Operations", "Source"), rules, "rule-"),
    )
    return Topic("rules", "Duplicates and rules", (), tables)


def _decisions(document: Schema, choices: Sequence[Choices]) -> Topic:
    documents = tuple((str(key), plain(t)) for key, t in document.get("x-documents", {}).items())
    rests = Table("Documents it rests on", ("Number", "Document"), documents)
    if not documents:
        return Topic("decisions", "Documents and decisions", (), ())
    text = [
        "A source that is a number names one of these documents; `decision N` is a row of the "
        "table of decisions."
    ]
    tables = [Table(each.title, each.columns, each.rows, _anchor(each)) for each in choices]
    return Topic("decisions", "Documents and decisions", tuple(text), (rests, *tables))


def _anchor(table: Choices) -> str:
    return DECISION if all(row[0].isdigit() for row in table.rows) else ""


def _said(text: list[str]) -> tuple[str, ...]:
    return tuple(each for each in text if each)


def plain_json(value: Any) -> str:
    """Return a sample as text: JSON, unless it is a text already."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
