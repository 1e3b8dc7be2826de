"""What a client can show in a journal: the rows of `readiness.yaml`, read and checked.

They are held against `readiness.schema.yaml`; conditions are those of the tables, over the facts
that the file names.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from register_spec.checking import form_problem_of, x_key_forms
from register_spec.documents import Document, SpecError, read_yaml, source_folder

NAME = "readiness.yaml"
_SCHEMA = Path(__file__).with_name("readiness.schema.yaml")


def readiness_rows(spec_dir: Path | None = None) -> Document:
    """Return the rows of the folder, or those that come with this package where it has none.

    Raises SpecError naming the first place that is wrong.
    """
    own = source_folder(spec_dir) / NAME
    path = own if own.is_file() else source_folder() / NAME
    rows: Document = read_yaml(path)
    schema = read_yaml(_SCHEMA)
    schema["$defs"] = {**x_key_forms(), **schema["$defs"]}
    wrong = form_problem_of(schema, rows) or next(_unknown_facts(rows), None)
    if wrong:
        raise SpecError(f"{path}: {wrong}")
    return rows


def _unknown_facts(rows: Document) -> Iterator[str]:
    for place, condition in _conditions(rows):
        for name in _asked(condition):
            if name not in rows["facts"]:
                yield f"{place}: there is no fact {name!r}; known are {', '.join(rows['facts'])}"


def _conditions(rows: Document) -> Iterator[tuple[str, Any]]:
    for name, row in rows["classes"].items():
        yield f"classes.{name}.met", row["met"]
    for name, row in rows["behaviour"].items():
        if "after" in row:
            yield f"behaviour.{name}.after", row["after"]
        for way, each in row["ways"].items():
            yield f"behaviour.{name}.ways.{way}.when", each["when"]


def _asked(node: Any) -> Iterator[str]:
    """Yield the facts that a condition names: texts in the place of a value."""
    for word in ("all", "any"):
        for each in node.get(word, ()):
            yield from _asked(each)
    if "not" in node:
        yield from _asked(node["not"])
    for word in ("value", "at_most", "same_as"):
        if isinstance(node.get(word), str):
            yield node[word]
