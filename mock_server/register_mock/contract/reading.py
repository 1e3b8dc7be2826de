"""How a request is read before anything looks at it: `x-read-as` and `x-replaced` of its schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from register_mock.contract.derive import compile_stored, completed
from register_mock.contract.language import Language
from register_mock.contract.values import NOTHING, Condition
from register_spec import resolve


class Reading:
    """The rows of `x-read-as` beside a schema and beside the parts it is put together from."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], language: Language) -> None:
        """Compile the rows."""
        self._step = compile_stored(list(rows), language)
        self._language = language

    @classmethod
    def of(
        cls, document: dict[str, Any], reference: str, language: Language | None
    ) -> Reading | None:
        """Return that of a schema of the document, or None when it has no rows."""
        rows = [row for part in _parts(document, reference) for row in _rows(part)]
        return cls(rows, language) if rows and language is not None else None

    def of_sent(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is read of fields, under public names as they are."""
        inner, public = self._language.inner, self._language.public
        read = completed(self._step, {inner(name): each for name, each in sent.items()}, NOTHING)
        return {public(name): each for name, each in read.items()}


class Replaced:
    """The rows of `x-replaced` beside the schema of an update."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], language: Language) -> None:
        """Compile the rows: fields, by their public names, and when they are replaced."""
        self._rows: list[tuple[list[str], Condition]] = [
            ([language.public(name) for name in row["fields"]], language.condition(row["when"]))
            for row in rows
        ]

    @classmethod
    def of(
        cls, document: dict[str, Any], reference: str, language: Language | None
    ) -> Replaced | None:
        """Return that of a schema of the document, or None when it has no rows."""
        rows = resolve(document, {"$ref": reference}).get("x-replaced", [])
        return cls(rows, language) if rows and language is not None else None

    def by(self, stored: Mapping[str, Any], scope: Any) -> set[str]:
        """Return the fields of which only what is sent is left; `scope` has that as inputs."""
        return {name for names, when in self._rows if when(stored, scope) for name in names}


def _parts(document: dict[str, Any], reference: str) -> list[dict[str, Any]]:
    """Return the schemas of `allOf`, each before the one that is made of them."""
    schema = resolve(document, {"$ref": reference})
    inner = [part["$ref"] for part in schema.get("allOf", []) if "$ref" in part]
    return [part for each in inner for part in _parts(document, each)] + [schema]


def _rows(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(schema.get("x-read-as", {}).values())
