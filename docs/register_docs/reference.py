"""Operations, objects, topics and code lists of a document in Markdown, from the mock's `Book`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Any

from register_docs.markdown import block, code, heading, label, page, prose, table
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.control.api import control_document
from register_mock.pages.book import Book, open_book
from register_mock.pages.drift import Deviation
from register_mock.pages.fields import Row
from register_mock.pages.reference import Body, Object, Operation
from register_mock.pages.topics import Topic
from register_mock.world.worlds import Worlds

Lines = Iterator[str]
Codes = Sequence[Mapping[str, Any]]


def control_page() -> str:
    """Return the page of the control API, as a server shows it that was started without options."""
    options = Options(seed="empty")
    worlds: Worlds = create_app(options).extensions["register_mock"]
    book = open_book("control", control_document(worlds, options), (), ())
    lines = [
        *heading(1, "Control API", "control-api"),
        prose(book.info["summary"]),
        "",
        prose(book.info["description"]),
        "",
    ]
    for operation in book.operations.values():
        lines += operation_lines(book, operation)
    lines += heading(2, "Objects")
    for each in book.objects.values():
        lines += object_lines(book, each, 3)
    return page(lines)


def operation_lines(book: Book, each: Operation) -> Lines:
    """Yield the section of an operation."""
    place = code(f"{each.method} {book.base.rstrip('/')}{each.path}")
    yield from heading(2, place, label(book.name, "operation", each.id))
    yield from (" ".join(filter(None, (prose(each.summary), prose(each.description)))), "")
    yield from (f"Operation {code(each.id)}.{_source(each.source)}", "")
    if each.rules:
        yield from (f"Rules: {', '.join(map(code, each.rules))}.", "")
    yield from drift_lines(each.drift)
    yield from _titled("Parameters", _fields(book, each.parameters))
    if each.body:
        yield from _titled("Request", _body(book, each.body))
    rows = (
        (
            code(answer.status),
            prose(answer.description),
            _type(book, _carried(answer.body)) if answer.body else "",
            ", ".join(_to_operation(book, id) for id in answer.next_operations),
        )
        for answer in each.responses
    )
    yield from table(("Answer", "When", "Body", "Then"), rows)


def object_lines(book: Book, each: Object, level: int = 2) -> Lines:
    """Yield the section of an object: conditions, drift, fields."""
    yield from heading(level, code(each.name), label(book.name, "object", each.name))
    if each.description:
        yield from (prose(each.description), "")
    if each.used_by:
        yield from (f"Used by {', '.join(_to_operation(book, id) for id in each.used_by)}.", "")
    yield from (f"- {prose(text)}" for text in each.conditions)
    yield ""
    yield from drift_lines(each.drift)
    yield from _fields(book, each.fields)


def topic_lines(topic: Topic) -> Lines:
    """Yield the section of a topic: what it says, its tables and samples."""
    yield from heading(2, topic.title)
    for text in topic.text:
        yield from (prose(text), "")
    for each in topic.tables:
        rows = (tuple(map(prose, row)) for row in each.rows)
        yield from _titled(each.title, table([*map(prose, each.columns)], rows))
    for title, text in topic.samples:
        yield from _titled(prose(title), _sample(text))


def code_list_lines(books: Sequence[Book]) -> Lines:
    """Yield a section for each code list, one for all books in which it has the same codes."""
    where: dict[str, list[str]] = {}
    lists: dict[str, tuple[str, Codes]] = {}
    for book in books:
        for name, rows in book.code_lists.items():
            place = _place_of_list(name, rows)
            where.setdefault(place, []).append(book.name)
            lists[place] = (name, rows)
    for place, (name, rows) in sorted(lists.items()):
        yield from heading(2, code(name), place)
        yield from (f"In {', '.join(map(code, where[place]))}.", "")
        columns = list(dict.fromkeys(key for row in rows for key in row))
        cells = (tuple(prose(_plain(row.get(key))) for key in columns) for row in rows)
        yield from table([*map(prose, columns)], cells)


def _place_of_list(name: str, rows: Codes) -> str:
    """Return the place of a code list: another one where the list has other codes."""
    content = json.dumps([dict(row) for row in rows], sort_keys=True)
    return label("codes", name, sha256(content.encode()).hexdigest()[:8])


def drift_lines(entries: tuple[Deviation, ...]) -> Lines:
    """Yield what the service does otherwise than the documents, where it does."""
    rows = (
        (
            code(each.id),
            prose(each.documents),
            prose(each.service) + ("" if each.reproduced else " *Not reproduced.*"),
        )
        for each in entries
    )
    yield from table(("Drift", "The documents say", "The service does"), rows)


def _titled(title: str, lines: Lines) -> Lines:
    kept = list(lines)
    if kept:
        yield from (f"**{title}**", "", *kept)


def _body(book: Book, body: Body) -> Lines:
    yield from (_type(book, _carried(body)), "")
    if len(body.fields) > 1:
        yield from _fields(book, body.fields)
    for example in body.examples:
        yield from (f"Example {code(example.name)}:{_source(example.source)}", "")
        yield from _sample(example.text)


def _sample(text: str) -> Lines:
    return block(text, "json" if text[:1] in '{["' else "text")


def _carried(body: Body) -> str:
    return f"{body.fields[0].name}: {body.fields[0].type}" if len(body.fields) == 1 else body.type


def _fields(book: Book, rows: tuple[Row, ...]) -> Lines:
    cells = (
        (
            code(row.name),
            _type(book, row.type),
            prose(row.presence),
            _limits(book, row),
            prose(row.description)
            + ("" if row.example is None else f" Example: {code(_plain(row.example))}."),
        )
        for row in rows
    )
    yield from table(("Field", "Type", "Sent", "Values and limits", "Meaning"), cells)


def _limits(book: Book, row: Row) -> str:
    said = [f"{code(value)} {prose(meaning)}".strip() for value, meaning in row.values if value]
    if not said and row.code_list:
        to = _place_of_list(row.code_list, book.code_lists[row.code_list])
        said = [f"[list {row.code_list}](#{to})"]
    return "; ".join([*said, *map(prose, row.limits)])


def _type(book: Book, text: str) -> str:
    words = map(partial(_word, book), text.split(" "))
    return " ".join(words)


def _word(book: Book, word: str) -> str:
    if word in book.objects:
        return f"[{prose(word)}](#{label(book.name, 'object', word)})"
    return prose(word)


def _to_operation(book: Book, id: str) -> str:
    return f"[{prose(id)}](#{label(book.name, 'operation', id)})"


def _source(text: str) -> str:
    return f" Source: {prose(text)}." if text else ""


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
