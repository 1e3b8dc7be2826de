"""Decides what the reference of one document consists of: its pages and what can be found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from register_mock.pages.fields import Schema
from register_mock.pages.reference import Object, Operation, objects, operations
from register_mock.pages.search import Entry, index
from register_mock.pages.topics import Topic, topics
from register_spec import Choices


@dataclass(frozen=True)
class Book:
    """One document as pages, each thing by its name and in the order of the document."""

    name: str
    info: Mapping[str, Any]
    base: str
    operations: Mapping[str, Operation]
    objects: Mapping[str, Object]
    topics: Mapping[str, Topic]
    code_lists: Mapping[str, Sequence[Mapping[str, Any]]]
    index: Sequence[Entry]


def open_book(
    name: str, document: Schema, versions: Sequence[str], choices: Sequence[Choices]
) -> Book:
    """Return the reference of a document, called ``name`` in addresses."""
    calls, things = operations(document), objects(document)
    subjects = topics(document, versions, choices)
    lists = document.get("x-code-lists", {})
    return Book(
        name=name,
        info=document.get("info", {}),
        base=str(document.get("servers", [{"url": ""}])[0]["url"]),
        operations={each.id: each for each in calls},
        objects={each.name: each for each in things},
        topics={each.id: each for each in subjects},
        code_lists={key: lists[key] for key in sorted(lists)},
        index=index(document, calls, things, subjects),
    )
