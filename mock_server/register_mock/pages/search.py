"""Decides what a search of the reference finds: operations, objects, fields, topics and codes."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from register_mock.pages.fields import Schema
from register_mock.pages.reference import Object, Operation
from register_mock.pages.topics import Topic

MOST_FOUND = 100


@dataclass(frozen=True)
class Entry:
    """One thing that can be found: its title, what it is, its page below the reference, its text.

    The script of the pages reads the same entries, as JSON arrays in this order.
    """

    title: str
    kind: str
    page: str
    text: str

    def as_array(self) -> tuple[str, ...]:
        """Return the entry as the script reads it."""
        return astuple(self)


def index(
    document: Schema,
    operations: Sequence[Operation],
    objects: Sequence[Object],
    topics: Sequence[Topic],
) -> list[Entry]:
    """Return everything that can be found in one document."""
    return [
        *(
            Entry(f"{each.method} {each.path}", each.id, f"operations/{each.id}", each.summary)
            for each in operations
        ),
        *(
            Entry(each.name, "object", f"objects/{each.name}", each.description)
            for each in objects
        ),
        *(Entry(each.title, "topic", f"topics/{each.id}", _words(each)) for each in topics),
        *_fields(objects),
        *_codes(document),
    ]  # fmt: skip


def find(entries: Sequence[Entry], asked: str) -> list[Entry]:
    """Return the entries with all the words asked for, those with them in the title first."""
    words = asked.casefold().split()
    if not words:
        return []
    found = [
        entry
        for entry in entries
        if all(word in f"{entry.title} {entry.kind} {entry.text}".casefold() for word in words)
    ]
    found.sort(key=lambda entry: not all(word in entry.title.casefold() for word in words))
    return found[:MOST_FOUND]


def _words(topic: Topic) -> str:
    titles = [table.title for table in topic.tables if table.rows]
    return " ".join((*topic.text, *titles))


def _fields(objects: Sequence[Object]) -> Iterator[Entry]:
    for each in objects:
        for field in each.fields:
            page = f"objects/{each.name}#field-{field.name}"
            yield Entry(field.name, f"field of {each.name}", page, field.description)


def _codes(document: Schema) -> Iterator[Entry]:
    for name, entries in sorted(document.get("x-code-lists", {}).items()):
        yield Entry(name, "code list", f"codes/{name}", f"{len(entries)} codes")
        for row in entries:
            label, code = str(row.get("label", "")), str(row["code"])
            yield Entry(label, f"code {code} of {name}", f"codes/{name}#code-{code}", "")
