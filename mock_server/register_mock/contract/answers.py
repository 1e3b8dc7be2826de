"""The rows of `x-sentences.answers`: which one answers a refusal, and the bytes it makes of it.

The first row for the reason decides that knows the operation and finds its headers in the request.
A body is written as it is sent; texts say in braces what is put in, and a mapping with `each` is
unrolled: over the `problem`s of the refusal, or the records in `conflict`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import orjson

from register_mock.contract.envelopes import TEXT, Answer, json_answer
from register_mock.contract.problems import Problem, Refusal
from register_mock.contract.sentences import OF_PROBLEMS, Words, check_text

HeaderOf = Callable[[str], str | None]
# What any text of an answer may speak of: the number of problems, the seconds to wait.
_OF_REFUSALS = frozenset({"count", "wait"})


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row: for which reason, operations (all when None) and request headers, and the answer."""

    id: str
    reason: str
    operations: frozenset[str] | None
    asked_with: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: Any

    def is_asked(self, header: HeaderOf) -> bool:
        """Whether a request has the headers that the row is for."""
        return all(header(name) == value for name, value in self.asked_with)


class Answers:
    """All answers to refusals of one edition.

    Raises SpecError for a text that speaks of what there is not.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Read the root's `x-sentences`."""
        self.words = Words(table)
        self.rows = [_row(id_, row) for id_, row in table["answers"].items()]

    def possible(self, reason: str, operation: str | None) -> list[AnswerRow]:
        """Return the rows that may answer, in order; the last one is for any request.

        Without a row for any request the list ends before its time.
        """
        rows = [
            row
            for row in self.rows
            if row.reason == reason and (row.operations is None or operation in row.operations)
        ]
        asked = list(takewhile(lambda row: row.asked_with, rows))
        return rows[: len(asked) + 1]

    def chosen(self, reason: str, operation: str | None, header: HeaderOf) -> AnswerRow:
        """Return the row that answers a request; that there is one was seen at start."""
        return next(row for row in self.possible(reason, operation) if row.is_asked(header))

    def answer(self, row: AnswerRow, refusal: Refusal, conflicts: Sequence[bytes] = ()) -> Answer:
        """Return the answer to a refusal; `conflicts` are the shown records of a duplicate."""
        count = _count(refusal.problems)
        known = {"count": str(count), "wait": str(refusal.wait)}
        made = _Filling(self.words, refusal.problems, conflicts, known, count)
        headers = tuple((name, made.text(value)) for name, value in row.headers)
        body = made.body(row.body)
        if isinstance(body, str):
            return Answer(row.status, body.encode(), TEXT, headers)
        return json_answer(row.status, body, headers)

    def told(self, row: AnswerRow, problem: Problem) -> str:
        """Return what an answer says of one of its problems: its first text that does so."""
        forms = (text for _, text, known in _texts(row.id, row.body, frozenset()) if known)
        said = (text for text in forms if "{sentence}" in text or "{text}" in text)
        form = next(said, "{sentence}")
        return form.format_map(self.words.of(problem))


@dataclass(frozen=True, slots=True)
class _Filling:
    """One refusal, put into the texts of a row; `known` is what a text there may speak of."""

    words: Words
    problems: Sequence[Problem]
    conflicts: Sequence[bytes]
    known: Mapping[str, str]
    count: int

    def text(self, text: str) -> str:
        return text.format_map(self.known)

    def body(self, node: Any) -> Any:
        if isinstance(node, str):
            return self.text(node)
        if isinstance(node, list):
            return [self.body(each) for each in node]
        if "each" in node:
            return self._each(node)
        if "other" in node:
            return self.text(node["one" if self.count == 1 else "other"])
        return {key: self.body(child) for key, child in node.items()}

    def _each(self, node: Mapping[str, Any]) -> Any:
        if node["each"] == "conflict":
            return [orjson.Fragment(record) for record in self.conflicts]
        each = [replace(self, known={**self.known, **self.words.of(p)}) for p in self.problems]
        if "by" not in node:
            return [about.body(node["as"]) for about in each]
        found: dict[tuple[str, ...], list[Any]] = {}
        for about in each:
            keys = tuple(filter(None, map(about.text, node["by"])))
            found.setdefault(keys, []).append(about.body(node["as"]))
        return _nested(found)


def _count(problems: Sequence[Problem]) -> int:
    """Return how many problems there are; those of one section count as one."""
    sections = {problem.section for problem in problems if problem.section}
    return len(sections) + sum(1 for problem in problems if not problem.section)


def _nested(found: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return lists by their keys as mappings in mappings.

    A key that has a list and further keys has its list under its own name among them.
    """
    nested: dict[str, Any] = {}
    for keys, listed in found.items():
        if any(other != keys and other[: len(keys)] == keys for other in found):
            keys = (*keys, *keys[-1:])
        inner = nested
        for key in keys[:-1]:
            inner = inner.setdefault(key, {})
        inner["".join(keys[-1:])] = listed
    return nested


def _row(id_: str, row: Mapping[str, Any]) -> AnswerRow:
    place = f"x-sentences.answers.{id_}"
    for name, text in row.get("headers", {}).items():
        check_text(f"{place}.headers.{name}", text, _OF_REFUSALS)
    for where, text, known in _texts(f"{place}.body", row["body"], _OF_REFUSALS):
        check_text(where, text, known)
    return AnswerRow(
        id=id_,
        reason=row.get("for", id_),
        operations=frozenset(row["operations"]) if "operations" in row else None,
        asked_with=tuple(row.get("asked_with", {}).items()),
        status=row["status"],
        headers=tuple(row.get("headers", {}).items()),
        body=row["body"],
    )


def _texts(
    place: str, node: Any, known: frozenset[str]
) -> Iterable[tuple[str, str, frozenset[str]]]:
    """Yield the texts of a body: where each stands, and what it may speak of."""
    if isinstance(node, str):
        yield place, node, known
    elif isinstance(node, list):
        for each in node:
            yield from _texts(place, each, known)
    elif "each" in node:
        inner = known | OF_PROBLEMS
        yield from _texts(f"{place}.by", node.get("by", []), inner)
        yield from _texts(f"{place}.as", node.get("as", []), inner)
    else:
        for key, child in node.items():
            yield from _texts(f"{place}.{key}", child, known)
