"""Names outward: the documents are written in the newest names, and printed in a version's own.

`x-names` has a row for each field that was called otherwise in that version: its public name, and
the name used inside. A rename is thereby one row of one step, wherever the name stands: in schemas
and samples, in the text of a description. The tables of values and conditions stay in inner names;
public there is what a client reads (`text` of a rule) or sends (`input`, `defaults` of an event).
"""

from __future__ import annotations

import re
from typing import Any

from register_spec.documents import Document, SpecError

TABLES = frozenset(
    {
        "x-derived",
        "x-domain",
        "x-duplicates",
        "x-lifecycle",
        "x-list",
        "x-meaning",
        "x-read-as",
        "x-replaced",
        "x-rules",
    }
)
"""The keys whose content speaks of values, by inner names."""


def name_outward(document: Document, name: str) -> Document:
    """Return the document with every inner name replaced by the public one of the version.

    `name` stands in the messages. Raises SpecError when two fields would have the same name.
    """
    rows: dict[str, str] = document.get("x-names", {})
    if not rows:
        return document
    public = {inner: outer for outer, inner in rows.items()}
    if len(public) < len(rows):
        inner = next(i for i in rows.values() if [*rows.values()].count(i) > 1)
        raise SpecError(f"{name}: x-names has two public names for {inner!r}")
    words = re.compile(r"\b(" + "|".join(sorted(public, key=len, reverse=True)) + r")\b")
    renamed = {key: value for key, value in document.items() if key != "x-names"}
    found = _renamed(renamed, words, public, name)
    return {key: rows if key == "x-names" else found[key] for key in document}


def _renamed(node: Any, words: re.Pattern[str], public: dict[str, str], place: str) -> Any:
    if isinstance(node, str):
        return words.sub(lambda match: public[match[1]], node)
    if isinstance(node, list):
        return [_renamed(child, words, public, place) for child in node]
    if not isinstance(node, dict):
        return node
    made: dict[Any, Any] = {}
    for key, child in node.items():
        outer = _renamed(key, words, public, place)
        if outer in made:
            raise SpecError(f"{place}: two fields are called {outer!r} (x-names)")
        if key in TABLES:
            made[outer] = _table(key, child, public, words)
        else:
            made[outer] = _renamed(child, words, public, f"{place}.{key}")
    return made


def _table(key: str, table: Any, public: dict[str, str], words: re.Pattern[str]) -> Any:
    """A table as it is, but for what clients send and read."""
    if key == "x-rules" and isinstance(table, dict):
        return {id_: _rule(row, public, words) for id_, row in table.items()}
    return _inputs(table, public)


def _rule(row: Any, public: dict[str, str], words: re.Pattern[str]) -> Any:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return row
    return {**row, "text": words.sub(lambda match: public[match[1]], row["text"])}


def _inputs(node: Any, public: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_inputs(child, public) for child in node]
    if not isinstance(node, dict):
        return node
    made: dict[Any, Any] = {}
    for key, child in node.items():
        if key == "input" and isinstance(child, str):
            made[key] = public.get(child, child)
        elif key == "defaults" and isinstance(child, dict):
            made[key] = {public.get(n, n): _inputs(row, public) for n, row in child.items()}
        else:
            made[key] = _inputs(child, public)
    return made
