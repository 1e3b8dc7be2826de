"""What a document says that a journal is held against: operations, moves, lists, words of rules.

It is read from the bundled document; nothing is listed by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import register_spec as spec
from register_mock.contract.credentials import base_path, token_header
from register_spec.plain import texts_in
from register_spec.resolve import parameters

Json = Mapping[str, Any]
OUTSIDE = "outside"


@dataclass(frozen=True)
class Asked:
    """A feature of a list: the parameter, what it does (`word`), and the value of it, if one.

    `example` is something that can be sent for it.
    """

    parameter: str
    word: str
    value: str | None = None
    example: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation of a document; `replaces` says that it acts as a deprecated one."""

    name: str
    acts_as: str
    method: str
    path: str
    statuses: tuple[int, ...]
    creates: bool
    deprecated: bool
    replaces: bool
    features: tuple[Asked, ...]
    source: str | None


@dataclass(frozen=True)
class Move:
    """One move of `x-lifecycle`; `cause` is an operation, or outside."""

    event: str
    cause: str
    before: str
    after: str
    source: str | None


class Known:
    """What one document says. `version`, `reading` and `base` are those of the edition."""

    def __init__(self, document: dict[str, Any], reading: str) -> None:
        """Read it."""
        self.version: str = document["info"]["version"]
        self.reading = reading
        self.base = base_path(document)
        self.token_header = token_header(document).name.title()
        self._document = document
        self.operations = {each.name: each for each in _operations(document)}
        self.initial: str = document["x-lifecycle"]["initial"]
        self.moves = tuple(_moves(document["x-lifecycle"]))
        self.identifiers = frozenset(self._marked(_is_identifier))
        self.states = frozenset(self._marked(lambda field: "x-states" in field))
        self._rules: Json = document["x-rules"]

    def _marked(self, is_one: Any) -> Iterator[str]:
        for schema in self._document["components"]["schemas"].values():
            for name, field in schema.get("properties", {}).items():
                if isinstance(field, dict) and "properties" not in field and is_one(field):
                    yield name

    def words_of(self, pointer: str) -> tuple[str, list[str]]:
        """Return the table that a pointer of a reason leads into, and the words it leads by."""
        _, _, place = pointer.partition("#/")
        table, *steps = place.split("/")
        if table != "x-rules" or not steps:
            return table, steps
        return table, list(texts_in(self._rules.get(steps[0], {})))

    @property
    def has_deprecated(self) -> bool:
        """Whether any operation is deprecated."""
        return any(each.deprecated for each in self.operations.values())

    @property
    def creation(self) -> Operation:
        """The operation that makes a trainee; the first that makes anything, where none does."""
        causes = {each.cause for each in self.moves if each.before == self.initial}
        found = sorted(self.operations.values(), key=lambda each: each.name not in causes)
        return next((each for each in found if each.creates), found[0])

    def named(self, records: Any) -> frozenset[str]:
        """Return the identifiers that an answer tells, wherever they stand."""
        found: set[str] = set()
        waiting = [records]
        while waiting:
            node = waiting.pop()
            if isinstance(node, list):
                waiting += node
            elif isinstance(node, dict):
                waiting += [each for each in node.values() if isinstance(each, (dict, list))]
                ids = (node.get(name) for name in self.identifiers)
                found.update(each for each in ids if isinstance(each, str))
        return frozenset(found)

    def records_in(self, body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield identifier and content of each record of an answer, without those inside one."""
        waiting = [body]
        while waiting:
            node = waiting.pop()
            if isinstance(node, list):
                waiting += node
            elif isinstance(node, dict):
                ids = [node[name] for name in self.identifiers if isinstance(node.get(name), str)]
                if len(ids) == 1:
                    yield ids[0], node
                else:
                    waiting += node.values()

    def states_in(self, body: Any) -> Iterator[tuple[str, str]]:
        """Yield identifier and state of each record of an answer that has both."""
        for id_, record in self.records_in(body):
            states = [record[name] for name in self.states if name in record]
            if len(states) == 1:
                yield id_, str(states[0])


def _is_identifier(field: Json) -> bool:
    """Whether a field identifies a record; a list that holds some is marked likewise."""
    return "x-record" in field and {"items", "anyOf"}.isdisjoint(field)


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    rows = list(spec.operations(document))
    old = {row["operationId"] for _, _, row, _ in rows if row.get("deprecated")}
    for path, method, row, shared in rows:
        name, record = row["operationId"], row.get("x-record", {})
        asked = parameters(document, row, shared)
        ids = {each["x-record"]["kind"] for each in asked if each["in"] == "path"}
        acts_as = str(row.get("x-same-as", name))
        yield Operation(
            name=name,
            acts_as=acts_as,
            method=method.upper(),
            path=path,
            statuses=tuple(sorted(int(status) for status in row["responses"])),
            creates=bool(record.get("stores")) and record["kind"] not in ids,
            deprecated=name in old,
            replaces=acts_as in old and name not in old,
            features=tuple(_features(asked)),
            source=source_text(row.get("x-source")),
        )


def _features(rows: list[dict[str, Any]]) -> Iterator[Asked]:
    for row in rows:
        does, name = row.get("x-list", {}), row["name"]
        for key in does:
            if key != "rising":
                word = does["page"] if key == "page" else key
                yield Asked(name, word, example=_example(row, word))
        yield from (Asked(name, "meaning", value, value) for value in row.get("x-meaning", {}))


# What can be sent where the document has no example, whatever its form: a number, a truth value.
EXAMPLES = {"number": "2", "size": "2", "with_value": "true"}


def _example(row: Json, word: str) -> str:
    """Return what may be sent for a parameter, other than what it is without."""
    said = row["x-list"].get("rising") or row.get("example")
    return str(said or EXAMPLES.get(word, ""))


def _moves(table: Json) -> Iterator[Move]:
    for name, event in table["events"].items():
        for edge in event["edges"]:
            for before in edge["from"]:
                for after in _targets(table, before, edge["to"]):
                    source = source_text(event.get("x-source"))
                    yield Move(name, event["cause"], before, after, source)


def _targets(table: Json, before: str, to: str) -> list[str]:
    """Return the states that an edge may lead to; `previous` is any that leads to this one."""
    if to == "same":
        return [before]
    if to != "previous":
        return [to]
    edges = [edge for event in table["events"].values() for edge in event["edges"]]
    return [
        state
        for state in table["states"]
        if any(state in edge["from"] and edge["to"] == before for edge in edges)
    ]


def source_text(source: Any) -> str | None:
    """Return where a row is from, in a line."""
    return source.get("document") if isinstance(source, dict) else source
