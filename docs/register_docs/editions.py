"""The pages of each version and reading: operations, fields, rules, code lists."""

from __future__ import annotations

from collections.abc import Iterator

import register_spec as spec
from register_docs.markdown import heading, label, page, prose
from register_docs.reference import (
    code_list_lines,
    object_lines,
    operation_lines,
    topic_lines,
)
from register_mock.pages.book import Book, open_book


def editions() -> list[tuple[str, str]]:
    """Return all versions and readings, the newest version first."""
    return [(v, reading) for v in reversed(spec.versions()) for reading in spec.readings(v)]


def edition_pages() -> Iterator[tuple[str, str]]:
    """Yield name and text of each page of each edition, and of the code lists of all of them."""
    names = [_name(*each) for each in editions()]
    books = []
    for version, reading in editions():
        name = _name(version, reading)
        choices = spec.choices() if reading == spec.DOCUMENTED else ()
        book = open_book(name, spec.bundle(version, reading), names, choices)
        books.append(book)
        folder = f"editions/{name.replace('@', '-')}"
        yield f"{folder}/index", page(_index(book, version, reading))
        for part, title, lines in _parts(book):
            whole = [*heading(1, f"{title} of {name}", label(name, part)), *lines]
            yield f"{folder}/{part}", page(whole)
    yield "codes", page([*heading(1, "Code lists", "code-lists"), *code_list_lines(books)])


def _name(version: str, reading: str) -> str:
    return version if reading == spec.DOCUMENTED else f"{version}@{reading}"


def _parts(book: Book) -> Iterator[tuple[str, str, Iterator[str]]]:
    operations = (line for each in book.operations.values() for line in operation_lines(book, each))
    yield "operations", "Operations", operations
    fields = (line for each in book.objects.values() for line in object_lines(book, each))
    yield "fields", "Fields", fields
    yield "rules", "Rules", (line for each in book.topics.values() for line in topic_lines(each))


def _index(book: Book, version: str, reading: str) -> Iterator[str]:
    yield from heading(1, f"{version}, {reading} reading", label(book.name))
    for key in ("summary", "description"):
        yield from (prose(book.info.get(key, "")), "")
    yield from ("```{toctree}", ":maxdepth: 1", *(each for each, _, _ in _parts(book)), "```")
